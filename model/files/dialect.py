"""How a file of rows is written: its encoding, what separates its cells, and how its lines end."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

# As much of a file as is looked at before its first row is read.
START = 64 * 1024
DELIMITERS = ",;\t"
# The marks that a file can start with, and what they stand for.
MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
OTHERS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"\x1f\x8b", b"PAR1", b"SQLite format 3")
# No row of ours is longer; keeps a file without line ends from being held in memory whole.
LONGEST_LINE = 1 << 20

EMPTY = "The file is empty. It needs a line that names the columns, and a line for each row"
SPREADSHEET = "This is a spreadsheet or an archive, not a CSV file. Open it, save it as CSV, and choose the new file"
NOT_TEXT = "This is not a text file. Choose a table that was saved as CSV"
OLD_LINES = (
    "The file’s lines end in carriage returns alone, as old Macintosh programs wrote them. "
    "Save it as CSV in UTF-8, and choose the new file"
)
UNREADABLE = "The file’s text cannot be read from line {:,} on. Save it as CSV in UTF-8, and choose the new file"
HEADER_ONLY = "The file has a line that names the columns, but no rows below it"
BROKEN = "This row cannot be read. Check its quotation marks and where its lines end"
CUT = "The file became shorter while it was read. Wait until nothing writes to it, and score it again"
TOO_LONG = "Line {:,} is longer than a row can be. Choose a CSV file with a line for each row"


class Unusable(ValueError):
    """A file that cannot be scored at all; its text says what to do."""


@dataclass(frozen=True)
class Dialect:
    encoding: str
    # Whether what is written back starts with a mark that tells spreadsheets it is UTF-8.
    marked: bool
    delimiter: str
    line_end: str


def detect_dialect(start: bytes) -> Dialect:
    """The dialect of a file by its first bytes: START of them, or all there are."""
    if start.startswith(SPREADSHEETS):
        raise Unusable(SPREADSHEET)
    if start.startswith(OTHERS):
        raise Unusable(NOT_TEXT)
    encoding, marked = detect_encoding(start)
    text = decode_start(start, encoding)
    if not text.strip():
        raise Unusable(EMPTY)
    header, line_end = first_record(text.lstrip("\r\n"))
    if "\r" in unquoted(header).rstrip("\r"):
        raise Unusable(OLD_LINES)
    most = max(DELIMITERS, key=lambda one: unquoted(header).count(one))
    return Dialect(encoding, marked or encoding != "utf-8", most, line_end)


def detect_encoding(start: bytes) -> tuple[str, bool]:
    for mark, encoding in MARKS:
        if start.startswith(mark):
            return encoding, True
    return guess_encoding(start[:4096]), False


def guess_encoding(sample: bytes) -> str:
    """UTF-16 shows by its zeros: every other byte of a plain letter, digit or comma is one."""
    half = len(sample) // 2
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if half and odd > 0.6 * half and even < 0.05 * half:
        return "utf-16-le"
    if half and even > 0.6 * half and odd < 0.05 * half:
        return "utf-16-be"
    return "utf-8"


def decode_start(start: bytes, encoding: str) -> str:
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(start)
    except UnicodeDecodeError as fault:
        raise Unusable(NOT_TEXT) if b"\0" in start else unreadable(fault, 1) from None
    if "\0" in text:
        raise Unusable(NOT_TEXT)
    return text.removeprefix("\ufeff")


def unreadable(fault: UnicodeDecodeError, line: int) -> Unusable:
    good = fault.object[: fault.start].decode(fault.encoding, "replace")
    return Unusable(UNREADABLE.format(line + good.count("\n")))


def first_record(text: str) -> tuple[str, str]:
    """The first line and how it ends; a line end between quotes is part of it."""
    inside = False
    for position, character in enumerate(text):
        if character == '"':
            inside = not inside
        elif character == "\n" and not inside:
            crlf = text[position - 1 : position] == "\r"
            return text[: position - crlf], "\r\n" if crlf else "\n"
    return text, "\n"


def unquoted(record: str) -> str:
    """A record without what stands between quotes."""
    return "".join(record.split('"')[::2])


def write_row(cells: Iterable[object], dialect: Dialect) -> str:
    """Cells as a line of the file."""
    line = io.StringIO()
    # With this end the writer puts quotes around either half of it inside a cell.
    csv.writer(line, delimiter=dialect.delimiter, lineterminator="\r\n").writerow(cells)
    return line.getvalue().removesuffix("\r\n") + dialect.line_end
