"""Reads a table in pieces of whole rows: a CSV file of any dialect, or a Parquet file."""

from __future__ import annotations

import codecs
import io
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import polars as pl

from .dialect import (
    BROKEN,
    CUT,
    HEADER_ONLY,
    LONGEST_LINE,
    NOT_TEXT,
    START,
    TOO_LONG,
    Dialect,
    Unusable,
    detect_dialect,
    unreadable,
)
from .records import QUOTE, count_outside, find_ends, first_lines, is_regular, last_end, read_records, share_out

PIECE_BYTES = 1 << 20
PARQUET_ROWS = 1 << 16


class Item(NamedTuple):
    """A part of a file as it was read, and the number of its first line or row."""

    number: int
    content: Any
    # A line with a quotation mark that nobody closed.
    is_broken: bool = False


@dataclass(frozen=True)
class Piece:
    """Rows as they stand in the file."""

    frame: pl.DataFrame
    # The line that each row starts on, or its number in a Parquet file.
    numbers: Any
    # Whether a cell may need quotation marks.
    is_quoted: bool = True
    # What is wrong with the shape of each row, and the cells that it has too many.
    faults: pl.Series | None = None
    surplus: pl.Series | None = None


class Reader(Protocol):
    header: Sequence[str]
    types: Sequence[Any]
    # How a CSV file made from it is written.
    dialect: Dialect
    # How long the content of all items is together, where that is known.
    size: int | None

    def __iter__(self) -> Iterator[Item]: ...

    def read(self, item: Item, types: Mapping[int, Any]) -> Piece:
        """The rows of an item; text columns come in the types given for their positions."""
        ...


class ParquetReader:
    dialect = Dialect("utf-8", marked=False, delimiter=",", line_end="\n")

    def __init__(self, path: Path) -> None:
        try:
            self._rows = pl.scan_parquet(path, glob=False)
            schema = self._rows.collect_schema()
            self.size: int | None = self._rows.select(pl.len()).collect().item()
        except pl.exceptions.PolarsError as error:
            raise Unusable(f"The file is no Parquet file: {error}") from None
        self.header: Sequence[str] = list(schema)
        self.types: Sequence[Any] = [
            pl.String if isinstance(kind, pl.Categorical) else kind for kind in schema.values()
        ]

    def __iter__(self) -> Iterator[Item]:
        # Polars's own batches are read far ahead of the scoring, and pile up.
        for start in range(0, self.size or 0, PARQUET_ROWS):
            yield Item(start + 1, self._rows.slice(start, PARQUET_ROWS).collect())

    def read(self, item: Item, types: Mapping[int, Any]) -> Piece:
        return Piece(item.content, range(item.number, item.number + item.content.height))


