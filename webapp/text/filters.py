"""What templates call: how numbers are written, and what a result says of itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask

from model.declare.inputs import first_upper
from model.evaluate.standing import comparators, example_place, position
from model.predict.neighbours import Person
from model.predict.predictor import Predictor
from webapp.http.addresses import path_of
from webapp.pages.result import Result

from .dots import across, class_dots, dots, hundredths, key, shape
from .numbers import (
    about,
    about_rest,
    amount,
    bin_words,
    brief,
    chance,
    day,
    decimals,
    first_lower,
    number,
    out_of_100,
    percent,
    points,
    signed,
    span_of,
    thousands,
    unsigned,
    whole,
)  # fmt: skip


def headline(result: Result) -> str:
    """The one number of a result, as its heading and its title have it."""
    estimate, model = result.main, result.model
    if model.kind == "amount":
        return amount(estimate.value, model.words)
    number = f"{out_of_100(estimate.value)} out of 100"
    return f"{estimate.label.capitalize()}: {number}" if estimate.label else number[:1].upper() + number[1:]


def sentence(result: Result) -> str:
    """The picture of a hundred dots in words."""
    words, estimate = result.model.words, result.main
    if result.model.kind == "classes":
        parts = ", ".join(f"{out_of_100(one.value)} {one.label}" for one in result.estimates)
        return f"Of 100 {words.those}: {parts}."
    return f"{about(estimate.value)} of 100 {words.those} {words.yes}. {about_rest(estimate.value)} {words.no}."


def span(result: Result) -> str:
    """The range of a result in words, with its unit once."""
    estimate = result.main
    if result.model.kind == "amount":
        return f"{amount(estimate.low, result.model.words)} to {amount(estimate.high, result.model.words)}"
    return f"{span_of(estimate)} out of 100"


def difference(after: Result, before: Result) -> str:
    """What a change did, in words that agree with the two numbers shown."""
    if after.model.kind == "amount":
        return amount_difference(after, before)
    if after.main.label != before.main.label:
        return f"Now {after.main.label} is the likeliest, not {before.main.label}."
    more = hundredths(after.main.value) - hundredths(before.main.value)
    if out_of_100(after.main.value) == out_of_100(before.main.value):
        return "The number stays the same, to the nearest whole one."
    return f"{abs(more) or 'Less than 1'} {'more' if after.main.value > before.main.value else 'fewer'} out of 100."


def amount_difference(after: Result, before: Result) -> str:
    more = round(after.main.value, 1) - round(before.main.value, 1)
    if not more:
        return f"The {after.model.words.amount} stays the same."
    return f"{amount(abs(more), after.model.words)} {'more' if more > 0 else 'less'}."


def person(result: Result, someone: Person) -> str:
    """A real person, described by the form's own answers and no others."""
    return "; ".join(asked.described(someone.answers[asked.name]) for asked in result.model.inputs)


def filled(predictor: Predictor, text: str) -> str:
    """A sentence of the model's with the number of its rows in it."""
    rows = f"{predictor.card['data']['rows']:,}"
    return text.format(rows=rows, photos=rows)


def accuracy(predictor: Predictor) -> str:
    """How good a model is, in one plain sentence from its own figures."""
    figures, many = predictor.evaluation, predictor.model.words.many
    if "accuracy" in figures:
        return f"Right about {hundredths(figures['accuracy'])} of 100 {many} that it had not seen."
    if "mean_error" in figures:
        return f"Off by {amount(figures['mean_error'], predictor.model.words)} on average, on {many} it had not seen."
    return f"Right about {hundredths(figures['right_food'])} of 100 photos of food, among those it was set by."


def standing(predictor: Predictor, value: float) -> int:
    """How many of a hundred amounts in the data are below this one; never none and never all."""
    below = sum(quantile < value for quantile in predictor.evaluation["quantiles"])
    return min(max(below - 1, 1), 99)


def init_app(app: Flask) -> None:
    for function in FILTERS:
        app.add_template_filter(function)
    app.add_template_filter(zip)
    app.jinja_env.globals["path_of"] = path_of


FILTERS: list[Callable[..., Any]] = [
    about, about_rest, accuracy, across, amount, bin_words, brief, chance, class_dots, comparators, day, decimals,
    difference, dots, example_place, filled, first_lower, first_upper, headline, key, number, out_of_100,
    percent, person, points, position, sentence, shape, signed, span, span_of, standing, thousands, unsigned, whole,
]  # fmt: skip
