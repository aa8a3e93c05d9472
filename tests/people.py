"""People as the tests meet them: a site with a database of its own, and browsers that are signed in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask, g
from flask.testing import FlaskClient

from webapp import create_app
from webapp.people import accounts, links, passwords, sittings, tokens
from webapp.people.current import SITTING_COOKIE
from webapp.people.names import key_of
from webapp.people.roles import Role, Scope
from webapp.store import people
from webapp.store.opening import store

from tests.payloads import SETTINGS

PASSWORD = "four words that hold"
# Hashing takes its time, and the same password may have the same hash for all.
HASHED: list[str] = []


def make_site(folder: Path, guarded: bool = False, **settings: Any) -> Flask:
    """An application with a database in this folder; guarded, it asks for the tokens of its forms."""
    secret = f"for the tests in {folder}, nowhere else"
    own = {"SECRET_KEY": secret, "DATABASE": f"sqlite:///{folder / 'likely.db'}"}
    app = create_app(SETTINGS | own | settings)
    if not guarded:

        @app.before_request
        def take_any_token() -> None:
            g.csrf_valid = True

    return app


def empty(app: Flask) -> Flask:
    """The same site as if it were new, which is quicker than to make another: nobody there, nothing tried."""
    from webapp.store.tables import metadata

    with app.app_context():
        store().open().write(lambda c: [c.execute(table.delete()) for table in reversed(metadata.sorted_tables)])
        # Numbers begin at 1 again.
        store().open().write(lambda c: c.exec_driver_sql("DELETE FROM sqlite_sequence"))
    forget_tries(app)
    app.extensions["tokens"].clear()
    return app


def forget_tries(app: Flask) -> None:
    limiter = app.extensions["allowances"].limiter
    limiter.memory[:] = bytes(len(limiter.memory))


def add_person(app: Flask, name: str, roles: Mapping[str, Role] | None = None, is_admin: bool = False) -> int:
    """Somebody who has an account, with these roles by the model's name."""
    HASHED.extend([] if HASHED else [passwords.hash_password(PASSWORD)])
    moment = accounts.now()
    with app.app_context():
        number = store().open().write(lambda c: people.add(c, name, key_of(name), HASHED[0], is_admin, moment))
        assert number is not None
        for model, role in (roles or {}).items():
            accounts.give_role(number, model, role, None)
    return number


def sign_in(app: Flask, number: int) -> FlaskClient:
    """A browser in which this person is signed in."""
    client = app.test_client()
    with app.test_request_context():
        client.set_cookie(SITTING_COOKIE, sittings.start(number))
    return client


def signed_in(app: Flask, name: str, roles: Mapping[str, Role] | None = None, is_admin: bool = False) -> FlaskClient:
    return sign_in(app, add_person(app, name, roles, is_admin))


def make_token(app: Flask, number: int, *scopes: Scope, models: tuple[str, ...] = ("*",), days: int = 30) -> str:
    with app.app_context():
        key = tokens.make(number, "a test", scopes, models, days, number)
    assert key
    return key


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def make_link(app: Flask, purpose: links.Purpose, **about: Any) -> str:
    with app.app_context():
        return links.make(purpose, **about)


def form_token(html: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', html)
    assert found
    return found[1]
