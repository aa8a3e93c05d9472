"""Everything that a result page tells, as values ready for the template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from model.declare.inputs import Input
from model.declare.model import Model
from model.declare.reading import Answers
from model.evaluate.groups import Group, not_recorded
from model.evaluate.standing import position
from model.predict.changes import smallest_changes
from model.predict.explain import Arithmetic, Move, arithmetic, moves
from model.predict.neighbours import Person
from model.predict.predictor import Estimate, Predictor, UnknownAnswer, get_predictor
from webapp.http.addresses import compare_address, form_address, query_from, result_address, site, texts
from webapp.text.dots import across
from webapp.text.numbers import number

# With fewer people than this like the person, the page warns.
FEW = 20
# So many of the sums behind an average are shown.
SUMS = 10


@dataclass(frozen=True)
class AnswerUsed:
    """One line of the list of answers: what was asked, what was answered, where to change it."""

    label: str
    words: str
    change_address: str


@dataclass(frozen=True)
class Suggestion:
    """A smallest change that takes the estimate across one half, and the page that shows it."""

    changes: list[str]
    estimate: float
    address: str


@dataclass(frozen=True)
class Told:
    """What one answer did: the start of a sentence that ends with two numbers, and the line of a table."""

    label: str
    answer: str
    reference: str
    begins: str
    # The number that it would be instead, in words and on the drawn line.
    instead: str
    place: str


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
        return self.estimates[self.focus]

    @cached_property
    def focus(self) -> int:
        values = [estimate.value for estimate in self.estimates]
        return values.index(max(values))

    @property
    def version_changed(self) -> bool:
        return self.asked_version is not None and self.asked_version != self.predictor.version

    @cached_property
    def answers_used(self) -> list[AnswerUsed]:
        form = form_address(self.model, self.query)
        return [used(asked, self.answers[asked.name], form) for asked in self.model.inputs]

    @cached_property
    def unknown_answers(self) -> list[UnknownAnswer]:
        return self.predictor.unknown_answers(self.answers)

    @cached_property
    def texts(self) -> dict[str, str]:
        """The answers as an address carries them."""
        return texts(self.model, self.answers)

    @cached_property
    def query(self) -> str:
        return query_from(self.texts)

    @property
    def address(self) -> str:
        return result_address(self.model, self.query)

    @property
    def whole_address(self) -> str:
        """The address for a printed page."""
        return site() + self.address

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
    def places(self) -> tuple[str, str, str]:
        """Where the number and both ends of its range are drawn."""
        return self.place(self.main.value), self.place(self.main.low), self.place(self.main.high)

    def place(self, value: float) -> str:
        """Where a number is drawn on the line from least to most, as the drawing writes it."""
        return str(across(position(self.predictor, value)))

    # -- what moved the number, and what would change it ---------------------------------------------

    @cached_property
    def moves(self) -> list[Told]:
        return [self.told(move) for move in moves(self.predictor, self.answers)]

    def told(self, move: Move) -> Told:
        asked = move.input
        with_reference = self.model.words.instead.format(reference=asked.named_answer(move.reference))
        return Told(
            label=asked.label,
            answer=asked.words(move.answer),
            reference=asked.words(move.reference),
            begins=f"{asked.phrased(move.answer)} {'raised' if move.shift > 0 else 'lowered'} it. {with_reference}",
            instead=number(self.model, move.instead),
            place=self.place(move.instead),
        )

    @cached_property
    def suggestions(self) -> list[Suggestion]:
        return [
            Suggestion(
                [f"{self.model.input[name].label}: {self.model.input[name].words(a)}" for name, a in c.answers.items()],
                c.estimate,
                compare_address(self.model, self.query, c.answers),
            )
            for c in smallest_changes(self.predictor, self.answers)
        ]

    @property
    def changeable(self) -> list[Input]:
        """The known answers that a person could change."""
        return [asked for asked in self.model.inputs if asked.changeable and self.answers[asked.name] is not None]

    # -- the arithmetic -------------------------------------------------------------------------------

    @cached_property
    def sums(self) -> list[Arithmetic]:
        """The weightiest of the sums behind the estimate."""
        return arithmetic(self.predictor, self.answers, SUMS)

    @property
    def number_of_sums(self) -> int:
        unknown = self.predictor.unknown(self.answers)
        return len(self.predictor.people(unknown)) if unknown else 1

    # -- where it goes wrong --------------------------------------------------------------------------

    @cached_property
    def groups(self) -> list[dict[str, Any]]:
        """The figures of the groups that this person belongs to."""
        rows = self.predictor.evaluation.get("groups", [])
        return [row for row in rows if belongs(row, self.answers[row["input"]])]

    @property
    def groups_named(self) -> tuple[tuple[str, str], ...]:
        return tuple([(row["input"], row["group"]) for row in self.groups])

    @cached_property
    def other_outcome(self) -> Person | None:
        """A real person with a near chance, given by a model that had not seen them, who turned out otherwise."""
        crowd = self.predictor.crowd
        if crowd is None or self.model.kind != "probability":
            return None
        return crowd.other_outcome(self.main.value, 0, outcome=0.0 if self.main.value > 0.5 else 1.0)

    @cached_property
    def not_recorded(self) -> list[Group]:
        """For each unknown answer how right the model was about those of whom it is not recorded."""
        found = [not_recorded(self.predictor, one.name) for one in self.unknown_answers]
        return [group for group in found if group is not None]

    @property
    def stretched(self) -> bool:
        """Whether an amount's range had to be stretched to hold the estimate."""
        return self.model.kind == "amount" and self.main.value in (self.main.low, self.main.high)

    @cached_property
    def alike(self) -> list[Person]:
        """The people in the data most like this one, where the model shows them."""
        crowd = self.predictor.crowd
        if crowd is None or not self.model.shows_alike:
            return []
        return crowd.most_alike(self.answers, self.model.shows_alike, self.main.value)

    @property
    def named_right(self) -> tuple[int, int] | None:
        """Of the cases held back that got this class: how many were of it, and how many there were."""
        if self.model.kind != "classes":
            return None
        given = [row[self.focus] for row in self.predictor.evaluation["confusion"]]
        return given[self.focus], sum(given)


def used(asked: Input, answer: Any, form: str) -> AnswerUsed:
    return AnswerUsed(asked.label, asked.words(answer), f"{form}#{asked.name}")


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
