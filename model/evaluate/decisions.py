"""What estimates are worth to somebody who acts above a threshold: net benefit (Vickers and Elkin, 2006).

Acting on somebody of whom it is so counts 1; acting on one of the others costs the odds of the threshold, since whoever
acts above 25 out of 100 takes three such for each right one. It is counted in the first, for each person in the data.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .calibration import ranged

Numbers = NDArray[np.float64]
THRESHOLDS = (0.01, *(n / 20 for n in range(1, 20)), 0.99)


def decision_curve(y: Numbers, chance: Numbers, weights: Numbers | None = None) -> list[dict[str, Any]]:
    """At each threshold the net benefit of the model, of acting on everybody, and what the model gains with its range.

    It gains what it is worth more than the better of acting on everybody and acting on nobody.
    """
    each = np.ones(len(y)) if weights is None else weights / weights.mean()
    return [at_threshold(y, chance, each, above) for above in THRESHOLDS]


def at_threshold(y: Numbers, chance: Numbers, each: Numbers, above: float) -> dict[str, Any]:
    cost = above / (1 - above)
    worth = y - (1 - y) * cost
    own, everybody = worth * (chance > above), float(np.mean(each * worth))
    gained = own - worth if everybody > 0 else own
    # One more of either kind counts in the spread: where no false alarm was met, the next may be one.
    more = 1 + cost**2 if gained.any() else 0.0
    return {
        "above": above,
        "benefit": averaged(own, each, more),
        "everybody": everybody,
        "gain": averaged(gained, each, more),
    }


def averaged(values: Numbers, each: Numbers, more: float) -> dict[str, float]:
    """A weighted mean with its 95 % range, with this much more in its sum of squares."""
    centre = float(np.mean(each * values))
    error = float(np.sqrt(np.sum((each * (values - centre)) ** 2) + more) / len(values))
    return ranged(centre, error)
