"""The application as the tests meet it: through its front door."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.payloads import SETTINGS
from webapp import create_app


@pytest.fixture(scope="session")
def app() -> Flask:
    """The application without form tokens, for the tests that are not about them."""
    return create_app({**SETTINGS, "WTF_CSRF_ENABLED": False})


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client


@pytest.fixture(scope="session")
def guarded_app() -> Flask:
    """The application as people meet it, form tokens and all."""
    return create_app(SETTINGS)


@pytest.fixture
def guarded_client(guarded_app: Flask) -> Iterator[FlaskClient]:
    with guarded_app.test_client() as client:
        yield client
