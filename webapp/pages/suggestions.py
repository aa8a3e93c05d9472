"""The smallest changes that take a number across one half, each with the page that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from model.declare.inputs import first_lower
from model.predict.changes import Change, find_smallest_changes
from model.predict.predictor import Predictor
from webapp.http.addresses import compare_address
from webapp.text.kinds import kind_of


@dataclass(frozen=True)
class Suggestion:
    change: str
    whole: str
    address: str
    span: str
    is_sure: bool


def suggest(predictor: Predictor, answers: Mapping[str, Any], query: str) -> list[Suggestion]:
    model, kind = predictor.model, kind_of(predictor.model)

    def told(change: Change) -> Suggestion:
        texts = [f"{model.input[name].named}: {model.input[name].words(new)}" for name, new in change.answers.items()]
        span = kind.around(change.estimate, change.low, change.high)
        address = compare_address(model, query, change.answers)
        both = ", and ".join([texts[0], *map(first_lower, texts[1:])])
        return Suggestion(both, kind.whole(change.estimate), address, span, change.is_sure)

    return [told(change) for change in find_smallest_changes(predictor, answers)]
