"""A model as the argument of a command."""

from __future__ import annotations

import os
from typing import Any

import click

from model.declare.model import Model
from model.predict.catalog import Catalog, UnknownModel
from webapp.settings import settings_from


def catalog_of(context: click.Context | None) -> Catalog:
    """All models in all folders, found once a command; LIKELY_MODELS is for the site alone."""
    root = (context or click.get_current_context()).find_root()
    if not isinstance(root.obj, Catalog):
        root.obj = Catalog(settings_from(os.environ)["MODEL_FOLDERS"])
    return root.obj


class ModelName(click.ParamType[Model]):
    """A model by its name; an unknown one is an error that lists those there are."""

    name = "model"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Model:
        if isinstance(value, Model):
            return value
        try:
            return catalog_of(ctx)[str(value)]
        except UnknownModel as unknown:
            self.fail(str(unknown), param, ctx)
