"""The pages that people see: the index, a model's form, and its result."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask_wtf.csrf import generate_csrf
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge

from model.declare.model import Model
from model.declare.photo import PhotoInput
from model.declare.reading import Answers, Fault, read_lists
from model.predict.catalog import models
from model.predict.predictor import get_predictor
from webapp.api.docs import asked_by_program
from webapp.http.addresses import address_of, example_addresses
from webapp.http.cache import kept
from webapp.http.limits import MEGABYTE, body_limit, drain

from .card import card_for
from .forms import TOKEN, answers_of, compact_fields, faults_of, filled, page_form
from .result import result_of

bp = Blueprint("pages", __name__)

# Stands in the kept form where each visitor's token goes.
TOKEN_PLACE = "{the token}"  # noqa: S105 - no secret
# A photo of 8 MB and the few bytes of the form around it.
FORM_LIMIT = 8 * MEGABYTE + 64 * 1024


@bp.get("/")
def index() -> str:
    return render_template("index.html", predictors=[get_predictor(model.name) for model in models()])


@bp.get("/accessibility")
def accessibility() -> str:
    return render_template("accessibility.html")


@bp.get("/privacy")
def privacy() -> str:
    return render_template("privacy.html")


@bp.get("/<model:model>/card")
def card(model: Model) -> str:
    return render_template("card.html", model=model, card=card_for(model))


@bp.get("/<model:model>")
def form(model: Model) -> str:
    typed = MultiDict(request.args)
    # A link may fill in some answers; blank ones are no mistake before anything was sent.
    return form_page(model, filled(model, typed)) if typed else blank_form(model)


def blank_form(model: Model) -> str:
    """The form with nothing filled in: but for its token it is the same for everyone."""

    def values() -> dict[str, Any]:
        form = page_form(model)(formdata=None, meta={"csrf": False})
        return form_values(model, form, []) | {"token": TOKEN_PLACE}

    return kept("form.html", model, values).replace(TOKEN_PLACE, generate_csrf())


@bp.post("/<model:model>")
@body_limit(FORM_LIMIT)
def answer(model: Model) -> Any:
    try:
        # Said outright, since Flask-WTF would take an empty body for none and JSON for a form.
        sent = filled(model, CombinedMultiDict([request.files, request.form]))
        valid = sent.validate()
    except RequestEntityTooLarge:
        drain()
        return form_page(model, page_form(model)(formdata=None), too_large(model)), 413
    if not valid:
        faults = faults_of(sent, model)
        return form_page(model, sent, faults), 400 if sent.errors.get(TOKEN) else 422
    return redirect(address_of(model, answers_of(sent)), 303)


def too_large(model: Model) -> list[Fault]:
    """What a body over the limit means to the person: a photo that is too large, or no form of ours."""
    photo = next((asked for asked in model.inputs if isinstance(asked, PhotoInput)), None)
    if photo is None:
        return [Fault("", "What was sent is too long for this form. Fill it in here")]
    return [Fault(photo.name, photo.too_large)]


@bp.get("/<model:model>/result")
def result(model: Model) -> Response:
    answers, faults = read_lists(model.inputs, dict(request.args.lists()))
    if faults:
        return make_response(form_page(model, filled(model, MultiDict(request.args)), faults), 422)
    return result_page(model, answers, request.args.get("v"))


def form_page(model: Model, form: Any, faults: list[Fault] | None = None) -> str:
    return render_template("form.html", **form_values(model, form, faults or []), token=generate_csrf())


def form_values(model: Model, form: Any, faults: list[Fault]) -> dict[str, Any]:
    return {
        "model": model,
        "predictor": get_predictor(model.name),
        "form": form,
        "faults": faults,
        "errors": {fault.name: fault.message for fault in faults},
        "examples": example_addresses(model),
    }


def result_page(model: Model, answers: Answers, version: str | None = None) -> Response:
    told = result_of(model, answers, version)
    page = render_template(
        "output.html",
        result=told,
        fields=compact_fields(model, {name: [text] for name, text in told.texts.items()}, {}),
        snippets=asked_by_program(model, answers),
    )
    return private(make_response(page))


def private(page: Response) -> Response:
    """Answers stand in the address: no search engine may list the page and no cache may keep it."""
    page.headers["Cache-Control"] = "no-store"
    page.headers["X-Robots-Tag"] = "noindex"
    return page
