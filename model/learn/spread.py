"""How far a score could be off: a covariance of the coefficients that is as wide as each of two wants it.

The inverse of the penalised likelihood's curvature takes the ridge penalty for what is known beforehand, as Bayes would,
so it is wide where there are few rows: it holds the true coefficients, which the penalty pulls away from (Wahba, 1983;
Nychka, 1988). The sandwich takes the rows' own residuals, each as it would be had the fit left that row out (HC3), so
it is right where chances vary otherwise than the model has it (White, 1982). What stands here is the least covariance
that is no narrower than either for any answers.

What is known beforehand may be wrong: where few rows say otherwise, the penalty pulls an estimate further from the truth
than chance does, above all near nought and one. How far it pulls shows in a fit whose penalty is far weaker. The
difference between the two stands last, and counts like one more standard error on the side that it pulled from.
bench/coverage.py shows what all of it holds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from .newton import Fits, curvature_of, sigmoid

Matrix = NDArray[Any]
# So many times weaker is the penalty of the fit that shows what the penalty takes.
WEAKER = 30
# That fit has so many digits, so that a card's are the same on every machine.
NEAR = 1e-10


def spread_of_counts(design: csr_array, people: Matrix, yes: Matrix, found: Matrix, penalty: Matrix) -> Matrix:
    """A factor F of the covariance F F' of one score's coefficients, from rows that are counted, and last what the penalty
    takes from them."""
    chances = sigmoid(design @ found)
    inverse = np.linalg.inv(curvature_of(design, people * chances * (1 - chances), penalty))
    leverage = chances * (1 - chances) * row_products(design, inverse)
    squares = (yes * (1 - chances) ** 2 + (people - yes) * chances**2) / (1 - leverage.clip(max=0.99)) ** 2
    # The intercept has no penalty, and all others have the same.
    weaker = Fits(design, WEAKER / penalty[-1], start=found).fit(people, yes, NEAR)
    return np.hstack([factor_of(inverse, curvature_of(design, squares, 0 * penalty)), (weaker - found)[:, None]])


def row_products(design: csr_array, matrix: Matrix) -> Matrix:
    """For each row x the number x' M x."""
    return np.asarray(design.multiply(design @ matrix).sum(axis=1)).ravel()


def spread_of_scores(design: Matrix, chances: Matrix, y: Matrix, C: float, weighed: Matrix | None = None) -> Matrix:
    """The same of several scores, as scores x (1 + columns) x rank."""
    whole = np.hstack([np.ones((len(design), 1)), design])
    observed = np.eye(chances.shape[1])[y]
    if chances.shape[1] == 2:
        # The chance of yes alone has a score.
        chances, observed = chances[:, 1:], observed[:, 1:]
    scores, width = chances.shape[1], whole.shape[1]
    each = np.ones(len(whole)) if weighed is None else weighed
    weights = each[:, None, None] * chances[:, :, None] * (np.eye(scores) - chances[:, None, :])
    curvature = np.zeros((scores, width, scores, width))
    for a, b in np.ndindex(scores, scores):
        curvature[a, :, b] = whole.T @ (whole * weights[:, a, b, None])
    # The intercept is not penalised.
    penalty = np.diag(np.tile(np.append(0, np.ones(width - 1) / C), scores))
    inverse: Matrix = np.linalg.pinv(curvature.reshape(scores * width, -1) + penalty, hermitian=True)
    # Each person's residual by a fit without that person, in one Newton step (the jackknife's HC3).
    blocks, leverage = inverse.reshape(scores, width, scores, width), np.empty((len(whole), scores, scores))
    for a, b in np.ndindex(scores, scores):
        leverage[:, a, b] = np.einsum("ij,ij->i", whole @ blocks[a, :, b], whole)
    residuals = np.linalg.solve(np.eye(scores) - weights @ leverage, (each[:, None] * (observed - chances))[:, :, None])
    gradients = (residuals * whole[:, None, :]).reshape(len(whole), -1)
    return factor_of(inverse, gradients.T @ gradients).reshape(scores, width, -1)


def factor_of(inverse: Matrix, gradients: Matrix) -> Matrix:
    """A factor of the least covariance that is no narrower than the inverse curvature B nor than the sandwich B G B."""
    values, vectors = np.linalg.eigh(inverse)
    keep = values > values.max() * 1e-10
    root = vectors[:, keep] * np.sqrt(values[keep])
    # Where B is all ones, the sandwich has these values; what is less than one is raised to it.
    wide, turned = np.linalg.eigh(root.T @ gradients @ root)
    whole = (root @ turned) * np.sqrt(np.maximum(wide, 1))
    try:
        # One factor of many, and the same on every machine.
        return np.asarray(np.linalg.cholesky(whole @ whole.T))
    except np.linalg.LinAlgError:
        return np.asarray(whole * np.sign(whole[np.abs(whole).argmax(axis=0), range(whole.shape[1])]))
