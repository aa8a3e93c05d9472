"""The pages that are about no one model: the index, accessibility and privacy."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template

from model.declare.model import Example
from model.evaluate.standing import Comparator, has_somebody, least_certain
from model.predict.predictor import Predictor
from webapp.http.addresses import address_of
from webapp.http.cache import kept
from webapp.http.models import predictor_of, shown_models
from webapp.text.pictures import data_address

bp = Blueprint("home", __name__)


@dataclass(frozen=True)
class Shown:
    """A model on the index: its examples, each with its number and its result's address, and the hardest of them."""

    predictor: Predictor

    @property
    def examples(self) -> list[tuple[Example, float, str]]:
        predictor = self.predictor
        read = zip(predictor.model.examples, predictor.examples, predictor.example_values, strict=True)
        return [
            (example, values[predictor.kind.focus(values)], address_of(predictor.model, answers))
            for example, (_, answers), (_, values) in read
        ]

    @property
    def hardest(self) -> Comparator:
        return least_certain(self.predictor)

    @property
    def has_somebody(self) -> bool:
        return has_somebody(self.predictor)

    def picture(self, example: Example) -> str:
        """The address of the example's picture; none where it has none."""
        return data_address(self.predictor.model.picture_of(example))


@bp.get("/")
def index() -> str:
    models = tuple(shown_models())
    return kept("index.html", models, lambda: {"shown": [Shown(predictor_of(model)) for model in models]})


@bp.get("/accessibility")
def accessibility() -> str:
    return render_template("accessibility.html")


@bp.get("/privacy")
def privacy() -> str:
    return render_template("privacy.html")
