"""A CSV file in pieces of whole records, each read into a table."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from .dialect import Dialect
from .headings import BROKEN, Unusable

PIECE_BYTES = 4 << 20
# A record so long is a quotation mark that nobody closed.
LONGEST_RECORD = 64 << 20
QUOTE = b'"'


@dataclass(frozen=True)
class Piece:
    """Rows of a file as they stand in it."""

    frame: pl.DataFrame
    # The bytes they were read from, unless each row is a line.
    raw: bytes = b""
    delimiter: str = ","
    # Whether no cell needs quotation marks.
    plain: bool = False
    # What to say of rows that have not as many cells as the header, and the cells they have too many.
    misshapen: Mapping[int, str] = field(default_factory=dict)
    surplus: Mapping[int, Sequence[str]] = field(default_factory=dict)

    @property
    def lines(self) -> int:
        """How many lines of the file the rows take up."""
        return self.raw.count(b"\n") if self.raw else self.frame.height

    @cached_property
    def starts(self) -> Sequence[int]:
        """The line that each row starts on, counted from the piece's first."""
        return [line for line, _ in records(self.raw, self.delimiter)] if self.raw else range(self.frame.height)


def blocks(file: io.BufferedIOBase) -> Iterator[bytes]:
    """The file's bytes in large parts. Unlike read(), read1() lets Ctrl-C through before a pipe has brought a part."""
    parts: list[bytes] = []
    while data := file.read1(PIECE_BYTES):
        parts.append(data)
        if sum(map(len, parts)) >= PIECE_BYTES:
            yield b"".join(parts)
            parts = []
    yield b"".join(parts)


def in_utf8(parts: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    if encoding == "utf-8":
        yield from parts
        return
    decoder = codecs.getincrementaldecoder(encoding)()
    for part in parts:
        yield decoder.decode(part).encode()


def whole_records(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes, parted where a record ends."""
    rest = b""
    for part in parts:
        end = records_end(part, rest.count(QUOTE))
        if end:
            yield b"".join((rest, memoryview(part)[:end]))
            rest = part[end:]
        else:
            rest += part
            if len(rest) > LONGEST_RECORD:
                raise Unusable("The file has a quotation mark that is not closed, or is no CSV file")
    if rest:
        yield rest


def records_end(data: bytes, before: int = 0) -> int:
    """Just after the last line break outside of quotation marks, so many of which came before."""
    # Finding that there is none takes a fifth of the time of counting none.
    quotes = before + (data.count(QUOTE) if QUOTE in data else 0)
    end = len(data)
    while (at := data.rfind(b"\n", 0, end)) >= 0:
        quotes -= data.count(QUOTE, at, end)
        if quotes % 2 == 0:
            return at + 1
        end = at
    return 0


def header_end(data: bytes) -> int:
    """Just after the first line break outside of quotation marks."""
    end = 0
    while (at := data.find(b"\n", end)) >= 0:
        end = at + 1
        if data.count(QUOTE, 0, end) % 2 == 0:
            return end
    return len(data)


def records(raw: bytes, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it starts on; a line with nothing on it is none."""
    try:
        reader = csv.reader(io.StringIO(raw.decode(), newline=""), delimiter=delimiter)
        line = 0
        for cells in reader:
            if cells:
                yield line, cells
            line = reader.line_num
    except UnicodeDecodeError:
        raise Unusable("The file is not text in UTF-8. Save it as CSV in UTF-8, and score the new file") from None
    except csv.Error as error:
        raise Unusable(f"The file is no CSV file: {error}") from None


def read_quickly(raw: bytes, schema: dict[str, Any], dialect: Dialect) -> Piece:
    """The rows of a piece with each column in its type: text, or the categories of text."""
    quotes = '"' if QUOTE in raw else None
    if quotes and raw.count(QUOTE) % 2:
        return read_with_care(raw, schema, dialect)
    try:
        frame = pl.read_csv(raw, has_header=False, schema=schema, separator=dialect.delimiter, quote_char=quotes)
    except pl.exceptions.PolarsError:
        return read_with_care(raw, schema, dialect)
    if not is_regular(frame, raw, dialect):
        return read_with_care(raw, schema, dialect)
    return Piece(frame, raw, dialect.delimiter) if quotes else Piece(frame, plain=True)


def is_regular(frame: pl.DataFrame, raw: bytes, dialect: Dialect) -> bool:
    """Whether each row has all its cells, and no line is empty: either would leave the last column empty."""
    if not frame[:, -1].null_count():
        return True
    cells = raw.count(dialect.delimiter.encode()) + frame.height
    return QUOTE not in raw and frame.width > 1 and cells == frame.height * frame.width


def ends_open(raw: bytes, line: int, delimiter: str) -> bool:
    """Whether the last record, which starts on this line, has a quotation mark that took in all that came after it."""
    last = list(io.StringIO(raw.decode(), newline=""))[line:]
    try:
        list(csv.reader(last, delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "end of data" in str(error)
    return False


def read_with_care(raw: bytes, schema: dict[str, Any], dialect: Dialect) -> Piece:
    """The same row by row, for what the fast reader refuses or would make up cells for."""
    width = len(schema)
    rows: list[list[str | None]] = []
    misshapen, surplus = {}, {}
    found = list(records(raw, dialect.delimiter))
    for at, (_, cells) in enumerate(found):
        if len(cells) != width:
            counted = "1 cell" if len(cells) == 1 else f"{len(cells)} cells"
            misshapen[at] = f"This row has {counted} where the header has {width}"
            surplus[at] = cells[width:]
        rows.append([cell or None for cell in cells[:width]] + [None] * (width - len(cells)))
    if found and ends_open(raw, found[-1][0], dialect.delimiter):
        misshapen[len(rows) - 1] = BROKEN
    text = pl.DataFrame(rows, schema=dict.fromkeys(schema, pl.String), orient="row")
    return Piece(text.cast(pl.Schema(schema)), raw, dialect.delimiter, misshapen=misshapen, surplus=surplus)
