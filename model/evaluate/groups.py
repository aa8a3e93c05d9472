"""Whom a model is wrong about: groups of people, each with what was so and what was estimated."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

from model.declare.inputs import Input, first_upper
from model.predict.evaluation import Group as Counted
from model.predict.neighbours import People
from model.predict.predictor import Predictor

from .shares import Bin, Mean, Share, bin_of, equal_parts, mean, mean_gap

PARTS = 5
# Of fewer people of whom something is not recorded nothing can be said.
FEWEST_UNRECORDED = 20


class Told(Protocol):
    """What a model that had not seen them said of people, and what was so."""

    @property
    def count(self) -> int: ...

    @property
    def chances(self) -> Sequence[Sequence[float]]: ...

    @property
    def outcomes(self) -> Sequence[float]: ...


@dataclass(frozen=True)
class Group:
    """People with one answer in common, of whom something was so or not."""

    input: Input
    name: str
    observed: Share
    estimated: float
    gap: Mean
    right: Share

    @property
    def people(self) -> int:
        return self.observed.people

    @property
    def full_name(self) -> str:
        return f"{self.input.named}: {self.name}"

    @property
    def title(self) -> str:
        return first_upper(self.name)


@dataclass(frozen=True)
class Kind:
    """The cases of one class: how many were told for what they are, and what the others were taken for."""

    label: str
    right: Share
    # The average chance that they were given of being what they are.
    estimated: float
    mistaken_for: list[tuple[str, int]]


@dataclass(frozen=True)
class Band:
    """Cases whose estimate, or whose answer, lies between two ends; or whose answer is one choice. Of an amount."""

    low: float | None
    high: float | None
    choice: str
    people: int
    observed: float
    estimated: float
    gap: Mean
    # How far the estimates are off on average, and how many amounts lie in their own range.
    off: float
    inside: Share

    @property
    def name(self) -> str:
        """Within a sentence: “6 to under 7”, “Centre”."""
        if self.choice:
            return self.choice
        if self.low is None:
            return "any" if self.high is None else f"under {self.high:,.10g}"
        return f"{self.low:,.10g} and over" if self.high is None else f"{self.low:,.10g} to under {self.high:,.10g}"

    @property
    def title(self) -> str:
        return first_upper(self.name)


# -- of a probability --------------------------------------------------------------------------------


def groups_of(predictor: Predictor, unrecorded: Mapping[str, Group]) -> list[Group]:
    """The groups that training counted; after each input's those whose answer is not recorded."""
    rows = predictor.card.evaluation.groups
    found = []
    for name in dict.fromkeys([*(row.input for row in rows), *unrecorded]) if rows else ():
        found += [group_of(predictor.model.input[name], row) for row in rows if row.input == name]
        found += [unrecorded[name]] if name in unrecorded else []
    return found


def group_of(asked: Input, row: Counted) -> Group:
    low = -math.inf if row.gap_low is None else row.gap_low
    high = math.inf if row.gap_high is None else row.gap_high
    so, right = (Share(round(share * row.people), row.people) for share in (row.observed, row.right))
    return Group(asked, row.group, so, row.estimated, Mean(row.gap, low, high), right)


def not_recorded(predictor: Predictor) -> dict[str, Group]:
    """For each input those in the data whose answer to it is not recorded, where there are several."""
    if predictor.crowd is None:
        return {}
    names = [name for name, seen in predictor.card.observed.items() if seen.unknown >= FEWEST_UNRECORDED]
    return {name: unrecorded_group(predictor.model.input[name], predictor.crowd) for name in names}


def unrecorded_group(asked: Input, crowd: People) -> Group:
    (column,) = [column for column in crowd.columns if column.name == asked.name]
    rows = [row for row in range(crowd.count) if column.answer(row) is None]
    so, chances = at(crowd.outcomes, rows), at(crowd.chances[0], rows)
    right = sum((chance > 0.5) == (outcome == 1) for chance, outcome in zip(chances, so, strict=True))
    observed = Share(int(sum(so)), len(rows))
    return Group(asked, "not recorded", observed, mean(chances).value, mean_gap(chances, so), Share(right, len(rows)))


