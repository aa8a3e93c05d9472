"""How numbers are written: out of 100, as an amount, as a date. Never 0 and never 100 out of 100."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask

from model.answering.people import Person
from model.answering.prediction import Estimate, Predictor
from model.asking.declaration import Words
from model.asking.inputs import first_upper

from .addresses import path_of
from .pictures import across, class_dots, dots, hundredths, key, shape
from .results import Comparator, Result


def first_lower(text: str) -> str:
    """A label within a sentence."""
    return text[:1].lower() + text[1:]


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


def chance(value: float, places: int = 1) -> str:
    """A chance out of 100 with decimals, as the card's tables have it; what is only nearly 0 or 100 says so."""
    text = decimals(value * 100, places)
    if 0 < value < 1 and float(text) in (0, 100):
        least = 10**-places
        return f"under {least:g}" if value < 0.5 else f"over {100 - least:g}"
    return text


def thousands(number: float) -> str:
    return f"{number:,.0f}"


def decimals(number: float, places: int = 2) -> str:
    return f"{number:.{places}f}".replace("-", "−")


def signed(number: float, places: int = 2) -> str:
    """With its sign, so that too high and too low cannot be confused: “+1.5”, “−0.2”, “0.0”."""
    if round(number, places) == 0:
        return decimals(0, places)
    return f"{number:+.{places}f}".replace("-", "−")


def brief(number: float) -> str:
    """A number in no more than three digits, without needless noughts: “7.98”, “1”."""
    return f"{number:.3g}".replace("-", "−")


def day(text: str) -> str:
    """21 November 2026, from 2026-11-21."""
    date = datetime.date.fromisoformat(text)
    return f"{date.day} {date:%B %Y}"


def about(chance: float) -> str:
    """The start of a sentence: “About 23”, “Fewer than 1”."""
    words = out_of_100(chance)
    return f"About {words}" if words.isdecimal() else words[:1].upper() + words[1:]


def about_rest(chance: float) -> str:
    """The other part of the hundred, so that the two always add up."""
    if chance < 0.01:
        return "More than 99"
    if chance > 0.99:
        return "Fewer than 1"
    return f"About {100 - hundredths(chance)}"


def span_of(estimate: Estimate) -> str:
    """“21 to 26”; one number where both ends are the same."""
    low, high = out_of_100(estimate.low), out_of_100(estimate.high)
    return low if low == high else f"{low} to {high}"


def bin_words(one: Mapping[str, Any]) -> str:
    """Which chances a bin of the calibration holds: “20 to 30”, “under 10”, “90 or more”."""
    low, high = hundredths(one["from"]), hundredths(one["to"])
    if low == 0:
        return f"under {high}"
    return f"{low} or more" if high == 100 else f"{low} to {high}"


def amount(value: float, words: Words) -> str:
    """An amount in the model's unit: $31,400 for 31.4 thousand."""
    if words.after_unit == ",000":
        return f"{words.before_unit}{round(value, 1) * 1000:,.0f}"
    return f"{words.before_unit}{value:,.2f}{words.after_unit}"


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


def number(result: Result, value: float) -> str:
    """A number of the kind that the result gives, without “out of 100”."""
    return amount(value, result.model.words) if result.model.kind == "amount" else out_of_100(value)


def whole(result: Result, value: float) -> str:
    """The same with its unit: “23 out of 100”, “$31,400”."""
    return number(result, value) if result.model.kind == "amount" else f"{out_of_100(value)} out of 100"


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
        return "The price stays the same."
    return f"{amount(abs(more), after.model.words)} {'more' if more > 0 else 'less'}."


def person(result: Result, someone: Person) -> str:
    """A real person, described by the form's own answers and no others."""
    return "; ".join(asked.described(someone.answers[asked.name]) for asked in result.model.inputs)


def points(value: float) -> str:
    """Points with the six digits that the scorecard keeps, so that they add up by hand."""
    return f"{value:+.6f}".replace("-", "−")


def unsigned(value: float) -> str:
    return f"{value:.6f}".replace("-", "−")


def example_place(predictor: Predictor) -> Comparator:
    """The least certain of the model's examples with its number, for the index."""
    name, chances = min(predictor.example_chances, key=lambda one: abs(max(one[1]) - 0.5))
    return Comparator(name, max(chances))


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
    about, about_rest, accuracy, across, amount, bin_words, brief, chance, class_dots, day, decimals, difference, dots,
    example_place, filled, first_lower, first_upper, headline, hundredths, key, number, out_of_100, percent, person,
    points, sentence, shape, signed, span, span_of, standing, thousands, unsigned, whole,
]  # fmt: skip
