"""JSON in and out. It is read strictly: what JSON does not have, or says twice, is refused and never guessed."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from .limits import whole_body

# Python reads no whole number that is longer. What is cut off it is out of every range all the same.
MOST_DIGITS = 4_300
# json.dumps() would build an encoder for every answer.
ENCODER = json.JSONEncoder(ensure_ascii=False)


class NotJson(BadRequest):
    """A body that is no JSON, or JSON with two meanings."""


def no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def whole_number(digits: str) -> int:
    return int(digits[:MOST_DIGITS])


def no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {json.dumps(twice[:60])} is there twice")
    return found


DECODER = json.JSONDecoder(object_pairs_hook=no_duplicates, parse_constant=no_constant, parse_int=whole_number)


def parse_json(raw: bytes | str) -> Any:
    try:
        text = raw if isinstance(raw, str) else raw.decode("utf-8-sig")
        return DECODER.decode(text)
    except UnicodeDecodeError:
        raise NotJson("The body is not JSON: it is not UTF-8") from None
    except RecursionError:
        raise NotJson("The body is not JSON that we can read: it is nested too deep") from None
    except ValueError as fault:
        raise NotJson(f"The body is not JSON: {fault}") from None


def is_json(mimetype: str) -> bool:
    return mimetype == "application/json" or (mimetype.startswith("application/") and mimetype.endswith("+json"))


def json_body() -> Any:
    if not is_json(request.mimetype):
        not_so = f", not {request.mimetype}" if request.mimetype else ""
        raise UnsupportedMediaType(f"Send JSON with the header Content-Type: application/json{not_so}")
    return parse_json(whole_body())


def encoded(content: Any) -> bytes:
    """JSON as UTF-8. Half a surrogate pair, which only JSON can send, goes back as the escape that it came as."""
    return ENCODER.encode(content).encode("utf-8", "backslashreplace")


def as_json(content: Any, status: int = 200, mimetype: str = "application/json") -> Response:
    return Response(encoded(content), status, mimetype=mimetype)
