"""The models that this application serves, and a model in an address: an unknown name is a 404."""

from flask import current_app
from werkzeug.routing import BaseConverter, ValidationError

from model.declare.model import Model
from model.predict.catalog import Catalog, UnknownModel
from model.predict.predictor import Predictor


def catalog() -> Catalog:
    models: Catalog = current_app.extensions["models"]
    return models


def predictor_of(model: Model) -> Predictor:
    return catalog().predictor(model.name)


class ModelConverter(BaseConverter):
    def to_python(self, value: str) -> Model:
        try:
            return catalog()[value]
        except UnknownModel:
            raise ValidationError from None

    def to_url(self, value: Model) -> str:
        return value.name
