"""One valid set of answers for each model, to be changed in one thing by each test."""

from __future__ import annotations

import io
from typing import Any

import pytest

from model.declare.model import Model
from model.declare.reading import Answers, read_answers
from model.predict.catalog import Catalog
from model.predict.predictor import Predictor
from webapp.http.addresses import texts

from tests import photos

# Without a database, so that no test finds what another one kept.
SETTINGS: dict[str, Any] = {"TESTING": True, "SECRET_KEY": "for the tests only, nowhere else", "DATABASE": None}

CATALOG = Catalog()
MODELS = list(CATALOG)
TYPED = [model for model in MODELS if not model.has_photo]

each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: str(model.name))
each_typed_model = pytest.mark.parametrize("model", TYPED, ids=lambda model: str(model.name))


def get_predictor(name: str) -> Predictor:
    return CATALOG.predictor(name)


def get_model(name: str) -> Model:
    return CATALOG[name]


def photo(data: bytes = photos.COFFEE.read_bytes(), name: str = "photo.jpg") -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), name


def posted(model: Model, **changes: Any) -> dict[str, Any]:
    """What the browser posts for the model's first example."""
    valid: dict[str, Any] = {"photo": photo()} if model.has_photo else asked(model)
    return valid | changes


def asked(model: Model, **changes: Any) -> dict[str, Any]:
    """What the result's address carries for the model's first example."""
    return {**texts(model, example(model)), **changes}


def example(model: Model, number: int = 0) -> Answers:
    answers, faults = read_answers(model.inputs, model.examples[number].answers)
    assert not faults
    return answers


def person(**changes: Any) -> dict[str, Any]:
    """Somebody of the census."""
    return {
        "age": "37",
        "sex": "Male",
        "status": "Never-married",
        "race": "White",
        "education": "Bachelors",
        "work": "Private",
        "hours": "40",
    } | changes


def passenger(**changes: Any) -> dict[str, Any]:
    """Somebody on the Titanic."""
    return {
        "sex": "male",
        "age": "22",
        "ticket_class": "3",
        "port": "S",
        "siblings_spouses": "0",
        "parents_children": "0",
    } | changes
