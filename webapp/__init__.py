"""Likely's web application: pages for people, JSON for programs, CSV for files of people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """The application; settings come from the environment, and `config` wins over them."""
    # Imported only once there is something to serve: the other commands start sooner without Flask.
    from .app import build

    return build(config)
