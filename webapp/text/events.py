"""What an event in the audit trail is, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

EVENTS = {
    "owner link made": "Made a link for the owner",
    "invited": "Made an invitation",
    "invitation taken back": "Took an invitation back",
    "joined": "Made the account by a link",
    "signed in": "Signed in",
    "sitting ended": "Ended a sitting",
    "other sittings ended": "Ended all other sittings",
    "password changed": "Changed the password",
    "password set by link": "Set a password by a link",
    "reset link made": "Made a link for a new password",
    "role given": "Gave a role",
    "role taken": "Took a role away",
    "made admin": "Made an admin",
    "no longer admin": "Took the admin’s rights away",
    "ended": "Stopped from signing in",
    "let back": "Let sign in again",
    "removed": "Removed somebody and all that they kept",
    "token made": "Made a token",
    "token ended": "Ended a token",
    "model link made": "Made a link that opens the model",
    "record opened": "Let everybody read the record",
    "record closed": "Let members alone read the record",
    "model link ended": "Ended a link that opened the model",
}


def say_event(what: str, details: Mapping[str, Any] | None = None, token: str | None = None) -> str:
    """The event, and in brackets which token it was, and what is told of it; one of another edition as it was written."""
    told = [*filter(None, [token]), *[say_detail(name, value) for name, value in (details or {}).items() if value]]
    words = EVENTS.get(what, what)
    return f"{words} ({'; '.join(told)})" if told else words


def say_detail(name: str, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(["every model" if one == "*" else str(one) for one in value])
    return f"{value} days" if name == "days" else str(value)
