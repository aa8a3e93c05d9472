"""The JSON API: the models, what each asks, and its estimates for one set of answers or for many."""

from __future__ import annotations

import difflib
import json
from typing import Any

from flask import Blueprint, Response, current_app, request, url_for
from werkzeug.exceptions import BadRequest, Conflict, UnsupportedMediaType

from model.answering.changes import smallest_changes
from model.answering.explanation import Arithmetic, Move, arithmetic, moves
from model.answering.prediction import Estimate, Predictor, get_predictor
from model.answering.registry import models
from model.asking.declaration import Model
from model.asking.inputs import ChoiceInput, Input, NumberInput
from model.asking.reading import Answers, Fault, read_answers

from .bodies import MEGABYTE, body_limit
from .errors import problem
from .forms import has_photo
from .json_bodies import json_body

bp = Blueprint("api", __name__, url_prefix="/api")

MOST_AT_ONCE = 10_000
# Ten thousand census records are 1.5 MB; a photo is 8.
BODY_LIMIT = 8 * MEGABYTE + 64 * 1024
# json.dumps() would build an encoder for every answer.
ENCODER = json.JSONEncoder(ensure_ascii=False)
ONE_OR_MANY = "Send one JSON object of answers, or a list of up to 10,000 of them"


def as_json(content: Any, status: int = 200) -> Response:
    return Response(ENCODER.encode(content), status, mimetype="application/json")


def tagged(content: Any) -> Response:
    """An answer that a client may keep and ask about by its ETag."""
    response = as_json(content)
    response.add_etag()
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response


# -- the models --------------------------------------------------------------------------------------


@bp.get("/models")
def all_models() -> Response:
    return tagged({"models": [summary(get_predictor(model.name)) for model in models()]})


@bp.get("/models/<model:model>")
def one_model(model: Model) -> Response:
    predictor = get_predictor(model.name)
    about = summary(predictor) | {
        "trained": predictor.trained,
        "data": {"source": model.words.source, "rows": predictor.card["data"]["rows"]},
        "inputs": [described(asked) for asked in model.inputs],
        "figures": figures(predictor),
    }
    return tagged(about)


def summary(predictor: Predictor) -> dict[str, Any]:
    model = predictor.model
    return {
        "name": model.name,
        "title": model.words.title,
        "question": model.words.question,
        "kind": model.kind,
        "version": predictor.version,
        "url": url_for("api.one_model", model=model),
        "predict": url_for("api.predict", model=model),
    }


def figures(predictor: Predictor) -> dict[str, Any]:
    """The single numbers of the evaluation; its tables are on the card."""
    return {name: value for name, value in predictor.evaluation.items() if isinstance(value, (int, float))}


def described(asked: Input) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": asked.name,
        "label": asked.label,
        "type": asked.kind,
        "may_be_unknown": asked.may_be_unknown,
    }
    if asked.hint:
        found["hint"] = asked.hint
    if isinstance(asked, NumberInput):
        found |= {"whole": asked.whole, "lowest": asked.lowest, "highest": asked.highest, "unit": asked.unit}
        messages = {"blank": asked.blank, "not_a_number": asked.not_a_number, "out_of_range": asked.out_of_range}
        return found | {"messages": messages}
    if isinstance(asked, ChoiceInput):
        found["choices"] = dict(asked.choices)
        return found | {"messages": {"blank": asked.blank, "not_offered": asked.not_offered("…")}}
    return found


# -- estimates -----------------------------------------------------------------------------------------


@bp.post("/models/<model:model>/predict")
@body_limit(BODY_LIMIT)
def predict(model: Model) -> Response:
    predictor = get_predictor(model.name)
    explain = wants_explanation(predictor)
    if has_photo(model) and request.mimetype == "multipart/form-data":
        return answer_one(predictor, sent_photo(model), explain)
    if has_photo(model):
        sent = request.mimetype or "no content type"
        raise UnsupportedMediaType(f"Send the photo as multipart/form-data in the field “photo”, not {sent}")
    body = json_body()
    if isinstance(body, list):
        return answer_many(predictor, body, explain)
    return answer_one(predictor, body, explain)


def wants_explanation(predictor: Predictor) -> bool:
    """Read the two parameters that a request may have; a wrong one is refused, not passed over."""
    if not request.query_string:
        return False
    for name in request.args:
        if name not in ("explain", "version"):
            raise BadRequest(f"There is no parameter {name[:60]!r}. There are: explain, version")
    explain = request.args.get("explain", "0")
    if explain not in ("0", "1"):
        raise BadRequest("explain must be 0 or 1")
    pinned = request.args.get("version")
    if pinned is not None and pinned != predictor.version:
        raise Conflict(
            f"This is version {predictor.version} of {predictor.model.name}, not {pinned[:60]}. "
            "It was trained anew: compare before you go on, or leave the parameter out"
        )
    return explain == "1"


def sent_photo(model: Model) -> dict[str, Any]:
    found: dict[str, Any] = {name: file.read() for name, file in request.files.items()}
    return {**request.form.to_dict(), **found}


