"""A form with a file in it: taken in whole, in memory only, in pieces that are let go as they are used."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from flask import Request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import BadRequest, UnsupportedMediaType
from werkzeug.formparser import FormDataParser

from .limits import MEGABYTE

MOST_FIELDS = 100
LONGEST_FIELDS = 256 * 1024


class Pieces:
    """What the form's parser writes a file to."""

    def __init__(self, account: Callable[[int], None]) -> None:
        self._account = account
        self._pieces: deque[bytes] = deque()
        self._last = bytearray()
        self.lines = self.length = 0

    def write(self, data: bytes) -> int:
        self._account(len(data))
        self.lines += data.count(b"\n")
        self.length += len(data)
        self._last += data
        # Large pieces go back to the system when they are let go; between small ones gaps would stay.
        while len(self._last) >= MEGABYTE:
            self._pieces.append(bytes(self._last[:MEGABYTE]))
            del self._last[:MEGABYTE]
        return len(data)

    def seek(self, place: int) -> None:
        """The parser goes back to the start; a piece is handed out once in any case."""

    def close(self) -> None:
        self._pieces.clear()
        self._last.clear()

    def __iter__(self) -> Iterator[bytes]:
        while self._pieces:
            yield self._pieces.popleft()
        yield bytes(self._last)


def take_in(request: Request, hold: Callable[[int], None]) -> tuple[MultiDict[str, str], list[FileStorage]]:
    """The form's fields, and its files that have a name; a browser sends one without where none was chosen.

    Each megabyte that is taken in is asked for by `hold` before.
    """
    if request.mimetype != "multipart/form-data" or not request.mimetype_params.get("boundary"):
        raise UnsupportedMediaType
    taken = 0

    def account(length: int) -> None:
        nonlocal taken
        taken += length
        hold(1 + taken // MEGABYTE)

    stream: Any = lambda *described, **more: Pieces(account)  # noqa: E731
    parser = FormDataParser(stream, max_form_memory_size=LONGEST_FIELDS, max_form_parts=MOST_FIELDS, silent=False)
    try:
        _, fields, files = parser.parse(
            request.stream, request.mimetype, request.content_length, request.mimetype_params
        )
    except ValueError:
        raise BadRequest from None
    return fields, [file for _, file in files.items(multi=True) if file.filename]
