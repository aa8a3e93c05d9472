"""Curves of how the number goes with each number among the answers, as a page or as a piece of the result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, make_response, render_template, request
from werkzeug.datastructures import MultiDict

from model.declare.model import Model
from model.evaluate.curves import Curve, follow_numbers, numbers_among
from webapp.ask import Budget, Caller, ask
from webapp.http.headers import keep_private
from webapp.http.models import predictor_of
from webapp.text.curves import Drawn, draw_curve
from webapp.text.kinds import Chance

from .fields import fill
from .form import form_page
from .result import Result

bp = Blueprint("curves", __name__)

# So many lines has the table beside a curve.
LINES = 12


@dataclass(frozen=True)
class Shown:
    curve: Curve
    kind: Chance
    drawn: Drawn

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Some points of the curve and the own one in words, for the table."""
        curve = self.curve
        step = max(1, -(-len(curve.answers) // LINES))
        places = {*range(0, len(curve.answers), step), len(curve.answers) - 1}
        if curve.own:
            places.add(list(curve.answers).index(curve.own[0]))
        return [self.words(curve.answers[place], curve.estimates[place]) for place in sorted(places)]

    @property
    def own(self) -> tuple[str, str] | None:
        return self.words(*self.curve.own) if self.curve.own else None

    @property
    def first(self) -> tuple[str, str]:
        return self.words(self.curve.answers[0], self.curve.estimates[0])

    @property
    def last(self) -> tuple[str, str]:
        return self.words(self.curve.answers[-1], self.curve.estimates[-1])

    def words(self, answer: Any, estimate: float) -> tuple[str, str]:
        return self.curve.asked.words(answer), self.kind.whole(estimate)


@bp.get("/<model:model>/curves")
def show(model: Model) -> Any:
    predictor = predictor_of(model)
    if not numbers_among(predictor):
        abort(404)
    # A script asks for it with the result, so that it is no prediction of its own.
    asked = ask(predictor, request.args, Caller("what-if"), Budget())
    if asked.faults:
        return form_page(model, fill(model, MultiDict(request.args)), asked.sentences), 422
    result = Result(predictor, asked.answers, predictor.estimates(asked.answers))
    page = render_template(
        "_curves.html" if "X-Fragment" in request.headers else "curves.html",
        result=result,
        curves=[show_curve(result, curve) for curve in follow_numbers(predictor, asked.answers)],
    )
    return keep_private(make_response(page))


def show_curve(result: Result, curve: Curve) -> Shown:
    kind = result.kind
    ends = (0.0, 1.0) if kind.has_middle else (min(curve.estimates), max(curve.estimates) or 1.0)
    drawn = draw_curve(curve.answers, curve.estimates, ends, curve.own, kind.tick)
    return Shown(curve, kind, drawn)
