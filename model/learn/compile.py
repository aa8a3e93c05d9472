"""Compiling a fitted estimator into a scorecard: an intercept, and a table of points for each block.

The points are read off the fitted pipeline itself: every block is asked for its columns at every
answer its inputs can have, and these times the coefficients are the points. The covariance of the
coefficients travels along as one short vector for each answer: the variance of a score is the
squared length of the sum of its answers' vectors.
"""

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.declare.inputs import MOST_LISTED, Input, NumberInput
from model.declare.model import Model
from model.declare.recipe import Blend, Block, Boosted, Candidate, Steps, Way, draws_lines, listed, parts_of
from model.evaluate.metrics import digits

from .design import Places
from .rows import Rows

Matrix = NDArray[Any]


def compile_chances(model: Model, candidate: Way, fitted: Any, rows: Rows) -> dict[str, Any]:
    columns, regression = fitted.pipeline_
    if isinstance(candidate, Candidate):
        design, chances = np.asarray(columns.transform(rows.answers)), fitted.pipeline_.predict_proba(rows.answers)
        factor = spread_factor(design, chances, rows.truth, regression.C, rows.weights)
    else:
        factor = regression.spread_
    names = list(fitted.unknowable)
    people = zip(*(fitted.people_[name] for name in names), strict=True)
    return {
        "intercept": regression.intercept_.tolist(),
        "intercept_spread": digits(factor[:, 0].tolist()),
        "terms": compile_terms(model, blocks_of(candidate, columns), columns, regression.coef_, factor),
        # The distinct answers to the inputs that may be unknown, and how many people gave them.
        "people": {
            "inputs": names,
            "answers": [[plain(value) for value in row] for row in people],
            "counts": fitted.people_["count"].tolist(),
        },
    }


def plain(value: Any) -> Any:
    """A number without a needless point, a category as it is, and None for what is not recorded."""
    if isinstance(value, float):
        return None if np.isnan(value) else int(value) if value.is_integer() else value
    return value


def compile_amount(model: Model, candidate: Way, fitted: Any, rows: Rows) -> dict[str, Any]:
    recipe = model.learns
    return {
        name: {
            "intercept": [float(regression.intercept_)],
            "terms": compile_terms(
                model,
                blocks_of(candidate, columns) if name == "estimate" else recipe.range_blocks(candidate),
                columns,
                np.atleast_2d(regression.coef_),
            ),
        }
        for name, (columns, regression) in zip(("estimate", "low", "high"), fitted.pipelines_, strict=False)
    }


def blocks_of(candidate: Way, columns: Any) -> Sequence[Block]:
    """What the score is built of: as declared, and as boosting has found it."""
    declared = (
        ()
        if isinstance(candidate, Boosted)
        else (candidate.first if isinstance(candidate, Blend) else candidate).blocks
    )
    return [*declared, *(part.block for _, part, _ in columns.transformers_ if isinstance(part, Places))]


def compile_terms(
    model: Model, blocks: Sequence[Block], columns: Any, coefficients: Matrix, factor: Matrix | None = None
) -> list[dict[str, Any]]:
    """Each block's table: its answers, the points of each, and the vectors of their uncertainty."""
    terms = []
    for at, block in enumerate(blocks):
        parts = parts_of(block)
        names = [part.input for part in parts]
        levels = [list(listed(part, model.input[part.input])) for part in parts]
        # An unknown answer has a cell of its own where the points of one were learnt.
        # So has what the data does not record, where unknown answers are averaged over.
        cells = [name for name in names if model.input[name].may_be_unknown]
        kept = "unknown" if model.learns.unknown == "learnt" else "missing"
        ways = [[*own, *([np.nan] if name in cells else [])] for name, own in zip(names, levels, strict=True)]
        # The block's own columns at each of the answers, and where they stand among all columns.
        answers = pd.DataFrame(list(product(*ways)), columns=names)
        transformer = columns.named_transformers_[str(at)]
        basis = np.asarray(transformer.transform(answers), dtype=float)
        where = columns.output_indices_[str(at)]
        steps = [part.input for part in parts if isinstance(part, Steps)]
        lines = [part.input for part in parts if draws_lines(part)]
        term = {
            "inputs": names,
            "levels": levels,
            "between": lines,
            "whole": [name for name in names if name in {*steps, *lines} and can_be_listed(model.input[name])],
            "points": (basis @ coefficients[:, where].T).tolist(),
            **({kept: cells} if cells else {}),
            **({"steps": steps} if steps else {}),
        }
        if isinstance(transformer, Places):
            term["spread"] = digits(transformer.spread[transformer.find(answers)].tolist())
        elif factor is not None:
            own = factor[:, where.start + 1 : where.stop + 1]
            term["spread"] = digits(np.einsum("lc,kcr->lkr", basis, own).tolist())
        terms.append(term)
    return terms


def can_be_listed(asked: Input) -> bool:
    """Whether serving may look every answer up beforehand: whole numbers, unless there are very many."""
    return isinstance(asked, NumberInput) and asked.whole and asked.highest - asked.lowest < MOST_LISTED


def spread_factor(design: Matrix, chances: Matrix, y: Matrix, C: float, weighed: Matrix | None = None) -> Matrix:
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
    values, vectors = np.linalg.eigh(inverse @ (gradients.T @ gradients) @ inverse)
    keep = values > values.max() * 1e-10
    factor = vectors[:, keep] * np.sqrt(values[keep])
    # The sign of an eigenvector is arbitrary; fixing it keeps retraining reproducible.
    factor *= np.sign(factor[np.abs(factor).argmax(axis=0), range(factor.shape[1])])
    return factor.reshape(scores, width, -1)
