"""Ada is signed in, and what she keeps is in a file of its own; or she owns the Titanic’s model on a site of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.people.roles import Person
from webapp.store.database import Database

from tests.keepers import keeping_app
from tests.people import add_person, make_site, sign_in


@pytest.fixture
def kept_app(tmp_path: Path) -> Iterator[Flask]:
    with keeping_app(tmp_path) as app:
        yield app


@pytest.fixture
def ada(kept_app: Flask) -> Person:
    person: Person = kept_app.config["PERSON"]
    return person


@pytest.fixture
def database(kept_app: Flask) -> Database:
    database: Database = kept_app.extensions["store"].open()
    return database


@pytest.fixture
def keeper(kept_app: Flask) -> FlaskClient:
    return kept_app.test_client()


@pytest.fixture
def site(tmp_path: Path) -> Flask:
    return make_site(tmp_path)


@pytest.fixture
def owner(site: Flask) -> FlaskClient:
    number = add_person(site, "Ada", {"titanic": "owner"})
    return sign_in(site, number)
