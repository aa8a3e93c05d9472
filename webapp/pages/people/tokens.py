"""One's own tokens, for programs."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template

from webapp.http.addresses import path_of
from webapp.people import tokens

from .forms import SCOPE_WORDS, TokenForm, pressed
from .gate import signed_in

MOST = f"You have {tokens.MOST} tokens. End one of them before you make another"


def show() -> Any:
    person = signed_in()
    form = TokenForm(person)
    if not form.is_sent_by(person):
        return page(form)
    asked = form.label.data, form.scopes.data, form.models.data, int(form.days.data)
    if not (key := tokens.make(person.id, *asked, by=person.id)):
        form.refuse("label", MOST)
        return page(form)
    # Shown this once: the database has its hash alone.
    return render_template("token_made.html", key=key, label=form.label.data)


def page(form: TokenForm) -> tuple[str, int]:
    person = signed_in()
    return render_template(
        "tokens.html",
        form=form,
        person=person,
        tokens=tokens.list_own(person.id),
        scope_words=SCOPE_WORDS,
    ), form.status


def end() -> Any:
    person = signed_in()
    tokens.end(pressed().number, person.id, person.id)
    return redirect(path_of("people.tokens"), 303)
