"""A model in an address: /census finds the model, and an unknown name is a 404."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import BaseConverter, ValidationError

from model.declare.model import Model
from model.predict.catalog import UnknownModel, get_model


class ModelConverter(BaseConverter):
    def to_python(self, value: str) -> Model:
        try:
            return get_model(value)
        except UnknownModel:
            raise ValidationError from None

    def to_url(self, value: Any) -> str:
        return value.name if isinstance(value, Model) else str(value)
