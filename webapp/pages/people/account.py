"""One's own account: what one may, where one is signed in, a new password, and an end to it all."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, session

from webapp.http.addresses import path_of
from webapp.people import accounts
from webapp.people.passwords import is_right
from webapp.people.sittings import set_cookie, start
from webapp.people.throttle import TooOften, count_try

from .forms import WRONG_PASSWORD, PasswordForm, RemoveForm, pressed, roles_in_words
from .gate import signed_in


def show() -> Any:
    person = signed_in()
    form = PasswordForm(person.name)
    if not form.is_sent_well:
        return page(form)
    try:
        count_try(person.name)
    except TooOften as later:
        form.refuse("old", later.description or "")
        return page(form)[0], 429
    if not is_right(form.old.data, accounts.get(person.id).password):
        form.refuse("old", WRONG_PASSWORD)
        return page(form)
    accounts.set_password(person.id, form.password.data)
    # All sittings ended with the old password; this one goes on as a new one.
    session.clear()
    return set_cookie(redirect(path_of("people.account"), 303), start(person.id))


def page(form: PasswordForm) -> tuple[str, int]:
    person = signed_in()
    return render_template(
        "account.html",
        form=form,
        person=person,
        roles=roles_in_words(person.roles),
        sittings=accounts.list_sittings(person.id),
    ), form.status


def end_sitting() -> Any:
    person = signed_in()
    accounts.end_sitting(person.id, pressed().number)
    return redirect(path_of("people.account"), 303)


def end_other_sittings() -> Any:
    person = signed_in()
    pressed()
    accounts.end_other_sittings(person.id, person.sitting)
    return redirect(path_of("people.account"), 303)


def remove() -> Any:
    """Forget the account and all that was kept with it."""
    person, form = signed_in(), RemoveForm()
    if not form.is_sent_by(person):
        return render_template("account_remove.html", form=form, person=person), form.status
    if not accounts.remove(person.id, person.id):
        form.refuse("proof", "You are the only admin. Make somebody else one before you go")
        return render_template("account_remove.html", form=form, person=person), 422
    session.clear()
    return set_cookie(redirect(path_of("home.index"), 303), "")
