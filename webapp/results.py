"""Everything that a result page tells, as values ready for the template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from model.answering.explanation import Arithmetic, Move, arithmetic, moves, smallest_changes
from model.answering.people import Person
from model.answering.prediction import Estimate, Predictor, UnknownAnswer, get_predictor
from model.asking.declaration import Model
from model.asking.inputs import Input
from model.asking.reading import Answers

from .addresses import address_of, compare_address, form_address

# With fewer people than this like the person, the page warns.
FEW = 20


@dataclass(frozen=True)
class AnswerUsed:
    """One line of the list of answers: what was asked, what was answered, where to change it."""

    input: Input
    words: str
    change_address: str
    unknown: bool


@dataclass(frozen=True)
class Suggestion:
    """A smallest change that takes the estimate across one half, and the page that shows it."""

    changes: list[tuple[Input, str]]
    estimate: float
    address: str


@dataclass(frozen=True)
class Comparator:
    """Somebody to compare with on the line from 0 to 100: an example, or a whole group."""

    name: str
    chance: float


@dataclass(frozen=True)
class Result:
    predictor: Predictor
    answers: Mapping[str, Any]
    # The version that the address asks for; None where it names none.
    asked_version: str | None = None

    @property
    def model(self) -> Model:
        return self.predictor.model

    @cached_property
    def estimates(self) -> list[Estimate]:
        return self.predictor.estimates(self.answers)

    @cached_property
    def main(self) -> Estimate:
        """The estimate that the heading speaks of: of several classes the likeliest."""
        if self.model.kind == "amount":
            return self.estimates[0]
        return max(self.estimates, key=lambda estimate: estimate.value)

    @property
    def version_changed(self) -> bool:
        return self.asked_version is not None and self.asked_version != self.predictor.version

    @cached_property
    def answers_used(self) -> list[AnswerUsed]:
        form = form_address(self.model, self.answers)
        return [
            AnswerUsed(
                asked,
                asked.words(self.answers[asked.name]),
                f"{form}#{asked.name}",
                self.answers[asked.name] is None,
            )
            for asked in self.model.inputs
        ]

    @cached_property
    def unknown_answers(self) -> list[UnknownAnswer]:
        return self.predictor.unknown_answers(self.answers)

    # -- how sure ---------------------------------------------------------------------------------

    @cached_property
    def close_people(self) -> int | None:
        """How many people in the data are close to these answers; None where there is no such data."""
        crowd = self.predictor.crowd
        return None if crowd is None else crowd.close(self.answers)

    @property
    def few_close_people(self) -> bool:
        return self.close_people is not None and self.close_people < FEW

    @cached_property
    def calibration_bin(self) -> dict[str, Any] | None:
        """The people held back for testing to whom the model gave about this chance."""
        bins = self.predictor.evaluation.get("calibration", [])
        return next((b for b in bins if b["from"] <= self.main.value < b["to"] or b["to"] == 1), None)

    @cached_property
    def comparators(self) -> list[Comparator]:
        """The examples' own chances, for the line from 0 to 100."""
        return [
            Comparator(name, chances[self.focus]) for name, chances in self.predictor.example_chances
        ]

    @cached_property
    def focus(self) -> int:
        return self.predictor.focus(self.answers)

    # -- what moved the number, and what would change it ---------------------------------------------

    @cached_property
    def moves(self) -> list[Move]:
        return moves(self.predictor, self.answers)

    @cached_property
    def suggestions(self) -> list[Suggestion]:
        return [
            Suggestion(
                [(self.model.input[name], self.model.input[name].words(a)) for name, a in change.answers.items()],
                change.estimate,
                compare_address(self.model, self.answers, change.answers),
            )
            for change in smallest_changes(self.predictor, self.answers)
        ]

    @cached_property
    def arithmetic(self) -> list[Arithmetic]:
        return arithmetic(self.predictor, self.answers)

    # -- where it goes wrong --------------------------------------------------------------------------

    @cached_property
    def groups(self) -> list[dict[str, Any]]:
        """The figures of the groups that this person belongs to."""
        rows = self.predictor.evaluation.get("groups", [])
        return [row for row in rows if belongs(row, self.answers[row["input"]])]

    @cached_property
    def other_outcome(self) -> Person | None:
        """A real person with a near chance, given by a model that had not seen them, who turned out otherwise."""
        crowd = self.predictor.crowd
        if crowd is None or self.model.kind != "probability":
            return None
        return crowd.other_outcome(self.main.value, 0, outcome=0.0 if self.main.value > 0.5 else 1.0)

    @cached_property
    def alike(self) -> list[Person]:
        """The people in the data most like this one, where the model shows them."""
        crowd = self.predictor.crowd
        if crowd is None or not self.model.shows_alike:
            return []
        return crowd.most_alike(self.answers, self.model.shows_alike)

    def person_words(self, person: Person) -> str:
        """A real person, described by the form's own answers and no others."""
        return ", ".join(described(asked, person.answers[asked.name]) for asked in self.model.inputs)

    @property
    def address(self) -> str:
        return address_of(self.model, self.answers)


def described(asked: Input, answer: Any) -> str:
    words = "not recorded" if answer is None else asked.words(answer)
    return f"{asked.short_label.lower() if asked.kind == 'number' else asked.short_label}: {words}"


def belongs(row: Mapping[str, Any], answer: Any) -> bool:
    """Whether an answer falls in a group: by its value, or between its edges."""
    if answer is None:
        return False
    if "value" in row:
        return bool(row["value"] == answer)
    low, high = row["from"], row["to"]
    return (low is None or answer >= low) and (high is None or answer < high)


def result_of(model: Model, answers: Answers, asked_version: str | None = None) -> Result:
    return Result(get_predictor(model.name), answers, asked_version)
