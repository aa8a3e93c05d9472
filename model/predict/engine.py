"""What turns clean answers into estimates: an engine takes many rows and gives a column for each estimate.

A model's card names its engine. Whatever a page or a program shows, all but the equation and the
arithmetic, it can ask of any engine; those two only of one that has scores.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from operator import mul
from typing import TYPE_CHECKING, Any

from model.declare.model import Model

from .logistic import NORMAL_95, logit, sigmoid, softmax
from .ranges import Ranges
from .tables import Answers, Score, Term, Vector
from .unknown import Recorded, Ways

if TYPE_CHECKING:
    from .spreads import Array
    from .sums import Everybody

Columns = tuple[Sequence[float], ...]
Range = tuple[float, float]


class Engine(ABC):
    # The sums behind the estimates by their names; an engine of another kind has none.
    scores: Mapping[str, Score]
    # The ranges, where they follow from the estimates alone.
    span: Ranges
    # The inputs that are averaged over where they are unknown; elsewhere what is missing is an answer like others.
    averaged: frozenset[str] = frozenset()

    @abstractmethod
    def predict(self, rows: Sequence[Answers]) -> Columns:
        """For each of the model's estimates a column with its value for every row."""

    @abstractmethod
    def predict_one(self, answers: Answers) -> Vector:
        """The estimates for one row, which has a way of its own: a column of one would cost more than the sum."""

    @abstractmethod
    def ranges(self, answers: Answers, values: Vector) -> list[Range]:
        """The range around each of one row's estimates."""

    def vary(self, answers: Answers, name: str, values: Sequence[Any]) -> Columns:
        """The estimates with one answer replaced by each of these."""
        return self.predict([{**answers, name: value} for value in values])

    def load(self) -> None:  # noqa: B027 - most have nothing to read
        """Read and build beforehand what the first estimate needs."""

    def ways(self, unknown: Sequence[str]) -> int:
        """How many estimates are made for one row that lacks these answers."""
        return 1

    @property
    def is_slow(self) -> bool:
        """Whether estimates take so long that a page must make do with fewer of them."""
        return False

    @abstractmethod
    def seen(self, name: str, most: int) -> Sequence[Any]:
        """Answers that people gave to an input that may be unknown, at most so many."""


class Tables(Engine):
    """An engine whose scores are sums of points."""

    # The names under which the card has the sums; the first one is the estimate's.
    names: tuple[str, ...] = ("",)
    # Whether the estimate follows from one sum; from several together it may.
    is_one_sum = False

    def __init__(self, model: Model, compiled: Mapping[str, Any]) -> None:
        self.model = model
        self.span = Ranges(compiled.get("ranges"))
        self.scores = {name: Score(compiled[name] if name else compiled) for name in self.names_in(compiled)}
        self.score = self.scores[self.names[0]]
        self.recorded = Recorded(compiled.get("people", {"inputs": [], "answers": [], "counts": []}))
        self.averaged = frozenset(self.recorded.names)
        self._seen: Mapping[str, Sequence[Any]] = compiled.get("seen", {})

    def predict(self, rows: Sequence[Answers]) -> Columns:
        return tuple(zip(*[self.predict_one(row) for row in rows], strict=True))

    def names_in(self, compiled: Mapping[str, Any]) -> tuple[str, ...]:
        return self.names

    def unknown(self, answers: Answers) -> tuple[str, ...]:
        return tuple([name for name, answer in answers.items() if answer is None and name in self.averaged])

    def ways(self, unknown: Sequence[str]) -> int:
        averaged = tuple([name for name in unknown if name in self.averaged])
        return len(self.recorded.ways(averaged)) if averaged else 1

    def seen(self, name: str, most: int) -> Sequence[Any]:
        if name in self.averaged:
            return self.recorded.seen(name, most)
        return self._seen[name][:most] if name in self._seen else self.model.input[name].list_values(most)

    @abstractmethod
    def result(self, scores: Vector) -> Vector:
        """What a sum comes to: a chance, the classes' chances, or the amount itself."""

    def averages(self, sums: Array, everybody: Everybody) -> Array:
        """What sums come to on average over everybody, line after line, where the estimate follows from one sum."""
        raise NotImplementedError


