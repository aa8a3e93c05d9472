"""Whether the process is alive, and whether every model answers."""

from flask import Blueprint, Response, current_app, jsonify, request
from werkzeug.exceptions import Forbidden

from model.declare.model import Model
from model.declare.reading import read_answers
from model.predict.card_file import read_card, read_sealed
from model.predict.files import verify_files
from model.predict.neighbours import People
from model.vision import network

from .limiter import is_this_machine
from .models import catalog, is_shown, predictor_of

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> Response:
    return jsonify(status="alive")


@bp.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Files that changed are looked at, and each model is asked its first example.

    With deep=1, on the machine itself, all files are read anew and engines asked that load late: a probe does neither.
    """
    deep = request.args.get("deep") == "1"
    if deep and not is_this_machine(request):
        raise Forbidden("deep=1 is for this machine itself")
    answering = {model: does_answer(model, deep) for model in catalog()}
    ready = all(answering.values())
    told = {one.name: "answers" if does else "does not answer" for one, does in answering.items() if is_shown(one)}
    # Without the database estimates go on, so it takes no worker out of service.
    database = current_app.extensions["store"].state(ask=deep)
    status = "ready" if ready else "not ready"
    return jsonify(status=status, models=told, database=database), 200 if ready else 503


def does_answer(model: Model, deep: bool = False) -> bool:
    """Ask the model its first example; whatever goes wrong is for the log, since anyone may ask this."""
    try:
        if deep:
            read_anew(model)
        verify_files(model)
        if model.has_photo:
            network.verify()
            if deep:
                network.look(network.blank_photo(), ())
        predictor = predictor_of(model)
        answers, _ = read_answers(model.inputs, model.examples[0].answers)
        if predictor.values(answers) != predictor.example_values[0][1]:
            raise ValueError("it gave another estimate for its own example than at the start")
    except Exception:
        current_app.logger.exception("The model %s does not answer", model.name)
        return False
    return True


def read_anew(model: Model) -> None:
    """Read the files as the next start would; what is served was read at the last one."""
    card = read_card(model.card_path)
    if card.data.people:
        People(read_sealed(model.people_path, card.data.people))
    beside = {model.arrays_path: card.engine.get("file")}
    if card.challenger:
        beside[model.challenger_path] = card.challenger.file
    for path, expected in beside.items():
        if expected:
            read_sealed(path, expected)
