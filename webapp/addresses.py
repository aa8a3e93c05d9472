"""The addresses of answers: a result is a pure function of its address, and a form can be prefilled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for

from model.answering.prediction import get_predictor
from model.asking.declaration import Model


def texts(model: Model, answers: Mapping[str, Any]) -> dict[str, str]:
    """Every answer as an address, a form or a file carries it."""
    return {asked.name: asked.text(answers[asked.name]) for asked in model.inputs if asked.name in answers}


def address_of(model: Model, answers: Mapping[str, Any], **changes: Any) -> str:
    """The address of the result for these answers, some of them changed."""
    whole = texts(model, {**answers, **changes})
    return url_for("pages.result", model=model, **whole, v=get_predictor(model.name).version)


def form_address(model: Model, answers: Mapping[str, Any]) -> str:
    """The address of the form with these answers filled in."""
    return url_for("pages.form", model=model, **texts(model, answers))


def example_addresses(model: Model) -> list[tuple[str, str]]:
    return [(example.name, form_address(model, example.answers)) for example in model.examples]
