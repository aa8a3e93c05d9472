"""The API's documentation: a page for people and OpenAPI for programs, both from the models' forms."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template, request

from model.declare.model import Model
from model.predict.card import Challenger
from model.predict.predictor import Predictor
from webapp.ask import Caller
from webapp.http.addresses import path_of, site
from webapp.http.json import LONGEST_OBJECT
from webapp.http.limits import MEGABYTE, PHOTO_LIMIT
from webapp.http.models import predictor_of, shown_models
from webapp.text.snippets import Snippet, curl, pretty, snippets

from . import openapi
from . import predict as api
from .answers import Wants

bp = Blueprint("api_docs", __name__, url_prefix="/api")


@dataclass(frozen=True)
class Shown:
    """A question in one language or several, and the real answer to it."""

    snippets: list[Snippet]
    answer: str


@bp.get("/openapi.json")
def openapi_json() -> Response:
    return api.tagged(openapi.document())


@bp.get("/")
def documentation() -> str:
    if not any(not model.has_photo for model in shown_models()):
        # The page is made of examples, and no photo fits into one.
        abort(404)
    return render_template(
        "api.html",
        base=site() + request.root_path,
        documented=[(model, predictor_of(model).version, show_example(model)) for model in shown_models()],
        shown=show_what_all_share(),
        statuses=openapi.STATUSES,
        most=api.MOST_AT_ONCE,
        megabytes=PHOTO_LIMIT // MEGABYTE,
        megabytes_of_one=LONGEST_OBJECT // MEGABYTE,
        reaches_of_ten=Challenger.reaches_of_ten,
        origins=current_app.config["CORS_ORIGINS"],
    )


def show_example(model: Model) -> Shown:
    answers = dict(model.examples[0].answers)
    return Shown(snippets(model, site() + path_of("api.predict", model), answers), answer(model, answers))


def show_what_all_share() -> dict[str, Shown]:
    """Lists, explanations and mistakes are alike for every model; the one with the fewest questions shows them."""
    model = min((model for model in shown_models() if not model.has_photo), key=lambda model: len(model.inputs))
    good = dict(model.examples[0].answers)
    name = model.inputs[0].name
    wrong = {**good, name: "many", name[:-1]: 1}
    address = site() + path_of("api.predict", model)
    return {
        "list": Shown([Snippet("curl", curl(address, pretty([good, wrong])))], answer(model, [good, wrong])),
        "explain": Shown(
            [Snippet("curl", curl(f"{address}?explain=1", pretty(good)))], answer(model, good, explain=True)
        ),
        # Never kept, since it tells the id of the request.
        "mistake": Shown([Snippet("curl", curl(address, pretty(wrong)))], work_out(predictor_of(model), wrong)),
    }


def answer(model: Model, body: Any, explain: bool = False) -> str:
    return kept_answer(predictor_of(model), json.dumps(body), explain)


@lru_cache(maxsize=256)
def kept_answer(predictor: Predictor, body: str, explain: bool) -> str:
    """A version of a model gives the same answer for ever, and the page has several of each."""
    return work_out(predictor, json.loads(body), explain)


def work_out(predictor: Predictor, body: Any, explain: bool = False) -> str:
    return pretty(api.answer(predictor, body, Wants(explain), Caller("example")).get_json())
