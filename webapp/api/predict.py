"""The JSON API: the models, what each asks, and its estimates for one set of answers or for many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask import Blueprint, Response, request, url_for
from werkzeug.exceptions import BadRequest, Conflict, UnsupportedMediaType

from model.declare.faults import sentences_of
from model.declare.inputs import Input
from model.declare.model import Model
from model.predict.predictor import Predictor
from webapp.ask import Asked, Budget, Caller, OverBudget, ask, ask_each, in_time
from webapp.http.errors import TITLES, problem
from webapp.http.json import as_json, encoded, json_body
from webapp.http.limits import PHOTO_LIMIT, body_limit
from webapp.http.models import predictor_of, shown_models
from webapp.http.visit import current

from .answers import Wants, render_answer
from .keep import Keeper, find_keeper

bp = Blueprint("api", __name__, url_prefix="/api")

MOST_AT_ONCE = 10_000
# So many bytes of a long answer are sent together.
PIECE = 64 * 1024
# An answer tells its faults in so many bytes, about 18 kB, and counts those that are left.
ROOM_FOR_FAULTS = 18_000
# In a list each wrong item needs so many for that number alone; of a long list some faults are told all the same.
ROOM_FOR_A_NUMBER, ROOM_IN_A_LIST = 120, 2_000
UNPROCESSABLE = TITLES[422]
PARAMETERS = ("explain", "challenger", "version", "keep")
ONE_OR_MANY = f"Send one JSON object of answers, or a list of up to {MOST_AT_ONCE:,} of them"


def tagged(content: Any) -> Response:
    """An answer that a client may keep and ask about by its ETag."""
    response = as_json(content)
    response.add_etag()
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response


@bp.get("/models")
def all_models() -> Response:
    return tagged({"models": [summary(predictor_of(model)) for model in shown_models()]})


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
    head = {"name": asked.name, "label": asked.label, "type": asked.kind, "may_be_unknown": asked.may_be_unknown}
    hint = {"hint": asked.hint} if asked.hint else {}
    return {**head, **hint, **asked.limits, "messages": sentences_of(asked)}


@bp.post("/models/<model:model>/predict")
@body_limit(PHOTO_LIMIT)
def predict(model: Model) -> Response:
    predictor = predictor_of(model)
    wants, keep = read_wishes(predictor)
    # Before the body is read: whoever may not keep is told so.
    keeper = find_keeper(model) if keep else None
    body = read_photo(model) if model.has_photo else json_body(MOST_AT_ONCE * len(model.inputs))
    return answer(predictor, body, wants, Caller("api"), keeper)


def read_wishes(predictor: Predictor) -> tuple[Wants, bool]:
    """Read the parameters that a request may have: what it wants besides the estimate, and whether to be kept.

    A wrong one is refused, not passed over.
    """
    asked = {}
    for name, given in request.args.lists():
        if name not in PARAMETERS:
            raise BadRequest(f"There is no parameter “{name[:60]}”. There are: {', '.join(PARAMETERS)}")
        if len(given) > 1:
            raise BadRequest(f"The parameter {name} is there twice")
        asked[name] = given[0]
    for name in ("explain", "challenger", "keep"):
        if asked.get(name, "0") not in ("0", "1"):
            raise BadRequest(f"{name} must be 0 or 1")
    pinned = asked.get("version", predictor.version)
    if pinned != predictor.version:
        raise Conflict(
            f"This is version {predictor.version} of {predictor.model.name}, not “{pinned[:60]}”. "
            "It was trained anew: compare before you go on, or leave the parameter out"
        )
    wants = Wants(*(asked.get(name) == "1" for name in ("explain", "challenger")))
    return wants, asked.get("keep") == "1"


def read_photo(model: Model) -> dict[str, Any]:
    if request.mimetype != "multipart/form-data":
        not_so = f", not {request.mimetype}" if request.mimetype else ""
        field = model.inputs[0].name
        raise UnsupportedMediaType(f"Send the photo as multipart/form-data in the field “{field}”{not_so}")
    names = dict.fromkeys([*request.form, *request.files])
    sent = {n: [*request.form.getlist(n), *[file.read() for file in request.files.getlist(n)]] for n in names}
    # A part of a form need not have a name.
    return {name or "": values[0] if len(values) == 1 else values for name, values in sent.items()}


def answer(predictor: Predictor, body: Any, wants: Wants, caller: Caller, keeper: Keeper | None = None) -> Response:
    head = {"model": predictor.model.name, "version": predictor.version}
    try:
        if isinstance(body, list) and keeper:
            return problem(422, UNPROCESSABLE, "Send one JSON object of answers to be kept, not a list")
        if isinstance(body, list):
            asked = ask_each(predictor, body, caller, Budget(MOST_AT_ONCE), wants.more)
            wrong = sum([bool(one.faults) for one in asked])
            room = max(ROOM_FOR_FAULTS - wrong * ROOM_FOR_A_NUMBER, ROOM_IN_A_LIST)
            (visit := current()).begin_work(endless=True)
            pieces = answer_each(head, in_time(asked, visit), wants, room)
            return Response(visit.work(pieces), 207 if wrong else 200, mimetype="application/json")
        if not isinstance(body, dict):
            return problem(422, UNPROCESSABLE, ONE_OR_MANY)
        one = ask(predictor, body, caller, Budget(), wants.more)
        if one.faults:
            return refuse(entries(one), len(one.faults))
        if keeper:
            return as_json(keeper.keep(predictor, one.answers, wants))
        return as_json(head | render_answer(predictor, one.answers, wants))
    except OverBudget as over:
        return problem(422, UNPROCESSABLE, f"{ONE_OR_MANY}. {over.description}")


def answer_each(head: dict[str, Any], asked: Iterable[Asked], wants: Wants, room: int) -> Iterator[bytes]:
    """Every item in order, sent as it is worked out: nobody waits in silence, and one explanation is in memory."""
    piece = encoded(head)[:-1] + b', "results": ['
    for number, one in enumerate(asked):
        if one.faults:
            # A fault that is alone takes no more room than an estimate, and is always told.
            is_alone = len(one.faults) == 1
            errors = first_of(entries(one, number), len(one.faults), ROOM_FOR_FAULTS if is_alone else room, number)
            item: Any = {"errors": errors}
            room -= 0 if is_alone else sum(map(size, errors))
        else:
            item = render_answer(one.predictor, one.answers, wants)
        piece += (b", " if number else b"") + encoded(item)
        if len(piece) >= PIECE:
            yield piece
            piece = b""
    yield piece + b"]}"


def entries(asked: Asked, number: int | None = None) -> Iterator[dict[str, str]]:
    return (entry(said.name or None, said.message, number) for said in asked.sentences)


def entry(name: str | None, message: str, number: int | None = None) -> dict[str, str]:
    """One fault as RFC 9457's errors have it; the pointer says where in the body it is."""
    parts = [part for part in (number, name) if part is not None]
    pointer = "".join(["/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts])
    return {"pointer": pointer, "field": name or "", "message": message}


def first_of(
    entries: Iterable[dict[str, str]], count: int, room: int = ROOM_FOR_FAULTS, number: int | None = None
) -> list[dict[str, str]]:
    """The first of so many faults, as far as there is room for them, and how many more there are."""
    told: list[dict[str, str]] = []
    for one in entries:
        room -= size(one)
        if room < 0:
            return [*told, entry(None, f"Faults that are not told after so many others: {count - len(told):,}", number)]
        told.append(one)
    return told


def size(one: dict[str, str]) -> int:
    # The message stands once more in the sentence about all.
    return len(encoded(one)) + len(encoded(one["message"]))


def one_after_another(entries: Iterable[dict[str, str]]) -> str:
    return "; ".join([one["message"] for one in entries])


def refuse(entries: Iterable[dict[str, str]], count: int = 1) -> Response:
    told = first_of(entries, count)
    return problem(422, UNPROCESSABLE, one_after_another(told), told)
