"""How a file of rows is written: its encoding, what separates its cells, and how its lines end."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from .headings import Unusable

# As much of a file as is looked at before its first row is read.
START = 64 * 1024
DELIMITERS = ",;\t"
# The marks that a file can start with, and what they stand for.
MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
OTHERS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"\x1f\x8b", b"PAR1", b"SQLite format 3")
# No row of ours is longer; keeps a file without line ends from being held in memory whole.
LONGEST_LINE = 1024 * 1024

EMPTY = "The file is empty. It needs a line that names the columns, and a line for each row"
SPREADSHEET = "This is a spreadsheet or an archive, not a CSV file. Open it, save it as CSV, and choose the new file"
NOT_TEXT = "This is not a text file. Choose a table that was saved as CSV"
OLD_LINES = (
    "The file’s lines end in carriage returns alone, as old Macintosh programs wrote them. "
    "Save it as CSV in UTF-8, and choose the new file"
)
UNREADABLE = "The file’s text cannot be read from line {:,} on. Save it as CSV in UTF-8, and choose the new file"
TOO_LONG = "Line {:,} is longer than a row can be. Choose a CSV file with a line for each row"


@dataclass(frozen=True)
class Dialect:
    encoding: str
    # Whether what is written back starts with a mark that tells spreadsheets it is UTF-8.
    marked: bool
    delimiter: str
    line_end: str


def dialect_of(start: bytes) -> Dialect:
    """The dialect of a file by its first bytes: START of them, or all there are."""
    if start.startswith(SPREADSHEETS):
        raise Unusable(SPREADSHEET)
    if start.startswith(OTHERS):
        raise Unusable(NOT_TEXT)
    encoding, marked = encoding_of(start)
    text = decoded_start(start, encoding)
    if not text.strip():
        raise Unusable(EMPTY)
    header, line_end = first_record(text)
    if "\r" in unquoted(header).rstrip("\r"):
        raise Unusable(OLD_LINES)
    most = max(DELIMITERS, key=lambda one: unquoted(header).count(one))
    return Dialect(encoding, marked or encoding != "utf-8", most, line_end)


def opened(pieces: Iterable[bytes]) -> tuple[Dialect, Iterator[bytes]]:
    """The dialect of a file that comes in pieces, and all its pieces again."""
    rest = iter(pieces)
    seen: list[bytes] = []
    while sum(map(len, seen)) < START and (piece := next(rest, None)) is not None:
        seen.append(piece)
    return dialect_of(b"".join(seen)[:START]), chain(seen, rest)


def texts(pieces: Iterable[bytes], dialect: Dialect) -> Iterator[str]:
    """The file's text in pieces of whole lines, without the mark at its start."""
    decoder = codecs.getincrementaldecoder(dialect.encoding)()
    line, rest = 1, ""
    for piece in chain(pieces, [None]):
        try:
            text = decoder.decode(piece or b"", final=piece is None)
        except UnicodeDecodeError as fault:
            raise unreadable(fault, line) from None
        if "\0" in text:
            raise Unusable(NOT_TEXT)
        whole, end, begun = text.rpartition("\n")
        if end:
            yield (rest + whole + end).removeprefix("\ufeff") if line == 1 else rest + whole + end
            line += whole.count("\n") + 1
            rest = begun
        else:
            rest += text
        if len(rest) > LONGEST_LINE:
            raise Unusable(TOO_LONG.format(line))
    if rest:
        yield rest.removeprefix("\ufeff") if line == 1 else rest


def encoding_of(start: bytes) -> tuple[str, bool]:
    for mark, encoding in MARKS:
        if start.startswith(mark):
            return encoding, True
    return without_mark(start[:4096]), False


def without_mark(sample: bytes) -> str:
    """UTF-16 shows by its zeros: every other byte of a plain letter, digit or comma is one."""
    half = len(sample) // 2
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if half and odd > 0.6 * half and even < 0.05 * half:
        return "utf-16-le"
    if half and even > 0.6 * half and odd < 0.05 * half:
        return "utf-16-be"
    return "utf-8"


def decoded_start(start: bytes, encoding: str) -> str:
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
