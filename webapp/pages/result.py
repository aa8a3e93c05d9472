"""The result: read the answers, refuse what cannot be read, predict, and tell all about the number."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, make_response, redirect, request
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from model.declare.inputs import Input, NumberInput, is_known
from model.declare.model import Model
from model.declare.photo import Guess, PhotoInput
from model.evaluate.curves import numbers_among
from model.evaluate.groups import Group
from model.evaluate.record import Near
from model.evaluate.standing import Comparator, below, comparators, has_somebody, position
from model.predict.agreement import Agreement, Rarest, find_agreement, find_rarest
from model.predict.challenger import Facing
from model.predict.changes import find_smallest_changes
from model.predict.evaluation import Band
from model.predict.evaluation import Group as GroupRow
from model.predict.explain import Arithmetic, explain_sum
from model.predict.kinds import Estimate
from model.predict.neighbours import Person
from model.predict.predictor import (
    Predictor,
    UnknownAnswer,
    predict_amount,
    predict_classes,
    predict_probability,
)
from model.predict.steps import Path, explain_steps
from webapp.ask import Budget, Caller, ask
from webapp.http.addresses import (
    address_of,
    compare_address,
    form_address,
    page_address,
    path_of,
    result_address,
    site,
    texts,
)
from webapp.http.cache import kept_each, rendered
from webapp.http.headers import keep_private
from webapp.http.models import predictor_of
from webapp.text.dots import across
from webapp.text.kinds import Chance, kind_of
from webapp.text.line import Line, above, lay_out, place
from webapp.text.snippets import snippets

from .card import card_of
from .fields import answer_lines, compact_fields, fill
from .form import form_page
from .moves import Moves, tell
from .offer import Offer, offer_to_keep

bp = Blueprint("result", __name__)

PREDICT: Mapping[str, Callable[[Predictor, Mapping[str, Any]], list[Estimate]]] = {
    "probability": predict_probability,
    "classes": predict_classes,
    "amount": predict_amount,
}
# Stands in the kept lines where the address of the form with all answers goes.
FORM_PLACE = "{the form}"
# So many of the sums behind an average are shown.
SUMS = 10


@bp.get("/<model:model>/result")
def show(model: Model) -> Any:
    predictor = predictor_of(model)
    asked = ask(predictor, request.args, Caller("page"), Budget())
    if asked.faults:
        return form_page(model, fill(model, MultiDict(request.args)), asked.sentences), 422
    return result_page(predictor, asked.answers, request.args.get("v"), offer_to_keep(model))


def result_page(
    predictor: Predictor, answers: Mapping[str, Any], asked_version: str | None, offer: Offer | None
) -> Response:
    model = predictor.model
    result = Result(predictor, answers, PREDICT[model.kind](predictor, answers), asked_version)
    values = {
        "result": result,
        "fields": compact_fields(model, {name: [text] for name, text in result.texts.items()}, {}),
        "snippets": snippets(model, site() + path_of("api.predict", model), answers),
        "offer": offer,
    }
    return keep_private(make_response(rendered("output.html", values)))


@bp.get("/<model:model>/random")
def show_somebody(model: Model) -> Any:
    """The result of somebody in the data, where the model shows rows of it."""
    predictor = predictor_of(model)
    if not has_somebody(predictor):
        abort(404)
    assert predictor.crowd is not None
    row = random.randrange(predictor.crowd.count)  # noqa: S311 - it is no secret whom it meets
    answers = model.as_recorded(predictor.crowd.person(row).answers)
    return keep_private(make_response(redirect(address_of(model, answers), 303)))


@dataclass(frozen=True)
class Suggestion:
    """A smallest change that takes the estimate across one half, and the page that shows it."""

    changes: list[str]
    estimate: float
    address: str
    span: str
    is_sure: bool


@dataclass(frozen=True)
class Result:
    predictor: Predictor
    answers: Mapping[str, Any]
    estimates: Sequence[Estimate]
    # The version that the address asks for; None where it names none.
    asked_version: str | None = None

    @property
    def model(self) -> Model:
        return self.predictor.model

    @cached_property
    def main(self) -> Estimate:
        """The estimate that the heading speaks of: of several classes the likeliest."""
        return self.estimates[self.focus]

    @cached_property
    def focus(self) -> int:
        return self.predictor.kind.focus([estimate.value for estimate in self.estimates])

    # -- in words -------------------------------------------------------------------------------------

    @cached_property
    def kind(self) -> Chance:
        return kind_of(self.model)

    @cached_property
    def headline(self) -> str:
        return self.kind.headline(self.main)

    @property
    def short(self) -> str:
        """The number where there is little room, and it stands beside another."""
        return self.kind.short(self.main)

    @property
    def numbers(self) -> list[NumberInput]:
        """The numbers among the answers, each of which has a curve."""
        return numbers_among(self.predictor)

    @cached_property
    def probably(self) -> str:
        """The range as the heading has it; none where nobody in the data is like this."""
        return "" if self.is_unlike else self.kind.probable(self.main)

    @cached_property
    def sentence(self) -> str:
        return self.kind.sentence(self.estimates)

    @property
    def description(self) -> str:
        """What networks and search engines say of the page: the number in words, its range, and the warning."""
        span = f" Probably {self.probably}." if self.probably else ""
        return f"{self.sentence}{span} {self.model.words.warning}"

    @property
    def span(self) -> str:
        """The range with its unit."""
        return self.kind.whole_span(self.main)

    @property
    def guesses(self) -> list[Guess]:
        """What the network sees in the photos among the answers."""
        photos = [asked for asked in self.model.inputs if isinstance(asked, PhotoInput)]
        return [guess for asked in photos for guess in asked.guesses(self.answers[asked.name])]

    def describe(self, person: Person) -> str:
        """A real person, described by the form's own answers and no others."""
        return "; ".join([asked.described(person.answers[asked.name]) for asked in self.model.inputs])

    # -- the address ----------------------------------------------------------------------------------

    @property
    def version_changed(self) -> bool:
        return self.asked_version is not None and self.asked_version != self.predictor.version

    @property
    def answers_used(self) -> list[tuple[str, str]]:
        """What was asked, and what was answered."""
        return [(asked.label, asked.words(self.answers[asked.name])) for asked in self.model.inputs]

    @property
    def answer_rows(self) -> Markup:
        """The list of answers, each with a link that changes it."""
        rows = answer_lines("_answer_used.html", self.model, self.answers, " · ")
        return rows.replace(FORM_PLACE, form_address(self.model, self.query))

    @property
    def hidden_fields(self) -> Markup:
        return answer_lines("_hidden_field.html", self.model, self.answers)

    @cached_property
    def unknown_answers(self) -> list[UnknownAnswer]:
        return self.predictor.unknown_answers(self.answers)

    @cached_property
    def texts(self) -> dict[str, str]:
        """The answers as an address carries them."""
        return texts(self.model, self.answers)

    @cached_property
    def query(self) -> str:
        return urlencode(self.texts)

    @cached_property
    def address(self) -> str:
        return result_address(self.model, self.query)

    @property
    def curves_address(self) -> str:
        """The page that draws how the number goes with each number among the answers; none where there is none."""
        return page_address("curves.show", self.model, self.query) if self.numbers else ""

    @property
    def picture_address(self) -> str:
        """The whole address of the picture that networks show beside a link."""
        return site() + page_address("picture.show", self.model, self.query)

    @cached_property
    def whole_address(self) -> str:
        """The address for a printed page."""
        return site() + self.address

    # -- how sure ---------------------------------------------------------------------------------

    @cached_property
    def agreement(self) -> Agreement | None:
        """How many people in the data agree with these answers; None where there is no such data."""
        # Those that may be noise are no reason to leave people out.
        moved_most = self.moves.moved_most if self.moves else self.model.inputs
        return find_agreement(self.predictor, self.answers, moved_most)

    @cached_property
    def facing(self) -> Facing | None:
        """What another kind of model says, that is just as good; None where none was found."""
        challenger = self.predictor.challenger
        return challenger.face(self.answers, self.focus, self.main) if challenger else None

    @property
    def looked_for_others(self) -> bool:
        """Whether the model was measured against other kinds that were tuned."""
        return bool(self.predictor.card.evaluation.tuned)

    @property
    def moves_by(self) -> Band | None:
        """How far an estimate like this one moves where the model learns from resamples of its table."""
        stability = self.predictor.card.evaluation.stability
        return stability.around(self.main.value) if stability else None

    @cached_property
    def rarest(self) -> Rarest | None:
        return find_rarest(self.predictor, self.answers)

    @property
    def close_people(self) -> int | None:
        """How many people in the data are close to these answers; None where there is no such data."""
        return None if self.agreement is None else self.agreement.nearly.people

    @cached_property
    def near(self) -> Near | None:
        """What came of those held back for testing whose estimate was nearest to this one."""
        return card_of(self.predictor).near(self.main.value)

    @cached_property
    def is_unlike(self) -> bool:
        """Whether the data has nobody with close answers."""
        return self.close_people == 0

    @cached_property
    def places(self) -> tuple[str, str, str]:
        """Where the number and both ends of its range are drawn."""
        return self.place(self.main.value), self.place(self.main.low), self.place(self.main.high)

    def place(self, value: float) -> str:
        """Where a number is drawn on the line from least to most, as the drawing writes it."""
        return str(across(position(self.predictor, value)))

    def on_line(self, value: float) -> float:
        """The same on the line that has labels."""
        return place(position(self.predictor, value))

    @property
    def own_label(self) -> tuple[str, float]:
        """What stands above this one's mark, and where."""
        text = f"This {self.model.words.one}: {self.kind.number(self.main.value)}"
        return text, above(text, position(self.predictor, self.main.value))

    @cached_property
    def comparators(self) -> tuple[Comparator, ...]:
        return tuple(comparators(self.predictor, self.focus, self.answers))

    @cached_property
    def line(self) -> Line:
        """Everyone else on the line."""
        number = self.kind.number
        marks = [(f"{one.name}: {number(one.value)}", position(self.predictor, one.value)) for one in self.comparators]
        return lay_out(tuple(marks))

    @cached_property
    def below(self) -> int | None:
        """How many of a hundred in the data had less."""
        return below(self.predictor, self.main.value)

    # -- what moved the number, and what would change it ---------------------------------------------

    @cached_property
    def path(self) -> Path | None:
        return explain_steps(self.predictor, self.answers, self.main.value)

    @cached_property
    def moves(self) -> Moves | None:
        if self.path is None:
            return None
        span = (self.main.low, self.main.high)
        return tell(self.model, self.kind, self.path, self.answers, span, self.place)

    @property
    def background_size(self) -> int:
        """How many rows stand for everybody in what moved the number."""
        return len(self.predictor.background[0])

    @cached_property
    def suggestions(self) -> list[Suggestion]:
        return [
            Suggestion(
                [f"{self.model.input[name].label}: {self.model.input[name].words(a)}" for name, a in c.answers.items()],
                c.estimate,
                compare_address(self.model, self.query, c.answers),
                self.kind.span(Estimate(c.estimate, c.low, c.high)),
                c.is_sure,
            )
            for c in find_smallest_changes(self.predictor, self.answers)
        ]

    @property
    def changeable(self) -> list[Input]:
        """The known answers that a person could change."""
        return [asked for asked in self.model.inputs if asked.changeable and is_known(self.answers[asked.name])]

    # -- the arithmetic -------------------------------------------------------------------------------

    @cached_property
    def sums(self) -> list[Arithmetic]:
        """The weightiest of the sums behind the estimate."""
        return explain_sum(self.predictor, self.answers, SUMS)

    def sum_rows(self, arithmetic: Arithmetic) -> Markup:
        """A row for each line of a sum, which an answer says, so that most are kept."""
        keys = [(self.model, at, line.answers, line.points) for at, line in enumerate(arithmetic.lines)]
        values: Callable[[Any], dict[str, Any]] = lambda key: {"line": arithmetic.lines[key[1]]}  # noqa: E731
        return kept_each("_sum_row.html", keys, values, "\n", keep=not self.model.has_photo)

    @property
    def number_of_sums(self) -> int:
        return self.predictor.engine.ways(self.predictor.unknown(self.answers))

    # -- where it goes wrong --------------------------------------------------------------------------

    @cached_property
    def groups(self) -> list[GroupRow]:
        """The figures of the groups that this person belongs to."""
        return [row for row in self.predictor.card.evaluation.groups if row.holds(self.answers[row.input])]

    @property
    def named_groups(self) -> tuple[tuple[str, str], ...]:
        return tuple([(row.input, row.group) for row in self.groups])

    @cached_property
    def other_outcome(self) -> Person | None:
        """A real person with a near chance, given by a model that had not seen them, who turned out otherwise."""
        crowd = self.predictor.crowd
        if crowd is None or not self.kind.is_yes_or_no:
            return None
        return crowd.other_outcome(self.main.value, 0, outcome=0.0 if self.main.value > 0.5 else 1.0)

    @cached_property
    def not_recorded(self) -> list[Group]:
        """For each unknown answer how right the model was about those of whom it is not recorded."""
        lacking = [name for name, answer in self.answers.items() if not is_known(answer)]
        counted = card_of(self.predictor).not_recorded if lacking else {}
        return [counted[name] for name in lacking if name in counted]

    @property
    def stretched(self) -> bool:
        """Whether an amount's range had to be stretched to hold the estimate."""
        return not self.kind.has_middle and self.main.value in (self.main.low, self.main.high)

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
        if not self.predictor.card.evaluation.confusion or not self.predictor.kind.labels:
            return None
        given = [row[self.focus] for row in self.predictor.card.evaluation.confusion]
        return given[self.focus], sum(given)
