"""Training one model: mirror check, cross-validation, fit, pickle, card."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone
from threadpoolctl import threadpool_limits

from model.declare.inputs import NumberInput
from model.declare.model import Model
from model.declare.recipe import Candidate, Given
from model.predict.card import Card

from .artefacts import make_folder, save
from .given import train_given
from .kinds import Predicted, kind_of
from .people import compile_people
from .references import references
from .table import data_digest, read_table

FOLDS = 10
INNER_FOLDS = 5
Progress = Callable[[str], None]


def train(model: Model, progress: Progress = lambda step: None) -> Card:
    """Train a model and write its pickle and its card; return the card."""
    # How many threads share a sum decides its last digits, and with them the version.
    with threadpool_limits(1, "blas"):
        if not isinstance(model.recipe, Given):
            return learn(model, progress)
        progress("given coefficients")
        return train_given(model, model.recipe)


def learn(model: Model, progress: Progress) -> Card:
    table, y = read_table(model)
    X = table[list(model.input)]
    make_folder(model)
    out_of_fold, chosen = cross_validate(model, X, y, progress)
    kind = kind_of(model)
    evaluation = kind.evaluate(model, X, y, out_of_fold)
    evaluation["chosen_in_folds"] = chosen
    evaluation["compared"] = {
        name: kind.headline(y, predict_unseen(model, lambda *rows, one=one: clone(one).fit(*rows), table, y, progress))
        for name, one in references(model).items()
    }
    progress("fit on all rows")
    best = choose(model, X, y)
    fitted = kind.estimator(model, best).fit(X, y)
    return save(
        model,
        fitted,
        recipe={"chosen": best.name, "C": best.C},
        data={"rows": len(X), "sha256": data_digest(model)},
        observed={name: observed(model, X[name]) for name in model.input},
        evaluation=evaluation,
        engine={"name": "tables", **kind.compile(model, best, fitted, X, y)},
        people=compile_people(model, X, y, kind.answers(out_of_fold), kind.ordered),
    )


def steps(model: Model) -> int:
    """How many steps of progress training reports."""
    return 1 if isinstance(model.recipe, Given) else FOLDS * (1 + len(references(model))) + 1


def cross_validate(model: Model, X: pd.DataFrame, y: pd.Series, progress: Progress) -> tuple[Predicted, dict[str, int]]:
    """Out-of-fold predictions. Whatever is chosen is chosen anew inside each fold."""
    chosen: dict[str, int] = {}

    def fit(X: pd.DataFrame, y: pd.Series) -> Any:
        best = choose(model, X, y)
        chosen[best.name] = chosen.get(best.name, 0) + 1
        return kind_of(model).estimator(model, best).fit(X, y)

    return predict_unseen(model, fit, X, y, progress), chosen


def predict_unseen(
    model: Model, fit: Callable[[pd.DataFrame, pd.Series], Any], X: pd.DataFrame, y: pd.Series, progress: Progress
) -> Predicted:
    """For each row what is predicted by a fit to the folds without it."""
    rows, parts = [], []
    for inside, outside in folds(model, y, FOLDS, seed=0):
        fitted = fit(X.iloc[inside], y.iloc[inside])
        parts.append(kind_of(model).predict(fitted, X.iloc[outside]))
        rows.append(outside)
        progress("cross-validation")
    return np.concatenate(parts)[np.argsort(np.concatenate(rows))]


def folds(model: Model, y: pd.Series, number: int, seed: int) -> Iterator[tuple[Any, Any]]:
    return iter(kind_of(model).folds(number, shuffle=True, random_state=seed).split(np.zeros(len(y)), y))


def choose(model: Model, X: pd.DataFrame, y: pd.Series) -> Candidate:
    """The candidate that does best on folds of these rows alone."""
    candidates = list(model.learns.candidates)
    if len(candidates) == 1:
        return candidates[0]
    return min(candidates, key=lambda candidate: loss(model, candidate, X, y))


def loss(model: Model, candidate: Candidate, X: pd.DataFrame, y: pd.Series) -> float:
    kind, total = kind_of(model), 0.0
    for inside, outside in folds(model, y, INNER_FOLDS, seed=1):
        fitted = kind.estimator(model, candidate).fit(X.iloc[inside], y.iloc[inside])
        total += kind.headline(y.iloc[outside], kind.predict(fitted, X.iloc[outside]))[kind.columns[0]]
    return total


def observed(model: Model, column: pd.Series) -> dict[str, Any]:
    """What the data holds of an input: its ends and its middle, or how often each answer occurs."""
    asked, unknown = model.input[str(column.name)], int(column.isna().sum())
    if isinstance(asked, NumberInput):
        middle = float(column.dropna().quantile(0.5, interpolation="nearest"))
        return {"lowest": float(column.min()), "highest": float(column.max()), "middle": middle, "unknown": unknown}
    counts = column.value_counts().to_dict()
    return {
        "counts": {value: counts.get(value, 0) for value in getattr(asked, "choices", counts)},
        "unknown": unknown,
    }
