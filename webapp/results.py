"""Everything that a result page tells, as values ready for the template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from model.answering.prediction import Estimate, Predictor, UnknownAnswer, get_predictor
from model.asking.declaration import Model
from model.asking.inputs import Input
from model.asking.reading import Answers

from .addresses import address_of, form_address


@dataclass(frozen=True)
class AnswerUsed:
    """One line of the list of answers: what was asked, what was answered, where to change it."""

    input: Input
    words: str
    change_address: str
    unknown: bool


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

    @property
    def address(self) -> str:
        return address_of(self.model, self.answers)


def result_of(model: Model, answers: Answers, asked_version: str | None = None) -> Result:
    return Result(get_predictor(model.name), answers, asked_version)
