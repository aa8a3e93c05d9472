"""The offer to keep a result, which is made to whoever is signed in and may keep."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask_wtf.csrf import generate_csrf

from model.declare.model import Model
from webapp.ask import Said
from webapp.people.current import current_person, may
from webapp.store.opening import store


@dataclass(frozen=True)
class Offer:
    """What the form below a result holds."""

    model: Model
    token: str
    # Pressed twice, it keeps once.
    key: str
    label: str = ""
    note: str = ""
    faults: Sequence[Said] = ()

    @property
    def last_day(self) -> str:
        """The day on which the case would be deleted."""
        return (datetime.now(UTC) + timedelta(days=self.model.keeping.days)).date().isoformat()

    @property
    def due_day(self) -> str:
        """The day from which it is asked what happened; empty where that may be known at once."""
        days = self.model.keeping.due_after
        return (datetime.now(UTC) + timedelta(days=days)).date().isoformat() if days else ""


def offer_to_keep(
    model: Model, label: str = "", note: str = "", key: str = "", faults: Sequence[Said] = ()
) -> Offer | None:
    if not store().is_on or current_person() is None or not may("keep", model):
        return None
    return Offer(model, generate_csrf(), key or secrets.token_hex(16), label, note, faults)
