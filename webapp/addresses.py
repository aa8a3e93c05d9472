"""The addresses of answers: a result is a pure function of its address, and a form can be prefilled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for

from model.answering.prediction import get_predictor
from model.asking.declaration import Model
from model.asking.reading import read_answers

# The changed answers' names in a comparison's address are the inputs' own after this.
NEW = "new-"


def texts(model: Model, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Every answer as an address, a form or a file carries it."""
    return {asked.name: asked.text(answers[asked.name]) for asked in model.inputs if asked.name in answers}


def address_of(model: Model, answers: Mapping[str, Any], **changes: Any) -> str:
    """The address of the result for these answers, some of them changed."""
    whole = texts(model, {**answers, **changes})
    return url_for("pages.result", model=model, **whole, v=get_predictor(model.name).version)


def compare_address(model: Model, answers: Mapping[str, Any], changes: Mapping[str, Any]) -> str:
    """The address of the page that compares these answers with the same ones, some of them changed."""
    changed = {f"{NEW}{name}": text for name, text in texts(model, changes).items()}
    return url_for("what_if.compare", model=model, **texts(model, answers), **changed)


def form_address(model: Model, answers: Mapping[str, Any]) -> str:
    """The address of the form with these answers filled in."""
    return url_for("pages.form", model=model, **texts(model, answers))


def example_addresses(model: Model) -> list[tuple[str, str]]:
    """Each example's name, and the form filled in with it; a photo's result, since no form can hold one."""
    return [(example.name, example_address(model, example.answers)) for example in model.examples]


def example_address(model: Model, given: Mapping[str, Any]) -> str:
    answers, _ = read_answers(model.inputs, given)
    filled_in = address_of if any(asked.kind == "photo" for asked in model.inputs) else form_address
    return filled_in(model, answers)
