"""A model as the argument of a command."""

from __future__ import annotations

from typing import Any

import click

from model.answering.registry import UnknownModel, get_model
from model.asking.declaration import Model


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
