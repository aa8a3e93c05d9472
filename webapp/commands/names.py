"""A model as the argument of a command."""

from __future__ import annotations

from typing import Any

import click

from model.declare.model import Model
from model.predict.catalog import UnknownModel, get_model


class ModelName(click.ParamType[Model]):
    """A model by its name; an unknown one is an error that lists those there are."""

    name = "model"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Model:
        if isinstance(value, Model):
            return value
        try:
            return get_model(str(value))
        except UnknownModel as unknown:
            self.fail(str(unknown), param, ctx)
