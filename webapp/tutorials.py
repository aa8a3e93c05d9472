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

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from model.declare.reading import Answers
from model.predict.predictor import Predictor, predict_amount, predict_classes, predict_probability
from webapp.api.predict import entry, refuse
from webapp.ask import Budget, Caller, ask_each
from webapp.http.errors import problem
from webapp.http.json import parse_json
from webapp.http.limits import PHOTO_LIMIT, body_limit, whole_body
from webapp.http.models import find_shown, predictor_of
from webapp.pages import form, result

bp = Blueprint("tutorials", __name__)

MOST_ROWS = 10_000
# Our names, and the ones that the client has.
TITANIC_NAMES = {
    "age": "Age",
    "sex": "Sex",
    "port": "Embarked",
    "ticket_class": "Pclass",
    "siblings_spouses": "SibSp",
    "parents_children": "Parch",
}
MOST_VALUES = MOST_ROWS * len(TITANIC_NAMES)
WELCOME = (
    "Welcome to Likely. POST a photo here in the multipart field 'file' to learn whether it shows food, "
    'a JSON array of passengers for the Titanic, or {"input": rooms} for a house price.'
)


@bp.errorhandler(BadRequest)
def unreadable(error: BadRequest) -> Response:
    """The clients are programs, also where a page has the same address."""
    return problem(400, error.name, error.description or "")


def predictor(name: str) -> Predictor:
    model = find_shown(name)
    return predictor_of(model) if model else abort(404)


def read(predictor: Predictor, rows: list[Any], names: Mapping[str, str], one: bool = False) -> list[Answers]:
    """The answers of all rows, or a refusal that names every fault under the client's own names."""
    asked = ask_each(predictor, rows, Caller("tutorial"), Budget(MOST_ROWS))
    if faults := sum(len(row.faults) for row in asked):
        told = (
            entry(names.get(said.name, said.name), said.message, None if one else number)
            for number, row in enumerate(asked)
            for said in row.sentences
        )
        abort(refuse(told, faults))
    return [row.answers for row in asked]


@bp.get("/probability")
def census() -> Any:
    return result.show(predictor("census").model)


@bp.post("/iris")
@body_limit(PHOTO_LIMIT)
def iris() -> Any:
    flowers = predictor("iris")
    if "data" not in request.form:
        return form.send(flowers.model)
    rows = array(parse_json(request.form["data"].encode(), MOST_VALUES), "data must be a JSON array of rows")
    names = list(flowers.model.input)
    for number, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != len(names):
            message = f"Row {number + 1} must be a list of {len(names)} numbers: {', '.join(names)}"
            return refuse([entry(None, message, number)])
    asked = read(flowers, [dict(zip(names, row, strict=True)) for row in rows], {})
    chances = [[one.value for one in predict_classes(flowers, answers)] for answers in asked]
    return jsonify([flowers.kind.focus(values) for values in chances])


@bp.route("/predict", methods=["GET", "POST"])
@body_limit(PHOTO_LIMIT)
def predict() -> Any:
    if request.mimetype == "multipart/form-data":
        return food()
    if not request.content_length and "Transfer-Encoding" not in request.headers:
        if request.method != "POST":
            return Response(WELCOME + "\n", mimetype="text/plain")
        raise BadRequest(WELCOME)
    # The housing client sends JSON without saying so, hence no check of the media type when it is absent.
    if request.mimetype and not request.is_json:
        raise UnsupportedMediaType(WELCOME)
    body = parse_json(whole_body(), MOST_VALUES)
    if isinstance(body, list):
        return titanic(array(body, "Send at least one passenger"))
    if isinstance(body, dict) and "input" in body:
        return housing(body["input"])
    raise BadRequest(WELCOME)


def titanic(rows: list[Any]) -> Response:
    """Passengers under the tutorial's names; what its client does not ask for is unknown."""
    passengers, theirs = predictor("titanic"), TITANIC_NAMES.values()
    for number, row in enumerate(rows):
        if not isinstance(row, dict):
            message = f'Passenger {number + 1} must be an object like {{"Age": 29, "Sex": "female"}}'
            return refuse([entry(None, message, number)])
        stranger = next((key for key in row if key not in theirs), None)
        if stranger is not None:
            stranger = stranger[:60]
            message = f'"{stranger}" is not one of the inputs: {", ".join(theirs)}'
            return refuse([entry(stranger, message, number)])
    given = [{name: row.get(key) for name, key in TITANIC_NAMES.items()} for row in rows]
    asked = read(passengers, given, TITANIC_NAMES)
    return jsonify(prediction=[int(predict_probability(passengers, answers)[0].value > 0.5) for answers in asked])


def housing(rooms: Any) -> Response:
    districts = predictor("housing")
    (answers,) = read(districts, [{"rooms": rooms}], {"rooms": "input"}, one=True)
    return jsonify(response=predict_amount(districts, answers)[0].value)


def food() -> Response:
    file, photos = request.files.get("file"), predictor("food")
    (answers,) = read(photos, [{"photo": file.read() if file else ""}], {"photo": "file"}, one=True)
    probability = predict_probability(photos, answers)[0].value
    return jsonify(
        prediction="food" if probability > 0.5 else "not food",
        probability=probability,
        seen=answers["photo"].words(),
    )


def array(value: Any, message: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise BadRequest(message)
    if len(value) > MOST_ROWS:
        raise BadRequest(f"Send at most {MOST_ROWS:,} rows at once")
    return value
