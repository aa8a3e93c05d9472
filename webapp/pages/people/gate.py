"""Who gets to these pages: whoever is signed in; others are sent to sign in and back, or find nothing."""

from __future__ import annotations

import re
from typing import Any

from flask import abort, redirect, request, url_for
from werkzeug.exceptions import HTTPException

from model.declare.model import Model
from webapp.http.addresses import path_of
from webapp.people.current import asking, current_person, may
from webapp.people.roles import Person
from webapp.store.opening import Away

# A path on this site, as browsers read it: two slashes, or a backslash, would begin another host.
OWN_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,2000}")


class SignInFirst(HTTPException):
    """Nobody is signed in; the answer leads to where one does, and from there back."""

    # Flask then sends the answer as it is, and no page about an error.
    code = None

    def get_response(self, *given: object, **more: object) -> Any:
        back = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else ""
        return redirect(url_for("people.sign_in", next=back or None), 303)


def signed_in() -> Person:
    """Who is signed in."""
    person = current_person()
    if asking().is_away:
        raise Away
    if person is None or person.token is not None:
        raise SignInFirst
    return person


def admin() -> Person:
    """The admin who is signed in; for anybody else there is nothing here."""
    person = signed_in()
    return person if person.is_admin else abort(404)


def manager(model: Model) -> Person:
    """Who is signed in and says who else may with this model."""
    person = signed_in()
    return person if may("own", model) else abort(404)


def own_path(text: str | None) -> str:
    """Where to go after signing in: a page of this site, and the index where it is none."""
    wanted = text or ""
    return request.root_path + wanted if OWN_PATH.fullmatch(wanted) else path_of("home.index")
