"""Why a model answers as it does: what moved the number, and its arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from model.declare.inputs import Input, NumberInput

from .logistic import sigmoid, softmax
from .predictor import Predictor


@dataclass(frozen=True)
class Move:
    """A second prediction with one answer replaced by its reference, and how far that is from the first."""

    input: Input
    answer: Any
    reference: Any
    # The estimate with the reference in place of the answer.
    instead: float
    # The estimate less that: positive where the answer raised it.
    shift: float


@dataclass(frozen=True)
class Line:
    """One line of the sum: which answers gave how many points."""

    inputs: tuple[Input, ...]
    words: tuple[str, ...]
    points: tuple[float, ...]

    @property
    def named(self) -> str:
        """The answers with their labels: “Sex: Male; Marital status: Never married”."""
        return "; ".join([f"{asked.label}: {words}" for asked, words in zip(self.inputs, self.words, strict=True)])


@dataclass(frozen=True)
class Arithmetic:
    """The sum behind an estimate. Where answers are unknown there is one sum for each way to fill them in."""

    intercept: tuple[float, ...]
    lines: tuple[Line, ...]
    total: tuple[float, ...]
    result: tuple[float, ...]
    share: float = 1.0
    filled_in: tuple[tuple[Input, Any], ...] = ()


@cache
def reference_answers(predictor: Predictor) -> Mapping[str, Any]:
    """For each input the answer to compare with: the commonest choice, the middle number."""
    found: dict[str, Any] = {}
    for asked in predictor.model.inputs:
        seen = predictor.card["observed"].get(asked.name)
        if seen is None:
            continue
        if isinstance(asked, NumberInput):
            found[asked.name] = int(seen["middle"]) if asked.whole else float(seen["middle"])
        else:
            found[asked.name] = max(seen["counts"], key=seen["counts"].get)
    return MappingProxyType(found)


def moves(predictor: Predictor, answers: Mapping[str, Any]) -> list[Move]:
    """What each known answer did, the largest first; an answer equal to its reference did nothing."""
    focus = predictor.focus(answers)
    estimate = predictor.chances(answers)[focus]
    found = []
    for name, reference in reference_answers(predictor).items():
        answer = answers[name]
        if answer is None or answer == reference:
            continue
        instead = predictor.chances({**answers, name: reference})[focus]
        found.append(Move(predictor.model.input[name], answer, reference, instead, estimate - instead))
    return sorted(found, key=lambda move: -abs(move.shift))


# -- arithmetic ----------------------------------------------------------------------------------


def arithmetic(predictor: Predictor, answers: Mapping[str, Any], most: int | None = None) -> list[Arithmetic]:
    """The sums behind an estimate with the share that each has in it, the weightiest first."""
    unknown = predictor.unknown(answers)
    if not unknown:
        return [one_sum(predictor, answers, 1.0, unknown)]
    people = sorted(predictor.people(unknown), key=lambda person: -person[1])
    return [one_sum(predictor, {**answers, **known}, share, unknown) for known, share in people[:most]]


def one_sum(predictor: Predictor, answers: Mapping[str, Any], share: float, unknown: tuple[str, ...]) -> Arithmetic:
    model, score = predictor.model, predictor.score
    words = {name: asked.words(answers[name]) for name, asked in model.input.items()}
    lines = []
    for part in score.contributions(predictor.features(answers)):
        asked = tuple([model.input[name] for name in part.inputs])
        lines.append(Line(asked, tuple([words[name] for name in part.inputs]), part.points))
    total = score.several(predictor.features(answers))
    filled = tuple((model.input[name], answers[name]) for name in unknown)
    return Arithmetic(score.intercept, tuple(lines), total, answer_of(predictor, total), share, filled)


def answer_of(predictor: Predictor, total: tuple[float, ...]) -> tuple[float, ...]:
    if predictor.model.kind == "probability":
        return (sigmoid(total[0]),)
    return softmax(total) if predictor.model.kind == "classes" else total
