"""The API's documentation: a page for people and OpenAPI for programs, both from the models' forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request

from model.declare.inputs import ChoiceInput, Input, NumberInput
from model.declare.model import Model
from webapp.ask import Caller
from webapp.http.addresses import path_of, site
from webapp.http.limits import MEGABYTE
from webapp.http.models import catalog, predictor_of
from webapp.text.snippets import Snippet, curl, pretty, snippets

from . import openapi
from . import predict as api
from .predict import tagged

bp = Blueprint("api_docs", __name__, url_prefix="/api")


@dataclass(frozen=True)
class Shown:
    """A question in one language or several, and the real answer to it."""

    snippets: list[Snippet]
    answer: str


@dataclass(frozen=True)
class Documented:
    model: Model
    version: str
    # The example that the snippets ask about.
    example: str
    shown: Shown


@bp.get("/openapi.json")
def openapi_json() -> Response:
    return tagged(openapi.document())


@bp.get("/")
def documentation() -> str:
    return render_template(
        "api.html",
        base=request.url_root.rstrip("/"),
        documented=[documented(model) for model in catalog()],
        short=shortest(),
        shown=shown_once(shortest()),
        statuses=openapi.STATUSES,
        most=api.MOST_AT_ONCE,
        megabytes=api.BODY_LIMIT // MEGABYTE,
        origins=current_app.config["CORS_ORIGINS"],
    )


def documented(model: Model) -> Documented:
    example = model.examples[0]
    answers = dict(example.answers)
    shown = Shown(asked_by_program(model, answers), answered(model, answers))
    return Documented(model, predictor_of(model).version, example.name, shown)


def shortest() -> Model:
    """The model with the fewest questions, for what is the same with every model."""
    return min((model for model in catalog() if not model.has_photo), key=lambda model: len(model.inputs))


def shown_once(model: Model) -> dict[str, Shown]:
    """What holds for every model, shown with this one: lists, explanations, mistakes."""
    good = dict(model.examples[0].answers)
    name = model.inputs[0].name
    wrong = {**good, name: "many", name[:-1]: 1}
    address = api_address(model)
    return {
        "list": Shown([Snippet("curl", curl(address, [good, wrong]))], answered(model, [good, wrong])),
        "explain": Shown([Snippet("curl", curl(f"{address}?explain=1", good))], answered(model, good, explain=True)),
        "mistake": Shown([Snippet("curl", curl(address, wrong))], answered(model, wrong)),
    }


def answered(model: Model, body: Any, explain: bool = False) -> str:
    return pretty(api.answer(predictor_of(model), body, explain, Caller("api")).get_json())


def asked_by_program(model: Model, answers: Mapping[str, Any]) -> list[Snippet]:
    """How a program asks what this result answers."""
    return snippets(model, api_address(model), answers)


def api_address(model: Model) -> str:
    return site() + path_of("api.predict", model)


@bp.app_template_filter()
def takes(asked: Input) -> str:
    """What an input takes, in words: “A whole number from 17 to 90, in years”."""
    if isinstance(asked, ChoiceInput):
        return f"One of {len(asked.choices)} values"
    if not isinstance(asked, NumberInput):
        return asked.hint
    kind = "A whole number" if asked.whole else "A number"
    unit = f", in {asked.unit}" if asked.unit else ""
    return f"{kind} from {asked.text(asked.lowest)} to {asked.text(asked.highest)}{unit}"
