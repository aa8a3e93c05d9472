"""Checking the artefacts: checksums, and that scorecard and pickle agree on every row of the data."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd

from model.declare.model import Model
from model.declare.recipe import Given
from model.predict.card import NotTrained, Tampered, read_scorecard, read_trained, tampered
from model.predict.logistic import sigmoid
from model.predict.predictor import KINDS, Predictor

from .references import predictions
from .table import read_table
from .train import data_digest, names

AGREEMENT = 1e-12


class CheckFailed(AssertionError):
    """A scorecard, pickle or table that is not what training left behind."""


def check(model: Model) -> Iterator[str]:
    """Check one model and yield a line on each thing that holds; raise CheckFailed on what does not."""
    card = checked_scorecard(model)
    yield f"scorecard: checksum holds, version {card['version']}"
    predictor = KINDS[model.kind](model, card)
    fitted = checked_pickle(model, card)
    yield "pickle: checksum holds"
    if isinstance(model.recipe, Given):
        yield given_agreement(model, predictor, fitted)
        return
    if data_digest(model) != card["data"]["sha256"]:
        raise CheckFailed(f"{model.name}: the data is not the data of training. Train again")
    yield f"data: checksum holds, {card['data']['rows']:,} rows"
    check_sum(model.people_path, card["data"]["people"])
    yield "people: checksum holds"
    X, _ = read_table(model)
    apart = farthest_apart(model, predictor, fitted, X[names(model)])
    yield agreement(model, apart, "all rows")


def given_agreement(model: Model, predictor: Predictor, fitted: Any) -> str:
    """With no table to go through, the whole range of the one input is."""
    (asked,) = model.inputs
    tried = np.linspace(asked.lowest, asked.highest, 10_001)  # type: ignore[attr-defined]
    expected = fitted.predict_proba(tried[:, None])[:, 1]
    got = [sigmoid(predictor.score.one({asked.name: number})) for number in tried.tolist()]
    return agreement(model, float(np.abs(np.array(got) - expected).max()), "10,001 values of its input")


def agreement(model: Model, apart: float, where: str) -> str:
    if not apart <= AGREEMENT:
        raise CheckFailed(f"{model.name}: scorecard and pickle differ by {apart:.1e}, more than {AGREEMENT}")
    return f"agreement: scorecard and pickle differ by at most {apart:.1e} over {where}"


def checked_scorecard(model: Model) -> dict[str, Any]:
    try:
        return read_scorecard(model.scorecard_path)
    except (NotTrained, Tampered) as fault:
        raise CheckFailed(str(fault)) from None


def checked_pickle(model: Model, card: dict[str, Any]) -> Any:
    """The unpickled estimator; nothing is unpickled before its checksum is found right."""
    check_sum(model.pickle_path, card["pickle"]["sha256"])
    return joblib.load(model.pickle_path)


def check_sum(path: Path, expected: str) -> None:
    try:
        whole = read_trained(path)
    except NotTrained as fault:
        raise CheckFailed(str(fault)) from None
    if hashlib.sha256(whole).hexdigest() != expected:
        raise CheckFailed(str(tampered(path)))


def farthest_apart(model: Model, predictor: Predictor, fitted: Any, X: pd.DataFrame) -> float:
    """The largest difference between scorecard and pickle; of an amount, relative to its size."""
    expected = predictions(model.kind, fitted, X)
    if model.kind == "probability":
        expected = expected[:, 1:]
    got = np.array([predictor.chances(answers) for answers in records(model, X)])
    scale = np.maximum(np.abs(expected), 1) if model.kind == "amount" else 1
    return float((np.abs(got - expected[:, : got.shape[1]]) / scale).max())


def records(model: Model, X: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """The rows as clean answers: whole numbers as int, unknown as None."""
    whole = {asked.name for asked in model.inputs if getattr(asked, "whole", False)}
    for row in X.itertuples(index=False):
        yield {
            name: None if value != value else int(value) if name in whole else value
            for name, value in zip(X.columns, row, strict=True)
        }
