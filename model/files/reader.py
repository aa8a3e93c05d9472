"""Reads a table in pieces of whole rows: a CSV file of any dialect, or a Parquet file."""

from __future__ import annotations

import codecs
import contextlib
import io
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from .dialect import (
    BROKEN,
    CUT,
    HEADER_ONLY,
    LONGEST_LINE,
    MARKS,
    MOST_BROKEN,
    MOST_COLUMNS,
    NOT_TEXT,
    START,
    TOO_BROKEN,
    TOO_LONG,
    TOO_WIDE,
    WINDOWS,
    Dialect,
    Unusable,
    detect_dialect,
    is_windows,
    unreadable,
)
from .records import QUOTE, count, count_outside, find_ends, first_lines, is_regular, last_end, read_records, share_out

# Larger ones save little time, and take more memory.
PIECE_BYTES = 3 << 19
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


class ParquetReader:
    is_windows = False
    of_workbook = False
    # How a CSV file made from it is written.
    dialect = Dialect("utf-8", marked=False, delimiter=",", line_end="\n")

    def __init__(self, path: Path) -> None:
        try:
            self._rows = pl.scan_parquet(path, glob=False)
            schema = self._rows.collect_schema()
            # How long the content of all items is together; 0 where that is not known.
            self.size: int = self._rows.select(pl.len()).collect().item()
        except pl.exceptions.PolarsError as error:
            raise Unusable(f"The file is no Parquet file: {error}") from None
        self.header: Sequence[str] = list(schema)
        self.types: Sequence[Any] = [pl.String if kind == pl.Categorical else kind for kind in schema.values()]

    def __iter__(self) -> Iterator[Item]:
        # Polars's own batches are read far ahead of the scoring, and pile up.
        for start in range(0, self.size, PARQUET_ROWS):
            yield Item(start + 1, self._rows.slice(start, PARQUET_ROWS).collect())

    def read(self, item: Item, types: Mapping[int, Any]) -> Piece:
        return Piece(item.content, range(item.number, item.number + item.content.height))


