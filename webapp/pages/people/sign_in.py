"""Signing in with a name and a password, and out."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request, session
from werkzeug.exceptions import ServiceUnavailable

from webapp.http.addresses import path_of
from webapp.http.headers import with_headers
from webapp.people.accounts import end_sitting, find_signing_in
from webapp.people.current import SITTING_COOKIE, current_person
from webapp.people.sittings import set_cookie, start
from webapp.people.throttle import TooOften, count_try

from .forms import WRONG, SignInForm, pressed
from .gate import own_path


def show() -> Any:
    form = SignInForm(next=request.args.get("next", ""))
    if not form.is_sent_well:
        return page(form)
    try:
        count_try(form.name.data)
        found = find_signing_in(form.name.data, form.password.data)
    except (TooOften, ServiceUnavailable) as later:
        return wait(form, later)
    if found is None or not (answer := let_in(found.id, own_path(form.next.data), found.password)):
        form.refuse("password", WRONG)
        return page(form)
    return answer


def page(form: SignInForm) -> tuple[str, int]:
    return render_template("sign_in.html", form=form, person=current_person()), form.status


def wait(form: SignInForm, later: TooOften | ServiceUnavailable) -> Any:
    form.refuse("password", later.description or "")
    return with_headers(make_response(page(form)[0], later.code), later)


def let_in(number: int, address: str, password: str | None = None) -> Any:
    """Begin a new sitting; what the browser held before, it holds no more. None where `start` begins none."""
    if not (key := start(number, password)):
        return None
    if (before := current_person()) and before.sitting:
        end_sitting(before.id, before.sitting)
    # The form's token is of the visit before, which somebody else may know.
    session.clear()
    return set_cookie(redirect(address, 303), key)


def leave() -> Any:
    person = current_person()
    if person is None and SITTING_COOKIE not in request.cookies:
        return redirect(path_of("home.index"), 303)
    pressed()
    if person and person.sitting:
        end_sitting(person.id, person.sitting)
    session.clear()
    return set_cookie(redirect(path_of("home.index"), 303), "")
