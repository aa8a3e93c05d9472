"""Whom a result is compared with, and where a number stands on the line from least to most."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from model.declare.recipe import Recipe
from model.predict.neighbours import Person
from model.predict.predictor import Predictor


@dataclass(frozen=True)
class Comparator:
    """Somebody to compare with: everyone in the data, a group of them, or an example."""

    name: str
    value: float


# So many others stand on a result's line beside everyone.
MOST_OTHERS = 3
LONGEST_ROW = 9


def comparators(predictor: Predictor, focus: int, example: str) -> list[Comparator]:
    """The groups that the model is compared by, or else its examples, but for the one asked about; everyone first.

    The focus is which of the model's estimates is compared.
    """
    model, evaluation = predictor.model, predictor.card.evaluation
    found = everyone(predictor, focus)
    if model.compares_with:
        groups = [row for row in evaluation.groups if row.input == model.compares_with][:MOST_OTHERS]
        return found + [Comparator(f"{row.group} {model.words.many}", row.observed) for row in groups]
    others = [Comparator(name, values[focus]) for name, values in predictor.example_values if name != example]
    return found + others[:MOST_OTHERS]


def example_of(predictor: Predictor, answers: Mapping[str, Any]) -> str:
    """The name of the example that has these answers; empty where none has."""
    return next((name for name, own in predictor.examples if own == answers), "")


def everyone(predictor: Predictor, focus: int) -> list[Comparator]:
    """What is usual: the middle amount, or how often it was so; nothing where that is not known."""
    words, evaluation = predictor.model.words, predictor.card.evaluation
    if evaluation.quantiles:
        return [Comparator(f"The middle {words.one}", evaluation.quantiles[50])]
    rates = evaluation.base_rates[focus : focus + 1] or [evaluation.figures.get("base_rate")]
    return [Comparator(f"All {words.many} in the data", rate) for rate in rates if rate is not None]


def position(predictor: Predictor, value: float) -> float:
    """Where a number stands on the line from least to most: a chance itself, an amount within the data."""
    quantiles = predictor.card.evaluation.quantiles
    if not quantiles:
        return value
    return (value - quantiles[0]) / ((quantiles[-1] - quantiles[0]) or 1)


def below(predictor: Predictor, value: float) -> int | None:
    """How many of a hundred in the data had less: a smaller amount, or a smaller chance by a model that had not
    seen them; None where that is not known."""
    if quantiles := predictor.card.evaluation.quantiles:
        return min(max(round(hundredths_below(quantiles, value)), 1), 99)
    share = predictor.crowd.share_below(value) if predictor.crowd else None
    return None if share is None else round(100 * share)


def hundredths_below(quantiles: Sequence[float], value: float) -> float:
    """How many of these hundredths lie below a value: whole ones, and the part of the next that it has passed."""
    passed = bisect_left(quantiles, value)
    if passed in (0, len(quantiles)):
        return passed
    low, high = quantiles[passed - 1 : passed + 1]
    return passed - 1 + (value - low) / (high - low)


def least_certain(predictor: Predictor) -> Comparator:
    """The least certain of the model's examples with its number, for the index."""
    name, values = min(predictor.example_values, key=lambda one: abs(max(one[1]) - 0.5))
    return Comparator(name, max(values))


def has_somebody(predictor: Predictor) -> bool:
    """Whether rows of the data may be shown, each of which gives a whole set of answers."""
    recipe = predictor.model.recipe
    return isinstance(recipe, Recipe) and recipe.shows_rows and predictor.people_file is not None


def find_somebody(predictor: Predictor, row: str, answers: Mapping[str, Any]) -> Person | None:
    """The row of this number, where rows may be shown and these are its answers."""
    if not row.isdecimal() or not has_somebody(predictor):
        return None
    assert predictor.crowd is not None
    # No table has a row of so many digits.
    if len(row) > LONGEST_ROW or int(row) >= predictor.crowd.count:
        return None
    person = predictor.crowd.person(int(row))
    return person if predictor.model.as_recorded(person.answers) == answers else None
