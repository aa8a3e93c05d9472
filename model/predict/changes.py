"""The smallest changes that take an estimate across one half: of one answer, or else of two.

Where points add up, all that two answers could add is looked through: of lists of over 200 values, each so manieth.
Elsewhere the smallest changes are tried first, as many as there is time for.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, product
from typing import TYPE_CHECKING, Any

from model.declare.choice import ChoiceInput
from model.declare.inputs import Input, is_known
from model.declare.number import NumberInput

from .engine import ChanceTables
from .predictor import Predictor

if TYPE_CHECKING:
    from .sums import Sums

Answers = Mapping[str, Any]
# A change by how large it is.
Sized = tuple[float, dict[str, Any]]

SMALLEST_CHANGES = 3
# Choices in no order are all equally far from one another: as far as one end of a list from the middle.
UNORDERED = 0.5
# Of the other answers of a number so many are tried, evenly spread.
MOST_VALUES, MOST_VALUES_SLOWLY = 1_000, 25
# Where nothing adds up, so many sums are made at most, for the smallest changes first and some at a time.
MOST_SUMS = 100_000
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
    search: Sums | Trials
    if isinstance(engine, ChanceTables) and not engine.unknown(answers) and not predictor.model.features:
        from .sums import Sums

        search = Sums(predictor.lists, answers)
    else:
        search = Trials(predictor, answers)
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


def measure(asked: Input, before: Any, after: Any) -> float:
    """How large a change is: a number's part of its range, a choice's steps along its list."""
    if isinstance(asked, NumberInput):
        return abs(after - before) / (asked.highest - asked.lowest)
    assert isinstance(asked, ChoiceInput)
    if not asked.ordered:
        return UNORDERED
    order = list(asked.choices)
    return abs(order.index(after) - order.index(before)) / (len(order) - 1)


class Trials:
    """The search where nothing adds up: other answers together, the smallest change first, in batches."""

    def __init__(self, predictor: Predictor, answers: Answers) -> None:
        self.predictor = predictor
        self.answers = answers
        self.focus = predictor.focus(answers)
        self.above = predictor.values(answers)[self.focus] > 0.5
        # One estimate is so many sums.
        self.sums = predictor.engine.ways(predictor.unknown(answers))
        self.values = MOST_VALUES_SLOWLY if predictor.engine.is_slow else MOST_VALUES

    def find(self, group: Sequence[Input], most: int) -> Sized | None:
        changes = self._sort(group, max(most // self.sums, 1))
        while some := list(islice(changes, AT_ONCE)):
            values = self.predictor.predict([{**self.answers, **changed} for _, changed in some])[self.focus]
            for change, value in zip(some, values, strict=True):
                if (value > 0.5) != self.above:
                    return change
        return None

    def _sort(self, group: Sequence[Input], most: int) -> Iterator[Sized]:
        """So many changes of these answers, the smallest first."""
        near = [
            sorted(
                [
                    (measure(a, self.answers[a.name], v), v)
                    for v in a.list_values(self.values)
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
