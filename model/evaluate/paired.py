"""By how much one model is ahead of another on the same rows, with a range: what each row adds to a figure, subtracted.

A figure is a mean over rows, or nearly one. So the difference of two models' figures is the mean of the rows' own
differences, and its error follows from these. Rows that share a group, such as a ticket, are added up first, since they
tell less than as many strangers. The area under the curve is taken apart as DeLong, DeLong and Clarke-Pearson (1988) do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .calibration import ranged

Numbers = NDArray[np.float64]
# Less than any chance, and no 0, which has no logarithm.
TINY = 1e-15


def log_loss(y: Any, said: Numbers) -> Numbers:
    own = said[np.arange(len(y)), np.asarray(y, dtype=int)]
    return np.asarray(-np.log(np.clip(own, TINY, 1)))


def misses(y: Any, said: Numbers) -> Numbers:
    return np.asarray(said.argmax(axis=1) != y, dtype=float)


def brier(y: Any, said: Numbers) -> Numbers:
    return np.asarray((y - said[:, 1]) ** 2)


def area_lost(y: Any, said: Numbers, weights: Numbers | None = None) -> Numbers:
    """For each row the share of the others' kind that it is not told from, as often as makes 1 - AUC their mean."""
    yes, chance = np.asarray(y) == 1, said[:, 1]
    each, lost = np.ones(len(chance)) if weights is None else weights, np.empty(len(chance))
    for own in (yes, ~yes):
        order = np.argsort(chance[~own])
        others, reach = chance[~own][order], np.concatenate([[0], np.cumsum(each[~own][order])])
        # Of those with the same chance every second one counts.
        below = sum(reach[np.searchsorted(others, chance[own], side)] for side in ("left", "right")) / 2 / reach[-1]
        lost[own] = ((1 - below) if own is yes else below) * each.sum() / each[own].sum() / 2
    return lost


def squares(y: Any, said: Numbers) -> Numbers:
    return np.asarray((y - said[:, 0]) ** 2)


def distances(y: Any, said: Numbers) -> Numbers:
    return np.asarray(np.abs(y - said[:, 0]))


LOSSES: Mapping[str, Callable[[Any, Numbers], Numbers]] = {
    "log_loss": log_loss,
    "accuracy": misses,
    "brier": brier,
    "auc": area_lost,
    "rmse": squares,
    "r2": squares,
    "mean_error": distances,
}


def losses(figure: str, y: Any, said: Numbers, weights: Numbers | None = None) -> Numbers:
    """What each row adds to a figure, of which their mean by their weights is what is lost."""
    return area_lost(y, said, weights) if figure == "auc" else LOSSES[figure](y, said)


def scaled(figure: str, y: Any, own: Numbers, weights: Numbers | None = None) -> float:
    """What a difference in the rows' mean loss comes to in the figure itself."""
    if figure == "rmse":
        return 1 / (2 * float(np.sqrt(np.average(own, weights=weights))))
    if figure == "r2":
        return 1 / float(np.average((y - np.average(y, weights=weights)) ** 2, weights=weights))
    return 1.0


def ahead(
    figure: str,
    y: Any,
    own: Numbers,
    other: Numbers,
    groups: NDArray[Any] | None = None,
    weights: Numbers | None = None,
) -> dict[str, float]:
    """How much better the first is, of which the rows' losses are given; below 0 where the other is."""
    apart = (other - own) * scaled(figure, y, own, weights)
    centre = float(np.average(apart, weights=weights))
    off: NDArray[Any] = apart - centre
    if weights is not None:
        off = off * weights / weights.mean()
    if groups is not None:
        off = np.bincount(np.unique(groups, return_inverse=True)[1], off)
    parts = len(off)
    error = float(np.sqrt((off**2).sum() * parts / max(parts - 1, 1))) / len(apart)
    return ranged(centre, error)
