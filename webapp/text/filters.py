"""What templates call: how numbers are written, and where they are drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask

from model.declare.inputs import first_lower, first_upper

from . import numbers
from .dots import draw_chance, key, shape
from .events import say_event
from .kinds import kind_of

FILTERS: tuple[Callable[..., Any], ...] = (
    numbers.about,
    numbers.about_rest,
    numbers.between,
    numbers.brief,
    numbers.chance,
    numbers.counted,
    numbers.day,
    numbers.decimals,
    draw_chance,
    numbers.ended,
    numbers.figure,
    first_lower,
    first_upper,
    key,
    numbers.moment,
    numbers.of_100,
    numbers.ordinal_day,
    numbers.out_of_100,
    numbers.percent,
    numbers.points,
    shape,
    numbers.signed,
    numbers.signed_figure,
    numbers.thousands,
    numbers.unsigned,
    zip,
)


def init_app(app: Flask) -> None:
    for function in FILTERS:
        app.add_template_filter(function)
    app.add_template_filter(kind_of, "kind")
    app.add_template_filter(say_event, "event")
