"""Models as the arguments of a command."""

import os

import click

from model.declare.model import Model
from model.predict.catalog import BadModel, Catalog, UnknownModel
from webapp.settings import settings_from

from .refused import Refusal


def all_models() -> Catalog:
    """All models in all folders, found once a command; LIKELY_MODELS is for the site alone."""
    root = click.get_current_context().find_root()
    root.obj = root.obj or Catalog(settings_from(os.environ)["MODEL_FOLDERS"])
    return root.obj


def model_named(name: str) -> Model:
    try:
        return all_models()[name]
    except UnknownModel as unknown:
        hint = "Models of your own are found where LIKELY_MODEL_FOLDERS names their folder"
        raise click.BadParameter(f"{unknown}. {hint}") from None
    except BadModel as bad:
        # It is a ValueError, which click would take for a fault of the name.
        raise Refusal(str(bad)) from None


NAMES = click.argument("names", metavar="[MODEL]...", nargs=-1, type=model_named)
