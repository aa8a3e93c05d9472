"""Whether the process is alive, and whether every model answers."""

from __future__ import annotations

import math

from flask import Blueprint, Response, jsonify

from model.declare.model import Model
from model.declare.reading import read_answers
from model.predict.catalog import models
from model.predict.predictor import get_predictor

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> Response:
    return jsonify(status="alive")


@bp.get("/readyz")
def readyz() -> tuple[Response, int]:
    found = {model.name: state(model) for model in models()}
    ready = all(answer == "answers" for answer in found.values())
    return jsonify(status="ready" if ready else "not ready", models=found), 200 if ready else 503


def state(model: Model) -> str:
    """Ask the model its first example; whatever goes wrong is told, not raised."""
    try:
        answers, faults = read_answers(model.inputs, model.examples[0].answers)
        estimate = get_predictor(model.name).estimates(answers)[0]
    except Exception as fault:
        return f"{type(fault).__name__}: {fault}"
    if faults or not math.isfinite(estimate.value):
        return "gave no estimate for its own example"
    return "answers"
