"""Estimates: what a model answers, how sure it is, and what each answer did."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import mul
from typing import Any

from model.declare.model import Model
from model.declare.reading import read_answers

from .card import Vector, added, read_scorecard
from .catalog import get_model
from .logistic import logit, sigmoid, softmax
from .neighbours import People, read_people
from .tables import Score, length
from .unknown import Ways

# 95 % of a normal distribution lies within so many standard errors.
NORMAL_95 = 1.959963984540054


def predict_probability(name: str, answers: Mapping[str, Any]) -> float:
    """The probability of yes that the pickled regression of this name gives for clean answers.

    >>> predict_probability("titanic", {"sex": "female", "age": 29.0, "ticket_class": "1", "port": "C",
    ...                                 "siblings_spouses": 0, "parents_children": 0}) > 0.9
    True
    """
    predictor = get_predictor(name)
    if predictor.model.kind != "probability":
        raise TypeError(f"{name} answers with {predictor.model.kind}, not with one probability")
    return predictor.chances(answers)[0]


@dataclass(frozen=True)
class Estimate:
    """One number with its range: a chance between 0 and 1, or an amount."""

    value: float
    low: float
    high: float
    # The class it is the chance of, where there are several.
    label: str = ""


@dataclass(frozen=True)
class UnknownAnswer:
    """What an unknown answer could change: the estimate for the answers that give least and most."""

    name: str
    low: float
    low_answer: Any
    high: float
    high_answer: Any


class Predictor:
    """One model's scorecard at work."""

    def __init__(self, model: Model, card: Mapping[str, Any]) -> None:
        self.model = model
        self.card = card
        self.version: str = card["version"]
        self.trained: str = card["trained"]
        self.evaluation: dict[str, Any] = card["evaluation"]
        self._weighted: dict[tuple[str, ...], list[tuple[dict[str, Any], float]]] = {}

    def features(self, answers: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answers as the tables know them; a photo, for one, becomes a number."""
        return self.model.features(answers) if self.model.features else answers

    def load(self) -> None:
        """Build what the first answer needs, before it is asked for and before workers fork."""
        for name in ("score", "crowd", "example_chances"):
            getattr(self, name)

    @cached_property
    def example_chances(self) -> list[tuple[str, tuple[float, ...]]]:
        """What the model says of its own examples."""
        return [
            (example.name, self.chances(read_answers(self.model.inputs, example.answers)[0]))
            for example in self.model.examples
        ]

    # -- unknown answers -------------------------------------------------------------------------

    def unknown(self, answers: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(name for name, answer in answers.items() if answer is None)

    def people(self, unknown: tuple[str, ...]) -> list[tuple[dict[str, Any], float]]:
        """What the people in the data answered for these inputs, each set with its share."""
        if unknown not in self._weighted:
            self._weighted[unknown] = shares(self.card["score"]["people"], unknown)
        return self._weighted[unknown]

    def unknown_answers(self, answers: Mapping[str, Any]) -> list[UnknownAnswer]:
        """For each unknown answer how low and how high the estimate could be if it were known."""
        found = []
        focus = self.focus(answers)
        for name in self.unknown(answers):
            seen = {person[name]: None for person, _ in self.people((name,))}
            tried = [(self.chances({**answers, name: value})[focus], value) for value in seen]
            low, high = min(tried, key=first), max(tried, key=first)
            found.append(UnknownAnswer(name, low[0], low[1], high[0], high[1]))
        return found

    # -- what each kind of model does ------------------------------------------------------------

    def chances(self, answers: Mapping[str, Any]) -> tuple[float, ...]:
        raise NotImplementedError

    def estimates(self, answers: Mapping[str, Any]) -> list[Estimate]:
        """The estimate with its range; one for each class where there are classes."""
        raise NotImplementedError

    def focus(self, answers: Mapping[str, Any]) -> int:
        """Which of the estimates the sentences about these answers speak of."""
        return 0

    @cached_property
    def crowd(self) -> People | None:
        """The people in the data; None for a model that learnt from none of ours."""
        if "people" not in self.card["data"]:
            return None
        return read_people(self.model.people_path, self.card["data"]["people"])

    @cached_property
    def score(self) -> Score:
        return Score(self.card["score"])


def first(pair: tuple[float, Any]) -> float:
    return pair[0]


def shares(people: Mapping[str, Any], unknown: tuple[str, ...]) -> list[tuple[dict[str, Any], float]]:
    where = [people["inputs"].index(name) for name in unknown]
    counts: dict[tuple[Any, ...], int] = {}
    for row, count in zip(people["answers"], people["counts"], strict=True):
        key = tuple(row[index] for index in where)
        if None not in key:
            counts[key] = counts.get(key, 0) + count
    total = sum(counts.values())
    return [(dict(zip(unknown, key, strict=True)), count / total) for key, count in counts.items()]


class ProbabilityPredictor(Predictor):
    def chances(self, answers: Mapping[str, Any]) -> tuple[float, ...]:
        if None not in answers.values():
            return (sigmoid(self.score.one(self.features(answers))),)
        return (self.averaged(answers),)

    def averaged(self, answers: Mapping[str, Any]) -> float:
        ways = self.ways(self.unknown(answers))
        return math.fsum(map(mul, ways.shares, map(sigmoid, ways.scores(self.score.intercept[0], answers))))

    def ways(self, unknown: tuple[str, ...]) -> Ways:
        """The ways to fill in these unknown answers as the people in the data have them."""
        if unknown not in self._ways:
            self._ways[unknown] = Ways(self.score.terms, unknown, self.people(unknown))
        return self._ways[unknown]

    @cached_property
    def _ways(self) -> dict[tuple[str, ...], Ways]:
        return {}

    def estimates(self, answers: Mapping[str, Any]) -> list[Estimate]:
        chance = self.chances(answers)[0]
        if "intercept_spread" not in self.card["score"]:
            low, high = self.model.views(answers) if self.model.views else (answers, answers)
            return [Estimate(chance, self.chances(low)[0], self.chances(high)[0])]
        reach = NORMAL_95 * self.standard_error(answers, chance)
        centre = logit(chance)
        return [Estimate(chance, sigmoid(centre - reach), sigmoid(centre + reach))]

    def standard_error(self, answers: Mapping[str, Any], chance: float) -> float:
        """How far the estimate's logit moves with the coefficients."""
        unknown = self.unknown(answers)
        if not unknown:
            return length(self.score.spread(self.features(answers))[0])
        ways = self.ways(unknown)
        chances = map(sigmoid, ways.scores(self.score.intercept[0], answers))
        slopes = [share * one * (1 - one) for share, one in zip(ways.shares, chances, strict=True)]
        return length(ways.spread(slopes, self.score.intercept_spread[0], answers)) / (chance * (1 - chance))


class ClassesPredictor(Predictor):
    @property
    def labels(self) -> list[str]:
        return list(self.model.learns.classes.values())

    def chances(self, answers: Mapping[str, Any]) -> tuple[float, ...]:
        return softmax(self.score.several(self.features(answers)))

    def focus(self, answers: Mapping[str, Any]) -> int:
        chances = self.chances(answers)
        return chances.index(max(chances))

    def estimates(self, answers: Mapping[str, Any]) -> list[Estimate]:
        chances = self.chances(answers)
        vectors = self.score.spread(self.features(answers))
        return [with_range(number, chances, vectors, label) for number, label in enumerate(self.labels)]


def with_range(number: int, chances: Sequence[float], vectors: Sequence[Vector], label: str) -> Estimate:
    """A class's chance; its logit moves by its own score less the mean score of the other classes."""
    chance = chances[number]
    others = [other for other in range(len(chances)) if other != number]
    # Summed rather than 1 - chance, which would lose the digits of a chance near 1.
    rest = max(math.fsum(chances[other] for other in others), 1e-300)
    mean = added(tuple(chances[other] / rest * x for x in vectors[other]) for other in others)
    reach = NORMAL_95 * length(tuple(own - x for own, x in zip(vectors[number], mean, strict=True)))
    centre = math.log(max(chance, 1e-300)) - math.log(rest)
    low, high = sigmoid(centre - reach), sigmoid(centre + reach)
    return Estimate(chance, min(low, chance), max(high, chance), label)


class AmountPredictor(Predictor):
    @cached_property
    def scores(self) -> list[Score]:
        return [Score(self.card["score"][part]) for part in ("estimate", "low", "high")]

    @property
    def score(self) -> Score:
        return self.scores[0]

    def chances(self, answers: Mapping[str, Any]) -> tuple[float, ...]:
        return (self.scores[0].one(self.features(answers)),)

    def estimates(self, answers: Mapping[str, Any]) -> list[Estimate]:
        value, low, high = (score.one(self.features(answers)) for score in self.scores)
        return [Estimate(value, min(low, value), max(high, value))]


KINDS: dict[str, Callable[[Model, Mapping[str, Any]], Predictor]] = {
    "probability": ProbabilityPredictor,
    "classes": ClassesPredictor,
    "amount": AmountPredictor,
}

_predictors: dict[str, Predictor] = {}


def get_predictor(name: str) -> Predictor:
    """The predictor of one of our own models, its scorecard read and checked once."""
    if name not in _predictors:
        model = get_model(name)
        _predictors[name] = KINDS[model.kind](model, read_scorecard(model.scorecard_path))
    return _predictors[name]
