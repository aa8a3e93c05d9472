"""The result: read the answers, refuse what cannot be read, predict, and tell all about the number."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, make_response, redirect, request
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from model.declare.inputs import Input, is_known
from model.declare.model import Model
from model.declare.number import NumberInput
from model.declare.photo import Guess, PhotoInput
from model.evaluate.curves import numbers_among
from model.evaluate.groups import Group
from model.evaluate.standing import find_somebody, has_somebody
from model.predict.evaluation import Group as GroupRow
from model.predict.explain import Arithmetic, explain_sum
from model.predict.kinds import Estimate
from model.predict.lazy import lazy
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
    form_address,
    page_address,
    path_of,
    query_of,
    site,
    texts,
)
from webapp.http.cache import drawn, kept_each
from webapp.http.headers import keep_private
from webapp.http.models import predictor_of
from webapp.text.kinds import Chance, kind_of
from webapp.text.snippets import snippets

from .alike import Alike
from .card import card_of
from .fields import answer_lines, compact_fields, fill
from .form import form_page
from .moves import Moves, tell
from .offer import Offer, offer_to_keep
from .standing import Standing
from .suggestions import Suggestion, suggest
from .sureness import Sureness

bp = Blueprint("result", __name__)

PREDICT: Mapping[str, Callable[[Predictor, Mapping[str, Any]], list[Estimate]]] = {
    "probability": predict_probability,
    "classes": predict_classes,
    "amount": predict_amount,
}
# Stands in the kept lines where the address of the form with all answers goes.
FORM_PLACE = "{the form}"
# What an address calls the row of the data that it is about; no input can have that name.
IN_DATA = "in-data"
# So many of the sums behind an average are shown.
SUMS = 10


@bp.get("/<model:model>/result")
def show(model: Model) -> Any:
    predictor = predictor_of(model)
    asked = ask(predictor, request.args, Caller("page"), Budget())
    if asked.faults:
        return form_page(model, fill(model, MultiDict(request.args)), asked.sentences), 422
    version, row = request.args.get("v"), request.args.get(IN_DATA, "")
    return result_page(predictor, asked.answers, version, offer_to_keep(model), row)


def result_page(
    predictor: Predictor, answers: Mapping[str, Any], asked_version: str | None, offer: Offer | None, row: str = ""
) -> Response:
    model = predictor.model
    result = Result(predictor, answers, PREDICT[model.kind](predictor, answers), asked_version, row)
    values = {
        "result": result,
        "fields": compact_fields(model, {name: [text] for name, text in result.texts.items()}, {}),
        "snippets": snippets(model, result.site + path_of("api.predict", model), answers),
        "offer": offer,
    }
    return keep_private(Response(drawn("output.html", values)))


@bp.get("/<model:model>/random")
def show_somebody(model: Model) -> Any:
    """The result of somebody in the data, where the model shows rows of it."""
    predictor = predictor_of(model)
    if not has_somebody(predictor):
        abort(404)
    assert predictor.crowd is not None
    row = random.randrange(predictor.crowd.count)  # noqa: S311 - it is no secret whom it meets
    answers = model.as_recorded(predictor.crowd.person(row).answers)
    return keep_private(make_response(redirect(f"{address_of(model, answers)}&{IN_DATA}={row}", 303)))


@dataclass(frozen=True)
class Result:
    predictor: Predictor
    answers: Mapping[str, Any]
    estimates: Sequence[Estimate]
    # The version that the address asks for; None where it names none.
    asked_version: str | None = None
    # The row of the data that it says these answers are of.
    row: str = ""

    @lazy
    def model(self) -> Model:
        return self.predictor.model

    @lazy
    def main(self) -> Estimate:
        """The estimate that the heading speaks of: of several classes the likeliest."""
        return self.estimates[self.focus]

    @lazy
    def focus(self) -> int:
        return self.predictor.kind.focus([estimate.value for estimate in self.estimates])

    # -- in words -------------------------------------------------------------------------------------

    @lazy
    def kind(self) -> Chance:
        return kind_of(self.model)

    @lazy
    def headline(self) -> str:
        return self.kind.headline(self.main)

    @property
    def short(self) -> str:
        """The number where there is little room, and it stands beside another."""
        return self.kind.short(self.main)

    @lazy
    def numbers(self) -> list[NumberInput]:
        """The numbers among the answers, each of which has a curve."""
        return numbers_among(self.predictor)

    @lazy
    def probably(self) -> str:
        """The range as the heading has it; none where nobody in the data is like this."""
        return "" if self.is_unlike else self.kind.probable(self.main)

    @lazy
    def sentence(self) -> str:
        return self.kind.sentence(self.estimates)

    @lazy
    def description(self) -> str:
        """What is sent along with the link, and what networks say of the page: the number in words, its range, the warning.

        Where the number is a guess, that stands first.
        """
        guess = f"{self.unlike} Treat the number as a guess." if self.is_unlike else ""
        span = f"Probably {self.probably}." if self.probably and not self.kind.tells_range else ""
        return " ".join(filter(None, [guess, self.sentence, span, self.model.words.warning]))

    @property
    def note(self) -> str:
        """What stands below the number where there is little room: its range, or that it is a guess."""
        return f"probably {self.probably}" if self.probably else self.unlike and f"A guess. {self.unlike}"

    @property
    def span(self) -> str:
        """The range with its unit."""
        return self.kind.whole_span(self.main)

    @property
    def guesses(self) -> list[Guess]:
        """What the network sees in the photos among the answers."""
        photos = [asked for asked in self.model.inputs if isinstance(asked, PhotoInput)]
        return [guess for asked in photos for guess in asked.guesses(self.answers[asked.name])]

    # -- the address ----------------------------------------------------------------------------------

    @property
    def version_changed(self) -> bool:
        return self.asked_version is not None and self.asked_version != self.predictor.version

    @property
    def answers_used(self) -> list[tuple[str, str]]:
        """What was asked, and what was answered."""
        return [(asked.named, asked.said(self.answers[asked.name])) for asked in self.model.inputs]

    @property
    def answer_rows(self) -> Markup:
        """The list of answers, each with a link that changes it."""
        rows = answer_lines("_answer_used.html", self.model, self.answers, " · ")
        return rows.replace(FORM_PLACE, form_address(self.model, self.query))

    @property
    def hidden_fields(self) -> Markup:
        return answer_lines("_hidden_field.html", self.model, self.answers)

    @lazy
    def unknown_answers(self) -> list[UnknownAnswer]:
        return self.predictor.unknown_answers(self.answers)

    @lazy
    def texts(self) -> dict[str, str]:
        """The answers as an address carries them."""
        return texts(self.model, self.answers)

    @lazy
    def query(self) -> str:
        return query_of(self.model, self.answers)

    @lazy
    def address(self) -> str:
        row = [f"{IN_DATA}={self.row}"] if self.somebody else []
        return page_address("result.show", self.model, self.query, f"v={self.predictor.version}", *row)

    @lazy
    def site(self) -> str:
        return site()

    @lazy
    def curves_address(self) -> str:
        """The page that draws how the number goes with each number among the answers; none where there is none."""
        return page_address("curves.show", self.model, self.query) if self.numbers else ""

    @property
    def picture_address(self) -> str:
        """The whole address of the picture that networks show beside a link."""
        return self.site + page_address("picture.show", self.model, self.query)

    @lazy
    def whole_address(self) -> str:
        """The address for a printed page."""
        return self.site + self.address

    @lazy
    def somebody(self) -> Person | None:
        """Who in the data these answers are of, where the address says so; another version may have other rows."""
        if not self.row or self.version_changed:
            return None
        return find_somebody(self.predictor, self.row, self.answers)

    # -- how sure, and beside whom ------------------------------------------------------------------

    @lazy
    def alike(self) -> Alike:
        return Alike(self.predictor, self.answers, self.main, self.moved_most)

    @lazy
    def is_unlike(self) -> bool:
        """Whether the data has nobody like this, so that the number is a guess."""
        return self.alike.is_nobody

    @property
    def unlike(self) -> str:
        """That in a sentence; empty where somebody is like this."""
        words = self.model.words
        whom = f"no {words.one}" if words.things else "no one"
        return f"The data has {whom} like this." if self.is_unlike else ""

    @lazy
    def standing(self) -> Standing:
        return Standing(self.predictor, self.answers, self.focus, self.main)

    @lazy
    def sure(self) -> Sureness:
        return Sureness(self.predictor, self.answers, self.focus, self.main)

    @property
    def facing_said(self) -> tuple[str, str, str]:
        """What another kind of model says in words: its number, its range, and that with the model's own."""
        other, kind = self.sure.facing, self.kind
        assert other is not None
        whole = kind.around(other.value, other.whole_low, other.whole_high)
        return kind.whole(other.value), kind.around(other.value, other.low, other.high), whole

    # -- what moved the number, and what would change it ---------------------------------------------

    @lazy
    def path(self) -> Path | None:
        return explain_steps(self.predictor, self.answers, self.main.value)

    @lazy
    def moves(self) -> Moves | None:
        if self.path is None:
            return None
        return tell(self.model, self.kind, self.path, self.answers, self.main, self.standing.place)

    def moved_most(self) -> Sequence[Input]:
        # Those that may be noise are no reason to leave people out.
        return self.moves.moved_most if self.moves else self.model.inputs

    @property
    def background_size(self) -> int:
        """How many rows stand for everybody in what moved the number."""
        return len(self.predictor.background[0])

    @lazy
    def suggestions(self) -> list[Suggestion]:
        return suggest(self.predictor, self.answers, self.query)

    @property
    def changeable(self) -> list[Input]:
        """The known answers that a person could change."""
        return [asked for asked in self.model.inputs if asked.changeable and is_known(self.answers[asked.name])]

    # -- the arithmetic -------------------------------------------------------------------------------

    @lazy
    def sums(self) -> list[Arithmetic]:
        """The weightiest of the sums behind the estimate."""
        return explain_sum(self.predictor, self.answers, SUMS)

    def sum_rows(self, arithmetic: Arithmetic) -> Markup:
        """A row for each line of a sum, which an answer says, so that most are kept."""
        keys = [(self.model, at, key) for at, key in enumerate(arithmetic.keys)]
        values: Callable[[Any], dict[str, Any]] = lambda key: {"line": arithmetic.line(key[1])}  # noqa: E731
        return kept_each("_sum_row.html", keys, values, "\n", keep=self.model.features is None)

    @property
    def number_of_sums(self) -> int:
        return self.predictor.engine.ways(self.predictor.unknown(self.answers))

    # -- where it goes wrong --------------------------------------------------------------------------

    @lazy
    def groups(self) -> list[GroupRow]:
        """The figures of the groups that this person belongs to."""
        return [row for name in self.predictor.grouped for row in self.predictor.groups[name, self.answers[name]]]

    @property
    def named_groups(self) -> tuple[tuple[str, str], ...]:
        return tuple([(row.input, row.group) for row in self.groups])

    @lazy
    def not_recorded(self) -> list[Group]:
        """For each unknown answer how right the model was about those of whom it is not recorded."""
        lacking = [name for name, answer in self.answers.items() if not is_known(answer)]
        counted = card_of(self.predictor).not_recorded if lacking else {}
        return [counted[name] for name in lacking if name in counted]

    @property
    def named_right(self) -> tuple[int, int] | None:
        """Of the cases held back that got this class: how many were of it, and how many there were."""
        if not self.predictor.card.evaluation.confusion or not self.predictor.kind.labels:
            return None
        given = [row[self.focus] for row in self.predictor.card.evaluation.confusion]
        return given[self.focus], sum(given)
