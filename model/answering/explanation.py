"""Why a model answers as it does: what moved the number, what would change it, and its arithmetic."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

from model.asking.inputs import ChoiceInput, Input, NumberInput

from .prediction import Predictor, first, sigmoid, softmax

SMALLEST_CHANGES = 3


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
class Change:
    """A few answers changed, and the estimate that they give together."""

    answers: Mapping[str, Any]
    estimate: float


@dataclass(frozen=True)
class Line:
    """One line of the sum: which answers gave how many points."""

    inputs: tuple[Input, ...]
    words: tuple[str, ...]
    points: tuple[float, ...]


@dataclass(frozen=True)
class Arithmetic:
    """The sum behind an estimate. Where answers are unknown there is one sum for each way to fill them in."""

    intercept: tuple[float, ...]
    lines: tuple[Line, ...]
    total: tuple[float, ...]
    result: tuple[float, ...]
    share: float = 1.0
    filled_in: tuple[tuple[Input, Any], ...] = ()


def reference_answers(predictor: Predictor) -> dict[str, Any]:
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
    return found


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


# -- smallest changes ----------------------------------------------------------------------------


def smallest_changes(predictor: Predictor, answers: Mapping[str, Any]) -> list[Change]:
    """The smallest changes that take the estimate across one half: of one answer, or else of two."""
    if predictor.model.kind == "amount":
        return []
    changeable = [asked for asked in predictor.model.inputs if asked.changeable and can_change(asked, answers)]
    for number in (1, 2):
        found = [change for group in combinations(changeable, number) for change in crossing(predictor, answers, group)]
        if found:
            return [change for _, change in sorted(found, key=first)[:SMALLEST_CHANGES]]
    return []


def can_change(asked: Input, answers: Mapping[str, Any]) -> bool:
    return answers[asked.name] is not None


def crossing(
    predictor: Predictor, answers: Mapping[str, Any], group: tuple[Input, ...]
) -> Iterator[tuple[float, Change]]:
    """The smallest change of just these answers that crosses one half, if any does."""
    focus = predictor.focus(answers)
    before = predictor.chances(answers)[focus]
    best: tuple[float, dict[str, Any], float] | None = None
    for values in product(*(others(asked, answers[asked.name]) for asked in group)):
        changed = {asked.name: value for asked, value in zip(group, values, strict=True)}
        size = sum(distance(asked, answers[asked.name], changed[asked.name]) for asked in group)
        if best is not None and size >= best[0]:
            continue
        after = predictor.chances({**answers, **changed})[focus]
        if (after > 0.5) != (before > 0.5):
            best = (size, changed, after)
    if best is not None:
        yield best[0], Change(best[1], best[2])


def others(asked: Input, answer: Any) -> list[Any]:
    """Every other answer that the input takes, the nearest first."""
    if isinstance(asked, ChoiceInput):
        found: list[Any] = [value for value in asked.choices if value != answer]
    elif isinstance(asked, NumberInput) and asked.whole:
        found = [n for n in range(int(asked.lowest), int(asked.highest) + 1) if n != answer]
    elif isinstance(asked, NumberInput):
        tenths = range(math.ceil(asked.lowest * 10), math.floor(asked.highest * 10) + 1)
        found = [n / 10 for n in tenths if n / 10 != answer]
    else:
        return []
    return sorted(found, key=lambda value: distance(asked, answer, value))


def distance(asked: Input, before: Any, after: Any) -> float:
    """How large a change is: a number's part of its range, a choice's steps along its list."""
    if isinstance(asked, NumberInput):
        return abs(after - before) / (asked.highest - asked.lowest)
    assert isinstance(asked, ChoiceInput)
    order = list(asked.choices)
    return abs(order.index(after) - order.index(before)) / (len(order) - 1)


# -- arithmetic ----------------------------------------------------------------------------------


def arithmetic(predictor: Predictor, answers: Mapping[str, Any], most: int | None = None) -> list[Arithmetic]:
    """The sums behind an estimate with the share that each has in it, the weightiest first."""
    unknown = predictor.unknown(answers)
    if not unknown:
        return [one_sum(predictor, answers, 1.0, unknown)]
    people = sorted(predictor.people(unknown), key=lambda person: -person[1])
    return [one_sum(predictor, {**answers, **known}, share, unknown) for known, share in people[:most]]


def one_sum(
    predictor: Predictor, answers: Mapping[str, Any], share: float, unknown: tuple[str, ...]
) -> Arithmetic:
    model, score = predictor.model, predictor.score
    lines = []
    for part in score.contributions(predictor.features(answers)):
        asked = tuple(model.input[name] for name in part.inputs)
        lines.append(Line(asked, tuple(a.words(answers[a.name]) for a in asked), part.points))
    total = score.several(predictor.features(answers))
    filled = tuple((model.input[name], answers[name]) for name in unknown)
    return Arithmetic(score.intercept, tuple(lines), total, answer_of(predictor, total), share, filled)


def answer_of(predictor: Predictor, total: tuple[float, ...]) -> tuple[float, ...]:
    if predictor.model.kind == "probability":
        return (sigmoid(total[0]),)
    return softmax(total) if predictor.model.kind == "classes" else total

