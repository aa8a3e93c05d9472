"""The few rows that stand for everybody in the data: where what moved a number starts from, and what is averaged over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.declare.model import Model
from model.declare.number import NumberInput
from model.predict.agreement import FEWEST

from .compile import plain

Numbers = NDArray[np.float64]
Predict = Callable[[pd.DataFrame], Numbers]

ROWS, ROWS_OF_SLOW = 32, 16
# Of so many rows, from the table or made up, those are chosen; and of so many the average is taken.
MOST_TRIED = 4_096
MOST_COUNTED = 50_000
# Where rows may not be shown, a number is the average of so many neighbours.
NEIGHBOURS = 10


def choose_background(model: Model, X: pd.DataFrame, predict: Predict, size: int = ROWS) -> dict[str, Any]:
    """Rows whose estimates are spread as everybody's are, and weights with which they have the same average.

    Everybody's estimates are cut into as many parts of equally many, and for each part the row is taken whose estimate
    is nearest to the part's average. Where the table's rows may not be shown, rows are made up, each answer drawn by
    itself, so that none of them is anybody's.
    """
    dice = np.random.default_rng(0)
    everybody = predict(X.iloc[thinned(len(X), MOST_COUNTED)])
    # An answer that is missing would be averaged over, once for each of these rows.
    # Where it is an answer of its own that none is recorded, there is nothing to average.
    averages = model.learns.unknown == "averaged"
    averaged = [one.name for one in model.inputs if averages and one.may_be_unknown and not one.not_recorded]
    known = X[X[averaged].notna().all(axis=1)] if averaged else X
    # Of some tables nobody's row is whole.
    if model.learns.shows_rows and len(known) >= size:
        tried = known.iloc[thinned(len(known), MOST_TRIED)]
    else:
        tried = pd.DataFrame({asked.name: made_up(model, X[asked.name], dice) for asked in model.inputs})
    estimates = predict(tried)
    chosen: list[int] = []
    for part in np.array_split(by_height(everybody), size):
        if len(part):
            apart = np.abs(estimates - everybody[part].mean(axis=0)).sum(axis=1)
            apart[chosen] = np.inf
            chosen.append(int(apart.argmin()))
    rows = tried.iloc[chosen].astype(object)
    return {
        "rows": [[plain(value) for value in row] for row in rows.to_numpy().tolist()],
        "weights": weigh(estimates[chosen], everybody.mean(axis=0)).round(9).tolist(),
    }


def thinned(rows: int, most: int) -> NDArray[np.intp]:
    """All places, or of very many some from beginning to end."""
    return np.linspace(0, rows - 1, min(rows, most)).astype(np.intp)


def by_height(estimates: Numbers) -> NDArray[np.intp]:
    """The places in the order of the estimates; of several classes by the likeliest and its chance."""
    best = estimates.argmax(axis=1) if estimates.shape[1] > 1 else np.zeros(len(estimates))
    return np.lexsort((estimates.max(axis=1), best))


def weigh(estimates: Numbers, average: Numbers) -> Numbers:
    """The weights nearest to equal ones with which these estimates have this average."""
    count = len(estimates)
    equations = np.vstack([estimates.T, np.ones(count)])
    lacking = np.append(average, 1) - equations.mean(axis=1)
    weights = 1 / count + np.linalg.pinv(equations) @ lacking
    weights = np.clip(weights, 0, None)
    return np.asarray(weights / weights.sum())


def made_up(model: Model, column: pd.Series, dice: np.random.Generator) -> list[Any]:
    """Answers as frequent as in the data, in no order; a number is an average of neighbours."""
    asked, known = model.input[str(column.name)], column.dropna()
    at = (dice.permutation(MOST_TRIED) + 0.5) / MOST_TRIED
    if asked.choices:
        counts = known.value_counts().reindex(list(asked.choices), fill_value=0)
        # What very few have said is nobody's but theirs.
        usual = counts.where(counts >= FEWEST, 0)
        counts = usual if usual.any() else counts
        shares = counts.cumsum() / counts.sum()
        return list(shares.index[np.searchsorted(shares.to_numpy(), at).clip(max=len(shares) - 1)])
    ordered = np.sort(known.to_numpy(dtype=float))
    if len(ordered) > NEIGHBOURS:
        ordered = np.convolve(ordered, np.ones(NEIGHBOURS) / NEIGHBOURS, mode="valid")
    numbers = np.quantile(ordered, at)
    assert isinstance(asked, NumberInput)
    return [float(number) for number in (numbers.round() if asked.whole else numbers.round(6))]
