"""An application where somebody is signed in, with a database of each test's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from flask import Flask, g, request

from webapp import create_app
from webapp.people.current import FOUND, Asking
from webapp.store.opening import Store

from tests.cases import make_person
from tests.payloads import SETTINGS


@cache
def make_app() -> Flask:
    """One for all tests: to make it takes longer than most of them."""
    app = create_app(SETTINGS | {"DATABASE": "sqlite:////no/such/folder/likely.db"})

    @app.before_request
    def take_any_token() -> None:
        g.csrf_valid = app.config["TAKES_ANY_TOKEN"]
        request.environ[FOUND] = Asking(app.config["PERSON"])

    return app


@contextmanager
def keeping_app(folder: Path, takes_any_token: bool = True) -> Iterator[Flask]:
    """The application with an empty database in this folder, and Ada in it."""
    app, store = make_app(), Store(f"sqlite:///{folder}/likely.db", lambda reason: None)
    app.extensions["store"] = store
    app.config |= {"PERSON": make_person(store.open()), "TAKES_ANY_TOKEN": takes_any_token}
    yield app
    store.close()