def answer_one(predictor: Predictor, raw: Any, explain: bool) -> Response:
    answers, faults = checked(predictor.model, raw)
    if faults:
        entries = [entry(fault) for fault in faults]
        return problem(422, "Unprocessable Content", "; ".join(f.message for f in faults), entries)
    return as_json({"model": predictor.model.name, "version": predictor.version, **told(predictor, answers, explain)})


def answer_many(predictor: Predictor, items: list[Any], explain: bool) -> Response:
    """Every item in order: estimates for the good ones, errors for the bad; 207 says that some are bad."""
    if len(items) > MOST_AT_ONCE:
        return problem(422, "Unprocessable Content", f"{ONE_OR_MANY}; this list has {len(items):,}", [])
    results = []
    all_good = True
    for number, item in enumerate(items):
        answers, faults = checked(predictor.model, item)
        all_good = all_good and not faults
        results.append(
            {"errors": [entry(fault, number) for fault in faults]} if faults else told(predictor, answers, explain)
        )
    content = {"model": predictor.model.name, "version": predictor.version, "results": results}
    return as_json(content, 200 if all_good else 207)


def checked(model: Model, raw: Any) -> tuple[Answers, list[Fault]]:
    if not isinstance(raw, dict):
        return {}, [Fault("", ONE_OR_MANY)]
    answers, faults = read_answers(model.inputs, raw)
    if len(raw) > len(model.inputs) or raw.keys() - model.input.keys():
        faults = faults + [Fault(str(name), stranger(model, str(name))) for name in raw if name not in model.input]
    return answers, faults


def stranger(model: Model, name: str) -> str:
    near = difflib.get_close_matches(name.lower(), model.input, n=1)
    hint = f"Did you mean “{near[0]}”?" if near else f"There are: {', '.join(model.input)}"
    return f"“{name[:60]}” is not one of the inputs. {hint}"


def entry(fault: Fault, number: int | None = None) -> dict[str, Any]:
    """One fault as RFC 9457's errors have it; the pointer says where in the body it is."""
    parts = ([] if number is None else [str(number)]) + ([fault.name] if fault.name else [])
    pointer = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)
    return {"pointer": pointer, "field": fault.name, "message": fault.message}


def told(predictor: Predictor, answers: Answers, explain: bool) -> dict[str, Any]:
    content = estimated(predictor, predictor.estimates(answers))
    if None in answers.values():
        content["unknown"] = list(predictor.unknown(answers))
    if has_photo(predictor.model):
        content["seen"] = answers["photo"].words()
    return content | explained(predictor, answers) if explain else content


def estimated(predictor: Predictor, estimates: list[Estimate]) -> dict[str, Any]:
    kind = predictor.model.kind
    if kind == "classes":
        best = max(estimates, key=lambda estimate: estimate.value)
        chances = {e.label: {"probability": e.value, "low": e.low, "high": e.high} for e in estimates}
        return {"class": best.label, "classes": chances}
    name = "probability" if kind == "probability" else "amount"
    estimate = estimates[0]
    return {name: estimate.value, "low": estimate.low, "high": estimate.high}


# -- explanations --------------------------------------------------------------------------------------


def explained(predictor: Predictor, answers: Answers) -> dict[str, Any]:
    return {
        "moved": [move_json(move) for move in moves(predictor, answers)],
        "would_change": [
            {"answers": dict(change.answers), "estimate": change.estimate}
            for change in smallest_changes(predictor, answers)
        ],
        "unknown_answers": [
            {
                "name": one.name,
                "low": one.low,
                "low_answer": one.low_answer,
                "high": one.high,
                "high_answer": one.high_answer,
            }
            for one in predictor.unknown_answers(answers)
        ],
        "arithmetic": [sum_json(one) for one in arithmetic(predictor, answers)],
    }


def move_json(move: Move) -> dict[str, Any]:
    return {
        "name": move.input.name,
        "answer": jsonable(move.answer),
        "reference": move.reference,
        "instead": move.instead,
        "shift": move.shift,
    }


def jsonable(answer: Any) -> Any:
    return answer if isinstance(answer, (str, int, float)) or answer is None else answer.text()


def sum_json(one: Arithmetic) -> dict[str, Any]:
    return {
        "share": one.share,
        "filled_in": {asked.name: answer for asked, answer in one.filled_in},
        "intercept": list(one.intercept),
        "terms": [{"inputs": [a.name for a in line.inputs], "points": list(line.points)} for line in one.lines],
        "sum": list(one.total),
        "result": list(one.result),
    }


# -- other sites' scripts ------------------------------------------------------------------------------


@bp.after_request
def allow_origins(response: Response) -> Response:
    """CORS headers for the origins that the settings name; none unless set."""
    allowed = current_app.config["CORS_ORIGINS"]
    origin = request.headers.get("Origin")
    if allowed and origin and (origin in allowed or "*" in allowed):
        response.headers["Access-Control-Allow-Origin"] = "*" if "*" in allowed else origin
        response.headers["Access-Control-Allow-Headers"] = "Content-Type"
        response.headers["Access-Control-Allow-Methods"] = "GET, POST"
        response.headers.add("Vary", "Origin")
    return response

