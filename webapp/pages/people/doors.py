"""The addresses of these pages. What answers there is imported by the first request, since it brings the database along."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from flask import Blueprint, abort, g, render_template, request
from flask.blueprints import BlueprintSetupState
from flask_wtf.csrf import generate_csrf

from webapp.people.current import may
from webapp.store.opening import store

from .gate import SignInFirst

bp = Blueprint("people", __name__)

# No database has a larger number.
LARGEST = 2**63 - 1
# Each address, what answers there as MODULE.FUNCTION, by which name other pages link to it, and the methods.
DOORS = (
    ("/sign-in", "sign_in.show", "sign_in", "GET POST"),
    ("/sign-out", "sign_in.leave", "sign_out", "POST"),
    ("/invite", "invite.show", "invite", "GET POST"),
    ("/open", "opened.show", "open", "GET POST"),
    ("/account", "account.show", "account", "GET POST"),
    ("/account/end-sitting", "account.end_sitting", "end_sitting", "POST"),
    ("/account/end-other-sittings", "account.end_other_sittings", "end_other_sittings", "POST"),
    ("/account/remove", "account.remove", "remove_account", "GET POST"),
    ("/tokens", "tokens.show", "tokens", "GET POST"),
    ("/tokens/end", "tokens.end", "end_token", "POST"),
    ("/people", "everybody.show", "everybody", "GET POST"),
    ("/people/end-invitation", "everybody.end_invitation", "end_invitation", "POST"),
    ("/people/events", "events.show", "events", "GET"),
    (f"/people/<int(max={LARGEST}):number>", "somebody.show", "somebody", "GET POST"),
    (f"/people/<int(max={LARGEST}):number>/<act>", "somebody.act", "somebody_act", "POST"),
    ("/<model:model>/members", "members.show", "members", "GET POST"),
    ("/<model:model>/members/take", "members.take", "take_role", "POST"),
    ("/<model:model>/members/link", "members.make_link", "make_model_link", "POST"),
    ("/<model:model>/members/end-link", "members.end_link", "end_model_link", "POST"),
)
# To all others one has to be signed in.
BY_KEY = ("people.invite", "people.open")


def later(place: str) -> Callable[..., Any]:
    module, _, name = place.partition(".")

    def view(**given: Any) -> Any:
        return getattr(import_module(f"{__package__}.{module}"), name)(**given)

    return view


for rule, place, endpoint, methods in DOORS:
    bp.add_url_rule(rule, endpoint, later(place), methods=methods.split())


@bp.record_once
def equip(state: BlueprintSetupState) -> None:
    """What the templates of these pages ask for."""
    state.app.jinja_env.globals.update(csrf_token=generate_csrf, may=may)


@bp.before_request
def be_there() -> Any:
    """Where there is no database there are no such pages; and what they show is personal."""
    if not store().is_on:
        abort(404)
    g.is_personal = True
    if store().is_made:
        return None
    # Nobody can have a password yet, and whoever asks makes no database.
    if request.endpoint == "people.sign_in":
        return render_template("sign_in_nobody.html")
    if request.endpoint in BY_KEY:
        abort(404)
    raise SignInFirst
