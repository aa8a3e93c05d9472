"""How numbers are written: out of 100, as an amount, as a date. Never 0 and never 100 out of 100."""

from __future__ import annotations

import datetime
from typing import Any

from flask import Flask


def hundredths(chance: float) -> int:
    """The whole number out of 100 nearest to a chance, half upwards; the one rounding on the site."""
    return int(chance * 100 + 0.5)


def out_of_100(chance: float) -> str:
    """The number of a sentence: “23”, “fewer than 1”, “more than 99”."""
    if chance < 0.01:
        return "fewer than 1"
    if chance > 0.99:
        return "more than 99"
    return str(hundredths(chance))


def percent(chance: float) -> str:
    if chance < 0.01:
        return "under 1%"
    if chance > 0.99:
        return "over 99%"
    return f"{hundredths(chance)}%"


def thousands(number: float) -> str:
    return f"{number:,.0f}"


def decimals(number: float, places: int = 2) -> str:
    return f"{number:.{places}f}".replace("-", "−")


def day(text: str) -> str:
    """21 November 2026, from 2026-11-21."""
    date = datetime.date.fromisoformat(text)
    return f"{date.day} {date:%B %Y}"


def init_app(app: Flask) -> None:
    filters: list[Any] = [hundredths, out_of_100, percent, thousands, decimals, day]
    for function in filters:
        app.add_template_filter(function)
