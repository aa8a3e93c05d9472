"""What templates call: how numbers are written, and where they are drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask

from model.declare.inputs import first_lower, first_upper

from .dots import draw_chance, key, shape
from .events import say_event
from .kinds import kind_of
from .numbers import (
    about,
    about_rest,
    between,
    brief,
    chance,
    counted,
    day,
    decimals,
    ended,
    moment,
    of_100,
    ordinal_day,
    out_of_100,
    percent,
    points,
    signed,
    thousands,
    unsigned,
)

FILTERS: tuple[Callable[..., Any], ...] = (
    about,
    about_rest,
    between,
    brief,
    chance,
    counted,
    day,
    decimals,
    draw_chance,
    ended,
    first_lower,
    first_upper,
    key,
    moment,
    of_100,
    ordinal_day,
    out_of_100,
    percent,
    points,
    shape,
    signed,
    thousands,
    unsigned,
    zip,
)


def init_app(app: Flask) -> None:
    for function in FILTERS:
        app.add_template_filter(function)
    app.add_template_filter(kind_of, "kind")
    app.add_template_filter(say_event, "event")
