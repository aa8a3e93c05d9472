"""People, tokens and kept cases, put into a site's database without asking for each by a page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from model.declare.reading import read_answers
from model.predict.catalog import Catalog
from model.predict.predictor import Predictor
from webapp.keeping.keep import Wish, keep
from webapp.people import accounts, passwords, sittings, tokens
from webapp.people.current import SITTING_COOKIE
from webapp.people.names import key_of
from webapp.people.roles import Person, Role, Scope
from webapp.store import people
from webapp.store.cases import Case
from webapp.store.database import Database
from webapp.store.opening import store
from webapp.store.tables import person

PASSWORD = "four words that hold"
# Hashing takes its time, and the same password may have the same hash for all.
HASHED: list[str] = []


@cache
def predictor_of(model: str) -> Predictor:
    return Catalog().predictor(model)


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


def make_token(app: Flask, number: int, *scopes: Scope, models: tuple[str, ...] = ("*",), days: int = 30) -> str:
    with app.app_context():
        key = tokens.make(number, "a test", scopes, models, days, number)
    assert key
    return key


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def make_person(database: Database, name: str = "Ada") -> Person:
    values = {"name": name, "name_key": name.casefold(), "is_admin": False, "made_at": datetime.now(UTC)}
    (number,) = database.write(lambda connection: connection.execute(insert(person), values).inserted_primary_key)
    return Person(number, name, is_admin=True)


def keep_case(database: Database, owner: Person, model: str = "titanic", *, days_ago: float = 0, **wish: Any) -> Case:
    """A case of the model's first example, with some answers changed."""
    predictor = predictor_of(model)
    answers, _ = read_answers(predictor.model.inputs, predictor.model.examples[0].answers)
    changes: Mapping[str, Any] = wish.pop("changes", {})
    made_at = datetime.now(UTC) - timedelta(days=days_ago)
    how = Wish(owner, **{"source": "page", "made_at": made_at, **wish})
    return keep(database, predictor, {**answers, **changes}, how)[0]
