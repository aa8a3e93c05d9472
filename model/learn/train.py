"""Training one model: mirror check, cross-validation, fit, pickle, scorecard."""

from __future__ import annotations

import datetime
import hashlib
import json
import platform
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import sklearn
from sklearn.model_selection import KFold, StratifiedKFold
from threadpoolctl import threadpool_limits

from model.declare.model import Model
from model.declare.recipe import Candidate, Given
from model.evaluate.metrics import evaluate, headline
from model.predict.card import read_scorecard, write_scorecard

from .compile import compile_score
from .estimators import estimator
from .given import train_given
from .people import compile_people
from .pickling import write_pickle
from .references import predictions, references
from .table import read_table

FOLDS = 10
INNER_FOLDS = 5
Progress = Callable[[str], None]


def train(model: Model, progress: Progress = lambda step: None) -> dict[str, Any]:
    """Train a model and write its pickle and its scorecard; return the scorecard."""
    # How many threads share a sum decides its last digits, and with them the version.
    with threadpool_limits(1, "blas"):
        return learn(model, progress)


def learn(model: Model, progress: Progress) -> dict[str, Any]:
    if isinstance(model.recipe, Given):
        progress("given coefficients")
        return train_given(model)
    X, y = read_table(model)
    out_of_fold, chosen = cross_validated(model, X, y, progress)
    evaluation = evaluate(model, X, y, out_of_fold)
    evaluation["chosen_in_folds"] = chosen
    evaluation["compared"] = {
        name: headline(model.kind, y, reference(model, unfitted, X, y, progress))
        for name, unfitted in references(model).items()
    }
    progress("fit on all rows")
    best = choose(model, X, y)
    fitted = estimator(model, best).fit(X[names(model)], y)
    fitted.y_ = y.to_numpy()
    score = compile_score(model, best, fitted, X[names(model)])
    del fitted.y_
    model.people_path.parent.mkdir(exist_ok=True)
    model.people_path.write_bytes(compile_people(model, X, y, out_of_fold))
    return save(model, fitted, score, evaluation, X, best)


def names(model: Model) -> list[str]:
    return [asked.name for asked in model.inputs]


def folds(model: Model, y: pd.Series, number: int, seed: int) -> Iterator[tuple[Any, Any]]:
    kind = KFold if model.kind == "amount" else StratifiedKFold
    return iter(kind(number, shuffle=True, random_state=seed).split(np.zeros(len(y)), y))


def steps(model: Model) -> int:
    """How many steps of progress training reports."""
    if isinstance(model.recipe, Given):
        return 1
    return FOLDS * (1 + len(references(model))) + 1


def cross_validated(model: Model, X: pd.DataFrame, y: pd.Series, progress: Progress) -> tuple[Any, dict[str, int]]:
    """Out-of-fold predictions. Whatever is chosen is chosen anew inside each fold."""
    predicted: Any = None
    chosen: dict[str, int] = {}
    for inside, outside in folds(model, y, FOLDS, seed=0):
        best = choose(model, X.iloc[inside], y.iloc[inside])
        chosen[best.name] = chosen.get(best.name, 0) + 1
        fitted = estimator(model, best).fit(X[names(model)].iloc[inside], y.iloc[inside])
        part = predictions(model.kind, fitted, X[names(model)].iloc[outside])
        if predicted is None:
            predicted = np.empty((len(X), part.shape[1]))
        predicted[outside] = part
        progress("cross-validation")
    return predicted, chosen


def choose(model: Model, X: pd.DataFrame, y: pd.Series) -> Candidate:
    """The candidate that does best on folds of these rows alone."""
    candidates = list(model.learns.candidates)
    if len(candidates) == 1:
        return candidates[0]
    return min(candidates, key=lambda candidate: loss(model, candidate, X[names(model)], y))


