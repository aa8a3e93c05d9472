"""The smallest changes that take an estimate across one half: of one answer, or else of two.

Where a score is a sum, what two answers add to it is known for each of them alone, and the search is exact.
Elsewhere the smallest changes are tried first, as many as there is time for.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, combinations, islice, product
from typing import Any

from model.declare.inputs import ChoiceInput, Input, NumberInput, is_known, list_values

from .engine import ChanceTables
from .predictor import Predictor
from .tables import Term

Answers = Mapping[str, Any]
# A change by how large it is.
Sized = tuple[float, dict[str, Any]]

SMALLEST_CHANGES = 3
# Choices in no order are all equally far from one another: as far as one end of a list from the middle.
UNORDERED = 0.5
# Of the other answers of a number so many are tried, evenly spread.
MOST_VALUES = 1_000
# Where nothing adds up, so many sums are made at most, for the smallest changes first and some at a time.
MOST_SUMS = 100_000
# Most people have the commonest answers.
MOST_KNOWN = 500
AT_ONCE = 100


@dataclass(frozen=True)
class Change:
    """A few answers changed, and the estimate that they give together."""

    answers: Answers
    estimate: float
    low: float
    high: float

    @property
    def is_sure(self) -> bool:
        """Whether the whole range lies on the other side too."""
        return not self.low <= 0.5 <= self.high


def find_smallest_changes(predictor: Predictor, answers: Answers) -> list[Change]:
    changeable = [asked for asked in predictor.model.inputs if asked.changeable and is_known(answers[asked.name])]
    if predictor.kind.number == "amount" or not changeable:
        return []
    engine = predictor.engine
    adds_up = isinstance(engine, ChanceTables) and not engine.unknown(answers) and not share_a_term(engine, changeable)
    search = Sums(predictor, answers) if adds_up else Trials(predictor, answers)
    for number in (1, 2):
        groups = list(combinations(changeable, number))
        crossing = [change for group in groups if (change := search.find(group, MOST_SUMS // len(groups)))]
        if crossing:
            smallest = [changed for _, changed in sorted(crossing, key=lambda change: change[0])[:SMALLEST_CHANGES]]
            focus = predictor.focus(answers)
            estimates = [predictor.estimates({**answers, **changed})[focus] for changed in smallest]
            return [
                Change(changed, one.value, one.low, one.high) for changed, one in zip(smallest, estimates, strict=True)
            ]
    return []


def share_a_term(engine: ChanceTables, inputs: Sequence[Input]) -> bool:
    names = {asked.name for asked in inputs}
    return any(len(names.intersection(term.inputs)) > 1 for term in engine.score.terms)


def measure(asked: Input, before: Any, after: Any) -> float:
    """How large a change is: a number's part of its range, a choice's steps along its list."""
    if isinstance(asked, NumberInput):
        return abs(after - before) / (asked.highest - asked.lowest)
    assert isinstance(asked, ChoiceInput)
    if not asked.ordered:
        return UNORDERED
    order = list(asked.choices)
    return abs(order.index(after) - order.index(before)) / (len(order) - 1)


@dataclass(frozen=True)
class Gains:
    """An input's other answers, the nearest first: how far each is, and what it adds to the turned score."""

    name: str
    values: Sequence[Any]
    sizes: Sequence[float]
    points: Sequence[float]

    @cached_property
    def highest(self) -> list[float]:
        """The most that any answer up to each one adds."""
        return list(accumulate(self.points, max))


