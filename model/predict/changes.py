"""The smallest changes that take an estimate across one half, found by exact search.

A score is a sum, so what two answers add to it is known for each of them alone. Only where a term
holds both, where something is unknown, or where there are several classes, is every pair tried.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate, combinations, product
from typing import Any

from model.declare.inputs import ChoiceInput, Input, NumberInput

from .card import Term
from .predictor import Predictor

SMALLEST_CHANGES = 3
UNORDERED = 0.5
# Numbers that need not be whole have no end of neighbourhoods; those seen lately are enough.
MOST_REMEMBERED = 500

Answers = Mapping[str, Any]
Found = tuple[float, dict[str, Any]]


@dataclass(frozen=True)
class Change:
    """A few answers changed, and the estimate that they give together."""

    answers: Answers
    estimate: float


@dataclass(frozen=True)
class Gains:
    """An input's other answers, the nearest first: how far each is, and what it adds to the turned score."""

    name: str
    values: list[Any]
    sizes: list[float]
    points: list[float]

    @cached_property
    def highest(self) -> list[float]:
        """The most that any answer up to each one adds."""
        return list(accumulate(self.points, max))

    @cached_property
    def most(self) -> float:
        return max(self.points, default=0.0)

    def __len__(self) -> int:
        return len(self.values)


class Options:
    """The other answers that one input could have, with their distances and their points."""

    def __init__(self, asked: Input, terms: Sequence[Term]) -> None:
        self.asked = asked
        self.values = options(asked)
        self.terms = [term for term in terms if asked.name in term.inputs]
        self.others = [name for term in self.terms for name in term.inputs if name != asked.name]
        # Each is looked at for every result, and most people have the commonest answers.
        self._points: dict[Any, list[float]] = {}
        self._gains: dict[Any, Gains] = {}
        self._near: dict[Any, list[tuple[float, int]]] = {}

    def total(self, answers: Answers) -> float:
        return math.fsum(term.points(answers) for term in self.terms)

    def points(self, answers: Answers) -> list[float]:
        """What each of the values adds to the score, beside these other answers."""
        key = tuple([answers[name] for name in self.others])
        found = self._points.get(key)
        if found is None:
            found = [self.total({**answers, self.asked.name: value}) for value in self.values]
            remember(self._points, key, found)
        return found

    def gains(self, answers: Answers, turn: float) -> Gains:
        """What each value would add, the nearest first."""
        key = (turn, answers[self.asked.name], *[answers[name] for name in self.others])
        found = self._gains.get(key)
        if found is None:
            found = self.gained(answers, turn)
            remember(self._gains, key, found)
        return found

    def gained(self, answers: Answers, turn: float) -> Gains:
        now = self.total(answers)
        gained = [points - now for points in self.points(answers)]
        # Of two answers equally far, the one that changes the score less comes first.
        near = sorted(self.near(answers[self.asked.name]), key=lambda one: (one[0], abs(gained[one[1]])))
        return Gains(
            self.asked.name,
            [self.values[place] for _, place in near],
            [size for size, _ in near],
            [turn * gained[place] for _, place in near],
        )

    def near(self, answer: Any) -> list[tuple[float, int]]:
        """Distance and place of every other value, the nearest first."""
        found = self._near.get(answer)
        if found is None:
            found = sorted(
                (distance(self.asked, answer, value), place)
                for place, value in enumerate(self.values)
                if value != answer
            )
            remember(self._near, answer, found)
        return found


def remember(memory: dict[Any, Any], key: Any, value: Any) -> None:
    # Threads share it: what one has found may be gone before it looks again, and clear() takes one step.
    if len(memory) >= MOST_REMEMBERED:
        memory.clear()
    memory[key] = value


def options(asked: Input) -> list[Any]:
    if isinstance(asked, ChoiceInput):
        return list(asked.choices)
    if isinstance(asked, NumberInput) and asked.whole:
        return list(range(int(asked.lowest), int(asked.highest) + 1))
    if isinstance(asked, NumberInput):
        return [n / 10 for n in range(math.ceil(asked.lowest * 10), math.floor(asked.highest * 10) + 1)]
    return []


