"""How far off an amount is, by how high the estimate is: a range without a sum of its own."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.predict.ranges import Ranges

Numbers = NDArray[np.float64]
PARTS = 5
# Levels that are tried.
STEP, LARGEST = 0.0025, 0.98


def errors_by_estimate(truth: Numbers, estimates: Numbers, holds: float) -> dict[str, Any]:
    """Between which errors so large a share of the amounts lies, in fifths of the estimate."""
    edges, parts = parts_of(estimates, PARTS)
    errors, tail = [np.sort((truth - estimates)[part]) for part in parts], (1 - holds) / 2
    return {
        "edges": edges,
        "low": [rank(own, tail) for own in errors],
        "high": [-rank(-own[::-1], tail) for own in errors],
        # No range reaches beyond the amounts that there are.
        "least": float(truth.min()),
        "most": float(truth.max()),
    }


def add_ranges(truth: Numbers, estimates: Numbers, folds: NDArray[np.intp], holds: float) -> Numbers:
    """Each estimate with the range that rests on how far off the other folds were."""
    whole = np.column_stack([estimates] * 3)
    for fold in np.unique(folds):
        own = folds == fold
        ranges = Ranges([errors_by_estimate(truth[~own], estimates[~own], holds)])
        whole[own, 1:] = [ranges.around([estimate])[0] for estimate in estimates[own].tolist()]
    return whole


def level_to_hold(truth: Numbers, estimates: Numbers, folds: NDArray[np.intp], holds: float) -> float:
    """The share of the other folds' errors that a range must hold, so that it holds so many of a fold's own amounts.

    Where folds are made of rows that share a group, such as a town, one fold's errors are not like those of the others,
    and a range that held 80 % of these would hold fewer.
    """
    for level in np.arange(holds, LARGEST, STEP):
        low, high = add_ranges(truth, estimates, folds, float(level)).T[1:]
        if np.mean((low <= truth) & (truth <= high)) >= holds:
            return float(level)
    return LARGEST


def rank(ordered: Numbers, share: float) -> float:
    return float(ordered[max(int(np.floor(share * (len(ordered) + 1) + 1e-9)) - 1, 0)])


def parts_of(values: Numbers, parts: int) -> tuple[list[float], list[NDArray[np.bool_]]]:
    """Cut into parts of about equally many; fewer where many are alike."""
    cuts = np.unique(np.quantile(values, np.arange(1, parts) / parts))
    cuts = cuts[cuts > values.min()]
    # Where many are alike, several cuts may lie between two of the values, and nothing between these cuts.
    cuts = cuts[np.bincount(np.searchsorted(cuts, values, side="right"), minlength=len(cuts) + 1)[1:] > 0]
    at = np.searchsorted(cuts, values, side="right")
    return cuts.tolist(), [at == part for part in range(len(cuts) + 1)]
