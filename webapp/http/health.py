"""Whether the process is alive, and whether every model answers."""

import io
import math

from flask import Blueprint, Response, current_app, jsonify, request
from werkzeug.exceptions import Forbidden

from model.declare.model import Model
from model.declare.reading import read_answers
from model.vision import network

from .limiter import is_this_machine
from .models import catalog, predictor_of

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> Response:
    return jsonify(status="alive")


@bp.get("/readyz")
def readyz() -> tuple[Response, int]:
    """With deep=1, on the machine itself, engines that load late are asked too: a probe from outside loads nothing."""
    deep = request.args.get("deep") == "1"
    if deep and not is_this_machine(request):
        raise Forbidden("deep=1 is for this machine itself")
    answers = {model.name: "answers" if does_answer(model, deep) else "does not answer" for model in catalog()}
    ready = "does not answer" not in answers.values()
    return jsonify(status="ready" if ready else "not ready", models=answers), 200 if ready else 503


def does_answer(model: Model, deep: bool = False) -> bool:
    """Ask the model its first example; whatever goes wrong is for the log, since anyone may ask this."""
    try:
        if model.has_photo:
            network.verify()
            if deep:
                network.look(blank_photo(), ())
        answers, _ = read_answers(model.inputs, model.examples[0].answers)
        if not math.isfinite(predictor_of(model).estimates(answers)[0].value):
            raise ValueError("it gave no estimate for its own example")
    except Exception:
        current_app.logger.exception("The model %s does not answer", model.name)
        return False
    return True


def blank_photo() -> bytes:
    """A small white photo, so that the network has something to look at."""
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (64, 64), "white").save(file, "PNG")
    return file.getvalue()
