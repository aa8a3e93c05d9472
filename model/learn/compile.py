"""Compiling a fitted estimator into a scorecard: an intercept, and a table of points for each block.

The points are read off the fitted pipeline itself: every block is asked for its columns at every
answer its inputs can have, and these times the coefficients are the points. The covariance of the
coefficients travels along as one short vector for each answer: the variance of a score is the
squared length of the sum of its answers' vectors.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.declare.model import Model
from model.declare.recipe import Block, Candidate, Pair, inputs_in

from .design import block_name, grid

Matrix = NDArray[Any]
# Enough for a standard error that is right in its fourth digit.
SPREAD_DIGITS = 6


def compile_score(model: Model, candidate: Candidate, fitted: Any, X: pd.DataFrame) -> dict[str, Any]:
    if model.kind == "amount":
        return amount_score(model, candidate, fitted)
    pipeline = fitted.pipeline_
    regression = pipeline[-1]
    design = np.asarray(pipeline[:-1].transform(X))
    factor = spread_factor(design, pipeline.predict_proba(X), regression, np.asarray(fitted.y_))
    return {
        "intercept": [float(value) for value in regression.intercept_],
        "intercept_spread": [rounded(row) for row in factor[:, 0]],
        "terms": [term(model, block, pipeline[:-1], regression.coef_, factor) for block in candidate.blocks],
        "people": people_table(fitted),
    }


def people_table(fitted: Any) -> dict[str, Any]:
    rows = fitted.people_
    names = list(fitted.unknowable)
    values = [[plain(value) for value in row] for row in rows[names].itertuples(index=False)]
    return {"inputs": names, "answers": values if names else [], "counts": rows["count"].tolist()}


def plain(value: Any) -> Any:
    """A number without a needless point, a category as it is, and None for what is not recorded."""
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, float):
        return int(value) if value == int(value) else value
    return value


def amount_score(model: Model, candidate: Candidate, fitted: Any) -> dict[str, Any]:
    recipe = model.learns
    range_blocks = (recipe.range_block,) if recipe.range_block else candidate.blocks
    parts = zip(
        ("estimate", "low", "high"),
        fitted.pipelines_,
        (candidate.blocks, range_blocks, range_blocks),
        strict=True,
    )
    return {name: linear_part(model, blocks, pipeline) for name, pipeline, blocks in parts}


def linear_part(model: Model, blocks: Sequence[Block], pipeline: Any) -> dict[str, Any]:
    coefficients = np.atleast_2d(pipeline[-1].coef_)
    return {
        "intercept": [float(pipeline[-1].intercept_)],
        "terms": [term(model, block, pipeline[:-1], coefficients, None) for block in blocks],
    }


def term(model: Model, block: Block, preparation: Any, coefficients: Matrix, factor: Matrix | None) -> dict[str, Any]:
    """One block's table: its answers, the points of each, and the vectors of their uncertainty."""
    parts = (block.first, block.second) if isinstance(block, Pair) else (block,)
    grids = [grid(part, model.input[part.input]) for part in parts]
    answers = list(product(*(values for values, _ in grids)))
    names = inputs_in(block)
    prepared = preparation[0] if hasattr(preparation, "__getitem__") else preparation
    table = pd.DataFrame(answers, columns=list(names))
    basis = np.asarray(prepared.named_transformers_[block_name(block)].transform(table), dtype=float)
    where = prepared.output_indices_[block_name(block)]
    points = basis @ coefficients[:, where].T
    between = [name for name, (_, lines) in zip(names, grids, strict=True) if lines]
    compiled = {
        "inputs": list(names),
        "levels": [list(values) for values, _ in grids],
        "between": between,
        "whole": [name for name in between if getattr(model.input[name], "whole", False)],
        "points": [[float(value) for value in row] for row in points],
    }
    if factor is not None:
        shift = slice(where.start + 1, where.stop + 1)
        spread = np.einsum("lc,kcr->lkr", basis, factor[:, shift])
        compiled["spread"] = [[rounded(vector) for vector in row] for row in spread]
    return compiled


def rounded(vector: Any) -> list[float]:
    return [float(f"{value:.{SPREAD_DIGITS}g}") for value in vector]


def spread_factor(design: Matrix, chances: Matrix, regression: Any, y: NDArray[Any]) -> Matrix:
    """A factor F of the coefficients' covariance F F', as scores x (1 + columns) x rank.

    The covariance is the sandwich H^-1 G H^-1: H the curvature of the penalised likelihood, G the
    spread of the people's own gradients, each as it would be had the fit left that person out. It
    says how the penalised estimate itself would vary with other people from the same population,
    which is what refitting on resamples shows (bench/coverage.py).
    """
    whole = np.hstack([np.ones((len(design), 1)), design])
    if chances.shape[1] == 2:
        chances, observed = chances[:, 1:], (y == 1)[:, None].astype(float)
    else:
        observed = np.eye(chances.shape[1])[y]
    curvature = curvature_of(whole, chances) + penalty(whole.shape[1], chances.shape[1], regression.C)
    inverse: Matrix = np.linalg.pinv(curvature, hermitian=True)
    residuals = left_out(whole, chances, observed - chances, inverse)
    gradients = (residuals[:, :, None] * whole[:, None, :]).reshape(len(whole), -1)
    covariance = inverse @ (gradients.T @ gradients) @ inverse
    values, vectors = np.linalg.eigh(covariance)
    keep = values > values.max() * 1e-10
    factor = vectors[:, keep] * np.sqrt(values[keep])
    # The sign of an eigenvector is arbitrary; fixing it keeps retraining reproducible.
    factor *= np.sign(factor[np.abs(factor).argmax(axis=0), range(factor.shape[1])])
    return factor.reshape(chances.shape[1], whole.shape[1], -1)


def left_out(whole: Matrix, chances: Matrix, residuals: Matrix, inverse: Matrix) -> Matrix:
    """Each person's residual by a fit without that person, in one Newton step (the jackknife's HC3)."""
    scores, width = chances.shape[1], whole.shape[1]
    blocks = inverse.reshape(scores, width, scores, width)
    leverage = np.empty((len(whole), scores, scores))
    for a in range(scores):
        for b in range(scores):
            leverage[:, a, b] = np.einsum("ij,ij->i", whole @ blocks[a, :, b], whole)
    weights = chances[:, :, None] * (np.eye(scores) - chances[:, None, :])
    without: Matrix = np.linalg.solve(np.eye(scores) - weights @ leverage, residuals[:, :, None])
    return without[:, :, 0]


def curvature_of(whole: Matrix, chances: Matrix) -> Matrix:
    """The likelihood's curvature over all scores together."""
    scores, width = chances.shape[1], whole.shape[1]
    curvature = np.zeros((scores * width, scores * width))
    for a in range(scores):
        for b in range(scores):
            weight = chances[:, a] * ((a == b) - chances[:, b])
            block = whole.T @ (whole * weight[:, None])
            curvature[a * width : (a + 1) * width, b * width : (b + 1) * width] = block
    return curvature


def penalty(width: int, scores: int, C: float) -> Matrix:
    one = np.ones(width) / C
    one[0] = 0  # the intercept is not penalised
    return np.diag(np.tile(one, scores))
