"""A kept case in words: those that the model had when it was kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from model.declare.model import Model
from model.declare.reading import read_answers
from model.predict.kinds import Estimate
from webapp.http.models import catalog, predictor_of
from webapp.people.current import may
from webapp.store.cases import Case
from webapp.store.database import Database
from webapp.text.kinds import Chance

from .versions import Old, old_version

# So many answers name a case without a label.
NAMING = 3


@dataclass(frozen=True)
class Told:
    case: Case
    old: Old

    @property
    def model(self) -> Model | None:
        """The model as it is served today; None where it is not any more, or not for whoever asks."""
        model = catalog().find(self.case.model)
        return model if model and may("predict", model) else None

    @cached_property
    def name(self) -> str:
        """Its label; else its first answers, since programs keep many cases in a minute and give none a label."""
        first = "; ".join(f"{label}: {words}" for label, words in self.answers[:NAMING])
        return self.case.label or first or f"{self.old.words.title}, {self.case.made_at:%H:%M}"

    @cached_property
    def kind(self) -> Chance:
        return self.old.kind_with(list(self.case.classes or ()))

    @cached_property
    def estimates(self) -> list[Estimate]:
        """What was answered, to the last digit."""
        case = self.case
        if not case.classes:
            return [Estimate(case.value, case.low, case.high)]
        return [Estimate(value, low, high, label) for label, (value, low, high) in case.classes.items()]

    @property
    def main(self) -> Estimate:
        return next(one for one in self.estimates if one.value == self.case.value)

    @property
    def headline(self) -> str:
        return self.kind.headline(self.main)

    @property
    def span(self) -> str:
        return self.kind.whole_span(self.main)

    @property
    def answers(self) -> list[tuple[str, str]]:
        """What was asked then, and what was answered, both in the words of then."""
        read, _ = read_answers(self.old.inputs, self.case.answers)
        return [(asked.label, asked.words(read[asked.name])) for asked in self.old.inputs if asked.name in read]

    @property
    def happened(self) -> str:
        """What is said to have happened; empty where nobody has said it."""
        return self.kind.happened(self.case.marked) if self.case.marked else ""

    @property
    def happenings(self) -> list[tuple[str, str]]:
        return self.kind.happenings

    @property
    def chosen(self) -> str:
        """What is said, as the form sends it."""
        marked = self.case.marked
        if marked is None or not marked.is_known:
            return "" if marked is None else "cannot be known"
        if marked.class_name:
            return marked.class_name
        if self.happenings:
            return "yes" if marked.value else "no"
        return str(marked.value).removesuffix(".0")


@dataclass(frozen=True)
class Today:
    """What the model answers today to the same."""

    version: str
    headline: str
    span: str
    # In words; empty where the version is the same.
    difference: str = ""


def tell(database: Database, case: Case) -> Told:
    return Told(case, old_version(database, case))


def ask_today(told: Told) -> Today | None:
    """None where the model is not served any more, or asks something else by now."""
    if (model := told.model) is None or model.input.keys() != told.case.answers.keys():
        return None
    answers, faults = read_answers(model.inputs, told.case.answers)
    if faults:
        return None
    predictor = predictor_of(model)
    estimates = predictor.estimates(answers)
    main = estimates[predictor.kind.focus([one.value for one in estimates])]
    is_same = predictor.version == told.case.version
    difference = "" if is_same else told.kind.difference(main, told.main)
    return Today(predictor.version, told.kind.headline(main), told.kind.whole_span(main), difference)


def ask_again(told: Told) -> bool | None:
    """Whether the version of then still gives the answer of then, to 1e-12; None where it cannot be asked."""
    if (model := told.model) is None or (predictor := told.old.predictor(model)) is None:
        return None
    if model.input.keys() != told.case.answers.keys():
        return None
    answers, faults = read_answers(told.old.inputs, told.case.answers)
    if faults:
        return None
    again = predictor.estimates(answers)
    near = [
        abs(one.value - then.value) <= 1e-12 * max(1.0, abs(then.value))
        for one, then in zip(again, told.estimates, strict=True)
    ]
    return all(near)
