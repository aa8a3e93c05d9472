"""The web's side of a model's form: Flask-WTF's token around the fields that the model declares."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

from model.asking.declaration import Model
from model.asking.fields import InputField
from model.asking.reading import Answers, Fault

from .addresses import NEW

TOKEN = "csrf_token"  # noqa: S105 - a field's name
EXPIRED = "This page was open for too long, so it could not be sent safely. Nothing you typed is lost: send it again"
EXPIRED_PHOTO = "This page was open for too long, so it could not be sent safely. Choose the photo again and send it"


@cache
def page_form(model: Model) -> type[FlaskForm]:
    """The model's own form with a token; its rules and messages stay the model's."""
    return type(f"{model.form.__name__}Page", (model.form, FlaskForm), {})


def fields_of(form: FlaskForm) -> list[InputField]:
    return [field for field in form if isinstance(field, InputField)]


def answers_of(form: FlaskForm) -> Answers:
    return {field.input.name: field.data for field in fields_of(form)}


def faults_of(form: FlaskForm, model: Model) -> list[Fault]:
    """One fault a field in the order of the page; an expired token first."""
    faults = []
    if form.errors.get(TOKEN):
        faults.append(Fault("", EXPIRED_PHOTO if has_photo(model) else EXPIRED))
    return faults + [Fault(f.name, str(f.errors[0])) for f in fields_of(form) if f.errors]


def has_photo(model: Model) -> bool:
    return any(asked.kind == "photo" for asked in model.inputs)


def changed_form(model: Model, answers: Mapping[str, list[str]]) -> Any:
    """The model's own form once more, to try other answers in beside the first ones."""
    typed = MultiDict((NEW + name, text) for name, texts in answers.items() for text in texts)
    # A photo is sent by POST, and so with a token; other answers stand in the address.
    form = page_form(model) if has_photo(model) else model.form
    return form(formdata=typed, prefix=NEW)


def filled(model: Model, formdata: Any, prefix: str = "") -> FlaskForm:
    """The form as typed into an address or sent, with what each field makes of it."""
    return page_form(model)(formdata=formdata, prefix=prefix)
