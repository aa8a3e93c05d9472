"""The Open Inference Protocol, version 2, over REST: every model but those of photos, asked as inference servers are."""

from __future__ import annotations

from array import array
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest, NotFound, UnprocessableEntity, UnsupportedMediaType

from model.declare.faults import sentence
from model.declare.inputs import Input
from model.declare.model import Model
from model.predict.predictor import Predictor
from webapp.ask import LONGEST_NAME, Asked, Budget, Caller, ask_each, find_strangers
from webapp.http.health import does_answer
from webapp.http.json import as_json, encoded, json_body, parse_json
from webapp.http.limits import PHOTO_LIMIT, body_limit, size, whole_body
from webapp.http.models import catalog, predictor_of
from webapp.settings import VERSION

from .predict import MOST_AT_ONCE, entry, first_of, one_after_another

bp = Blueprint("inference", __name__, url_prefix="/v2")

# The types that JSON has for each datatype. A null is an answer that is not known, and so is an empty BYTES.
NULL = type(None)
LONGEST_ECHO = 64 * 1024
DATATYPES: dict[str, tuple[type, ...]] = {"BYTES": (str, NULL), "BOOL": (bool, NULL)}
DATATYPES |= dict.fromkeys(("FP64", "FP32"), (float, int, NULL)) | dict.fromkeys(("INT64", "INT32"), (int, NULL))


@bp.get("/", strict_slashes=False)
def server() -> Response:
    return as_json({"name": "likely", "version": VERSION, "extensions": []})


@bp.get("/health/live")
@bp.get("/health/ready", defaults={"deep": True})
def health(deep: bool = False) -> Response:
    """Whether it is there and, where that is asked, whether every model answers."""
    is_ready = not deep or all(does_answer(model) for model in catalog() if not model.has_photo)
    return as_json({"live": True, "ready": is_ready} if deep else {"live": True}, 200 if is_ready else 503)


@bp.get("/models/<model:model>/ready")
@bp.get("/models/<model:model>/versions/<version>/ready")
def model_ready(model: Model, version: str = "") -> Response:
    is_ready = does_answer(pinned(model, version).model)
    return as_json({"name": model.name, "ready": is_ready}, 200 if is_ready else 503)


@bp.get("/models/<model:model>")
@bp.get("/models/<model:model>/versions/<version>")
def metadata(model: Model, version: str = "") -> Response:
    predictor = pinned(model, version)
    about = {"name": model.name, "versions": [predictor.version], "platform": f"likely_{predictor.card.engine['name']}"}
    inputs = [{"name": asked.name, "datatype": datatype_of(asked), "shape": [-1]} for asked in model.inputs]
    outputs = [{"name": n, "datatype": d, "shape": [-1]} for n, d in outputs_of(predictor).items()]
    return as_json({**about, "inputs": inputs, "outputs": outputs})


@bp.post("/models/<model:model>/infer")
@bp.post("/models/<model:model>/versions/<version>/infer")
@body_limit(PHOTO_LIMIT)
def infer(model: Model, version: str = "") -> Response:
    predictor, body = pinned(model, version), read_body(model)
    outputs = read_outputs(predictor, body.get("outputs"))
    columns = read_columns(model, body.get("inputs"))
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    asked = ask_each(predictor, rows, Caller("api"), Budget(MOST_AT_ONCE, 0))
    refuse_faults(asked)
    cells = zip(*[predictor.kind.cells(predictor.estimates(one.answers)) for one in asked], strict=True)
    found = dict(zip(predictor.kind.columns, cells, strict=True))
    tensors = [{"name": n, "datatype": d, "shape": [len(rows)], "data": found[n]} for n, d in outputs.items()]
    echoed = {key: body[key] for key in ("id", "parameters") if body.get(key) is not None}
    return as_json({"model_name": model.name, "model_version": predictor.version, **echoed, "outputs": tensors})


def pinned(model: Model, version: str) -> Predictor:
    """The model at work, where it can be asked so and is of the version that was asked for."""
    if model.has_photo:
        raise NotFound(f"{model.name} asks for a photo, and a photo is no tensor. The API takes it: see /api/")
    predictor = predictor_of(model)
    if version not in ("", predictor.version):
        raise NotFound(f"The version of {model.name} is {predictor.version}, not “{version[:LONGEST_NAME]}”")
    return predictor


def datatype_of(asked: Input) -> str:
    return ("INT64" if asked.whole else "FP64") if asked.is_number else "BYTES"


def outputs_of(predictor: Predictor) -> dict[str, str]:
    return {name: "BYTES" if holds is str else "FP64" for name, holds in predictor.kind.columns.items()}


def insist(is_so: bool, words: str) -> None:
    if not is_so:
        raise BadRequest(words)


