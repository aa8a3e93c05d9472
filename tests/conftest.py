"""The application as the tests meet it: through its front door."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from hypothesis import settings

from webapp import create_app

from tests.payloads import SETTINGS

# How long one example takes says more about the machine than about the code.
settings.register_profile("likely", deadline=None)
settings.load_profile("likely")


@pytest.fixture(scope="session")
def app() -> Flask:
    """The application that takes any form token, for the tests that are not about them."""
    app = create_app(SETTINGS)

    @app.before_request
    def take_any_token() -> None:
        # What Flask-WTF's own CSRFProtect leaves behind when it has checked a request's token.
        g.csrf_valid = True

    return app


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
