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

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from model.declare.model import Model
from model.declare.reading import Answers, Fault, read_answers
from model.predict.catalog import get_model
from model.predict.predictor import get_predictor, predict_probability
from webapp.http.errors import problem
from webapp.http.json import is_json, parse_json
from webapp.http.limits import body_limit, whole_body
from webapp.pages import form as pages

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


def refused(faults: list[dict[str, Any]]) -> Response:
    detail = "; ".join(str(fault["message"]) for fault in faults)
    return problem(422, "Unprocessable Content", detail, faults)


def entries(faults: list[Fault], row: int | None = None) -> list[dict[str, Any]]:
    where = "" if row is None else f"/{row}"
    return [{"pointer": f"{where}/{fault.name}", "field": fault.name, "message": fault.message} for fault in faults]


@bp.get("/probability")
def census() -> Response:
    return pages.result(get_model("census"))


@bp.post("/iris")
@body_limit(pages.FORM_LIMIT)
def iris() -> Any:
    if "data" not in request.form:
        return pages.answer(get_model("iris"))
    model = get_model("iris")
    rows = array(parse_json(request.form["data"]), "data must be a JSON array of rows")
    answers, faults = flowers(model, rows)
    if faults:
        return refused(faults)
    return jsonify([likeliest(get_predictor("iris").chances(flower)) for flower in answers])


def flowers(model: Model, rows: list[Any]) -> tuple[list[Answers], list[dict[str, Any]]]:
    names = [asked.name for asked in model.inputs]
    answers, faults = [], []
    for number, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != len(names):
            message = f"Row {number + 1} must be a list of {len(names)} numbers: {', '.join(names)}"
            faults.append({"pointer": f"/{number}", "field": "", "message": message})
            continue
        flower, found = read_answers(model.inputs, dict(zip(names, row, strict=True)))
        answers.append(flower)
        faults += entries(found, number)
    return answers, faults


def likeliest(chances: tuple[float, ...]) -> int:
    return max(range(len(chances)), key=chances.__getitem__)


@bp.route("/predict", methods=["GET", "POST"])
@body_limit(pages.FORM_LIMIT)
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
        return titanic(array(body, ""))
    if isinstance(body, dict) and "input" in body:
        return housing(body["input"])
    raise Unreadable(WELCOME)


def titanic(rows: list[Any]) -> Response:
    model = get_model("titanic")
    answers, faults = [], []
    for number, row in enumerate(rows):
        passenger, found = passenger_from(model, row, number)
        answers.append(passenger)
        faults += found
    if faults:
        return refused(faults)
    return jsonify(prediction=[int(predict_probability("titanic", one) > 0.5) for one in answers])


def passenger_from(model: Model, row: Any, number: int) -> tuple[Answers, list[dict[str, Any]]]:
    """A passenger under the tutorial's names; what its client does not ask for is unknown."""
    if not isinstance(row, Mapping):
        message = f'Passenger {number + 1} must be an object like {{"Age": 29, "Sex": "female"}}'
        return {}, [{"pointer": f"/{number}", "field": "", "message": message}]
    strangers = [str(key) for key in row if key not in TITANIC_NAMES]
    faults = [
        {
            "pointer": f"/{number}/{key}",
            "field": key,
            "message": f'"{key[:60]}" is not one of the inputs: {", ".join(TITANIC_NAMES)}',
        }
        for key in strangers
    ]
    given = {name: row.get(theirs) for theirs, name in TITANIC_NAMES.items()}
    passenger, found = read_answers(model.inputs, given)
    return passenger, faults + entries(found, number)


def housing(rooms: Any) -> Response:
    answers, faults = read_answers(get_model("housing").inputs, {"rooms": rooms})
    if faults:
        return refused([{"pointer": "/input", "field": "input", "message": f.message} for f in faults])
    return jsonify(response=get_predictor("housing").chances(answers)[0])


def food() -> Response:
    file = request.files.get("file")
    answers, faults = read_answers(get_model("food").inputs, {"photo": file.read() if file else ""})
    if faults:
        return refused([{"pointer": "/file", "field": "file", "message": f.message} for f in faults])
    probability = predict_probability("food", answers)
    return jsonify(
        prediction="food" if probability > 0.5 else "not food",
        probability=probability,
        seen=answers["photo"].words(),
    )


def array(value: Any, message: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise Unreadable(message or "Send at least one passenger")
    if len(value) > MOST_ROWS:
        raise Unreadable(f"Send at most {MOST_ROWS:,} rows at once")
    return value
