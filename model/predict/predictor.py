"""A trained model at work: its declaration, its card and the engine that the card was compiled for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from model.declare.deadline import check_time
from model.declare.model import Model
from model.declare.reading import read_answers

from .card import Card
from .card_file import Sealed
from .challenger import Challenger
from .engine import Columns, Engine, Tables
from .evaluation import Group
from .kinds import KINDS, Estimate
from .neighbours import People
from .tables import Memory
from .unknown import MOST_TRIED

if TYPE_CHECKING:
    from .sums import Everybody, Lists

Answers = Mapping[str, Any]
MOST_GROUPED = 500


def predict_probability(predictor: Predictor, answers: Answers) -> list[Estimate]:
    """The probability of yes that the pickled logistic regression gives for clean answers, with its range."""
    return predictor.of_kind("probability").estimates(answers)


def predict_classes(predictor: Predictor, answers: Answers) -> list[Estimate]:
    """The probability of each class, in the order in which the model declares them."""
    return predictor.of_kind("classes").estimates(answers)


def predict_amount(predictor: Predictor, answers: Answers) -> list[Estimate]:
    """The amount with its range."""
    return predictor.of_kind("amount").estimates(answers)


@dataclass(frozen=True)
class UnknownAnswer:
    """What an unknown answer could change: the estimate for the answers that give least and most."""

    name: str
    low: float
    low_answer: Any
    high: float
    high_answer: Any


class Predictor:
    def __init__(self, model: Model, card: Card) -> None:
        self.model = model
        self.card = card
        self.version = card.version
        self.kind = KINDS[model.kind](model)
        # What the average comes to with one or two answers of a person, for those that were asked for lately.
        self.averages: dict[Any, float] = {}
        self.people_file = Sealed(model.people_path, card.data.people) if card.data.people else None
        self.engine: Engine = self.kind.engines[card.engine["name"]](model, card.engine)

    def of_kind(self, kind: str) -> Predictor:
        if self.model.kind != kind:
            raise TypeError(f"{self.model.name} answers with {self.model.kind}, not with {kind}")
        return self

    def load(self) -> None:
        """Read the files, and build what the first estimate needs."""
        self.engine.load()
        for file in (self.people_file, self.challenger and self.challenger.file):
            if file:
                file.read()
        _ = self.example_values

    def features(self, answers: Answers) -> Answers:
        """The answers as the engine knows them; a photo, for one, becomes a number."""
        return self.model.features(answers) if self.model.features else answers

    # -- estimates -------------------------------------------------------------------------------------------

    def values(self, answers: Answers) -> tuple[float, ...]:
        """The estimates without their ranges: a chance, one for each class, or an amount."""
        return self.engine.predict_one(self.features(answers))

    def predict(self, rows: Sequence[Answers]) -> Columns:
        return self.engine.predict([self.features(row) for row in rows])

    def vary(self, answers: Answers, name: str, values: Sequence[Any]) -> Sequence[float]:
        """The estimate that sentences about these answers speak of, with one answer replaced by each of these."""
        check_time()
        if self.model.features:
            return self.predict([{**answers, name: value} for value in values])[self.focus(answers)]
        return self.engine.vary(answers, name, values)[self.focus(answers)]

    def estimates(self, answers: Answers) -> list[Estimate]:
        """The estimate with its range; one for each class where there are classes."""
        check_time()
        values = self.values(answers)
        ranges = self.engine.ranges(answers if self.model.views else self.features(answers), values)
        labels = self.kind.labels or [""] * len(values)
        return [
            Estimate(value, low, high, label) for value, (low, high), label in zip(values, ranges, labels, strict=True)
        ]

    def focus(self, answers: Answers) -> int:
        """Which of the estimates the sentences about these answers speak of."""
        return self.kind.focus(self.values(answers)) if self.kind.labels else 0

    # -- unknown answers ---------------------------------------------------------------------------------------

    def unknown(self, answers: Answers) -> tuple[str, ...]:
        return tuple([name for name, answer in answers.items() if answer is None])

    def unknown_answers(self, answers: Answers) -> list[UnknownAnswer]:
        """For each unknown answer how low and how high the estimate could be if it were known."""
        unknown = self.unknown(answers)
        found = []
        for name in unknown:
            values = self.engine.seen(name, MOST_TRIED // len(unknown))
            tried = list(zip(self.vary(answers, name, values), values, strict=True))
            low, high = min(tried, key=lambda pair: pair[0]), max(tried, key=lambda pair: pair[0])
            found.append(UnknownAnswer(name, *low, *high))
        return found

    @cached_property
    def grouped(self) -> list[str]:
        """The inputs that part the people into groups."""
        return list(dict.fromkeys([row.input for row in self.card.evaluation.groups]))

    @cached_property
    def groups(self) -> Mapping[tuple[str, Any], list[Group]]:
        """The groups that an answer to an input belongs to, of those looked at lately."""
        groups = self.card.evaluation.groups
        return Memory(lambda key: [row for row in groups if row.input == key[0] and row.holds(key[1])], MOST_GROUPED)

    @cached_property
    def challenger(self) -> Challenger | None:
        """Another kind of model that is just as good, where one was found."""
        found = self.card.challenger
        return Challenger(self.model, found, self.engine) if found else None

    # -- what is found once ------------------------------------------------------------------------------------

    @cached_property
    def background(self) -> tuple[list[Answers], Sequence[float]]:
        """The rows that stand for everybody in the data, and their weights."""
        kept = self.card.background
        rows = [dict(zip(self.model.input, row, strict=True)) for row in kept.rows] if kept else []
        return [self.model.as_recorded(row) for row in rows], kept.weights if kept else ()

    @cached_property
    def example_values(self) -> list[tuple[str, tuple[float, ...]]]:
        """What the model says of its own examples."""
        return [(name, self.values(answers)) for name, answers in self.examples]

    @cached_property
    def examples(self) -> list[tuple[str, Answers]]:
        """The model's own examples, as they are read."""
        return [(one.name, read_answers(self.model.inputs, one.answers)[0]) for one in self.model.examples]

    @cached_property
    def everybody(self) -> Everybody:
        """The same rows as columns of points, for an engine whose estimate follows from one sum."""
        from .sums import Everybody

        assert isinstance(self.engine, Tables)
        return Everybody(*self.background, self.engine.score)

    @cached_property
    def lists(self) -> Lists:
        """What the other answers that a person could give would add, for the same engines."""
        from .sums import Lists

        assert isinstance(self.engine, Tables)
        return Lists(self.model.inputs, self.engine.score)

    @cached_property
    def crowd(self) -> People | None:
        """The people in the data; None for a model that learnt from none of ours."""
        return People(self.people_file.take()) if self.people_file else None

    @cached_property
    def references(self) -> Mapping[str, Any]:
        """For each input the answer to compare with: the commonest choice, the middle number."""
        found: dict[str, Any] = {}
        for asked in self.model.inputs:
            seen = self.card.observed.get(asked.name)
            if seen is None:
                continue
            if asked.is_number:
                found[asked.name] = int(seen.middle) if asked.whole else seen.middle
            else:
                found[asked.name] = max(seen.counts, key=lambda choice: seen.counts[choice])
        return found
