"""How far off an amount is, by how high the estimate is: a range without a sum of its own."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.predict.ranges import Ranges

Numbers = NDArray[np.float64]
PARTS = 5


def errors_by_estimate(truth: Numbers, estimates: Numbers, holds: float) -> dict[str, Any]:
    """Between which errors so large a share of the amounts lies, in fifths of the estimate."""
    edges, parts = parts_of(estimates, PARTS)
    errors, tail = [np.sort((truth - estimates)[part]) for part in parts], (1 - holds) / 2
    return {
        "edges": edges,
        "low": [rank(own, tail) for own in errors],
        "high": [-rank(-own[::-1], tail) for own in errors],
    }


def add_ranges(truth: Numbers, estimates: Numbers, folds: NDArray[np.intp], holds: float) -> Numbers:
    """Each estimate with the range that rests on how far off the other folds were."""
    whole = np.column_stack([estimates] * 3)
    for fold in np.unique(folds):
        own = folds == fold
        ranges = Ranges([errors_by_estimate(truth[~own], estimates[~own], holds)])
        whole[own, 1:] = [ranges.around([estimate])[0] for estimate in estimates[own].tolist()]
    return whole


def rank(ordered: Numbers, share: float) -> float:
    return float(ordered[max(int(np.floor(share * (len(ordered) + 1) + 1e-9)) - 1, 0)])


def parts_of(values: Numbers, parts: int) -> tuple[list[float], list[NDArray[np.bool_]]]:
    """Cut into parts of about equally many; fewer where many are alike."""
    cuts = np.unique(np.quantile(values, np.arange(1, parts) / parts))
    cuts = cuts[cuts > values.min()]
    at = np.searchsorted(cuts, values, side="right")
    return cuts.tolist(), [at == part for part in range(len(cuts) + 1)]