def distance(asked: Input, before: Any, after: Any) -> float:
    """How large a change is: a number's part of its range, a choice's steps along its list.

    Choices in no order are all equally far from one another: as far as one end of a list from the middle.
    """
    if isinstance(asked, NumberInput):
        return abs(after - before) / (asked.highest - asked.lowest)
    assert isinstance(asked, ChoiceInput)
    if not asked.ordered:
        return UNORDERED
    order = list(asked.choices)
    return abs(order.index(after) - order.index(before)) / (len(order) - 1)


def smallest_changes(predictor: Predictor, answers: Answers) -> list[Change]:
    """The smallest changes that take the estimate across one half: of one answer, or else of two."""
    changeable = [one for one in changeable_options(predictor) if answers[one.asked.name] is not None]
    if predictor.model.kind == "amount" or not changeable:
        return []
    search = Sums(predictor, answers).smallest if adds_up(predictor, answers) else Trials(predictor, answers).smallest
    for number in (1, 2):
        tried = [search(group) for group in combinations(changeable, number)]
        found = [best for best in tried if best is not None]
        if found:
            found.sort(key=lambda change: change[0])
            focus = predictor.focus(answers)
            smallest = [changed for _, changed in found[:SMALLEST_CHANGES]]
            return [Change(changed, predictor.chances({**answers, **changed})[focus]) for changed in smallest]
    return []


@cache
def changeable_options(predictor: Predictor) -> list[Options]:
    return [Options(asked, predictor.score.terms) for asked in predictor.model.inputs if asked.changeable]


def adds_up(predictor: Predictor, answers: Answers) -> bool:
    """Whether what two changes add to the score is the sum of what each adds."""
    return predictor.model.kind == "probability" and None not in answers.values() and not share_a_term(predictor)


@cache
def share_a_term(predictor: Predictor) -> bool:
    """Whether two of the answers that can change stand in one term."""
    options = changeable_options(predictor)
    return any(one.asked.name in other.others for one in options for other in options)


class Sums:
    """The search where points add up: it looks for what two answers lack together."""

    def __init__(self, predictor: Predictor, answers: Answers) -> None:
        score = predictor.score.one(answers)
        self.answers = answers
        # Turned so that a change has to raise the score. One half itself is still on the lower side.
        self.turn, self.reach = (-1.0, bisect_left) if score > 0 else (1.0, bisect_right)
        self.needed = -self.turn * score

    def smallest(self, group: Sequence[Options]) -> Found | None:
        """The smallest change of just these answers that crosses one half, if any does."""
        gains = [one.gains(self.answers, self.turn) for one in group]
        if sum([one.most for one in gains]) < self.needed:
            return None
        return self.smallest_single(*gains) if len(gains) == 1 else self.smallest_pair(*gains)

    def smallest_single(self, gains: Gains) -> Found | None:
        place = self.reach(gains.highest, self.needed)
        return (gains.sizes[place], {gains.name: gains.values[place]}) if place < len(gains) else None

    def smallest_pair(self, first: Gains, second: Gains) -> Found | None:
        """For each answer of one input the nearest of the other that makes up what lacks."""
        # Bisecting is cheap, so the longer list is the one that is searched.
        walked, searched = sorted((first, second), key=len)
        best: tuple[float, int, int] | None = None
        for place, (size, points) in enumerate(zip(walked.sizes, walked.points, strict=True)):
            if best is not None and size >= best[0]:
                break
            other = self.reach(searched.highest, self.needed - points)
            if other < len(searched) and (best is None or size + searched.sizes[other] < best[0]):
                best = (size + searched.sizes[other], place, other)
        if best is None:
            return None
        places = {walked.name: best[1], searched.name: best[2]}
        return best[0], {one.name: one.values[places[one.name]] for one in (first, second)}


class Trials:
    """The search where nothing adds up: every combination of other answers, the smallest change first."""

    def __init__(self, predictor: Predictor, answers: Answers) -> None:
        self.predictor = predictor
        self.answers = answers
        self.focus = predictor.focus(answers)
        self.before = predictor.chances(answers)[self.focus]

    def smallest(self, group: Sequence[Options]) -> Found | None:
        ways = product(*(one.near(self.answers[one.asked.name]) for one in group))
        for way in sorted(ways, key=lambda way: sum(size for size, _ in way)):
            changed = {one.asked.name: one.values[place] for one, (_, place) in zip(group, way, strict=True)}
            after = self.predictor.chances({**self.answers, **changed})[self.focus]
            if (after > 0.5) != (self.before > 0.5):
                return sum(size for size, _ in way), changed
        return None