class CsvReader:
    """Takes the header off a file that comes in chunks of any size, and hands out the rest in pieces of whole rows."""

    def __init__(self, chunks: Iterable[bytes], size: int | None = None) -> None:
        blocks = cut_blocks(chunks)
        start = next(blocks, b"")
        self.dialect = detect_dialect(start[:START])
        self._items = self._split(decode(chain([start], blocks), self.dialect.encoding))
        first = next(item for item in self._items if item.content.strip(b"\r\n"))
        start_of_header = len(first.content) - len(first.content.lstrip(b"\r\n"))
        ends = find_ends(first.content, self.dialect.delimiter)
        end = int(ends[ends > start_of_header].min(initial=len(first.content)))
        self.header: Sequence[str]
        ((_, self.header),) = read_records(first.content[start_of_header:end].rstrip(b"\r\n"), self.dialect.delimiter)
        self.types: Sequence[Any] = [pl.String] * len(self.header)
        rest = Item(first.number + first.content.count(b"\n", 0, end), first.content[end:])
        self._items = chain([rest] if rest.content else [], self._items)
        self.size = size - end if size and self.dialect.encoding == "utf-8" else None

    def __iter__(self) -> Iterator[Item]:
        has_rows = False
        for item in self._items:
            if item.content[0] not in b"\r\n" or item.content.strip(b"\r\n"):
                has_rows = True
                yield item
        if not has_rows:
            raise Unusable(HEADER_ONLY)

    def read_ahead(self) -> None:
        """Hold the whole file, so that one that cannot be read is refused before the first of its rows is scored."""
        held = deque(self)
        # What is scored takes no more room.
        self._items = (held.popleft() for _ in range(len(held)))

    def _split(self, blocks: Iterable[bytes]) -> Iterator[Item]:
        """The text, parted where a record ends, with what cannot be read refused."""
        number, data = 1, b""
        for block in chain(blocks, [b""]):
            is_last = not block
            data += block or (b"\n" if data and not data.endswith(b"\n") else b"")
            while data:
                whole = last_end(data, self.dialect.delimiter)
                for part in share_out(data[:whole], self.dialect.delimiter):
                    check_text(part, number)
                    yield Item(number, part)
                    number += part.count(b"\n")
                data = data[whole:]
                if not is_last and len(data) <= LONGEST_LINE:
                    break
                # What is left has no end: either a long line, or a quotation mark that is open from its first line on.
                line = data[: data.find(b"\n") + 1]
                if line:
                    check_text(line, number)
                    yield Item(number, line, is_broken=True)
                    number, data = number + 1, data[len(line) :]
                elif data:
                    raise Unusable(TOO_LONG.format(number))

    def read(self, item: Item, types: Mapping[int, Any]) -> Piece:
        schema = {str(at): types.get(at, pl.String) for at in range(len(self.header))}
        has_quotes = QUOTE in item.content
        data = item.content if has_quotes or b"\r" not in item.content else item.content.replace(b"\r\n", b"\n")
        if not item.is_broken and is_regular(data, len(schema), self.dialect.delimiter):
            try:
                frame = pl.read_csv(
                    data,
                    has_header=False,
                    schema=schema,
                    separator=self.dialect.delimiter,
                    quote_char='"' if has_quotes else None,
                )
            except pl.exceptions.PolarsError:
                # A row is too long.
                return self._read_ragged(item, data)
            # A row too short, or a blank line, leaves the last column empty.
            is_whole = not frame[:, -1].null_count() or (
                frame.height * (frame.width - 1) == count_outside(data, self.dialect.delimiter.encode())
            )
            if is_whole:
                numbers = first_lines(data, self.dialect.delimiter) if has_quotes else np.arange(frame.height)
                return Piece(frame, item.number + numbers, has_quotes)
        return self._read_ragged(item, data)

    def _read_ragged(self, item: Item, data: bytes) -> Piece:
        """The same where rows have cells too few or too many, or where only Python's reader knows what quotes mean."""
        width, delimiter = len(self.header), self.dialect.delimiter
        if QUOTE in data:
            records = list(read_records(data.rstrip(b"\r\n") if item.is_broken else data, delimiter))
            numbers: Any = np.array([line for line, _ in records], dtype=int)
            # Making lists of lists would take Polars ten times as long.
            cells = pl.Series(["\0".join(row) for _, row in records], dtype=pl.String).str.split("\0")
        else:
            lines = pl.Series([data.decode()]).str.split("\n").explode()
            is_row = lines.str.strip_chars("\r") != ""
            numbers = is_row.arg_true().to_numpy()
            cells = lines.filter(is_row).str.split(delimiter)
        frame = pl.DataFrame({str(at): cells.list.get(at, null_on_oob=True) for at in range(width)})
        count = pl.lit(cells.list.len())
        fault = (
            pl.when(count == 1)
            .then(pl.lit(f"This row has 1 cell where the header has {width}"))
            .otherwise(pl.format(f"This row has {{}} cells where the header has {width}", count))
        )
        faults = pl.select(pl.lit(BROKEN) if item.is_broken else pl.when(count != width).then(fault)).to_series()
        surplus = cells.list.slice(width)
        is_quoted = QUOTE in data or b"\r" in data
        return Piece(
            frame, item.number + numbers, is_quoted, faults, surplus if (surplus.list.len() > 0).any() else None
        )


def read_chunks(file: io.BufferedIOBase, size: int = 0) -> Iterator[bytes]:
    """The file's bytes. Unlike read(), read1() lets Ctrl-C through before a pipe has brought all that it may."""
    left = size
    while data := file.read1(PIECE_BYTES):
        yield data
        left -= len(data)
    if left > 0:
        raise Unusable(CUT)


def cut_blocks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in blocks of one length, so that a file is read alike whichever way it comes."""
    held: list[bytes] = []
    size = 0
    for chunk in chunks:
        if len(chunk) == PIECE_BYTES and not size:
            yield chunk
            continue
        held.append(chunk)
        size += len(chunk)
        if size >= PIECE_BYTES:
            data = b"".join(held)
            whole = size - size % PIECE_BYTES
            for at in range(0, whole, PIECE_BYTES):
                yield data[at : at + PIECE_BYTES]
            held, size = [data[whole:]] if size > whole else [], size - whole
    if size:
        yield b"".join(held)


def decode(blocks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The text in UTF-8, without the mark at its start."""
    if encoding == "utf-8":
        first = next(iter_blocks := iter(blocks))
        yield from chain([first.removeprefix(codecs.BOM_UTF8)], iter_blocks)
        return
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    for block in chain(blocks, [None]):
        try:
            text = decoder.decode(block or b"", final=block is None)
        except UnicodeDecodeError as fault:
            raise unreadable(fault, line) from None
        if data := (text.removeprefix("\ufeff") if line == 1 else text).encode():
            yield data
        line += text.count("\n")


def check_text(data: bytes, number: int) -> None:
    """Refuse what is no text, and lines that are longer than any row."""
    if b"\0" in data:
        raise Unusable(NOT_TEXT)
    try:
        if not data.isascii():
            data.decode()
    except UnicodeDecodeError as fault:
        raise unreadable(fault, number) from None
    start = 0
    while len(data) - start > LONGEST_LINE:
        end = data.rfind(b"\n", start, start + LONGEST_LINE + 1)
        if end < 0:
            raise Unusable(TOO_LONG.format(number + data.count(b"\n", 0, start)))
        start = end + 1
