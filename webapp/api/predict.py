"""The JSON API: the models, what each asks, and its estimates for one set of answers or for many."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, request, url_for
from werkzeug.exceptions import BadRequest, Conflict, UnsupportedMediaType

from model.declare.inputs import ChoiceInput, Input, NumberInput
from model.declare.model import Model
from model.declare.reading import Answers, Fault, read_answers, read_lists
from model.predict.catalog import models
from model.predict.predictor import Predictor, get_predictor
from webapp.http.errors import problem
from webapp.http.json import as_json, encoded, json_body
from webapp.http.limits import MEGABYTE, body_limit

from .answers import one_answer, told

bp = Blueprint("api", __name__, url_prefix="/api")

MOST_AT_ONCE = 10_000
# Ten thousand census records are 1.5 MB; a photo is 8.
BODY_LIMIT = 8 * MEGABYTE + 64 * 1024
# So many bytes of a long answer are sent together.
PIECE = 64 * 1024
PARAMETERS = ("explain", "version")
ONE_OR_MANY = f"Send one JSON object of answers, or a list of up to {MOST_AT_ONCE:,} of them"
NO_OBJECT = "Each item of the list must be a JSON object of answers"

# The answers that were read, and what is wrong with the others.
Read = tuple[Answers, list[Fault]]


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
        return found | {"messages": number_messages(asked)}
    if isinstance(asked, ChoiceInput):
        found["choices"] = dict(asked.choices)
        return found | {"messages": {"blank": asked.blank, "not_offered": asked.not_offered("…")}}
    return found | {"messages": {"blank": f"Choose {asked.thing}"}}


def number_messages(asked: NumberInput) -> dict[str, str]:
    whole = {"not_whole": asked.not_whole} if asked.whole else {}
    return {"blank": asked.blank, "not_a_number": asked.not_a_number, **whole, "out_of_range": asked.out_of_range}


# -- estimates -----------------------------------------------------------------------------------------


@bp.post("/models/<model:model>/predict")
@body_limit(BODY_LIMIT)
def predict(model: Model) -> Response:
    predictor = get_predictor(model.name)
    explain = wants_explanation(predictor)
    if model.has_photo:
        return answer_one(predictor, *checked_photo(model), explain)
    return answer(predictor, json_body(), explain)


def answer(predictor: Predictor, body: Any, explain: bool) -> Response:
    if isinstance(body, list):
        return answer_many(predictor, body, explain)
    return answer_one(predictor, *checked(predictor.model, body), explain)


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


def answer_one(predictor: Predictor, answers: Answers, faults: list[Fault], explain: bool) -> Response:
    if faults:
        entries = [entry(fault) for fault in faults]
        return problem(422, "Unprocessable Content", "; ".join(f.message for f in faults), entries)
    return Response(one_answer(predictor, answers, explain), mimetype="application/json")


def answer_many(predictor: Predictor, items: list[Any], explain: bool) -> Response:
    """Every item in order: estimates for the good ones, errors for the bad; 207 says that some are bad."""
    if len(items) > MOST_AT_ONCE:
        return problem(422, "Unprocessable Content", f"{ONE_OR_MANY}. This list has {len(items):,}")
    read = [checked(predictor.model, item, NO_OBJECT) for item in items]
    status = 207 if any(faults for _, faults in read) else 200
    return Response(pieces(predictor, results_of(predictor, read, explain)), status, mimetype="application/json")


def results_of(predictor: Predictor, read: list[Read], explain: bool) -> Iterator[dict[str, Any]]:
    for number, (answers, faults) in enumerate(read):
        if faults:
            yield {"errors": [entry(fault, number) for fault in faults]}
        else:
            yield told(predictor, answers, explain)


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


def checked(model: Model, raw: Any, otherwise: str = ONE_OR_MANY) -> Read:
    if not isinstance(raw, dict):
        return {}, [Fault("", otherwise)]
    answers, faults = read_answers(model.inputs, raw)
    return answers, faults + strangers(model, raw)


def checked_photo(model: Model) -> Read:
    if request.mimetype != "multipart/form-data":
        not_so = f", not {request.mimetype}" if request.mimetype else ""
        raise UnsupportedMediaType(f"Send the photo as multipart/form-data in the field “photo”{not_so}")
    raw: dict[str, list[Any]] = dict(request.form.lists())
    for name, files in request.files.lists():
        raw.setdefault(name, []).extend(file.read() for file in files)
    answers, faults = read_lists(model.inputs, raw)
    return answers, faults + strangers(model, raw)


def strangers(model: Model, raw: dict[str, Any]) -> list[Fault]:
    return [Fault(name, stranger(model, name)) for name in raw if name not in model.input]


def stranger(model: Model, name: str) -> str:
    near = difflib.get_close_matches(name.lower(), model.input, n=1)
    hint = f"Did you mean “{near[0]}”?" if near else f"There are: {', '.join(model.input)}"
    return f"“{name[:60]}” is not one of the inputs. {hint}"


def entry(fault: Fault, number: int | None = None) -> dict[str, str]:
    """One fault as RFC 9457's errors have it; the pointer says where in the body it is."""
    parts = ([] if number is None else [str(number)]) + ([fault.name] if fault.name else [])
    pointer = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)
    return {"pointer": pointer, "field": fault.name, "message": fault.message}
