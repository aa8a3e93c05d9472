"""Whom a result is compared with, and where a number stands on the line from least to most."""

from __future__ import annotations

from dataclasses import dataclass

from model.predict.predictor import Predictor


@dataclass(frozen=True)
class Comparator:
    """Somebody to compare with: everyone in the data, a group of them, or an example."""

    name: str
    value: float


def comparators(predictor: Predictor, focus: int) -> list[Comparator]:
    """The groups that the model is compared by, or else its examples; everyone first.

    The focus is which of the model's estimates is compared.
    """
    model, evaluation = predictor.model, predictor.evaluation
    usual = average(predictor, focus)
    found = [] if usual is None else [Comparator(everyone(predictor), usual)]
    if model.compares_with:
        groups = [row for row in evaluation["groups"] if row["input"] == model.compares_with]
        return found + [Comparator(f"{row['group']} {model.words.many}", row["observed"]) for row in groups]
    return found + [Comparator(name, chances[focus]) for name, chances in predictor.example_chances]


def everyone(predictor: Predictor) -> str:
    words = predictor.model.words
    return f"The middle {words.one}" if predictor.model.kind == "amount" else f"All {words.many} in the data"


def average(predictor: Predictor, focus: int) -> float | None:
    evaluation = predictor.evaluation
    if "quantiles" in evaluation:
        return float(evaluation["quantiles"][50])
    if "base_rates" in evaluation:
        return float(evaluation["base_rates"][focus])
    return evaluation.get("base_rate")


def position(predictor: Predictor, value: float) -> float:
    """Where a number stands on the line from least to most: a chance itself, an amount within the data."""
    if predictor.model.kind != "amount":
        return value
    low, high = predictor.evaluation["quantiles"][0], predictor.evaluation["quantiles"][-1]
    return float((value - low) / (high - low))


def example_place(predictor: Predictor) -> Comparator:
    """The least certain of the model's examples with its number, for the index."""
    name, chances = min(predictor.example_chances, key=lambda one: abs(max(one[1]) - 0.5))
    return Comparator(name, max(chances))
