"""A form with one file at its end, read while it arrives: whatever its size, it is never held whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from flask import Request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

from .limits import PIECE

# What is buffered of a part's head, and of the fields in front of the file.
MOST_BUFFERED = 4 * PIECE
MOST_FIELDS = 100
LONGEST_FIELD = 4096


class SeveralFiles(ValueError):
    """After the file comes another one."""


class Upload:
    """The fields that stand before the file in `fields`, then the file itself as pieces()."""

    def __init__(self, request: Request) -> None:
        boundary = request.mimetype_params.get("boundary", "")
        if request.mimetype != "multipart/form-data" or not boundary:
            raise UnsupportedMediaType
        self._stream: IO[bytes] = request.stream
        self._decoder = MultipartDecoder(boundary.encode("latin-1", "replace"), MOST_BUFFERED, max_parts=MOST_FIELDS)
        self._events = self._decoded()
        self.fields: dict[str, str] = {}
        self.filename = ""
        self._has_file = self._read_fields()

    def _read_fields(self) -> bool:
        """Read up to the file; whether there is one."""
        name, value = "", b""
        for event in self._events:
            if isinstance(event, File):
                self.filename = event.filename
                return True
            if isinstance(event, Field):
                name, value = event.name or "", b""
            elif isinstance(event, Data):
                value = (value + event.data)[:LONGEST_FIELD]
                self.fields[name] = value.decode("utf-8", "replace")
        return False

    def pieces(self) -> Iterator[bytes]:
        """The file, as it arrives."""
        if not self._has_file:
            return
        for event in self._events:
            if isinstance(event, Data):
                if event.data:
                    yield event.data
                if not event.more_data:
                    break
        if any(isinstance(event, File) and event.filename for event in self._events):
            raise SeveralFiles

    def _decoded(self) -> Iterator[Event]:
        event: Event
        while True:
            try:
                event = self._decoder.next_event()
            except ValueError:
                raise BadRequest from None
            if isinstance(event, Epilogue):
                return
            if isinstance(event, NeedData):
                self._decoder.receive_data(self._stream.read(PIECE) or None)
            else:
                yield event


def drop(request: Request) -> None:
    """Read what is left of a body and forget it, so that the answer reaches the sender."""
    while request.stream.read(PIECE):
        pass