class CsvReader:
    """Takes the header off a file that comes in chunks of any size, and hands out the rest in pieces of whole rows."""

    def __init__(self, chunks: Iterable[bytes], size: int = 0, of_workbook: bool = False) -> None:
        # Whether these were a workbook's cells, whose numbers have no marks of any language.
        self.of_workbook = of_workbook
        blocks = cut_blocks(chunks)
        start = next(blocks)
        self.dialect = detect_dialect(start[:START])
        self._delimiter = self.dialect.delimiter
        mark = next((mark for mark, _ in MARKS if start.startswith(mark)), b"")
        whole: Iterator[bytes] = chain([start.removeprefix(mark)], blocks)
        is_utf8 = self.dialect.encoding == "utf-8"
        # Whether letters had to be read as Windows has them; that may show far into the file.
        self.is_windows = self.dialect.encoding == WINDOWS
        if not is_utf8:
            whole = decode(whole, self.dialect.encoding)
        elif not mark:
            whole = self._take_windows(whole)
        self._items = self._split(whole)
        number, content, _ = next(item for item in self._items if item.content.strip(b"\r\n"))
        # Lines with nothing on them may come before the header.
        ends = find_ends(content, self._delimiter)
        blank = len(content) - len(content.lstrip(b"\r\n"))
        end = int(ends[ends > blank].min(initial=len(content)))
        self.header: Sequence[str]
        ((_, self.header),) = read_records(content[:end].strip(b"\r\n"), self._delimiter)
        if len(self.header) > MOST_COLUMNS:
            raise Unusable(TOO_WIDE.format(len(self.header)))
        self.types: Sequence[Any] = [pl.String] * len(self.header)
        if end < len(content):
            self._items = chain([Item(number + content.count(b"\n", 0, end), content[end:])], self._items)
        self.size = size - end if is_utf8 else 0

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

    def _take_windows(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """The same, but in UTF-8 where the first letters that are no ASCII are Windows's."""
        line, held = 1, b""
        for block in blocks:
            block, held = held + block, b""
            if not block.isascii():
                try:
                    text = codecs.getincrementaldecoder("utf-8")().decode(block)
                except UnicodeDecodeError as fault:
                    self.is_windows = is_windows(fault)
                    rest = chain([block], blocks)
                    yield from decode(rest, WINDOWS, line) if self.is_windows else rest
                    return
                if not text.isascii():
                    yield block
                    yield from blocks
                    return
                # The block ends in the midst of its first letter that is no ASCII.
                block, held = block[: len(text)], block[len(text) :]
            yield block
            line += block.count(b"\n")
        if held:
            self.is_windows = True
            yield from decode([held], WINDOWS, line)

    def _split(self, blocks: Iterable[bytes]) -> Iterator[Item]:
        """The text, parted where a record ends, with what cannot be read refused."""
        number, data, broken = 1, b"", 0
        for block in chain(blocks, [b""]):
            data += block or (b"\n" if data and not data.endswith(b"\n") else b"")
            while data:
                whole = last_end(data, self._delimiter)
                for part in share_out(data[:whole], self._delimiter):
                    check_text(part, number)
                    yield Item(number, part)
                    number += count(part, b"\n")
                data = data[whole:]
                if block and len(data) <= LONGEST_LINE:
                    break
                # What is left has no end: either a long line, or a quotation mark that is open from its first line on.
                line = data[: data.find(b"\n") + 1]
                if data and not line:
                    raise Unusable(TOO_LONG.format(number))
                if line:
                    broken += 1
                    if broken > MOST_BROKEN:
                        raise Unusable(TOO_BROKEN.format(number))
                    check_text(line, number)
                    yield Item(number, line, is_broken=True)
                    number, data = number + 1, data[len(line) :]

    def read(self, item: Item, types: Mapping[int, Any]) -> Piece:
        schema = {str(at): types.get(at, pl.String) for at in range(len(self.header))}
        data, has_quotes = item.content, QUOTE in item.content
        if not has_quotes and b"\r" in data:
            data = data.replace(b"\r\n", b"\n")
        if not item.is_broken and is_regular(data, len(schema), self._delimiter):
            # A row that is too long is an error.
            with contextlib.suppress(pl.exceptions.PolarsError):
                frame = pl.read_csv(
                    data,
                    has_header=False,
                    schema=schema,
                    separator=self._delimiter,
                    quote_char='"' if has_quotes else None,
                )
                # A row too short, or a blank line, leaves the last column empty.
                cells = frame.height * (frame.width - 1)
                if not frame[:, -1].null_count() or cells == count_outside(data, self._delimiter.encode()):
                    numbers = first_lines(data, self._delimiter) if has_quotes else np.arange(frame.height)
                    return Piece(frame, item.number + numbers, has_quotes)
        return self._read_ragged(item, data)

    def _read_ragged(self, item: Item, data: bytes) -> Piece:
        """The same where rows have cells too few or too many, or where only Python's reader knows what quotes mean."""
        width = len(self.header)
        if QUOTE in data:
            records = list(read_records(data.rstrip(b"\r\n") if item.is_broken else data, self._delimiter))
            numbers: Any = np.array([line for line, _ in records], dtype=int)
            # Making lists of lists would take Polars ten times as long.
            cells = pl.Series(["\0".join(row) for _, row in records], dtype=pl.String).str.split("\0")
        else:
            lines = pl.Series([data.decode()]).str.split("\n").explode()
            is_row = lines.str.strip_chars("\r") != ""
            numbers = is_row.arg_true().to_numpy()
            cells = lines.filter(is_row).str.split(self._delimiter)
        frame = pl.DataFrame({str(at): cells.list.get(at, null_on_oob=True) for at in range(width)})
        count, surplus = cells.list.len(), cells.list.slice(width)
        plural = pl.when(pl.lit(count) == 1).then(pl.lit("")).otherwise(pl.lit("s"))
        fault = pl.format(f"This row has {{}} cell{{}} where the header has {width}", count, plural)
        faults = pl.select(pl.lit(BROKEN) if item.is_broken else pl.when(count != width).then(fault)).to_series()
        is_quoted = QUOTE in data or b"\r" in data
        return Piece(frame, item.number + numbers, is_quoted, faults, surplus if (count > width).any() else None)


Reader = CsvReader | ParquetReader


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
    held = bytearray()
    for chunk in chunks:
        if len(chunk) == PIECE_BYTES and not held:
            yield chunk
            continue
        held += chunk
        while len(held) >= PIECE_BYTES:
            yield bytes(held[:PIECE_BYTES])
            del held[:PIECE_BYTES]
    yield bytes(held)


def decode(blocks: Iterable[bytes], encoding: str, line: int = 1) -> Iterator[bytes]:
    """The text in UTF-8."""
    try:
        for text in codecs.iterdecode(blocks, encoding):
            yield text.encode()
            line += text.count("\n")
    except UnicodeDecodeError as fault:
        raise unreadable(fault, line) from None


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
