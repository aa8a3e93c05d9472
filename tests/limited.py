"""An application with limits of its own, and two clients that it does not exempt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import g
from flask.testing import FlaskClient

from webapp import create_app

from tests.payloads import SETTINGS

CLIENT = {"REMOTE_ADDR": "192.0.2.7"}
OTHER = {"REMOTE_ADDR": "192.0.2.8"}


def limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **settings: Any) -> FlaskClient:
    """A client of an application with limits of its own, counted in a folder of its own."""
    tmp_path.mkdir(exist_ok=True)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    app = create_app(SETTINGS | settings)

    @app.before_request
    def take_any_token() -> None:
        g.csrf_valid = True

    return app.test_client()
