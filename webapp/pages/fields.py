"""The web's side of a model's form: Flask-WTF's token around the fields that the model declares."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from flask_wtf import FlaskForm
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from model.declare.inputs import NOT_RECORDED, Input, first_lower
from model.declare.model import Model
from model.declare.number import NumberInput
from model.declare.photo import PhotoInput
from webapp.http.addresses import NEW
from webapp.http.cache import kept_each

# Fields with a longer answer are made anew each time.
LONGEST_KEPT = 40
TOKEN = "csrf_token"  # noqa: S105 - a field's name
NOT_SENT = "This page was open for too long, or its cookie is gone, so it was not sent"
EXPIRED = f"{NOT_SENT}. Nothing you typed is lost: send it again"
EXPIRED_PHOTO = f"{NOT_SENT}. Choose the photo again and send it"
PHOTO_AGAIN = "Choose the photo again: nothing was wrong with it, but a page cannot keep it"


@cache
def page_form(model: Model) -> type[FlaskForm]:
    """The model's own form with a token; its rules and messages stay the model's."""
    return type(f"{model.form.__name__}Page", (model.form, FlaskForm), {})


def fill(model: Model, formdata: Any, prefix: str = "") -> FlaskForm:
    """The form as typed into an address or sent, with what each field makes of it."""
    return page_form(model)(formdata=formdata, prefix=prefix)


def is_ours(fields: Mapping[str, str]) -> bool:
    """Whether what was sent comes from a page of this site, as its token proves."""
    return bool(FlaskForm(formdata=MultiDict({TOKEN: fields.get(TOKEN, "")})).validate())


def read_text(fields: Mapping[str, str], name: str) -> str:
    """What was typed into a field of text. Browsers send the end of a line as two characters."""
    return fields.get(name, "").replace("\r\n", "\n").strip()


def compact_fields(model: Model, answers: Mapping[str, list[str]], errors: Mapping[str, str]) -> Markup:
    """The model's own fields once more, small, to try other answers in beside the first ones."""

    def values(key: tuple[Model, str, tuple[str, ...], str]) -> dict[str, Any]:
        _, name, texts, message = key
        typed = MultiDict((NEW + name, text) for text in texts)
        return {"one": model.form(formdata=typed, prefix=NEW)[name], "message": message}

    # A photo cannot be filled in.
    typed = {
        name: () if isinstance(asked, PhotoInput) else tuple(answers.get(name, ()))
        for name, asked in model.input.items()
    }
    is_usual = not errors and all(sum(map(len, texts)) <= LONGEST_KEPT for texts in typed.values())
    keys = [(model, name, texts, errors.get(name, "")) for name, texts in typed.items()]
    return kept_each("_compact_field.html", keys, values, keep=is_usual)


def answer_lines(template: str, model: Model, answers: Mapping[str, Any], between: str = "") -> Markup:
    """The template once for each answer; what the network saw in a photo is not kept."""

    def values(key: tuple[Model, str, Any]) -> dict[str, Any]:
        _, name, answer = key
        asked = model.input[name]
        return {"asked": asked, "answer": answer, "described": describe(model, asked, answer)}

    keys = [(model, name, answers[name]) for name in model.input]
    return kept_each(template, keys, values, between, keep=not model.has_photo)


def describe(model: Model, asked: Input, answer: Any) -> str:
    """An answer that stands without its label, in a row of all of them."""
    if answer is None:
        return f"{asked.label}: not known"
    if answer is NOT_RECORDED:
        return f"{asked.label}: {first_lower(asked.not_recorded)}"
    # Where several have one unit, a number says which of them it is.
    units = [one.unit for one in model.inputs if isinstance(one, NumberInput)]
    if isinstance(asked, NumberInput) and units.count(asked.unit) > 1:
        return asked.phrased(answer)
    return asked.described(answer)