def loss(model: Model, candidate: Candidate, X: pd.DataFrame, y: pd.Series) -> float:
    total = 0.0
    for inside, outside in folds(model, y, INNER_FOLDS, seed=1):
        fitted = estimator(model, candidate).fit(X.iloc[inside], y.iloc[inside])
        part = predictions(model.kind, fitted, X.iloc[outside])
        figures = headline(model.kind, y.iloc[outside], part)
        total += figures.get("log_loss", figures.get("rmse", 0.0))
    return total


def reference(model: Model, unfitted: Any, X: pd.DataFrame, y: pd.Series, progress: Progress) -> Any:
    predicted: Any = None
    for inside, outside in folds(model, y, FOLDS, seed=0):
        fitted = sklearn.base.clone(unfitted).fit(X.iloc[inside], y.iloc[inside])
        part = predictions(model.kind, fitted, X.iloc[outside])
        if predicted is None:
            predicted = np.empty((len(X), part.shape[1]))
        predicted[outside] = part
        progress("references")
    return predicted


def save(
    model: Model, fitted: Any, score: dict[str, Any], evaluation: dict[str, Any], X: Any, best: Candidate
) -> dict[str, Any]:
    model.pickle_path.parent.mkdir(exist_ok=True)
    write_pickle(fitted, model.pickle_path)
    content = {
        "model": model.name,
        "kind": model.kind,
        "version": version_of(score),
        "trained": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "recipe": {"chosen": best.name, "C": best.C},
        "data": {"rows": len(X), "sha256": data_digest(model), "people": digest(model.people_path)},
        "pickle": {"sha256": digest(model.pickle_path)},
        "libraries": libraries(),
        "observed": observed_ranges(model, X),
        "evaluation": evaluation,
        "score": score,
    }
    write_unless_same(model.scorecard_path, content)
    return read_scorecard(model.scorecard_path)


def write_unless_same(path: Path, content: dict[str, Any]) -> None:
    """Keep the file, and so the date of training, when retraining reproduced everything else."""
    try:
        old = read_scorecard(path)
    except (OSError, ValueError):
        old = {}
    if {**old, "checksum": "", "trained": ""} != {**json_shaped(content), "checksum": "", "trained": ""}:
        write_scorecard(path, content)


def json_shaped(content: dict[str, Any]) -> dict[str, Any]:
    shaped: dict[str, Any] = json.loads(json.dumps(content))
    return shaped


def version_of(score: dict[str, Any]) -> str:
    """Eight letters that change when, and only when, some answer could change."""
    return hashlib.sha256(json.dumps(score, sort_keys=True).encode()).hexdigest()[:8]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def data_digest(model: Model) -> str:
    """The table's checksum: of its file, or of its rows where a library brings it."""
    if model.learns.path:
        return digest(model.learns.path)
    X, y = read_table(model)
    text = X.assign(**{"": y}).to_csv(index=False, lineterminator="\n")
    return hashlib.sha256(text.encode()).hexdigest()


def libraries() -> dict[str, str]:
    return {
        "python": ".".join(platform.python_version_tuple()[:2]),
        "scikit-learn": sklearn.__version__,
        "numpy": np.__version__,
        "pandas": pd.__version__,
        "joblib": joblib.__version__,
    }


def observed_ranges(model: Model, X: pd.DataFrame) -> dict[str, Any]:
    """What the data holds of each input: its ends, its middle or its commonest answer."""
    found: dict[str, Any] = {}
    for asked in model.inputs:
        column = X[asked.name]
        if asked.kind == "number":
            known = column.dropna()
            found[asked.name] = {
                "lowest": float(known.min()),
                "highest": float(known.max()),
                "middle": float(known.quantile(0.5, interpolation="nearest")),
                "unknown": int(column.isna().sum()),
            }
        else:
            counts = column.value_counts().to_dict()
            found[asked.name] = {
                "counts": {value: counts.get(value, 0) for value in getattr(asked, "choices", counts)},
                "unknown": int(column.isna().sum()),
            }
    return found
