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
from sklearn.base import clone

from model.declare.model import Model
from model.declare.recipe import (
    Additive,
    Blend,
    Block,
    Boosted,
    Candidate,
    Discriminant,
    Steps,
    draws_lines,
    is_on_logarithm,
    listed,
    parts_of,
)
from model.evaluate.metrics import digits
from model.predict.tables import pack

from .design import Places
from .discriminant import jackknife
from .distinct import is_plain
from .rows import Rows
from .spread import WEAKER, spread_of_counts, spread_of_scores

Matrix = NDArray[Any]
# So many answers of an input that may be unknown say how far the estimate could move.
MOST_SEEN = 100


def compile_chances(model: Model, candidate: Additive, fitted: Any, rows: Rows) -> dict[str, Any]:
    columns, regression = fitted.pipeline_
    factor = spread_of(candidate, columns, regression, fitted, rows)
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


def spread_of(candidate: Additive, columns: Any, regression: Any, fitted: Any, rows: Rows) -> Matrix:
    """A factor of the covariance of the coefficients, and what the penalty takes, as scores x (1 + columns) x (rank + 1)."""
    if isinstance(candidate, Boosted):
        return np.asarray(regression.spread_)
    if isinstance(candidate, Blend):
        return with_pull(np.array(regression.spread_), candidate, columns, fitted.pipeline.ridge, rows)
    if isinstance(candidate, Candidate) and rows.distinct is not None and is_plain(candidate):
        fits, (people, yes) = rows.distinct.fits_of(candidate), rows.distinct.counts(rows.places)
        found = np.append(regression.intercept_, regression.coef_)
        return spread_of_counts(fits.design, people, yes, found, fits.penalty)[None]
    if isinstance(candidate, Discriminant):
        return np.asarray(jackknife(np.asarray(columns.transform(rows.answers)), rows.truth))
    design, chances = np.asarray(columns.transform(rows.answers)), fitted.pipeline_.predict_proba(rows.answers)
    factor = spread_of_scores(design, chances, rows.truth, regression.C, rows.weights)
    return np.concatenate([factor, pull_of(regression, design, rows)[:, :, None]], axis=2)


def pull_of(regression: Any, design: Matrix, rows: Rows) -> Matrix:
    """What the penalty takes from each score's intercept and coefficients, as a fit with a far weaker one shows."""
    weaker = clone(regression).set_params(C=WEAKER * regression.C).fit(design, rows.truth, rows.weights)
    return np.column_stack([weaker.intercept_ - regression.intercept_, weaker.coef_ - regression.coef_])


def with_pull(spread: Matrix, candidate: Blend, columns: Any, ridge: Any, rows: Rows) -> Matrix:
    """The same factor with what the penalty of a blend's curves takes from their share, whose columns come first."""
    width = columns.output_indices_[str(len(candidate.first.blocks) - 1)].stop
    design = np.asarray(columns.transform(rows.answers))[:, :width]
    pulled = pull_of(clone(ridge).fit(design, rows.truth, rows.weights), design, rows)
    spread[:, : 1 + width, -1] += candidate.share * pulled
    return spread


def plain(value: Any) -> Any:
    """A number without a needless point, a category as it is, and None for what is not recorded."""
    if isinstance(value, float):
        return None if np.isnan(value) else int(value) if value.is_integer() else value
    return value


def compile_amount(model: Model, candidate: Additive, fitted: Any, rows: Rows) -> dict[str, Any]:
    recipe = model.learns
    sums: dict[str, Any] = {
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
    if not recipe.multiplies:
        return sums
    return as_program(model, {"kind": "sum", "link": "exp", "highest": fitted.highest_, **sums["estimate"]}, rows)


def as_program(model: Model, program: dict[str, Any], rows: Rows) -> dict[str, Any]:
    """The engine of what is no sum of points, with answers that people gave to what may be unknown."""
    seen = {asked.name: answers_all_over(rows.table[asked.name]) for asked in model.inputs if asked.may_be_unknown}
    return {"name": "trees", "program": program, "turned": False, "seen": seen}


def answers_all_over(column: pd.Series) -> list[Any]:
    """Answers from one end of the column to the other."""
    known = column.dropna()
    if not pd.api.types.is_numeric_dtype(known):
        return sorted(set(known))
    return [
        plain(float(number)) for number in np.unique(np.quantile(known, np.linspace(0, 1, MOST_SEEN), method="nearest"))
    ]


def blocks_of(candidate: Additive, columns: Any) -> Sequence[Block]:
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
    """Each block's table: its answers, the points of each, and the vectors of their uncertainty.

    Blocks that list the same answers to the same inputs, as both parts of a blend do of choices, are one table.
    """
    terms: dict[Any, dict[str, Any]] = {}
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
        logs = [part.input for part in parts if is_on_logarithm(part)]
        own: dict[str, Any] = {"points": basis @ coefficients[:, where].T}
        if factor is not None and isinstance(transformer, Places):
            own["spread"] = transformer.spread[transformer.find(answers)]
        elif factor is not None:
            own["spread"] = np.einsum("lc,kcr->lkr", basis, factor[:, where.start + 1 : where.stop + 1])
        key = at if lines or steps else tuple(names)
        if key in terms:
            own = {name: table + terms[key][name] for name, table in own.items()}
        terms[key] = {
            "inputs": names,
            "levels": levels,
            "between": lines,
            **({"logs": logs} if logs else {}),
            **own,
            **({kept: cells} if cells else {}),
            **({"steps": steps} if steps else {}),
        }
    for term in terms.values():
        term["points"] = term["points"].tolist()
        if "spread" in term:
            term["spread"] = packed(term["spread"])
    return list(terms.values())


def packed(vectors: Matrix) -> str:
    """These vectors for the card, without the last digits, which another machine may compute otherwise."""
    return pack(digits(vectors.ravel().tolist()))
