"""A model's form: shown blank or filled in, and sent on to the result once every answer is good."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, ServiceUnavailable

from model.declare.model import Model
from model.declare.photo import PhotoInput
from webapp.ask import Budget, Caller, Said, ask
from webapp.http.addresses import address_of, example_addresses
from webapp.http.cache import kept
from webapp.http.headers import with_headers
from webapp.http.limiter import TooMany
from webapp.http.limits import PHOTO_LIMIT, body_limit, drain
from webapp.http.models import predictor_of
from webapp.http.visit import current

from .fields import EXPIRED, EXPIRED_PHOTO, PHOTO_AGAIN, TOKEN, fill, page_form

bp = Blueprint("form", __name__)

# Stands in the kept form where each visitor's token goes.
TOKEN_PLACE = b"{the token}"


@bp.get("/<model:model>")
def show(model: Model) -> str | bytes:
    typed = MultiDict(request.args)
    # A link may fill in some answers; blank ones are no mistake before anything was sent.
    return form_page(model, fill(model, typed)) if typed else blank_page(model)


@bp.post("/<model:model>")
@body_limit(PHOTO_LIMIT)
def send(model: Model) -> Any:
    try:
        # Said outright, since Flask-WTF would take an empty body for none and JSON for a form.
        given: Any = CombinedMultiDict([request.files, request.form])
    except RequestEntityTooLarge:
        drain()
        return form_page(model, page_form(model)(formdata=None), [too_large(model)]), 413
    try:
        # Before a photo is looked at, which is done while the form is filled in.
        current().take("predictions")
        enter_lane(model)
        sent = fill(model, given)
        good = sent.validate()
        asked = ask(predictor_of(model), sent, Caller("page"), Budget())
    except (TooMany, ServiceUnavailable) as later:
        return wait_page(model, later)
    if not good:
        said = token_fault(model, sent) or photos_again(model, asked.sentences)
        return form_page(model, sent, said + asked.sentences), status_of(sent)
    return redirect(address_of(model, asked.answers), 303)


def enter_lane(model: Model) -> None:
    if model.has_photo:
        current().enter("photos")
        current().begin_work()


def wait_page(model: Model, later: HTTPException) -> Any:
    """The form again with all that was typed, and when to send it once more."""
    typed = fill(model, MultiDict(request.form))
    page = make_response(form_page(model, typed, [Said("", later.description or "")]), later.code)
    return with_headers(page, later)


def token_fault(model: Model, sent: FlaskForm) -> list[Said]:
    if TOKEN not in sent.errors:
        return []
    return [Said("", EXPIRED_PHOTO if model.has_photo else EXPIRED)]


def photos_again(model: Model, said: Sequence[Said]) -> list[Said]:
    """What to do about a good photo beside a faulty answer: no page can hold a file that was chosen."""
    faulty = {one.name for one in said}
    photos = [asked for asked in model.inputs if isinstance(asked, PhotoInput) and asked.name not in faulty]
    return [Said(asked.name, PHOTO_AGAIN) for asked in photos]


def status_of(sent: FlaskForm) -> int:
    return 400 if TOKEN in sent.errors else 422


def too_large(model: Model) -> Said:
    """What a body over the limit means to the person: a photo that is too large, or no form of ours."""
    photo = next((asked for asked in model.inputs if isinstance(asked, PhotoInput)), None)
    if photo is None:
        return Said("", "What was sent is too long for this form. Fill it in here")
    return Said(photo.name, photo.too_large)


def blank_page(model: Model) -> bytes:
    """The form with nothing filled in: but for its token it is the same for everyone."""

    def values() -> dict[str, Any]:
        form = page_form(model)(formdata=None, meta={"csrf": False})
        return form_values(model, form, []) | {"token": TOKEN_PLACE.decode()}

    before, after = cut(kept("form.html", model, values))
    return before + generate_csrf().encode() + after


@lru_cache(maxsize=256)
def cut(page: str) -> tuple[bytes, bytes]:
    """What stands before the token and after it, as it is sent."""
    before, _, after = page.encode().partition(TOKEN_PLACE)
    return before, after


def form_page(model: Model, form: FlaskForm, faults: Sequence[Said] = ()) -> str:
    return render_template("form.html", **form_values(model, form, faults), token=generate_csrf())


def form_values(model: Model, form: FlaskForm, faults: Sequence[Said]) -> dict[str, Any]:
    return {
        "model": model,
        "predictor": predictor_of(model),
        "form": form,
        "faults": faults,
        "errors": {fault.name: fault.message for fault in faults},
        "examples": example_addresses(model),
    }
