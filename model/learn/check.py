"""Checking the artefacts: checksums, and that card and pickle agree on every row of the data."""

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
from model.predict.card import read_card, read_trained, tampered
from model.predict.predictor import Predictor

from .kinds import kind_of
from .table import data_digest, read_table

AGREEMENT = 1e-12


class CheckFailed(AssertionError):
    """A table that is not what was trained on, or a card that is not what its pickle says."""


def check(model: Model) -> Iterator[str]:
    """Check one model and yield a line on each thing that holds; raise Tampered or CheckFailed on what does not."""
    card = read_card(model.card_path)
    yield f"card: checksum holds, version {card.version}"
    predictor = Predictor(model, card)
    # Nothing is unpickled before its checksum is found right.
    check_sum(model.pickle_path, card.pickle)
    fitted = joblib.load(model.pickle_path)
    yield "pickle: checksum holds"
    if isinstance(model.recipe, Given):
        # With no table to go through, the whole range of the one input is.
        apart, where = given_apart(model, predictor, fitted), "10,001 values of its input"
    else:
        if data_digest(model) != card.data.sha256:
            raise CheckFailed(f"{model.name}: the data is not the data of training. Train again")
        yield f"data: checksum holds, {card.data.rows:,} rows"
        check_sum(model.people_path, card.data.people or "")
        yield "people: checksum holds"
        apart, where = farthest_apart(model, predictor, fitted, read_table(model)[0][list(model.input)]), "all rows"
    if not apart <= AGREEMENT:
        raise CheckFailed(f"{model.name}: card and pickle differ by {apart:.1e}, more than {AGREEMENT}")
    yield f"agreement: card and pickle differ by at most {apart:.1e} over {where}"


def check_sum(path: Path, expected: str) -> None:
    if hashlib.sha256(read_trained(path)).hexdigest() != expected:
        raise tampered(path)


def given_apart(model: Model, predictor: Predictor, fitted: Any) -> float:
    (asked,) = model.inputs
    tried = np.linspace(asked.lowest, asked.highest, 10_001)  # type: ignore[attr-defined]
    (got,) = predictor.engine.predict([{asked.name: number} for number in tried.tolist()])
    return float(np.abs(np.array(got) - fitted.predict_proba(tried[:, None])[:, 1]).max())


def farthest_apart(model: Model, predictor: Predictor, fitted: Any, X: pd.DataFrame) -> float:
    """The largest difference between card and pickle; of an amount, relative to its size."""
    kind = kind_of(model)
    got = np.array(predictor.predict(list(records(model, X)))).T
    expected = kind.answers(kind.predict(fitted, X))[:, : got.shape[1]]
    return float((np.abs(got - expected) / kind.scale(expected)).max())


def records(model: Model, X: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """The rows as clean answers: whole numbers as int, unknown as None."""
    whole = {asked.name for asked in model.inputs if getattr(asked, "whole", False)}
    for row in X.itertuples(index=False):
        yield {
            name: None if value != value else int(value) if name in whole else value
            for name, value in zip(X.columns, row, strict=True)
        }
