"""How sure the coefficients of a fitted regression are: a factor of their covariance."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[Any]


def spread_factor(design: Matrix, chances: Matrix, y: Matrix, C: float) -> Matrix:
    """A factor F of the coefficients' covariance F F', as scores x (1 + columns) x rank.

    The covariance is the sandwich H^-1 G H^-1: H the curvature of the penalised likelihood, G the
    spread of the people's own gradients, each as it would be had the fit left that person out. It
    says how the penalised estimate itself would vary with other people from the same population,
    which is what refitting on resamples shows (bench/coverage.py).
    """
    whole = np.hstack([np.ones((len(design), 1)), design])
    observed = np.eye(chances.shape[1])[y]
    if chances.shape[1] == 2:
        # The chance of yes alone has a score.
        chances, observed = chances[:, 1:], observed[:, 1:]
    scores, width = chances.shape[1], whole.shape[1]
    curvature = curvature_of(whole, chances) + penalty(width, scores, C)
    inverse: Matrix = np.linalg.pinv(curvature, hermitian=True)
    residuals = left_out(whole, chances, observed - chances, inverse)
    gradients = (residuals[:, :, None] * whole[:, None, :]).reshape(len(whole), -1)
    values, vectors = np.linalg.eigh(inverse @ (gradients.T @ gradients) @ inverse)
    keep = values > values.max() * 1e-10
    factor = vectors[:, keep] * np.sqrt(values[keep])
    # The sign of an eigenvector is arbitrary; fixing it keeps retraining reproducible.
    factor *= np.sign(factor[np.abs(factor).argmax(axis=0), range(factor.shape[1])])
    return factor.reshape(scores, width, -1)


def curvature_of(whole: Matrix, chances: Matrix) -> Matrix:
    """The likelihood's curvature over all scores together."""
    scores, width = chances.shape[1], whole.shape[1]
    curvature = np.zeros((scores, width, scores, width))
    for a, b in np.ndindex(scores, scores):
        weight = chances[:, a] * ((a == b) - chances[:, b])
        curvature[a, :, b] = whole.T @ (whole * weight[:, None])
    return curvature.reshape(scores * width, -1)


def penalty(width: int, scores: int, C: float) -> Matrix:
    one = np.ones(width) / C
    one[0] = 0  # the intercept is not penalised
    return np.diag(np.tile(one, scores))


def left_out(whole: Matrix, chances: Matrix, residuals: Matrix, inverse: Matrix) -> Matrix:
    """Each person's residual by a fit without that person, in one Newton step (the jackknife's HC3)."""
    scores, width = chances.shape[1], whole.shape[1]
    blocks = inverse.reshape(scores, width, scores, width)
    leverage = np.empty((len(whole), scores, scores))
    for a, b in np.ndindex(scores, scores):
        leverage[:, a, b] = np.einsum("ij,ij->i", whole @ blocks[a, :, b], whole)
    weights = chances[:, :, None] * (np.eye(scores) - chances[:, None, :])
    without: Matrix = np.linalg.solve(np.eye(scores) - weights @ leverage, residuals[:, :, None])
    return without[:, :, 0]
