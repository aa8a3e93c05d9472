"""How the estimate goes with each number among the answers, all others as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from model.declare.inputs import is_known
from model.declare.number import NumberInput
from model.predict.predictor import Predictor

# So many points has a curve, and fewer where each of them is a long sum, and so many of the inputs have one.
POINTS, FEWEST = 48, 6
MOST_SUMS = 100_000
MOST_CURVES = 12


@dataclass(frozen=True)
class Curve:
    asked: NumberInput
    answers: Sequence[Any]
    estimates: Sequence[float]
    # The answer of the one asked about with the estimate for it; None where it is not known.
    own: tuple[float, float] | None


def numbers_among(predictor: Predictor) -> list[NumberInput]:
    return [asked for asked in predictor.model.inputs if isinstance(asked, NumberInput)][:MOST_CURVES]


def follow_numbers(predictor: Predictor, answers: Mapping[str, Any]) -> list[Curve]:
    return [follow(predictor, answers, asked) for asked in numbers_among(predictor)]


def follow(predictor: Predictor, answers: Mapping[str, Any], asked: NumberInput) -> Curve:
    ways = predictor.engine.ways(predictor.unknown(answers))
    points = max(FEWEST, min(POINTS, MOST_SUMS // (ways * len(predictor.model.inputs))))
    own = answers[asked.name]
    tried = {*asked.list_values(points), asked.read(asked.text(asked.highest))}
    own = own if is_known(own) else None
    values = sorted(tried | ({own} if own is not None else set()))
    estimates = predictor.vary(answers, asked.name, values)
    return Curve(asked, values, estimates, None if own is None else (own, estimates[values.index(own)]))
