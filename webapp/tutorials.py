"""The five tutorials' own addresses, which their clients call unchanged.

| tutorial | request |
|---|---|
| census | GET /probability with the answers as parameters |
| iris | POST /iris with a form field `data`, a JSON array of rows |
| titanic | POST /predict with a JSON array of passengers |
| housing | GET or POST /predict with a JSON object `{"input": "7"}` |
| food | POST /predict with a file; GET /predict without a body says what to send |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from model.predict.catalog import UnknownModel
from model.predict.predictor import Predictor, predict_amount, predict_classes, predict_probability
from webapp.api.predict import entry
from webapp.ask import Asked, Budget, Caller, Said, ask, ask_each
from webapp.http.errors import problem
from webapp.http.json import is_json, parse_json
from webapp.http.limits import body_limit, whole_body
from webapp.http.models import catalog
from webapp.pages import form, result

bp = Blueprint("tutorials", __name__)

MOST_ROWS = 10_000
TITANIC_NAMES = {
    "Age": "age",
    "Sex": "sex",
    "Embarked": "port",
    "Pclass": "ticket_class",
    "SibSp": "siblings_spouses",
    "Parch": "parents_children",
}
WELCOME = (
    "Welcome to Likely. POST a photo here in the multipart field 'file' to learn whether it shows food, "
    'a JSON array of passengers for the Titanic, or {"input": rooms} for a house price.'
)


class Unreadable(BadRequest):
    """A body that is not what the tutorial's client sends."""


@bp.errorhandler(BadRequest)
def unreadable(error: BadRequest) -> Response:
    """The clients are programs, also where a page has the same address."""
    return problem(400, error.name, error.description or WELCOME)


def predictor(name: str) -> Predictor:
    try:
        return catalog().predictor(name)
    except UnknownModel:
        abort(404)


def client() -> Caller:
    return Caller("tutorial", request.remote_addr or "")


def refuse(faults: Sequence[tuple[int | None, Said]]) -> Response:
    entries = [entry(said, number) for number, said in faults]
    return problem(422, "Unprocessable Content", "; ".join(one["message"] for one in entries), entries)


def faults_in(asked: Sequence[Asked]) -> list[tuple[int | None, Said]]:
    return [(number, said) for number, one in enumerate(asked) for said in one.sentences]


@bp.get("/probability")
def census() -> Any:
    return result.show(predictor("census").model)


@bp.post("/iris")
@body_limit(form.FORM_LIMIT)
def iris() -> Any:
    flowers = predictor("iris")
    if "data" not in request.form:
        return form.send(flowers.model)
    rows = array(parse_json(request.form["data"]), "data must be a JSON array of rows")
    names = list(flowers.model.input)
    for number, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != len(names):
            message = f"Row {number + 1} must be a list of {len(names)} numbers: {', '.join(names)}"
            return refuse([(number, Said("", message))])
    asked = ask_each(flowers, [dict(zip(names, row, strict=True)) for row in rows], client(), Budget(MOST_ROWS))
    if faults := faults_in(asked):
        return refuse(faults)
    chances = [[one.value for one in predict_classes(flowers, flower.answers)] for flower in asked]
    return jsonify([flowers.kind.focus(values) for values in chances])


@bp.route("/predict", methods=["GET", "POST"])
@body_limit(form.FORM_LIMIT)
def predict() -> Any:
    if request.mimetype == "multipart/form-data":
        return food()
    if not request.content_length and "Transfer-Encoding" not in request.headers:
        if request.method == "GET":
            return Response(WELCOME + "\n", mimetype="text/plain")
        raise Unreadable(WELCOME)
    # The housing client sends JSON without saying so, hence no check of the media type when it is absent.
    if request.mimetype and not is_json(request.mimetype):
        raise UnsupportedMediaType(WELCOME)
    body = parse_json(whole_body())
    if isinstance(body, list):
        return titanic(array(body, "Send at least one passenger"))
    if isinstance(body, dict) and "input" in body:
        return housing(body["input"])
    raise Unreadable(WELCOME)


def titanic(rows: list[Any]) -> Response:
    """Passengers under the tutorial's names; what its client does not ask for is unknown."""
    passengers = predictor("titanic")
    for number, row in enumerate(rows):
        if not isinstance(row, Mapping):
            message = f'Passenger {number + 1} must be an object like {{"Age": 29, "Sex": "female"}}'
            return refuse([(number, Said("", message))])
        strangers = [key for key in row if key not in TITANIC_NAMES]
        if strangers:
            message = f'"{strangers[0][:60]}" is not one of the inputs: {", ".join(TITANIC_NAMES)}'
            return refuse([(number, Said(strangers[0][:60], message))])
    given = [{name: row.get(theirs) for theirs, name in TITANIC_NAMES.items()} for row in rows]
    asked = ask_each(passengers, given, client(), Budget(MOST_ROWS))
    if faults := faults_in(asked):
        return refuse(faults)
    return jsonify(prediction=[int(predict_probability(passengers, one.answers)[0].value > 0.5) for one in asked])


def housing(rooms: Any) -> Response:
    districts = predictor("housing")
    asked = ask(districts, {"rooms": rooms}, client(), Budget())
    if asked.faults:
        return refuse([(None, Said("input", said.message)) for said in asked.sentences])
    return jsonify(response=predict_amount(districts, asked.answers)[0].value)


def food() -> Response:
    file, photos = request.files.get("file"), predictor("food")
    asked = ask(photos, {"photo": file.read() if file else ""}, client(), Budget())
    if asked.faults:
        return refuse([(None, Said("file", said.message)) for said in asked.sentences])
    probability = predict_probability(photos, asked.answers)[0].value
    return jsonify(
        prediction="food" if probability > 0.5 else "not food",
        probability=probability,
        seen=asked.answers["photo"].words(),
    )


def array(value: Any, message: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise Unreadable(message)
    if len(value) > MOST_ROWS:
        raise Unreadable(f"Send at most {MOST_ROWS:,} rows at once")
    return value
