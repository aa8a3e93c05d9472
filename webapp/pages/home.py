"""The pages that are about no one model: the index, accessibility and privacy."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from flask import Blueprint, render_template

from model.declare.model import Example
from model.evaluate.standing import Comparator, has_somebody, least_certain
from model.predict.kinds import Estimate
from model.predict.predictor import Predictor
from webapp.http.addresses import address_of
from webapp.http.cache import kept
from webapp.http.models import predictor_of, shown_models
from webapp.text.kinds import kind_of

TYPES = {b"\x89PNG": "image/png", b"\xff\xd8": "image/jpeg", b"RIFF": "image/webp", b"<svg": "image/svg+xml"}
bp = Blueprint("home", __name__)


@dataclass(frozen=True)
class Shown:
    """A model on the index: its examples, each with its number and its result's address, and the hardest of them."""

    predictor: Predictor

    @property
    def examples(self) -> list[tuple[Example, str, str]]:
        predictor, kind = self.predictor, kind_of(self.predictor.model)
        read = zip(predictor.model.examples, predictor.examples, predictor.example_values, strict=True)
        found = []
        for example, (_, answers), (_, values) in read:
            focus = predictor.kind.focus(values)
            label = predictor.kind.labels[focus] if predictor.kind.labels else ""
            number = kind.headline(Estimate(values[focus], values[focus], values[focus], label))
            found.append((example, number, address_of(predictor.model, answers)))
        return found

    @property
    def hardest(self) -> Comparator:
        return least_certain(self.predictor)

    @property
    def has_somebody(self) -> bool:
        return has_somebody(self.predictor)

    def picture(self, example: Example) -> str:
        """The example's picture as an address, which the page carries within itself; none where it has none."""
        content = self.predictor.model.picture_of(example)
        if not content:
            return ""
        media = next((media for start, media in TYPES.items() if content.startswith(start)), "application/octet-stream")
        return f"data:{media};base64,{base64.b64encode(content).decode()}"


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
