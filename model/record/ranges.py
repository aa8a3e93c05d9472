"""Ranges that stay valid when they are looked at daily: of how far the log-odds are off, and so of shares."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .growth import SHIFTS, STAKES, STRONG

# A shift beyond this is a chance of 0 or 1 for every case.
FARTHEST = 12.0
HALVINGS = 50


@dataclass(frozen=True)
class Range:
    low: float
    high: float


class Shifts:
    """Which shifts of the log-odds some cases leave possible.

    A shift is left out once the bets of `growth` would have grown to 20 if it were the truth.
    """

    def __init__(self, chances: NDArray[np.float64], counts: NDArray[np.float64] | None = None) -> None:
        self.chances = chances
        self.counts = np.ones(len(chances)) if counts is None else counts
        self._known = np.array([self._cost(shift) for shift in SHIFTS])

    def range(self, fewest: float, most: float) -> Range:
        """The range where at least so many and at most so many came true, the rest being unknown."""
        return Range(self._low_end(fewest), self._high_end(most))

    def share(self, shift: float) -> float:
        """The average chance if all log-odds are off by this."""
        if abs(shift) >= FARTHEST:
            return float(shift > 0)
        grown = self.chances * math.exp(shift)
        return float((self.counts * grown / (1 - self.chances + grown)).sum() / self.counts.sum())

    def _cost(self, shift: float) -> float:
        return float((self.counts * np.log1p(self.chances * np.expm1(shift))).sum())

    def _room(self, yes: float) -> Callable[[float], float]:
        """How far a shift is from being left out: negative where it is."""
        bet = float(np.logaddexp.reduce(np.log(STAKES) + SHIFTS * yes - self._known))
        return lambda shift: shift * yes - self._cost(shift) - bet + math.log(STRONG)

    def _likeliest(self, yes: float) -> float:
        share = yes / self.counts.sum()
        return halve(lambda shift: self.share(shift) - share, -FARTHEST, FARTHEST)

    def _low_end(self, yes: float) -> float:
        return -FARTHEST if yes <= 0 else halve(self._room(yes), -FARTHEST, self._likeliest(yes))

    def _high_end(self, yes: float) -> float:
        room = self._room(yes)
        return FARTHEST if yes >= self.counts.sum() else halve(lambda x: -room(x), self._likeliest(yes), FARTHEST)


def halve(rising: Callable[[float], float], low: float, high: float) -> float:
    """Where a rising function passes 0; an end where it does not."""
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if rising(middle) > 0 else (middle, high)
    return (low + high) / 2
