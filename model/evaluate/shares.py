"""What came of the chances that a model gave to people it had not seen, counted and with ranges."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from model.predict.logistic import NORMAL_95


@dataclass(frozen=True)
class Share:
    """Of how many people something was so, with Wilson's 95 % range."""

    yes: int
    people: int

    @property
    def value(self) -> float:
        """The share itself; 0 where there is nobody, whose range is then everything from 0 to 1."""
        return self.yes / self.people if self.people else 0.0

    @property
    def low(self) -> float:
        return max(0.0, self._centre - self._reach)

    @property
    def high(self) -> float:
        return min(1.0, self._centre + self._reach)

    @property
    def _centre(self) -> float:
        z2 = NORMAL_95**2
        return (self.yes + z2 / 2) / (self.people + z2)

    @property
    def _reach(self) -> float:
        z2, share = NORMAL_95**2, self.value
        spread = math.sqrt(share * (1 - share) * self.people + z2 / 4)
        return NORMAL_95 * spread / (self.people + z2)


@dataclass(frozen=True)
class Mean:
    """An average with its 95 % range: 1.96 standard errors to either side."""

    value: float
    low: float
    high: float

    @property
    def sure(self) -> bool:
        """Whether it is away from 0 by more than chance explains."""
        return self.low > 0 or self.high < 0

    @property
    def ranged(self) -> bool:
        """Whether it has a range: the average of one case has none."""
        return math.isfinite(self.low)


def mean(values: Sequence[float]) -> Mean:
    number = len(values)
    centre = math.fsum(values) / number
    if number < 2:
        return Mean(centre, -math.inf, math.inf)
    variance = math.fsum((value - centre) ** 2 for value in values) / (number - 1)
    reach = NORMAL_95 * math.sqrt(variance / number)
    return Mean(centre, centre - reach, centre + reach)


def mean_gap(chances: Sequence[float], outcomes: Sequence[float]) -> Mean:
    """How far chances lie above what was so, on average, and to either side of it how far luck alone takes that.

    If the chances are right, what is so varies by their own variance, p(1 − p) for each; so the range has a width even
    where it was so of nobody.
    """
    number = len(chances)
    gaps = [chance - outcome for chance, outcome in zip(chances, outcomes, strict=True)]
    reach = NORMAL_95 * math.sqrt(math.fsum([chance * (1 - chance) for chance in chances])) / number
    centre = math.fsum(gaps) / number
    return Mean(centre, centre - reach, centre + reach)


@dataclass(frozen=True)
class Cut:
    """What follows from saying yes to everyone whose chance is more than this."""

    above: float
    # Of those of whom it was so, and of those of whom it was not: who was said yes to.
    found: Share
    false_alarms: Share

    @property
    def right(self) -> Share:
        """Of those said yes to, who was so; of nobody where nobody was."""
        return Share(self.found.yes, self.found.yes + self.false_alarms.yes)


def cut(chances: Sequence[float], outcomes: Sequence[float], above: float) -> Cut:
    said = [outcome for chance, outcome in zip(chances, outcomes, strict=True) if chance > above]
    so, found = int(sum(outcomes)), int(sum(said))
    return Cut(above, Share(found, so), Share(len(said) - found, len(outcomes) - so))


@dataclass(frozen=True)
class Bin:
    """People who were given about the same chance, and of how many of them it was so."""

    low: float
    high: float
    estimated: float
    observed: Share


def bin_of(chances: Sequence[float], outcomes: Sequence[bool]) -> Bin:
    share = Share(sum(outcomes), len(outcomes))
    return Bin(min(chances), max(chances), math.fsum(chances) / len(chances), share)


def equal_parts(order: Sequence[int], parts: int) -> Iterator[Sequence[int]]:
    """The rows cut into so many parts of equally many, as far as they divide."""
    ends = [round(len(order) * part / parts) for part in range(parts + 1)]
    for start, end in pairwise(ends):
        yield order[start:end]
