"""People as the tests meet them: a site with a database of its own, and browsers that are signed in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask, g
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bench.sites import PASSWORD, add_person, bearer, make_token, sign_in
from webapp import create_app
from webapp.people import links
from webapp.people.roles import Role
from webapp.store.opening import store

from tests.payloads import SETTINGS

# Benchmarks make people and tokens in the same way.
__all__ = [
    "PASSWORD",
    "add_person",
    "bearer",
    "empty",
    "forget_tries",
    "form_token",
    "make_link",
    "make_site",
    "make_token",
    "sign_in",
    "signed_in",
]


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


def signed_in(app: Flask, name: str, roles: Mapping[str, Role] | None = None, is_admin: bool = False) -> FlaskClient:
    return sign_in(app, add_person(app, name, roles, is_admin))


def make_link(app: Flask, purpose: links.Purpose, **about: Any) -> str:
    with app.app_context():
        return links.make(purpose, **about)


def form_token(html: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', html)
    assert found
    return found[1]


def try_password(
    browser: FlaskClient, name: str = "Ada Lovelace", password: str = PASSWORD, **more: Any
) -> TestResponse:
    return browser.post("/sign-in", data={"name": name, "password": password, **more})


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/account").status_code == 200