def read_body(model: Model) -> Any:
    if "Inference-Header-Content-Length" in request.headers:
        words = "Send tensors as JSON, without Inference-Header-Content-Length: no binary tensors are taken here"
        raise UnsupportedMediaType(f"{words}. In tritonclient that is set_data_from_numpy(…, binary_data=False)")
    # Clients of this protocol need not say that it is JSON, and tritonclient does not.
    most = (MOST_AT_ONCE * len(model.inputs), PHOTO_LIMIT)
    body = json_body(*most) if request.mimetype else parse_json(whole_body(), *most)
    insist(isinstance(body, dict), "Send a JSON object with “inputs”, a list of tensors")
    is_so = isinstance(body.get("id"), (str, NULL)) and isinstance(body.get("parameters"), (dict, NULL))
    insist(is_so, "“id” must be a text, and “parameters” an object")
    try:
        length = len(encoded([body.get("id"), body.get("parameters")]))
    except ValueError:
        raise BadRequest("“parameters” come back, so their numbers must be ones that JSON can write") from None
    insist(length <= LONGEST_ECHO, f"“id” and “parameters” come back, and may be {size(LONGEST_ECHO)} long together")
    return body


def read_outputs(predictor: Predictor, wanted: Any) -> dict[str, str]:
    """The tensors that are asked for, with their datatypes; all where none is."""
    there = outputs_of(predictor)
    names = [] if wanted is None else names_in("outputs", wanted)
    wrong = next((name[:LONGEST_NAME] for name in names if name not in there), None)
    insist(wrong is None, f"“{wrong}” is not one of the outputs. There are: {', '.join(there)}")
    return {name: there[name] for name in names or there}


def names_in(key: str, tensors: Any) -> list[str]:
    is_so = isinstance(tensors, list) and all(isinstance(t, dict) and isinstance(t.get("name"), str) for t in tensors)
    insist(is_so, f"“{key}” must be a list of objects, each with a name")
    return [tensor["name"] for tensor in tensors]


def read_columns(model: Model, tensors: Any) -> dict[str, list[Any]]:
    """The values for each input: a tensor for each, or one for all of them where all are numbers."""
    names, width = names_in("inputs", tensors), len(model.inputs)
    if len(names) == 1 and names[0] not in model.input and all(one.is_number for one in model.inputs):
        values = read_tensor(tensors[0], width)
        return {asked.name: values[at::width] for at, asked in enumerate(model.inputs)}
    wrong = [sentence(fault, model.input) for fault in find_strangers(model, dict.fromkeys(names), Budget())]
    wrong += [f"There is no tensor “{name}”" for name in model.input if name not in names]
    insist(not wrong, ". ".join(wrong))
    insist(len(names) == width, "Send one tensor for each input, not several")
    columns = {tensor["name"]: read_tensor(tensor, 1) for tensor in tensors}
    sizes = ", ".join(f"{name} has {len(values):,}" for name, values in columns.items())
    insist(len(set(map(len, columns.values()))) == 1, f"Every tensor must have as many rows as the others: {sizes}")
    return columns


def read_tensor(tensor: Any, width: int) -> list[Any]:
    """Its values one after another, whether they came so or nested as the shape is."""
    name, shape, datatype, data = [tensor.get(key) for key in ("name", "shape", "datatype", "data")]
    name, shapes = name[:LONGEST_NAME], f"[n, {width}]" if width > 1 else "[n] or [n, 1]"
    is_shape = isinstance(shape, list) and (shape[1:] == [width] or len(shape) == width == 1)
    insist(is_shape and type(shape[0]) is int, f"The shape of “{name}” must be {shapes}, where n is how many rows")
    insist(1 <= shape[0] <= MOST_AT_ONCE, f"Send from 1 to {MOST_AT_ONCE:,} rows at once")
    is_known = isinstance(datatype, str) and datatype in DATATYPES
    insist(is_known, f"The datatype of “{name}” must be one of {', '.join(DATATYPES)}")
    if isinstance(data, list) and shape[1:] and all(isinstance(row, list) and len(row) == width for row in data):
        data = [value for row in data for value in row]
    is_whole = isinstance(data, list) and len(data) == shape[0] * width
    insist(is_whole, f"The data of “{name}” must be a list of as many values as its shape says")
    wrong = next((at // width for at, value in enumerate(data) if type(value) not in DATATYPES[datatype]), None)
    insist(wrong is None, f"Row {wrong}, {name}: this value is no {datatype}. The first row is row 0")
    return [clean(value, datatype) for value in data]


def clean(value: Any, datatype: str) -> Any:
    """The value as a form has it; of a narrow number the digits that were meant, 5.1 and not 5.0999999."""
    if datatype == "FP32" and isinstance(value, float) and narrow(value) == value:
        # Nine digits tell any two of them apart, and mostly fewer do.
        shorter = (float(f"{value:.{digits}g}") for digits in range(6, 10))
        return next(number for number in shorter if narrow(number) == value)
    return str(value).lower() if isinstance(value, bool) else value if value != "" else None


def narrow(number: float) -> float:
    """The number as four bytes hold it."""
    return array("f", [number])[0]


def refuse_faults(asked: list[Asked]) -> None:
    if faults := sum(len(one.faults) for one in asked):
        rows = enumerate(asked)
        told = (entry(None, f"Row {row}, {s.name}: {s.message}") for row, one in rows for s in one.sentences)
        raise UnprocessableEntity(f"{one_after_another(first_of(told, faults))}. The first row is row 0")
