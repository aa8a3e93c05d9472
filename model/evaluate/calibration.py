"""Whether estimates keep their word: the line and the smooth curve that turn them into what was so, and Brier's parts.

The line is Cox's (1958): the logit of what was so as intercept and slope of the estimates' logit. The curve is the same
with a natural spline in place of the line (Austin and Steyerberg, 2014). Brier's parts are those of Dimitriadis, Gneiting
and Jordan (2021), who take the best rising curve for what was so, so that no bins are chosen and the parts add up.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

from model.predict.logistic import NORMAL_95

Numbers = NDArray[np.float64]
# A chance is never so near to 0 or 1 that its logit has no end.
LEAST = 1e-9
STEPS = 50
POINTS = 41
# Where the spline may bend, as parts of the people in the order of their estimates (Harrell, 2015).
KNOTS = (0.05, 0.275, 0.5, 0.725, 0.95)
# Of fewer, or of hardly any of whom it was so or not, no curve is drawn.
FEWEST = 100
FEWEST_OF_EACH = 20
OUTERMOST = 10


def logits(chance: Numbers) -> Numbers:
    held = np.clip(chance, LEAST, 1 - LEAST)
    return np.asarray(np.log(held / (1 - held)))


def fit_logistic(
    columns: Numbers, y: Numbers, offset: Numbers | float = 0.0, weights: Numbers | None = None
) -> tuple[Numbers, Numbers] | None:
    """Coefficients and their covariance, by Newton's steps; None where there is no end to them.

    With weights the covariance is the sandwich, since the rows then speak for others than themselves.
    """
    each = np.ones(len(y)) if weights is None else weights / weights.mean()
    found: Numbers = np.zeros(columns.shape[1])
    for _ in range(STEPS):
        expected = 1 / (1 + np.exp(-np.clip(columns @ found + offset, -500, 500)))
        curvature = columns.T @ (columns * (each * expected * (1 - expected))[:, None])
        if not np.isfinite(curvature).all() or np.linalg.cond(curvature) > 1e12:
            return None
        step = np.linalg.solve(curvature, columns.T @ (each * (y - expected)))
        found = found + step
        if np.abs(step).max() < 1e-9:
            inverse: Numbers = np.linalg.inv(curvature).astype(np.float64)
            if weights is None:
                return found, inverse
            gradients = columns * (each * (y - expected))[:, None]
            spread: Numbers = (inverse @ (gradients.T @ gradients) @ inverse).astype(np.float64)
            return found, spread
    return None


def ranged(value: float, error: float) -> dict[str, float]:
    return {"value": value, "low": value - NORMAL_95 * error, "high": value + NORMAL_95 * error}


def calibration_line(y: Numbers, chance: Numbers, weights: Numbers | None = None) -> dict[str, Any] | None:
    """Intercept and slope with their ranges: 0 and 1 where estimates keep their word.

    The intercept is that of a line whose slope is 1, so that it says whether estimates are too high or too low on the
    whole; a slope under 1 says that they are too far apart.
    """
    own = logits(chance)
    level = fit_logistic(np.ones((len(y), 1)), y, own, weights)
    line = fit_logistic(np.column_stack([np.ones(len(y)), own]), y, 0.0, weights)
    if level is None or line is None:
        return None
    return {
        "intercept": ranged(float(level[0][0]), float(np.sqrt(level[1][0, 0]))),
        "slope": ranged(float(line[0][1]), float(np.sqrt(line[1][1, 1]))),
    }


def smooth_curve(y: Numbers, chance: Numbers, shows_rows: bool = True) -> list[dict[str, float]]:
    """What was so at each height of the estimate, with a 95 % band; nothing where there are too few people for it.

    It ends where hardly anybody's estimate lies beyond; where rows are not shown, at the average of the ten outermost.
    """
    own = logits(chance)
    knots = np.unique(np.quantile(own, KNOTS))
    if len(y) < FEWEST or min(y.sum(), len(y) - y.sum()) < FEWEST_OF_EACH or len(knots) < 3:
        return []
    fitted = fit_logistic(natural_spline(own, knots), y)
    if fitted is None:
        return []
    coefficients, covariance = fitted
    low, high = np.quantile(chance, [0.005, 0.995])
    if not shows_rows:
        ordered = np.sort(chance)
        low, high = max(low, ordered[:OUTERMOST].mean()), min(high, ordered[-OUTERMOST:].mean())
    at = np.linspace(low, high, POINTS)
    basis = natural_spline(logits(at), knots)
    centre = basis @ coefficients
    reach = NORMAL_95 * np.sqrt(np.einsum("ij,jk,ik->i", basis, covariance, basis))
    columns = [1 / (1 + np.exp(-score)) for score in (centre, centre - reach, centre + reach)]
    names = ("estimated", "observed", "low", "high")
    return [dict(zip(names, map(float, row), strict=True)) for row in zip(at, *columns, strict=True)]


def natural_spline(x: Numbers, knots: Numbers) -> Numbers:
    """A constant, a line, and cubic bends that are straight beyond the outer knots."""

    def bend(at: float) -> Numbers:
        return np.maximum(x - at, 0) ** 3

    last, before = knots[-1], knots[-2]
    bends = [
        (bend(knot) - bend(before) * (last - knot) / (last - before) + bend(last) * (before - knot) / (last - before))
        / (last - knots[0]) ** 2
        for knot in knots[:-2]
    ]
    return np.column_stack([np.ones_like(x), x, *bends])


def brier_parts(y: Numbers, chance: Numbers) -> dict[str, float]:
    """Reliability less resolution, and uncertainty: they add up to the Brier score.

    Reliability is what the estimates lose against the best rising curve through them, resolution what that curve gains
    against giving everybody the same chance, and uncertainty the score of that one chance.
    """
    # By their order alone: between chances like 1e-310 and 2e-310 a line is too steep to be reckoned.
    order = np.unique(chance, return_inverse=True)[1]
    so = IsotonicRegression(y_min=0, y_max=1).fit(order, y).predict(order)
    score, best, usual = (float(np.mean((y - said) ** 2)) for said in (chance, so, y.mean()))
    return {"reliability": score - best, "resolution": usual - best, "uncertainty": usual}
