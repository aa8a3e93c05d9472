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

from model.declare.inputs import MOST_LISTED, Input, NumberInput
from model.declare.model import Model
from model.declare.recipe import Block, Candidate, inputs_in, parts_of

from .covariance import spread_factor
from .design import block_name, grid

Matrix = NDArray[Any]
# Enough for a standard error that is right in its fourth digit.
SPREAD_DIGITS = 6


def compile_chances(model: Model, candidate: Candidate, fitted: Any, X: pd.DataFrame, y: pd.Series) -> dict[str, Any]:
    columns, regression = fitted.pipeline_
    design, chances = np.asarray(columns.transform(X)), fitted.pipeline_.predict_proba(X)
    factor = spread_factor(design, chances, y.to_numpy(), regression.C)
    return {
        "intercept": [float(value) for value in regression.intercept_],
        "intercept_spread": rounded(factor[:, 0]),
        "terms": [compile_term(model, block, columns, regression.coef_, factor) for block in candidate.blocks],
        "people": compile_fillings(fitted.people_, list(fitted.unknowable)),
    }


def compile_fillings(people: pd.DataFrame, names: list[str]) -> dict[str, Any]:
    """The distinct answers to the inputs that may be unknown, None for what is not recorded, and their counts."""
    answers = [[plain(value) for value in row] for row in people[names].itertuples(index=False)] if names else []
    return {"inputs": names, "answers": answers, "counts": people["count"].tolist()}


def plain(value: Any) -> Any:
    """A number without a needless point, a category as it is, and None for what is not recorded."""
    if isinstance(value, float):
        return None if math.isnan(value) else int(value) if value.is_integer() else value
    return value


def compile_amount(model: Model, candidate: Candidate, fitted: Any) -> dict[str, Any]:
    range_blocks = model.learns.range_blocks(candidate)
    blocks = {"estimate": candidate.blocks, "low": range_blocks, "high": range_blocks}
    return {
        name: compile_line(model, blocks[name], pipeline)
        for name, pipeline in zip(blocks, fitted.pipelines_, strict=True)
    }


def compile_line(model: Model, blocks: Sequence[Block], pipeline: Any) -> dict[str, Any]:
    columns, regression = pipeline
    coefficients = np.atleast_2d(regression.coef_)
    return {
        "intercept": [float(regression.intercept_)],
        "terms": [compile_term(model, block, columns, coefficients, None) for block in blocks],
    }


def compile_term(
    model: Model, block: Block, columns: Any, coefficients: Matrix, factor: Matrix | None
) -> dict[str, Any]:
    """One block's table: its answers, the points of each, and the vectors of their uncertainty."""
    names = list(inputs_in(block))
    grids = [grid(part, model.input[part.input]) for part in parts_of(block)]
    levels = [list(values) for values, _ in grids]
    between = [name for name, (_, lines) in zip(names, grids, strict=True) if lines]
    answers = pd.DataFrame(list(product(*levels)), columns=names)
    # The block's own columns at each of the answers, and where they stand among all columns.
    basis = np.asarray(columns.named_transformers_[block_name(block)].transform(answers), dtype=float)
    where = columns.output_indices_[block_name(block)]
    compiled = {
        "inputs": names,
        "levels": levels,
        "between": between,
        "whole": [name for name in between if can_be_listed(model.input[name])],
        "points": (basis @ coefficients[:, where].T).tolist(),
    }
    if factor is not None:
        own = factor[:, where.start + 1 : where.stop + 1]
        compiled["spread"] = [rounded(rows) for rows in np.einsum("lc,kcr->lkr", basis, own)]
    return compiled


def can_be_listed(asked: Input) -> bool:
    """Whether serving may look every answer up beforehand: whole numbers, unless there are very many."""
    return isinstance(asked, NumberInput) and asked.whole and asked.highest - asked.lowest < MOST_LISTED


def rounded(rows: Matrix) -> list[list[float]]:
    return [[float(f"{value:.{SPREAD_DIGITS}g}") for value in row] for row in rows]