class ChanceTables(Tables):
    """One chance: a sigmoid of the sum, averaged over the ways to fill in what is unknown."""

    is_one_sum = True

    def result(self, scores: Vector) -> Vector:
        return (sigmoid(scores[0]),)

    def averages(self, sums: Array, everybody: Everybody) -> Array:
        return everybody.average_chances(sums)

    def predict_one(self, answers: Answers) -> Vector:
        if None in answers.values() and (unknown := self.unknown(answers)):
            ways = self.recorded.ways(unknown)
            return (average(ways, self._totals(ways, answers)),)
        return (sigmoid(self.score.one(answers)),)

    def vary(self, answers: Answers, name: str, values: Sequence[Any]) -> Columns:
        unknown = self.unknown({**answers, name: ""})
        if not unknown:
            return super().vary(answers, name, values)
        ways = self.recorded.ways(unknown)
        touched = [term for term in self.score.terms if name in term.inputs]
        rest = [term for term in self.score.terms if name not in term.inputs]
        start = self._totals(ways, answers, rest)
        return ([average(ways, ways.add_points(start, touched, {**answers, name: value})) for value in values],)

    def _totals(self, ways: Ways, answers: Answers, terms: Sequence[Term] | None = None) -> list[float]:
        """The score of each way; what is the same for all of them is added up once."""
        own = self.score.terms if terms is None else terms
        moving = [term for term in own if any(name in ways.codes for name in term.inputs)]
        start = sum([term.points(answers) for term in own if term not in moving], self.score.intercept[0])
        return ways.add_points([start] * len(ways), moving, answers)

    def ranges(self, answers: Answers, values: Vector) -> list[Range]:
        if not self.score.intercept_spread:
            if self.model.views is None:
                return self.span.around(values)
            # A photo's range is what other views of it show.
            views = self.model.views(answers)
            features = self.model.features or (lambda view: view)
            low, high = [self.predict_one(features(view))[0] for view in views]
            return [(low, high)]
        unknown = self.unknown(answers)
        vector = self._averaged(answers, unknown, values[0]) if unknown else self.score.spreads.of(answers)[0]
        centre, (down, up) = logit(values[0]), reaches(vector)
        return [(sigmoid(centre - down), sigmoid(centre + up))]

    def _averaged(self, answers: Answers, unknown: tuple[str, ...], chance: float) -> Array:
        """How the logit of an average moves with the coefficients."""
        ways = self.recorded.ways(unknown)
        chances = map(sigmoid, self._totals(ways, answers))
        slopes = [share * one * (1 - one) for share, one in zip(ways.shares, chances, strict=True)]
        (vector,) = self.score.spreads.averaged(answers, ways, slopes)
        return vector / (chance * (1 - chance))


def average(ways: Ways, scores: Sequence[float]) -> float:
    return math.fsum(map(mul, ways.shares, map(sigmoid, scores)))


class ClassesTables(Tables):
    """A chance for each class: a softmax of their sums."""

    def result(self, scores: Vector) -> Vector:
        return softmax(scores)

    def predict_one(self, answers: Answers) -> Vector:
        return softmax(self.score.several(answers))

    def ranges(self, answers: Answers, values: Vector) -> list[Range]:
        if not self.score.intercept_spread:
            return self.span.around(values)
        vectors = self.score.spreads.of(answers)
        return [class_range(number, values, vectors) for number in range(len(values))]


def class_range(number: int, chances: Vector, vectors: Array) -> Range:
    """A class's chance; its logit moves by its own score less the mean score of the other classes."""
    chance = chances[number]
    shares = [0.0 if other == number else value for other, value in enumerate(chances)]
    # Summed rather than 1 - chance, which would lose the digits of a chance near 1.
    rest = max(math.fsum(shares), 1e-300)
    mean = sum([share / rest * vector for share, vector in zip(shares, vectors, strict=True)])
    down, up = reaches(vectors[number] - mean)
    centre = math.log(max(chance, 1e-300)) - math.log(rest)
    return min(sigmoid(centre - down), chance), max(sigmoid(centre + up), chance)


def reaches(vector: Array) -> Range:
    """How far down and up a score may lie; how far the penalty pulled it back, the last number, counts on that side alone."""
    own, pull = vector[:-1], float(vector[-1])
    variance = own @ own
    return NORMAL_95 * math.sqrt(variance + min(pull, 0.0) ** 2), NORMAL_95 * math.sqrt(variance + max(pull, 0.0) ** 2)


class AmountTables(Tables):
    """An amount, with a sum of its own for each end of its range, or with how far off such estimates were."""

    names: tuple[str, ...] = ("estimate", "low", "high")
    is_one_sum = True

    def names_in(self, compiled: Mapping[str, Any]) -> tuple[str, ...]:
        # Where the range is as wide as the model was off, it has no sums for its ends.
        return tuple([name for name in self.names if name in compiled])

    def result(self, scores: Vector) -> Vector:
        return scores

    def averages(self, sums: Array, everybody: Everybody) -> Array:
        return everybody.average(sums)

    def predict_one(self, answers: Answers) -> Vector:
        return (self.score.one(answers),)

    def ranges(self, answers: Answers, values: Vector) -> list[Range]:
        if len(self.scores) == 1:
            return self.span.around(values)
        low, high = [self.scores[name].one(answers) for name in ("low", "high")]
        return [(min(low, values[0]), max(high, values[0]))]
