"""How a file of rows is written: its encoding, what separates its cells, and how its lines end."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# As much of a file as is looked at before its first row is read.
START = 64 * 1024
DELIMITERS = ",;\t"
# The marks that a file can start with, and what they stand for.
WINDOWS = "cp1252"
MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
OTHERS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"\x1f\x8b", b"PAR1", b"SQLite format 3")
# No row of ours is longer; keeps a file without line ends from being held in memory whole.
LONGEST_LINE = 1 << 20
# Each column takes its time in each piece of the file, however little is in it.
MOST_COLUMNS = 2_000
# After each broken line the rest is looked at anew.
MOST_BROKEN = 20

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
TOO_BROKEN = (
    f"More than {MOST_BROKEN} lines have a quotation mark that nobody closed, the last of them line {{:,}}. "
    "Check the quotation marks, and choose the file again"
)
CUT = "The file became shorter while it was read. Wait until nothing writes to it, and score it again"
TOO_WIDE = (
    f"The file has {{:,}} columns, and {MOST_COLUMNS:,} is the most that can be read. "
    "Leave out those that are not needed, and choose the file again"
)
AS_WINDOWS = "Its letters are read as Windows-1252, since they are no UTF-8"
TOO_LONG = "Line {:,} is longer than a row can be. Choose a CSV file with a line for each row"


class Unusable(ValueError):
    """A file that cannot be scored at all; its text says what to do."""


class ColumnsMissing(Unusable):
    """The file has no column for some inputs; whoever sent it may say which of its columns they are."""

    def __init__(self, message: str, missing: Sequence[str], header: Sequence[str]) -> None:
        super().__init__(message)
        self.missing = missing
        self.header = header


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
    try:
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(start).removeprefix("\ufeff")
        except UnicodeDecodeError as fault:
            if not is_windows(fault):
                raise
            encoding, text = WINDOWS, start.decode(WINDOWS)
    except UnicodeDecodeError as fault:
        raise Unusable(NOT_TEXT) if b"\0" in start else unreadable(fault, 1) from None
    if "\0" in text:
        raise Unusable(NOT_TEXT)
    if not text.strip():
        raise Unusable(EMPTY)
    # The first line; a line end between quotation marks is part of it.
    line = re.match(r'[\r\n]*((?:[^"\n]+|"[^"]*"?)*)(\n?)', text)
    header, end = line.groups() if line else ("", "")
    unquoted = "".join(header.split('"')[::2])
    if "\r" in unquoted.rstrip("\r"):
        raise Unusable(OLD_LINES)
    line_end = "\r\n" if end and header.endswith("\r") else "\n"
    return Dialect(encoding, marked or encoding != "utf-8", max(DELIMITERS, key=unquoted.count), line_end)


def detect_encoding(start: bytes) -> tuple[str, bool]:
    """The encoding, and whether a mark tells it. UTF-16 shows by its zeros: every other byte of a plain letter is one."""
    for mark, encoding in MARKS:
        if start.startswith(mark):
            return encoding, True
    half = len(start[:4096]) // 2
    even, odd = start[:4096:2].count(0), start[1:4096:2].count(0)
    if half and odd > 0.6 * half and even < 0.05 * half:
        return "utf-16-le", False
    if half and even > 0.6 * half and odd < 0.05 * half:
        return "utf-16-be", False
    return "utf-8", False


def is_windows(fault: UnicodeDecodeError) -> bool:
    """Whether the first letters that are no ASCII are no UTF-8 either: then the text is most often as Excel writes it."""
    return fault.encoding == "utf-8" and fault.object[: fault.start].isascii()


def unreadable(fault: UnicodeDecodeError, line: int) -> Unusable:
    good = fault.object[: fault.start].decode(fault.encoding, "replace")
    return Unusable(UNREADABLE.format(line + good.count("\n")))


def write_row(cells: Iterable[object], dialect: Dialect) -> str:
    """Cells as a line of the file."""
    line = io.StringIO()
    # With this end the writer puts quotes around either half of it inside a cell.
    csv.writer(line, delimiter=dialect.delimiter, lineterminator="\r\n").writerow(cells)
    return line.getvalue().removesuffix("\r\n") + dialect.line_end
