"""Whether the process is alive, and whether every model answers."""

from __future__ import annotations

import math

from flask import Blueprint, Response, current_app, jsonify

from model.declare.model import Model
from model.declare.reading import read_answers

from .models import catalog, predictor_of

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> Response:
    return jsonify(status="alive")


@bp.get("/readyz")
def readyz() -> tuple[Response, int]:
    answers = {model.name: "answers" if does_answer(model) else "does not answer" for model in catalog()}
    ready = "does not answer" not in answers.values()
    return jsonify(status="ready" if ready else "not ready", models=answers), 200 if ready else 503


def does_answer(model: Model) -> bool:
    """Ask the model its first example; whatever goes wrong is for the log, since anyone may ask this."""
    try:
        answers, faults = read_answers(model.inputs, model.examples[0].answers)
        estimate = predictor_of(model).estimates(answers)[0]
        if faults or not math.isfinite(estimate.value):
            raise ValueError("it gave no estimate for its own example")
    except Exception:
        current_app.logger.exception("The model %s does not answer", model.name)
        return False
    return True
