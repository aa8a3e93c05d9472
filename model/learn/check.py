"""Checking the artefacts: checksums, and that card and pickle agree on every row of the data."""

from collections.abc import Collection, Iterator
from typing import Any

import joblib
import numpy as np
import pandas as pd

from model.declare.inputs import NOT_RECORDED
from model.declare.model import Model
from model.declare.photo import PhotoInput
from model.declare.reading import read_answers
from model.declare.recipe import Given, Wrapped
from model.predict.card_file import read_card, read_sealed
from model.predict.predictor import Predictor
from model.vision import network

from .kinds import kind_of
from .table import data_digest, read_table

AGREEMENT = 1e-12


class CheckFailed(AssertionError):
    """A table that is not what was trained on, or a card that is not what its pickle says."""


def check(model: Model) -> Iterator[str]:
    """Check one model and yield a line on each thing that holds; raise Tampered or CheckFailed on what does not."""
    card, kind = read_card(model.card_path), kind_of(model)
    yield f"card: checksum holds, version {card.version}"
    predictor = Predictor(model, card)
    if model.has_photo:
        network.verify()
        network.look(network.blank_photo(), ())
        yield "network: checksum holds, and it looks at a photo"
    if isinstance(model.recipe, Wrapped):
        if file := card.engine.get("file"):
            read_sealed(model.arrays_path, file)
            yield "arrays: checksum holds"
        predictor.load()
        assert card.wrapped is not None
        yield f"wrapped: it differed from {card.wrapped.file} by at most {card.wrapped.apart:.1e} when it was compared"
        return
    # Nothing is unpickled before its checksum is found right.
    read_sealed(model.pickle_path, card.pickle)
    try:
        fitted = joblib.load(model.pickle_path)
    except (ImportError, AttributeError) as fault:
        raise CheckFailed(
            f"{model.pickle_path.name} was pickled by another edition of Likely, or with a package that is not here "
            f"({fault}). Train it again: python run.py train {model.name}"
        ) from None
    yield "pickle: checksum holds"
    if isinstance(model.recipe, Given):
        # With no table to go through, the whole range of the one input is.
        asked = model.input[model.recipe.input]
        assert isinstance(asked, PhotoInput)
        # At even odds the prior adds nothing.
        even = {model.recipe.prior: 0.0} if model.recipe.prior else {}
        tried, where = np.linspace(asked.lowest, asked.highest, 10_001), "10,001 values of its input"
        got = predictor.engine.predict([{asked.name: number, **even} for number in tried.tolist()])
        predicted = kind.predict(fitted, tried[:, None])
    else:
        if data_digest(model) != card.data.sha256:
            raise CheckFailed(f"{model.name}: the data is not the data of training. Train again")
        yield f"data: checksum holds, {card.data.rows:,} rows"
        if card.data.people:
            read_sealed(model.people_path, card.data.people)
            yield "people: checksum holds"
        X, where = read_table(model)[0][list(model.input)], "all rows"
        if card.challenger:
            yield from check_challenger(model, predictor)
        got, predicted = predictor.predict(records(X, predictor.engine.averaged)), kind.predict(fitted, X)
    expected = kind.answers(predicted)[:, : len(got)]
    # Of an amount the difference relative to its size.
    apart = float((np.abs(np.array(got).T - expected) / np.maximum(np.abs(expected), 1)).max())
    if not apart <= AGREEMENT:
        raise CheckFailed(f"{model.name}: card and pickle differ by {apart:.1e}, more than {AGREEMENT}")
    yield f"agreement: card and pickle differ by at most {apart:.1e} over {where}"


def check_challenger(model: Model, predictor: Predictor) -> Iterator[str]:
    assert predictor.challenger is not None
    predictor.challenger.values(read_answers(model.inputs, model.examples[0].answers)[0])
    yield f"challenger: checksum holds, and it answers: {predictor.challenger.name}"


def records(X: pd.DataFrame, averaged: Collection[str] = ()) -> list[dict[str, Any]]:
    """The rows as clean answers: what lacks is unknown, but for what would be averaged over it is not recorded."""
    columns = {name: X[name].astype(object) for name in X}
    lacking = {name: NOT_RECORDED if name in averaged else None for name in X}
    found: list[dict[str, Any]] = pd.DataFrame(
        {name: column.where(column.notna(), lacking[name]) for name, column in columns.items()}, dtype=object
    ).to_dict("records")
    return found
