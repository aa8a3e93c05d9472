"""The application as the tests meet it: through its front door."""

from __future__ import annotations

import gc
import math
import os
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from hypothesis import settings

from model.declare.deadline import END
from webapp import create_app

from tests.page import page_of
from tests.payloads import SETTINGS

# How long one example takes says more about the machine than about the code.
# Whoever waits for the tests waits for fewer examples; .ci/run asks for all.
settings.register_profile("likely", deadline=None, max_examples=30)
settings.register_profile("thorough", deadline=None, max_examples=100)
settings.load_profile("likely")


def pytest_collection_finish() -> None:
    """What all tests share is looked through once, and not at each collection of what one of them left."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def endless_time() -> Iterator[None]:
    """What a test asked within this process has set a time, which must not run out in another test."""
    yield
    END.set(math.inf)


@pytest.fixture(scope="session", autouse=True)
def temporary_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Where the workers of these tests meet, and nobody else's."""
    tempfile.tempdir = str(tmp_path_factory.mktemp("temporary"))


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


@pytest.fixture
def card(client: FlaskClient) -> Any:
    """A model's card by its name."""
    return lambda name: page_of(client.get(f"/{name}/card"))


# -- what is written to the disk ----------------------------------------------------------------------

WATCHED: list[str] = []
_watching = False


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if not _watching:
        return
    if event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        WATCHED.append(f"open {arguments[0]!r}")
    if event in ("tempfile.mkstemp", "tempfile.mkdtemp", "os.mkdir", "os.rename"):
        WATCHED.append(f"{event} {arguments}")


@pytest.fixture
def files_written(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    global _watching
    sys.addaudithook(_watch)
    WATCHED.clear()
    _watching = True
    yield WATCHED
    _watching = False
