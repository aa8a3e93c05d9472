"""JSON in and out. It is read strictly: what JSON does not have, or says twice, is refused and never guessed."""

import json
from collections import Counter
from typing import Any

from flask import Response, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from .limits import ORDINARY, size, whole_body
from .visit import current

# Python reads no whole number that is longer. What is cut off it is out of every range all the same.
MOST_DIGITS = 4_300
# A byte order mark, and what JSON takes for space.
BEFORE_JSON = b"\xef\xbb\xbf \t\r\n"
# json.dumps() would build an encoder for every answer.
ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


def refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def read_number(digits: str) -> int:
    return int(digits[:MOST_DIGITS])


def read_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        [(twice, _)] = Counter(name for name, _ in pairs).most_common(1)
        raise ValueError(f"the key {json.dumps(twice[:60])} is there twice")
    return found


DECODER = json.JSONDecoder(object_pairs_hook=read_object, parse_constant=refuse_constant, parse_int=read_number)


def parse_json(raw: bytes | str) -> Any:
    if len(raw) > ORDINARY:
        # While it is taken apart, Python does nothing else.
        current().enter("long lists")
    try:
        return DECODER.decode(raw if isinstance(raw, str) else raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        fault = "The body is not JSON: it is not UTF-8"
    except RecursionError:
        fault = "The body is not JSON that we can read: it is nested too deep"
    except ValueError as wrong:
        fault = f"The body is not JSON: {wrong}"
    raise BadRequest(fault)


def json_body(longest_alone: int) -> Any:
    """What was sent; only a list may be longer than this."""
    if not request.is_json:
        not_so = f", not {request.mimetype}" if request.mimetype else ""
        raise UnsupportedMediaType(f"Send JSON with the header Content-Type: application/json{not_so}")
    body = whole_body()
    if len(body) > longest_alone and not body.lstrip(BEFORE_JSON).startswith(b"["):
        raise RequestEntityTooLarge(f"Send at most {size(longest_alone)} in one object. Only a list may be longer")
    return parse_json(body)


def encoded(content: Any) -> bytes:
    """JSON as UTF-8. Half a surrogate pair, which only JSON can send, goes back as the escape that it came as."""
    return ENCODER.encode(content).encode("utf-8", "backslashreplace")


def as_json(content: Any, status: int = 200, mimetype: str = "application/json") -> Response:
    return Response(encoded(content), status, mimetype=mimetype)
