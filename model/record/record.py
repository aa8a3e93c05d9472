"""A model's record: what it said of cases that are due, and what happened, in all and by what it said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .cases import Cases
from .growth import STRONG, grow, likeliest_start, won_each_day
from .ranges import Range, Shifts

# From how many marked cases a part gets a sentence, a range, and the whole a suggested new intercept.
TELLS, RANGED, SUGGESTS, OF_EACH = 20, 50, 200, 50
# An alarm tells of what matters: the whole range is this far from what the model said.
MATTERS = 0.02
TENTHS = [tenth / 10 for tenth in range(11)]
# An alarm's day is looked for with this many different chances.
CELLS = 200
# The logarithm of the largest evidence that is told.
LARGEST = 500.0


@dataclass(frozen=True)
class Part:
    """Cases that were given a chance between two ends."""

    start: float
    end: float
    due: int
    marked: int
    yes: int
    # The average of what the model gave to the marked ones.
    estimated: float | None
    # What share of such cases comes true, going by the marked ones; and whatever the unmarked ones were.
    range: Range | None = None
    whatever: Range | None = None

    @property
    def observed(self) -> float | None:
        return self.yes / self.marked if self.marked else None

    @property
    def expected(self) -> float | None:
        return self.estimated * self.marked if self.estimated is not None else None

    @property
    def tells(self) -> bool:
        return self.marked >= TELLS


@dataclass(frozen=True)
class Alarm:
    """The model is wrong by more than matters, whatever the unmarked cases were."""

    # The day on which it was first so, and the day since which the model seems to be wrong.
    day: int
    since: int
    # Of the cases between the two: how many are due, how many the model expected, what at least and at most happened.
    due: int
    expected: float
    fewest: int
    most: int
    range: Range

    @property
    def too_little(self) -> bool:
        """Whether the model says too little, and not too much."""
        return self.fewest > self.expected


@dataclass(frozen=True)
class Record:
    all: Part
    parts: tuple[Part, ...]
    followed: Part
    # How large the bet against the model is today: 20 is strong, 1 is nothing.
    evidence: float
    alarm: Alarm | None
    # By what the intercept would have to move, where there are cases enough to say.
    suggested: Range | None


def read_record(cases: Cases) -> Record:
    """The record of cases that are due."""
    whole = part_of(cases, 0, 1)
    alarm, evidence = look_daily(cases)
    return Record(
        all=whole,
        parts=tuple(tenths(cases)),
        followed=part_of(cases.only(cases.followed), 0, 1),
        evidence=evidence,
        alarm=alarm,
        suggested=suggest(cases, whole),
    )


def tenths(cases: Cases) -> Iterator[Part]:
    """The cases by tenths of the chance; a chance on an edge belongs to the part above."""
    index = np.clip(np.floor(cases.chances * 10 + 1e-9), 0, 9)
    for number in range(10):
        yield part_of(cases.only(index == number), TENTHS[number], TENTHS[number + 1])


def part_of(cases: Cases, start: float, end: float) -> Part:
    marked = cases.marked
    number, yes = int(marked.sum()), int(np.nansum(cases.happened))
    estimated = float(cases.chances[marked].mean()) if number else None
    range_, whatever = None, None
    if number >= RANGED:
        shifts = Shifts(cases.chances[marked])
        range_ = shares(shifts, shifts.range(yes, yes))
        everyone = Shifts(cases.chances)
        whatever = shares(everyone, everyone.range(yes, yes + len(cases) - number))
    return Part(start, end, len(cases), number, yes, estimated, range_, whatever)


def shares(shifts: Shifts, range_: Range) -> Range:
    return Range(shifts.share(range_.low), shifts.share(range_.high))


def suggest(cases: Cases, whole: Part) -> Range | None:
    """The range of what to add to the intercept; never applied by itself."""
    if whole.marked < SUGGESTS or min(whole.yes, whole.marked - whole.yes) < OF_EACH:
        return None
    return Shifts(cases.chances[cases.marked]).range(whole.yes, whole.yes)


def look_daily(cases: Cases) -> tuple[Alarm | None, float]:
    """The first alarm that a look on every day would have met, and how strong the evidence is today.

    There are two bets, and their average is one: on all cases, and on those drawn by lot, which are marked best.
    """
    if not len(cases):
        return None, 1.0
    days = np.unique(cases.days)
    bets = [Bet(part, days) for part in (cases, cases.only(cases.followed)) if len(part)]
    grown = np.logaddexp.reduce([bet.grown for bet in bets]) - np.log(len(bets))
    alarms = (bet.alarm(int(day)) for day in np.flatnonzero(grown >= np.log(STRONG)) for bet in bets)
    return next(filter(None, alarms), None), float(np.exp(min(grown[-1], LARGEST)))


class Bet:
    """A bet against the model on some of its cases, looked at on some days."""

    def __init__(self, cases: Cases, looks: NDArray[np.int64]) -> None:
        self.cases = cases
        self.days = np.unique(cases.days)
        self.won = won_each_day(cases)
        # How many days of its own it has seen at each look.
        self.seen = np.searchsorted(self.days, looks, side="right")
        self.grown = np.concatenate([[0.0], grow(self.won)])[self.seen]

    @cached_property
    def cells(self) -> NDArray[np.float64]:
        return in_cells(self.cases.chances)

    def alarm(self, look: int) -> Alarm | None:
        """The alarm of the cases since the day on which the model seems to have begun to be wrong."""
        seen = self.seen[look]
        if not seen:
            return None
        start = likeliest_start(self.won[:seen])
        rows = slice(*np.searchsorted(self.cases.days, [self.days[start], self.days[seen - 1] + 1]))
        return alarm_of(self.cases.only(rows), self.cells[rows], int(self.days[seen - 1]))


def alarm_of(cases: Cases, cells: NDArray[np.float64], day: int) -> Alarm | None:
    yes, number = int(np.nansum(cases.happened)), len(cases)
    most = yes + number - int(cases.marked.sum())
    expected = float(cases.chances.sum())
    if yes / number - MATTERS <= expected / number <= most / number + MATTERS:
        return None
    chances, counts = np.unique(cells, return_counts=True)
    shifts = Shifts(chances, counts.astype(float))
    range_ = shares(shifts, shifts.range(yes, most))
    said = expected / number
    if range_.low - MATTERS <= said <= range_.high + MATTERS:
        return None
    return Alarm(day, int(cases.days[0]), number, expected, yes, most, range_)


def in_cells(chances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each chance as the average of those that lie in its cell, of which there are few enough to be quick."""
    if len(np.unique(chances)) <= CELLS:
        return chances
    edges = np.unique(np.quantile(chances, np.linspace(0, 1, CELLS + 1)))
    index = np.clip(np.searchsorted(edges, chances, side="right") - 1, 0, len(edges) - 2)
    sums, counts = np.bincount(index, weights=chances), np.bincount(index)
    means: NDArray[np.float64] = sums[index] / counts[index]
    return means
