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
MOST_KNOWN = 1_000
# A longer list is made anew each time, since a thousand of them would take much memory.
SHORT = 200
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
    if predictor.kind.is_amount or not changeable:
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
        engine = self.predictor.engine
        if isinstance(engine, ChanceTables) and not engine.unknown(self.answers) and not self.predictor.model.features:
            return self._find_in_sum(engine, group)
        changes = self._sort(group, max(most // self.sums, 1))
        while some := list(islice(changes, AT_ONCE)):
            values = self.predictor.predict([{**self.answers, **changed} for _, changed in some])[self.focus]
            for change, value in zip(some, values, strict=True):
                if (value > 0.5) != self.above:
                    return change
        return None

    def _find_in_sum(self, engine: ChanceTables, group: Sequence[Input]) -> Sized | None:
        """The same where a term has several of the answers: whole lists of sums are made of the terms' lists of points."""
        first, *others = group
        near = {asked.name: self._near(engine, asked) for asked in group}
        names = set(near)
        touched = [at for at, term in enumerate(engine.score.terms) if names.intersection(term.inputs)]
        rest = engine.score.one(self.answers) - sum([engine.score.terms[at].points(self.answers) for at in touched])
        if not others:
            at = self._find_crossing(near[first.name], self._add_points(engine, first, touched, self.answers, rest))
            return None if at is None else (near[first.name][at][0], {first.name: near[first.name][at][1]})
        # The shorter list is walked, and for each of its answers the other is searched.
        walked, listed = sorted(group, key=lambda asked: len(near[asked.name]))
        with_listed = [at for at in touched if listed.name in engine.score.terms[at].inputs]
        alone = [engine.score.terms[at] for at in touched if at not in with_listed]
        best: tuple[float, tuple[int, ...]] | None = None
        for place, (size, value, _) in enumerate(near[walked.name]):
            if best is not None and size > best[0]:
                break
            row = {**self.answers, walked.name: value}
            sums = self._add_points(engine, listed, with_listed, row, rest + sum([term.points(row) for term in alone]))
            other = self._find_crossing(near[listed.name], sums)
            if other is not None:
                places = (place, other) if walked is first else (other, place)
                found = size + near[listed.name][other][0], places
                best = found if best is None else min(best, found)
        if best is None:
            return None
        return best[0], {asked.name: near[asked.name][at][1] for asked, at in zip(group, best[1], strict=True)}

    def _find_crossing(self, near: Sequence[tuple[float, Any, int]], sums: Sequence[float]) -> int | None:
        above = self.above
        return next((place for place, (_, _, at) in enumerate(near) if (sums[at] > 0) != above), None)

    def _add_points(
        self, engine: ChanceTables, asked: Input, terms: Sequence[int], row: Answers, rest: float
    ) -> Sequence[float]:
        """The score with each answer that the input could have, in the order of its list."""
        sums: Sequence[float] = ()
        for at in terms:
            points = self._list_points(engine, at, asked, row)
            sums = (
                [total + own for total, own in zip(sums, points, strict=True)] if sums else [rest + o for o in points]
            )
        return sums or [rest] * len(list_values(asked, MOST_VALUES))

    def _list_points(self, engine: ChanceTables, at: int, asked: Input, row: Answers) -> Sequence[float]:
        """What a term adds with each of the input's answers; found once for the commonest answers to its other input."""
        term, known = engine.score.terms[at], engine.gains
        key = (at, asked.name, *[row[name] for name in term.inputs if name != asked.name])
        points: Sequence[float] | None = known.get(key)
        if points is None:
            if len(known) >= MOST_KNOWN:
                known.clear()
            points = [term.points({**row, asked.name: value}) for value in list_values(asked, MOST_VALUES)]
            if len(points) <= SHORT:
                known[key] = points
        return points

    def _near(self, engine: ChanceTables, asked: Input) -> Sequence[tuple[float, Any, int]]:
        """The answers that it could become, the nearest first: how far each is, and its place in the list."""
        now, known = self.answers[asked.name], engine.gains
        key = ("near", asked.name, now)
        near: Sequence[tuple[float, Any, int]] | None = known.get(key)
        if near is None:
            values = enumerate(list_values(asked, MOST_VALUES))
            near = sorted(
                [(measure(asked, now, value), value, at) for at, value in values if asked.could_become(now, value)]
            )
            if len(near) <= SHORT:
                known[key] = near
        return near

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