class Sums:
    """The search where points add up: it looks for what the answers lack together."""

    def __init__(self, predictor: Predictor, answers: Answers) -> None:
        engine = predictor.engine
        assert isinstance(engine, ChanceTables)
        self.terms = engine.score.terms
        self.answers = answers
        score = engine.score.one(answers)
        # Turned so that a change has to raise the score. One half itself is still on the lower side.
        self.turn = -1.0 if score > 0 else 1.0
        self.reach = bisect_left if score > 0 else bisect_right
        self.needed = abs(score)
        self.known = engine.gains

    def find(self, group: Sequence[Input], most: int) -> Sized | None:
        """The smallest change of just these answers that crosses one half, if any does."""
        gains = [self.gains(asked) for asked in group]
        if sum([one.highest[-1] if one.points else 0.0 for one in gains]) < self.needed:
            return None
        return self._find_one(*gains) if len(gains) == 1 else self._find_two(*gains)

    def gains(self, asked: Input) -> Gains:
        """What each other answer would add; found once for the commonest answers."""
        name, terms = asked.name, [term for term in self.terms if asked.name in term.inputs]
        key = (name, self.turn, self.answers[name], *[term.key(self.answers) for term in terms])
        gains: Gains | None = self.known.get(key)
        if gains is None:
            if len(self.known) >= MOST_KNOWN:
                self.known.clear()
            gains = self.known[key] = self._gains(asked, terms)
        return gains

    def _gains(self, asked: Input, terms: Sequence[Term]) -> Gains:
        now = self.answers[asked.name]
        values = [now, *[value for value in list_values(asked, MOST_VALUES) if asked.could_become(now, value)]]
        rows = [{**self.answers, asked.name: value} for value in values]
        before, *after = [sum([term.points(row) for term in terms]) for row in rows]
        # Of two answers equally far, the one that changes the score less comes first.
        near = sorted(
            [
                (measure(asked, now, value), abs(points - before), at, self.turn * (points - before))
                for at, (value, points) in enumerate(zip(values[1:], after, strict=True), 1)
            ]
        )
        return Gains(asked.name, [values[row[2]] for row in near], [row[0] for row in near], [row[3] for row in near])

    def _find_one(self, gains: Gains) -> Sized | None:
        at = self.reach(gains.highest, self.needed)
        return (gains.sizes[at], {gains.name: gains.values[at]}) if at < len(gains.values) else None

    def _find_two(self, first: Gains, second: Gains) -> Sized | None:
        """For each answer of one input the nearest of the other that makes up what lacks."""
        # Bisecting is cheap, so the longer list is the one that is searched.
        walked, searched = sorted((first, second), key=lambda gains: len(gains.values))
        best: tuple[float, int, int] | None = None
        for at, (size, points) in enumerate(zip(walked.sizes, walked.points, strict=True)):
            if best is not None and size >= best[0]:
                break
            other = self.reach(searched.highest, self.needed - points)
            if other < len(searched.values) and (best is None or size + searched.sizes[other] < best[0]):
                best = (size + searched.sizes[other], at, other)
        if best is None:
            return None
        places = {walked.name: best[1], searched.name: best[2]}
        return best[0], {gains.name: gains.values[places[gains.name]] for gains in (first, second)}


class Trials:
    """The search where nothing adds up: other answers together, the smallest change first, in batches."""

    def __init__(self, predictor: Predictor, answers: Answers) -> None:
        self.predictor = predictor
        self.answers = answers
        self.focus = predictor.focus(answers)
        self.above = predictor.values(answers)[self.focus] > 0.5
        # One estimate is so many sums.
        self.sums = predictor.engine.ways(predictor.unknown(answers))

    def find(self, group: Sequence[Input], most: int) -> Sized | None:
        changes = self._sort(group, max(most // self.sums, 1))
        engine = self.predictor.engine
        if isinstance(engine, ChanceTables) and not engine.unknown(self.answers) and not self.predictor.model.features:
            return self._find_in_sum(engine, group, changes)
        while some := list(islice(changes, AT_ONCE)):
            values = self.predictor.predict([{**self.answers, **changed} for _, changed in some])[self.focus]
            for change, value in zip(some, values, strict=True):
                if (value > 0.5) != self.above:
                    return change
        return None

    def _find_in_sum(self, engine: ChanceTables, group: Sequence[Input], changes: Iterator[Sized]) -> Sized | None:
        """The same where a term has several of the answers, so that only its points are added up anew."""
        names = {asked.name for asked in group}
        touched = [(term.table, term.key) for term in engine.score.terms if names.intersection(term.inputs)]
        rest = engine.score.one(self.answers) - sum([table[key(self.answers)] for table, key in touched])
        for size, changed in changes:
            row = {**self.answers, **changed}
            if (rest + sum([table[key(row)] for table, key in touched]) > 0) != self.above:
                return size, changed
        return None

    def _sort(self, group: Sequence[Input], most: int) -> Iterator[Sized]:
        """So many changes of these answers, the smallest first."""
        near = [
            sorted(
                [
                    (measure(a, self.answers[a.name], v), v)
                    for v in list_values(a, MOST_VALUES)
                    if a.could_become(self.answers[a.name], v)
                ]
            )
            for a in group
        ]
        if math.prod(map(len, near)) > most:
            near = [values[: round(most ** (1 / len(near)))] for values in near]
        for way in sorted(product(*near), key=lambda way: sum(size for size, _ in way)):
            changed = {asked.name: value for asked, (_, value) in zip(group, way, strict=True)}
            yield sum(size for size, _ in way), changed
