"""Why a model answers as it does: what moved the number, and its arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from model.declare.inputs import Input

from .engine import Tables
from .lazy import lazy
from .predictor import Predictor

Answers = Mapping[str, Any]


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
    answers: tuple[Any, ...]
    points: tuple[float, ...]

    @property
    def named(self) -> str:
        """The answers with their labels: “Sex: Male; Marital status: Never married”."""
        pairs = zip(self.inputs, self.answers, strict=True)
        return "; ".join([f"{asked.named}: {asked.words(answer)}" for asked, answer in pairs])


@dataclass(frozen=True)
class Arithmetic:
    """The sum behind an estimate. Where answers are unknown there is one sum for each way to fill them in."""

    predictor: Predictor
    engine: Tables
    answers: Answers
    share: float = 1.0
    # The unknown ones, which are filled in here.
    unknown: tuple[str, ...] = ()

    @property
    def intercept(self) -> tuple[float, ...]:
        return self.engine.score.intercept

    @lazy
    def features(self) -> Answers:
        return self.predictor.features(self.answers)

    @lazy
    def total(self) -> tuple[float, ...]:
        return self.engine.score.several(self.features)

    @property
    def result(self) -> tuple[float, ...]:
        return self.engine.result(self.total)

    @property
    def filled_in(self) -> list[tuple[Input, Any]]:
        return [(self.predictor.model.input[name], self.answers[name]) for name in self.unknown]

    @property
    def keys(self) -> list[Any]:
        """What each line hangs on: the answers to its inputs, as the engine knows them."""
        return [term.key(self.features) for term in self.engine.score.terms]

    @property
    def lines(self) -> list[Line]:
        return [self.line(at) for at in range(len(self.engine.score.terms))]

    def line(self, at: int) -> Line:
        term = self.engine.score.terms[at]
        points = term.points(self.features)
        own = tuple([self.predictor.model.input[name] for name in term.inputs])
        answers = tuple([self.answers[name] for name in term.inputs])
        return Line(own, answers, points if isinstance(points, tuple) else (points,))


def explain_moves(predictor: Predictor, answers: Answers) -> list[Move]:
    """What each known answer did, the largest first; an answer equal to its reference did nothing."""
    replaced = {
        name: reference
        for name, reference in predictor.references.items()
        if answers[name] is not None and answers[name] != reference
    }
    rows = [answers, *[{**answers, name: reference} for name, reference in replaced.items()]]
    estimate, *instead = predictor.predict(rows)[predictor.focus(answers)]
    moves = [
        Move(predictor.model.input[name], answers[name], reference, value, estimate - value)
        for (name, reference), value in zip(replaced.items(), instead, strict=True)
    ]
    return sorted(moves, key=lambda move: -abs(move.shift))


def explain_sum(predictor: Predictor, answers: Answers, most: int | None = None) -> list[Arithmetic]:
    """The sums behind an estimate with the share that each has in it, the weightiest first; none without a sum."""
    engine = predictor.engine
    if not isinstance(engine, Tables):
        return []
    unknown = engine.unknown(answers)
    if not unknown:
        return [Arithmetic(predictor, engine, answers)]
    ways = engine.recorded.ways(unknown)
    weightiest = sorted(range(len(ways)), key=lambda way: -ways.shares[way])[:most]
    return [Arithmetic(predictor, engine, {**answers, **ways.answers(n)}, ways.shares[n], unknown) for n in weightiest]
