"""Where a list of cases goes on, as an address has it."""

from __future__ import annotations

from datetime import UTC, datetime

from webapp.store.cases import Case


def name_of(case: Case) -> str:
    return f"{case.made_at.timestamp():.6f}-{case.id}"


def place(text: str) -> tuple[datetime, int] | None:
    """None where the text names no place, which is where the list begins."""
    moment, _, number = text.partition("-")
    try:
        return datetime.fromtimestamp(float(moment), UTC), int(number[:18])
    except (ValueError, OverflowError, OSError):
        return None
