"""A result's picture, for networks that show one beside a link. It has the number, and none of the answers."""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response, request

from model.declare.model import Model
from webapp.ask import Budget, Caller, ask
from webapp.http.headers import keep_private
from webapp.http.models import predictor_of
from webapp.http.visit import current
from webapp.text.picture import Told, draw_picture

from .result import Result

bp = Blueprint("picture", __name__)


@bp.get("/<model:model>/result.png")
def show(model: Model) -> Response:
    predictor = predictor_of(model)
    asked = ask(predictor, request.args, Caller("page"), Budget())
    if asked.faults:
        abort(404)
    result = Result(predictor, asked.answers, predictor.estimates(asked.answers))
    dots = tuple((dot.shape, dot.count) for dot in result.kind.dots(result.estimates))
    current().enter("pictures")
    drawn = draw_picture(Told(model.words.question, result.headline, result.note, dots))
    return keep_private(make_response(drawn, {"Content-Type": "image/png"}))
