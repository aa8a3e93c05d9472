"""Where the records of a CSV text end, and what is in them where only Python's own reader can tell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import numpy as np

# Short lines take more room as cells than as text.
PIECE_LINES = 1 << 15
QUOTE = b'"'
# Stands for a carriage return, and is in no text.
RETURN = "\ud80d"
# The pieces bound how long a cell can be; Python's own bound would come before.
csv.field_size_limit(1 << 30)

Array = np.ndarray[Any, np.dtype[Any]]


def share_out(data: bytes, delimiter: str) -> Iterator[bytes]:
    """The same records in parts of not too many lines each."""
    if count(data, b"\n") > PIECE_LINES and (middle := last_end(data[: len(data) // 2], delimiter)):
        yield from share_out(data[:middle], delimiter)
        yield from share_out(data[middle:], delimiter)
    elif data:
        yield data


def last_end(data: bytes, delimiter: str) -> int:
    if QUOTE not in data:
        return data.rfind(b"\n") + 1
    return int(find_ends(data, delimiter).max(initial=0))


def find_ends(data: bytes, delimiter: str) -> Array:
    """Just after each line break that ends a record."""
    breaks = positions(data, b"\n")
    if QUOTE not in data or not len(breaks):
        return breaks + 1
    if is_well_quoted(data, delimiter):
        return outside(breaks, positions(data, QUOTE)) + 1
    # One more quotation mark is a record by itself, unless it closes the last one.
    lines = data[: breaks[-1] + 1].decode("latin-1").replace("\r", " ") + '"'
    reader = csv.reader(io.StringIO(lines, newline="\n"), delimiter=delimiter)
    return breaks[[reader.line_num - 1 for _ in reader][:-1]] + 1


def first_lines(data: bytes, delimiter: str) -> Array:
    """The line that each record starts on, counted from 0."""
    ends = find_ends(data, delimiter)
    return np.concatenate([[0], np.searchsorted(positions(data, b"\n"), ends[:-1])])


def is_regular(data: bytes, width: int, delimiter: str) -> bool:
    """Whether Polars reads the records as Python does, as far as can be told before."""
    if b"\r" in data and (QUOTE not in data or count(data, b"\r") > data.count(b"\r\n")):
        # Polars drops a carriage return at the end of any cell.
        return False
    if width == 1 and (data.startswith((b"\n", b"\r\n")) or b"\n\n" in data or b"\n\r\n" in data):
        # A line with nothing on it would be a row.
        return False
    cells, mark = count(data, b"\n") * width, delimiter.encode()
    if count(data, mark) > 2 * cells and count_outside(data, mark) > cells:
        # Polars takes a hundred times the room of a row with far too many cells before it says that it has.
        return False
    return QUOTE not in data or is_well_quoted(data, delimiter)


def is_well_quoted(data: bytes, delimiter: str) -> bool:
    """Whether quotation marks stand only around whole cells, and two of them inside for one."""
    letters = np.frombuffer(b"\n" + data + b"\n\n", np.uint8)
    marks = positions(data, QUOTE) + 1
    ends = [ord(delimiter), ord("\n"), ord('"')]
    before, after = letters[marks[::2] - 1], marks[1::2] + 1
    # A carriage return may part the mark from the end of the line.
    after = after + ((letters[after] == ord("\r")) & (letters[after + 1] == ord("\n")))
    return bool(np.isin(before, ends).all() and np.isin(letters[after], ends).all())


def count_outside(data: bytes, letter: bytes) -> int:
    """How often the letter stands outside of quotation marks."""
    if QUOTE not in data:
        return count(data, letter)
    return len(outside(positions(data, letter), positions(data, QUOTE)))


def outside(places: Array, marks: Array) -> Array:
    return places[np.searchsorted(marks, places) % 2 == 0]


def positions(data: bytes, letter: bytes) -> Array:
    return np.flatnonzero(np.frombuffer(data, np.uint8) == ord(letter))


def count(data: bytes, letter: bytes) -> int:
    """The same as `data.count(letter)`, which takes ten times as long where there are many."""
    return int(np.count_nonzero(np.frombuffer(data, np.uint8) == ord(letter)))


def read_records(data: bytes, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it starts on, counted from 0; a line with nothing on it is none."""
    # Python's reader refuses carriage returns by themselves. The stand-in is in no text.
    lines = data.decode().replace("\r", RETURN).split("\n")
    reader = csv.reader((f"{line}\n" for line in lines[: len(lines) - (not lines[-1])]), delimiter=delimiter)
    start = 0
    for cells in reader:
        last = lines[reader.line_num - 1]
        if last.endswith(RETURN):
            # It belongs to the line's end.
            cells[-1] = cells[-1].removesuffix(RETURN)
        if cells and last.strip(RETURN):
            yield start, [cell.replace(RETURN, "\r") for cell in cells]
        start = reader.line_num
