"""A model's card: how good it is, about whom it is wrong, how things are counted, and its whole sum."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, request

from model.declare.model import Model
from model.declare.reading import read_answers
from model.declare.recipe import Given
from model.predict.predictor import Predictor
from webapp.http.addresses import address_of
from webapp.http.cache import kept, rendered
from webapp.http.models import predictor_of
from webapp.people.consent import may_read_record
from webapp.text.kinds import is_measured

from .amount_card import AmountCard
from .cards import Card, ChanceCard, ClassesCard, GivenCard, UnmeasuredCard
from .equation import work_out
from .threshold import THRESHOLD_PLACE, read_threshold

bp = Blueprint("card", __name__)


@bp.get("/<model:model>/card")
def show(model: Model) -> tuple[str, int]:
    card = card_of(predictor_of(model))
    has_record = may_read_record(model, card.predictor.version)

    def values() -> dict[str, Any]:
        answers, _ = read_answers(model.inputs, model.examples[0].answers)
        example = work_out(card.predictor, answers, address_of(model, answers))
        own = {"model": model, "card": card, "example": example, "has_record": has_record}
        return own | {"threshold_place": THRESHOLD_PLACE}

    page = kept(card.template, (model, has_record), values)
    threshold = read_threshold(request.args.getlist("above"))
    part = rendered("_card_threshold.html", {"model": model, "threshold": threshold, "cut": card.cut(threshold.above)})
    return page.replace(THRESHOLD_PLACE, part), 422 if threshold.message else 200


CARDS = {"probability": ChanceCard, "classes": ClassesCard, "amount": AmountCard}


def card_of(predictor: Predictor) -> Card:
    """Counted once for each model of the application."""
    cards: dict[str, Card] = current_app.extensions.setdefault("cards", {})
    name = predictor.model.name
    if name not in cards:
        kind = GivenCard if isinstance(predictor.model.recipe, Given) else CARDS[predictor.model.kind]
        if not is_measured(predictor.card.evaluation.figures):
            kind = UnmeasuredCard
        cards[name] = kind(predictor)
    return cards[name]