# -- of classes --------------------------------------------------------------------------------------


def kinds_of(labels: Sequence[str], confusion: Sequence[Sequence[int]], crowd: Told) -> list[Kind]:
    found = []
    for number, label in enumerate(labels):
        counts = confusion[number]
        own = [chance for chance, so in zip(crowd.chances[number], crowd.outcomes, strict=True) if so == number]
        others = [(labels[other], count) for other, count in enumerate(counts) if other != number and count]
        found.append(Kind(label, Share(counts[number], sum(counts)), mean(own).value if own else 0.0, others))
    return found


def named_bins(crowd: Told) -> list[Bin]:
    """Cases by the chance of the class that was named, and how often that was right."""
    chances = list(zip(*crowd.chances, strict=True))
    named = [max(row) for row in chances]
    right = [row[int(outcome)] == max(row) for row, outcome in zip(chances, crowd.outcomes, strict=True)]
    order = sorted(range(crowd.count), key=named.__getitem__)
    return [bin_of([named[i] for i in rows], [right[i] for i in rows]) for rows in equal_parts(order, PARTS)]


# -- of an amount ------------------------------------------------------------------------------------


def band_of(crowd: Told, rows: Sequence[int], low: float | None, high: float | None, choice: str = "") -> Band:
    estimates, lows, highs = (at(values, rows) for values in crowd.chances)
    actual = at(crowd.outcomes, rows)
    errors = [estimate - amount for estimate, amount in zip(estimates, actual, strict=True)]
    inside = sum(a <= amount <= b for a, amount, b in zip(lows, actual, highs, strict=True))
    off = mean([abs(error) for error in errors]).value
    share = Share(inside, len(rows))
    return Band(low, high, choice, len(rows), mean(actual).value, mean(estimates).value, mean(errors), off, share)


def fifths_of(crowd: Told) -> list[Band]:
    """The cases in parts of equally many, from the lowest estimate to the highest."""
    estimates = crowd.chances[0]
    order = sorted(range(crowd.count), key=estimates.__getitem__)
    return [band_of(crowd, rows, estimates[rows[0]], estimates[rows[-1]]) for rows in equal_parts(order, PARTS)]


def at(values: Sequence[float], rows: Iterable[int]) -> list[float]:
    return [values[row] for row in rows]


def bands_by_answer(crowd: People, asked: Input, bends: Sequence[float]) -> list[Band]:
    """The cases by one answer: by its choices; or cut where a line bends, or in fifths where it does not."""
    (column,) = [column for column in crowd.columns if column.name == asked.name]
    answers = [column.answer(row) for row in range(crowd.count)]
    if asked.choices:
        by_choice = {value: [row for row, own in enumerate(answers) if own == value] for value in asked.choices}
        return [band_of(crowd, rows, None, None, asked.words(value)) for value, rows in by_choice.items() if rows]
    ends = [None, *(bends or fifths_cut(answers)), None]
    found = []
    for low, high in pairwise(ends):
        rows = [row for row, number in enumerate(answers) if within(number, low, high)]
        if rows:
            found.append(band_of(crowd, rows, low, high))
    return found


def fifths_cut(answers: Iterable[Any]) -> list[float]:
    """Where numbers are cut into five parts of about equally many; fewer where many are the same."""
    numbers = sorted(number for number in answers if number is not None)
    cuts = [numbers[len(numbers) * part // PARTS] for part in range(1, PARTS)]
    return [cut for cut in dict.fromkeys(cuts) if cut > numbers[0]]


def within(number: Any, low: float | None, high: float | None) -> bool:
    return number is not None and (low is None or number >= low) and (high is None or number < high)
