"""JSON in and out. It is read strictly: what JSON does not have, or says twice, is refused and never guessed."""

import json
import re
from typing import Any

from flask import Response, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from .limits import MEGABYTE, ORDINARY, size, whole_body
from .visit import current

# Python reads no whole number that is longer. What is cut off it is out of every range all the same.
MOST_DIGITS = 4_300
# One object of answers; no form has so many. Only a list of them may be longer.
LONGEST_OBJECT = MEGABYTE
# A value comes with a comma, and in an object with a colon; twice as many leave room for those inside of texts.
MARKS = (b",", b":", b"[", b"{")
MARKS_A_VALUE = 4
# What is cut off in the middle is told to be wrong so near to its end.
LONGEST_WORD = 12
SPACE = re.compile(r"[ \t\n\r]*")
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
        # Each that was there is taken out, so the first that is not found any more comes again.
        left = dict(found)
        twice = next(name for name, _ in pairs if left.pop(name, pairs) is pairs)
        raise ValueError(f"the key {json.dumps(twice[:60])} is there twice")
    return found


DECODER = json.JSONDecoder(object_pairs_hook=read_object, parse_constant=refuse_constant, parse_int=read_number)


def parse_json(raw: bytes, most_values: int, longest_object: int = LONGEST_OBJECT) -> Any:
    """What was sent, if it can be so many values, and if no object is longer than one may be."""
    is_list = raw[:LONGEST_OBJECT].lstrip(BEFORE_JSON).startswith(b"[")
    if len(raw) > longest_object and not is_list:
        raise too_long(longest_object)
    if len(raw) > ORDINARY:
        # While it is taken apart, Python does nothing else.
        current().enter("long lists")
        if sum(map(raw.count, MARKS)) > MARKS_A_VALUE * most_values:
            raise RequestEntityTooLarge("These are more values than one request may have. Send fewer at once")
    try:
        text = raw.decode("utf-8-sig")
        return parse_items(text, longest_object) if is_list and len(text) > longest_object else DECODER.decode(text)
    except UnicodeDecodeError:
        fault = "The body is not JSON: it is not UTF-8"
    except RecursionError:
        fault = "The body is not JSON that we can read: it is nested too deep"
    except ValueError as wrong:
        fault = f"The body is not JSON: {wrong}"
    raise BadRequest(fault)


def parse_items(text: str, longest: int) -> list[Any]:
    """A long list, item by item: of one that is too long no more is taken apart than one may have."""
    found: list[Any] = []
    at = space(text, space(text, 0) + 1)
    start, piece = at, text[at : at + longest + LONGEST_WORD]
    # After a comma a bracket is no end.
    while text[at : at + 1] != "]" or found:
        is_last, cut = start + len(piece) == len(text), len(piece) - LONGEST_WORD
        try:
            item, end = DECODER.raw_decode(piece, at - start)
            is_whole = is_last or end <= cut
        except json.JSONDecodeError as fault:
            is_whole = False
            if is_last or (fault.pos < cut and not fault.msg.startswith("Unterminated")):
                raise json.JSONDecodeError(fault.msg, text, start + fault.pos) from None
        if is_whole and start + end - at <= longest:
            found.append(item)
            at = space(text, start + end)
            if text[at : at + 1] == "]":
                break
            if text[at : at + 1] != ",":
                raise json.JSONDecodeError("Expecting ',' delimiter", text, at)
            at = space(text, at + 1)
        elif is_whole or at == start:
            raise too_long(longest)
        if not is_whole or at >= start + cut:
            start, piece = at, text[at : at + longest + LONGEST_WORD]
    if space(text, at + 1) != len(text):
        raise json.JSONDecodeError("Extra data", text, space(text, at + 1))
    return found


def space(text: str, at: int) -> int:
    """Where the next thing stands."""
    return SPACE.match(text, at).end()  # type: ignore[union-attr]


def too_long(longest: int) -> RequestEntityTooLarge:
    return RequestEntityTooLarge(f"Send at most {size(longest)} in one object. Only a list may be longer")


def json_body(most_values: int, longest_object: int = LONGEST_OBJECT) -> Any:
    if not request.is_json:
        not_so = f", not {request.mimetype}" if request.mimetype else ""
        raise UnsupportedMediaType(f"Send JSON with the header Content-Type: application/json{not_so}")
    return parse_json(whole_body(), most_values, longest_object)


def encoded(content: Any) -> bytes:
    """JSON as UTF-8. Half a surrogate pair, which only JSON can send, goes back as the escape that it came as."""
    return ENCODER.encode(content).encode("utf-8", "backslashreplace")


def as_json(content: Any, status: int = 200, mimetype: str = "application/json") -> Response:
    return Response(encoded(content), status, mimetype=mimetype)
