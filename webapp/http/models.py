"""The models that this application serves, and a model in an address: one that is not there, or is not shown, is a 404."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Protocol

from flask import current_app
from werkzeug.routing import BaseConverter, ValidationError

from model.declare.model import Model
from model.predict.catalog import Catalog
from model.predict.predictor import Predictor


class Audience(Protocol):
    """Who asks, as far as pages differ by it. Who that is, people/ knows, which stands above this."""

    def is_shown(self, name: str) -> bool:
        """Whether whoever asks may know of a model that is not for everybody; not, where nobody can tell who asks."""

    def insist(self) -> None:
        """ServiceUnavailable where nobody can tell now who asks."""

    def key(self) -> Hashable:
        """What tells apart those to whom pages look different."""


def catalog() -> Catalog:
    models: Catalog = current_app.extensions["models"]
    return models


def predictor_of(model: Model) -> Predictor:
    return catalog().predictor(model.name)


def audience() -> Audience:
    one: Audience = current_app.extensions["audience"]
    return one


def is_shown(model: Model) -> bool:
    return model.name not in current_app.config["CLOSED"] or audience().is_shown(model.name)


def shown_models() -> Iterable[Model]:
    """The models that whoever asks may know of."""
    return [model for model in catalog() if is_shown(model)] if current_app.config["CLOSED"] else catalog()


def find_shown(name: str) -> Model | None:
    """The model of this name; None where there is none, or none for whoever asks."""
    model = catalog().find(name)
    if model and is_shown(model):
        return model
    # Also of one that is not there: else what is answered while nobody can tell who asks would tell the two apart.
    audience().insist()
    return None


class ModelConverter(BaseConverter):
    def to_python(self, value: str) -> Model:
        # A stranger cannot tell one that is not shown from one that is not there.
        if not (model := find_shown(value)):
            raise ValidationError
        return model

    def to_url(self, value: Model) -> str:
        return value.name
