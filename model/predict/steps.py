"""What moved a number: steps from the average to this estimate, which add up, the largest first.

A few rows stand for everybody in the data. Of these the answers are replaced, one input after the other, by the
person's own; after each the estimates are averaged. So it starts from everybody's average and ends at the person's
estimate, whatever the engine is. The answer that moves the average most comes next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from model.declare.inputs import Input

from .engine import Tables
from .predictor import Predictor

Answers = Mapping[str, Any]

# So many steps are told apart; what comes after them is one.
MOST_STEPS = 8
# In each round so many are tried again, of those that did most when they were tried last.
TRIED_AGAIN, TRIED_AGAIN_SLOWLY = 5, 2
# A step is small if it is less than this, or than this part of what lies between the estimate and its end of the line.
SMALL, SMALL_PART = 0.005, 0.2
# Of an amount: this part of what lies between the average and the estimate furthest from it in the data.
SMALL_AMOUNT = 0.01
# What the average comes to with so many answers in place and one more is kept, for so many of them.
MOST_IN_PLACE = 1
MOST_KEPT = 2_000


class Step(NamedTuple):
    """One answer, or several together, and what the average was before it and after it."""

    inputs: tuple[Input, ...]
    before: float
    after: float

    @property
    def shift(self) -> float:
        return self.after - self.before


@dataclass(frozen=True)
class Path:
    """From the average to the estimate: the steps that show, and what is left in one."""

    average: float
    steps: Sequence[Step]
    # The answers that hardly moved it, and those that are unknown and so are averaged over; together one step each.
    rest: Step | None
    unknown: Step | None

    @property
    def all(self) -> list[Step]:
        return [*self.steps, *[one for one in (self.rest, self.unknown) if one]]


class Averages:
    """The rows that stand for everybody, and what the average comes to when more of the answers are the person's."""

    def __init__(self, predictor: Predictor, answers: Answers, focus: int) -> None:
        self.predictor, self.answers, self.focus = predictor, answers, focus
        self.rows, self.weights = predictor.background

    def start(self) -> float:
        """The average over everybody, which is the same for each person."""
        kept = self.predictor.averages
        if (start := kept.get(self.focus)) is None:
            start = kept[self.focus] = self.average()
        return start

    def average(self) -> float:
        (value,) = self._average(self.rows)
        return value

    def try_each(self, names: Sequence[str]) -> Sequence[float]:
        """The average with each of these answers in place, one at a time."""
        return self._average([{**row, name: self.answers[name]} for name in names for row in self.rows])

    def try_kept(self, put: tuple[str, ...], names: Sequence[str]) -> Sequence[float]:
        """The same after these were put in place; with few in place many people have the same answers."""
        if len(put) > MOST_IN_PLACE:
            return self.try_each(names)
        kept, place = self.predictor.averages, (self.focus, put, *[self.answers[name] for name in put])
        keys = [(place, name, self.answers[name]) for name in names]
        found = [kept.get(key) for key in keys]
        values: Sequence[float] = [value for value in found if value is not None]
        if len(values) < len(keys):
            values = self.try_each(names)
            # Threads share it: clear() takes one step.
            if len(kept) >= MOST_KEPT:
                kept.clear()
            kept.update(zip(keys, values, strict=True))
        return values

    def put(self, name: str) -> None:
        self.rows = [{**row, name: self.answers[name]} for row in self.rows]

    def _average(self, rows: Sequence[Answers]) -> list[float]:
        values, size = self.predictor.predict(rows)[self.focus], len(self.rows)
        return [
            sum([weight * value for weight, value in zip(self.weights, values[start : start + size], strict=True)])
            for start in range(0, len(values), size)
        ]


class SumAverages(Averages):
    """The same where one sum is the score: of each answer it is known by how much it moves each row's score.

    What an answer adds changes with those in place only through the terms that it shares with them.
    """

    def __init__(self, predictor: Predictor, answers: Answers, focus: int) -> None:
        super().__init__(predictor, answers, focus)
        assert isinstance(predictor.engine, Tables)
        self.engine, self.everybody = predictor.engine, predictor.everybody
        self.scores, averaged = self.everybody.scores, self.engine.averaged
        moving = {name: answer for name, answer in answers.items() if answer is not None or name not in averaged}
        self.moves, self.line = self.everybody.moved(moving), {name: at for at, name in enumerate(moving)}

    def average(self) -> float:
        return float(self._mean(self.scores))

    def try_each(self, names: Sequence[str]) -> Sequence[float]:
        moved = self.moves.take([self.line[name] for name in names], axis=0)
        moved += self.scores
        each: Sequence[float] = self._mean(moved).tolist()
        return each

    def put(self, name: str) -> None:
        answers, both = self.answers, self.everybody.both
        self.scores = self.scores + self.moves[self.line.pop(name)]
        for at, first, second, other in self.everybody.pairs[name]:
            if other in self.line:
                self.moves[self.line[other]] += both[at, answers[first], answers[second]]

    def _mean(self, sums: Any) -> Any:
        return self.engine.averages(sums, self.everybody)


def explain_steps(predictor: Predictor, answers: Answers, estimate: float | None = None) -> Path | None:
    """The steps to this estimate; None for a model that keeps no rows to start from."""
    if not predictor.card.background or predictor.model.features:
        return None
    engine, inputs, focus = predictor.engine, predictor.model.input, predictor.focus(answers)
    estimate = predictor.values(answers)[focus] if estimate is None else estimate
    adds_up = isinstance(engine, Tables) and engine.is_one_sum
    averages = (SumAverages if adds_up else Averages)(predictor, answers, focus)
    averaged = [name for name in answers if answers[name] is None and name in engine.averaged]
    left = [name for name in inputs if name not in averaged]
    start = now = averages.start()
    small, reached, sizes = small_step(predictor, start, estimate), dict.fromkeys(left, 0.0), dict.fromkeys(left, 0.0)
    steps: list[Step] = []
    tried = TRIED_AGAIN_SLOWLY if engine.is_slow else TRIED_AGAIN
    while left and len(steps) < MOST_STEPS:
        again = sorted(left, key=sizes.__getitem__, reverse=True)[:tried] if steps else left
        put = tuple([step.inputs[0].name for step in steps])
        for name, value in zip(again, averages.try_kept(put, again), strict=True):
            reached[name] = value - now
            sizes[name] = abs(reached[name])
        name = max(again, key=sizes.__getitem__)
        if sizes[name] < small and (averaged or abs(estimate - now) < 2 * small):
            break
        left.remove(name)
        before, now = now, now + reached[name] if left or averaged else estimate
        steps.append(Step((inputs[name],), before, now))
        if left or averaged:
            averages.put(name)
    rest = None
    if left:
        for name in left if averaged else ():
            averages.put(name)
        before, now = now, averages.average() if averaged else estimate
        rest = Step(tuple([inputs[name] for name in left]), before, now)
    unknown = Step(tuple([inputs[name] for name in averaged]), now, estimate) if averaged else None
    return Path(start, steps, rest, unknown)


def small_step(predictor: Predictor, average: float, estimate: float) -> float:
    """How small a step may be and yet be told by itself."""
    quantiles = predictor.card.evaluation.quantiles
    if predictor.kind.is_amount:
        ends = [quantiles[0], quantiles[-1]] if quantiles else [estimate]
        return SMALL_AMOUNT * max(abs(end - average) for end in ends)
    return min(SMALL, SMALL_PART * min(estimate, 1 - estimate))
