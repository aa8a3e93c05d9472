"""Evidence against a model that stays valid however often one looks at it.

Somebody bets, case after case, that the model's log-odds are off by a fixed shift, at the odds that the model itself
gives. If the model is right, no way of betting makes money on average, so that the stake of 1 ever grows to 20 in at
most one of twenty such lives (Ville's inequality), looked at daily or not. The stake is spread over 49 shifts and over
the day on which the model began to be wrong, since neither is known (Shafer and Vovk 2019; Howard and others 2021).

A case that nobody has marked counts the worst way for the bet: what is won then holds whatever the unmarked were.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .cases import Cases

SHIFTS = np.linspace(-1.2, 1.2, 49)
# How likely each shift is beforehand: normal, with a spread of 0.35 on the log-odds.
STAKES = np.exp(-((SHIFTS / 0.35) ** 2) / 2)
STAKES /= STAKES.sum()
# The stake has grown so much by chance in at most one of twenty models that are right.
STRONG = 20.0
# So many cases at once are worked on, so that memory stays small.
AT_ONCE = 4096


def won_each_day(cases: Cases) -> NDArray[np.float64]:
    """By how much the logarithm of each shift's bet grew on each day that had cases, at the least."""
    _, index = np.unique(cases.days, return_inverse=True)
    won = np.zeros((index[-1] + 1 if len(index) else 0, len(SHIFTS)))
    # A bet on a higher chance loses by a no, and one on a lower chance by a yes.
    worst = np.where(SHIFTS > 0, 0.0, 1.0)
    for start in range(0, len(cases), AT_ONCE):
        rows = slice(start, start + AT_ONCE)
        happened = cases.happened[rows, None]
        happened = np.where(np.isnan(happened), worst, happened)
        grown = SHIFTS * happened - np.log1p(cases.chances[rows, None] * np.expm1(SHIFTS))
        np.add.at(won, index[rows], grown)
    return won


def grow(won: NDArray[np.float64]) -> NDArray[np.float64]:
    """The logarithm of the stake after each day.

    The share of the stake that starts on day d is 1 / (d (d + 1)), which sums to 1 over all days to come; what has
    not started yet is still there.
    """
    stakes = np.log(STAKES)
    running = np.full(len(SHIFTS), -np.inf)
    grown = np.empty(len(won))
    for day, today in enumerate(won, start=1):
        running = np.logaddexp(running, stakes - np.log(day * (day + 1))) + today
        grown[day - 1] = np.logaddexp(np.logaddexp.reduce(running), -np.log(day + 1))
    return grown


def likeliest_start(won: NDArray[np.float64]) -> int:
    """On which of the days the bet that did best had started."""
    days = np.arange(1, len(won) + 1)
    since = np.cumsum(won[::-1], axis=0)[::-1]
    return int(np.argmax(np.logaddexp.reduce(np.log(STAKES) + since, axis=1) - np.log(days * (days + 1))))
