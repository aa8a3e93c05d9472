"""The JSON API: the models, what each asks, and its estimates for one set of answers or for many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, Conflict, UnsupportedMediaType

from model.declare.faults import sentences_of
from model.declare.inputs import ChoiceInput, Input, NumberInput
from model.declare.model import Model
from model.predict.predictor import Predictor
from webapp.ask import Asked, Budget, Caller, OverBudget, Said, ask, ask_each
from webapp.http.errors import problem
from webapp.http.json import as_json, encoded, json_body
from webapp.http.limits import MEGABYTE, body_limit
from webapp.http.models import catalog, predictor_of

from .answers import render_answer

bp = Blueprint("api", __name__, url_prefix="/api")

MOST_AT_ONCE = 10_000
# Ten thousand census records are 1.5 MB; a photo is 8.
BODY_LIMIT = 8 * MEGABYTE + 64 * 1024
# So many bytes of a long answer are sent together.
PIECE = 64 * 1024
PARAMETERS = ("explain", "version")
ONE_OR_MANY = f"Send one JSON object of answers, or a list of up to {MOST_AT_ONCE:,} of them"


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
    return tagged({"models": [summary(predictor_of(model)) for model in catalog()]})


@bp.get("/models/<model:model>")
def one_model(model: Model) -> Response:
    predictor = predictor_of(model)
    about = summary(predictor) | {
        "trained": predictor.card.trained,
        "data": {"source": model.words.source, "rows": predictor.card.data.rows},
        "inputs": [described(asked) for asked in model.inputs],
        "figures": dict(predictor.card.evaluation.figures),
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
    if isinstance(asked, ChoiceInput):
        found["choices"] = dict(asked.choices)
    return found | {"messages": sentences_of(asked)}


# -- estimates -----------------------------------------------------------------------------------------


@bp.post("/models/<model:model>/predict")
@body_limit(BODY_LIMIT)
def predict(model: Model) -> Response:
    predictor = predictor_of(model)
    explain = wants_explanation(predictor)
    body = read_photo(model) if model.has_photo else json_body()
    return answer(predictor, body, explain, Caller("api", request.remote_addr or ""))


def answer(predictor: Predictor, body: Any, explain: bool, caller: Caller) -> Response:
    budget = Budget(MOST_AT_ONCE, MOST_AT_ONCE)
    try:
        if isinstance(body, list):
            return answer_many(predictor, ask_each(predictor, body, caller, budget, explain), explain)
        if not isinstance(body, dict):
            return problem(422, "Unprocessable Content", ONE_OR_MANY)
        return answer_one(ask(predictor, body, caller, budget, explain), explain)
    except OverBudget as over:
        return problem(422, "Unprocessable Content", f"{ONE_OR_MANY}. {over}")


def wants_explanation(predictor: Predictor) -> bool:
    """Read the two parameters that a request may have; a wrong one is refused, not passed over."""
    for name, given in request.args.lists():
        if name not in PARAMETERS:
            raise BadRequest(f"There is no parameter “{name[:60]}”. There are: {', '.join(PARAMETERS)}")
        if len(given) > 1:
            raise BadRequest(f"The parameter {name} is there twice")
    explain = request.args.get("explain", "0")
    if explain not in ("0", "1"):
        raise BadRequest("explain must be 0 or 1")
    pinned = request.args.get("version", predictor.version)
    if pinned != predictor.version:
        raise Conflict(
            f"This is version {predictor.version} of {predictor.model.name}, not “{pinned[:60]}”. "
            "It was trained anew: compare before you go on, or leave the parameter out"
        )
    return explain == "1"


def answer_one(asked: Asked, explain: bool) -> Response:
    predictor = asked.predictor
    if asked.faults:
        entries = [entry(said) for said in asked.sentences]
        return problem(422, "Unprocessable Content", "; ".join(e["message"] for e in entries), entries)
    answer = render_answer(predictor, asked.answers, explain)
    return as_json({"model": predictor.model.name, "version": predictor.version, **answer})


def answer_many(predictor: Predictor, asked: list[Asked], explain: bool) -> Response:
    """Every item in order: estimates for the good ones, errors for the bad; 207 says that some are bad."""
    status = 207 if any(one.faults for one in asked) else 200
    return Response(pieces(predictor, results_of(asked, explain)), status, mimetype="application/json")


def results_of(asked: list[Asked], explain: bool) -> Iterator[dict[str, Any]]:
    for number, one in enumerate(asked):
        if one.faults:
            yield {"errors": [entry(said, number) for said in one.sentences]}
        else:
            yield render_answer(one.predictor, one.answers, explain)


def pieces(predictor: Predictor, results: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    """A long answer as it is worked out: nobody waits in silence, and one explanation is in memory at a time."""
    head = encoded({"model": predictor.model.name, "version": predictor.version})
    piece = head[:-1] + b', "results": ['
    between = b""
    for result in results:
        piece += between + encoded(result)
        between = b", "
        if len(piece) >= PIECE:
            yield piece
            piece = b""
    yield piece + b"]}"


def read_photo(model: Model) -> dict[str, Any]:
    if request.mimetype != "multipart/form-data":
        not_so = f", not {request.mimetype}" if request.mimetype else ""
        field = model.inputs[0].name
        raise UnsupportedMediaType(f"Send the photo as multipart/form-data in the field “{field}”{not_so}")
    sent: MultiDict[str, Any] = MultiDict(request.form)
    for name, file in request.files.items(multi=True):
        sent.add(name, file.read())
    return {name: values[0] if len(values) == 1 else values for name, values in sent.lists()}


def entry(said: Said, number: int | None = None) -> dict[str, str]:
    """One fault as RFC 9457's errors have it; the pointer says where in the body it is."""
    parts = ([] if number is None else [str(number)]) + ([said.name] if said.name else [])
    pointer = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)
    return {"pointer": pointer, "field": said.name, "message": said.message}
