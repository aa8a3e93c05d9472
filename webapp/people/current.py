"""Who asks, and what they may. A stub until people can sign in: only a test's config names somebody."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app
from werkzeug.exceptions import NotFound

from model.declare.model import Model


@dataclass(frozen=True)
class Person:
    id: int
    name: str
    is_admin: bool = False
    # The token that was sent, where a program asks.
    token_id: int | None = None


def current_person() -> Person | None:
    """Whoever is signed in, or whose token was sent; nobody else may keep anything."""
    person: Person | None = current_app.config.get("PERSON")
    return person


def needed_person() -> Person:
    """The same, where there must be somebody."""
    if (person := current_person()) is None:
        raise NotFound
    return person


def may(action: str, model: Model) -> bool:
    """Whether whoever asks may do this with the model: "see", "keep", "outcome", "read" (as of cases), or "own"."""
    return current_person() is not None
