"""A site with one person, who is not signed in yet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.people import accounts, roles, sittings

from tests.people import add_person, empty, make_site


@pytest.fixture(scope="module")
def same_site(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return make_site(tmp_path_factory.mktemp("site"))


@pytest.fixture
def site(same_site: Flask) -> Flask:
    add_person(empty(same_site), "Ada Lovelace", is_admin=True)
    return same_site


@pytest.fixture
def browser(site: Flask) -> FlaskClient:
    return site.test_client()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let time pass."""
    passed = [timedelta()]

    def now() -> datetime:
        return datetime.now(UTC) + passed[0]

    for module in (accounts, sittings, roles):
        monkeypatch.setattr(module, "now", now)
    return lambda **more: passed.append(passed.pop() + timedelta(**more))
