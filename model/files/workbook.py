"""Excel workbooks: a sheet as rows of text, with bounds on what it unpacks to; and a table as a workbook."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import IO, Any, BinaryIO

from .dialect import Dialect, Unusable, write_row
from .reader import CsvReader

CHUNK = 1 << 20
QUOTE = '"'
# How a workbook's rows are read on, as the text of a CSV file.
AS_TEXT = Dialect("utf-8", marked=False, delimiter=",", line_end="\n")
BEGINNING = b"PK\x03\x04"
NO_WORKBOOK = "The file is no Excel workbook that can be read. Save it anew as .xlsx, or as CSV"
TOO_LARGE = "The workbook unpacks to more than {:,} MB. Save it as CSV, and choose the new file"
TOO_MANY_CELLS = "The sheet has more than {:,} cells. Save it as CSV, and choose the new file"
TOO_LITTLE = "The sheet “{}” needs a row that names the columns, and rows below it"
NO_PLACES = "The workbook’s cells cannot be counted before it is opened. Save it anew in a spreadsheet, or as CSV"
UNSOLVED = "A formula of the workbook has no result. Open it in a spreadsheet, save it there, and choose the new file"
# What one that is sent may come to. The sheet is in memory at once with all its empty cells, and a text as often as
# cells have it.
MOST_UNPACKED = 128 << 20
MOST_CELLS = 1_000_000
MOST_TEXT = 256 << 20
# So many cells are written into a workbook; each takes some 200 bytes until it is sent.
MOST_WRITTEN = 400_000
NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d{1,3})?")
# A cell begins with its place, as all spreadsheets write it, and says it once; any other would be opened unseen. What
# opens it takes all for a name that is no space, and for a cell whatever ends in c.
CELL = re.compile(rb"<(?:[^<> \t\r\n:]*:)?c(?=[ \t\r\n/>])")
PLACED = re.compile(rb"""<(?:[\w.-]+:)?c r="([A-Z]{1,3})(\d{1,7})"(?:\s+(?!r[\s=])[\w.:-]+="[^"<>]*")*\s*/?>""")
END_OF_TEXT = re.compile(rb"</(?:[^<> \t\r\n:]*:)?si\s*>")
SHARED = re.compile(rb"""\st\s*=\s*["']s["']""")
# A formula that no spreadsheet has worked out, as programs write them, would be an empty cell; one that gives no text says so.
NO_RESULT = re.compile(
    rb"""<(?:[\w.-]+:)?c\s(?![^<>]*\st\s*=\s*["']str["'])[^<>]*>\s*<(?:[\w.-]+:)?f(?:\s[^<>]*)?(?:/>|>[^<]*</(?:[\w.-]+:)?f\s*>)"""
    rb"""\s*(?:<(?:[\w.-]+:)?v\s*(?:/>|>\s*</(?:[\w.-]+:)?v\s*>)\s*)?</(?:[\w.-]+:)?c\s*>"""
)
# As much of a piece is looked at once more with the next one.
CELL_BYTES = 1 << 10
# What else may lie in such a file, and would be opened as a sheet.
OTHER_KINDS = ("content.xml", "workbook.bin")


def open_table(chunks: Iterable[bytes], size: int = 0) -> tuple[CsvReader, bool]:
    """What reads a table that comes in chunks, and whether it is a workbook, which is read on as text."""
    rest = iter(chunks)
    first = next(rest, b"")
    if first.startswith(BEGINNING):
        return CsvReader(read_rows(b"".join([first, *rest])), of_workbook=True), True
    return CsvReader(chain([first], rest), size), False


def read_rows(content: bytes) -> Iterator[bytes]:
    """The first sheet of a workbook that was sent, as the lines of a CSV file."""
    names, rows = open_sheet(repack(content))
    # A sheet may begin with blank rows and a title. They are blank lines here, so that each row keeps its number.
    header: list[str] = []
    for row in rows:
        if not is_title(header := list(map(text_of, row))):
            break
        yield b"\n"
    few = list(islice(rows, 1))
    if not few:
        raise Unusable(TOO_LITTLE.format(names[0]))
    # In quotation marks, no heading has what could be taken for the mark between the columns.
    yield ",".join(f'"{cell.replace(QUOTE, 2 * QUOTE)}"' for cell in header).encode() + b"\n"
    for row in chain(few, rows):
        yield write_row(map(text_of, row), AS_TEXT).encode()


def is_title(cells: Sequence[str]) -> bool:
    """Whether a row above the header names no columns: it is blank, or has one cell where the sheet has three or more."""
    return sum(map(bool, cells)) <= (len(cells) > 2)


def open_sheet(file: BinaryIO) -> tuple[list[str], Iterator[list[Any]]]:
    """The names of the sheets, and the rows of the first one."""
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        raise Unusable("Excel workbooks need python-calamine: pip install -r requirements-serve.txt") from None
    try:
        with CalamineWorkbook.from_filelike(file) as book:
            return book.sheet_names, iter(book.get_sheet_by_index(0).iter_rows())
    except (CalamineError, IndexError):
        raise Unusable(NO_WORKBOOK) from None


@dataclass
class Size:
    """What a workbook comes to once it is opened, as far as it was unpacked."""

    unpacked: int = 0
    width: int = 0
    height: int = 0
    # How often a cell refers to a shared text, and the longest of those.
    texts: int = 0
    longest: int = 0

    def add(self, pieces: Iterable[bytes]) -> None:
        """Count one of its files."""
        length, before = 0, b""
        for piece in pieces:
            self.unpacked += len(piece)
            if self.unpacked > MOST_UNPACKED:
                raise Unusable(TOO_LARGE.format(MOST_UNPACKED >> 20))
            # Most sheets have no formula, and to look at each cell takes its time.
            if (b"<f" in piece or b":f" in piece) and NO_RESULT.search(before + piece):
                raise Unusable(UNSOLVED)
            before = piece[-CELL_BYTES:]
            first, *others = END_OF_TEXT.split(piece)
            length += len(first)
            if others:
                self.longest = max([self.longest, length, *map(len, others)])
                length = len(others[-1])
            places = PLACED.findall(piece)
            if len(places) != len(CELL.findall(piece)):
                raise Unusable(NO_PLACES)
            self.width = max([self.width, *(column_of(letters) for letters in {letters for letters, _ in places})])
            self.height = max([self.height, *(int(row) for _, row in places)])
            self.texts += len(SHARED.findall(piece))
            if self.width * self.height > MOST_CELLS:
                raise Unusable(TOO_MANY_CELLS.format(MOST_CELLS))


def repack(content: bytes) -> BinaryIO:
    """The workbook's files in an archive of our own, once all that they come to was counted.

    What an archive says of itself may be wrong, and what opens it could read another one in the same bytes than we do.
    """
    size, own = Size(), io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed, zipfile.ZipFile(own, "w") as copy:
            names = [name.lower() for name in packed.namelist()]
            if any(name.endswith(OTHER_KINDS) for name in names) or "xl/workbook.xml" not in names:
                raise Unusable(NO_WORKBOOK)
            if len(set(names)) < len(names):
                raise Unusable(NO_WORKBOOK)
            for one in packed.infolist():
                with packed.open(one) as member, copy.open(one.filename, "w") as there:
                    size.add(cut_at_tags(copied(iter(partial(member.read, CHUNK), b""), there)))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError):
        raise Unusable(NO_WORKBOOK) from None
    if size.longest * size.texts > MOST_TEXT:
        raise Unusable(TOO_LARGE.format(MOST_TEXT >> 20))
    own.seek(0)
    return own


def copied(pieces: Iterable[bytes], there: IO[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        there.write(piece)
        yield piece


def cut_at_tags(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes, parted before a tag, so that none is in two pieces; a tag is never as long as a piece."""
    rest = b""
    for piece in pieces:
        rest += piece
        end = rest.rfind(b"<")
        if end <= 0 and len(rest) < 2 * CHUNK:
            continue
        end = end if end > 0 else len(rest)
        yield rest[:end]
        rest = rest[end:]
    yield rest


def column_of(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number


def text_of(cell: Any) -> str:
    """A cell as a person would type it: a whole number without its “.0”, a day without its midnight."""
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell).strip().removesuffix(" 00:00:00")


def write_workbook(chunks: Iterable[bytes], dialect: Dialect) -> bytes | None:
    """The scored rows as a workbook; None where they are too many for one. Text stays text, and is never a formula."""
    import xlsxwriter  # type: ignore[import-untyped, unused-ignore]

    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    sheet = book.add_worksheet()
    cells = 0
    text = io.TextIOWrapper(io.BytesIO(b"".join(chunks)), encoding="utf-8-sig", newline="")
    for at, row in enumerate(csv.reader(text, delimiter=dialect.delimiter)):
        cells += len(row)
        if cells > MOST_WRITTEN:
            return None
        for column, cell in enumerate(row):
            if at and NUMBER.fullmatch(cell) and len(cell) < 25:
                sheet.write_number(at, column, float(cell))
            elif cell:
                # A cell of a workbook holds no more.
                sheet.write_string(at, column, cell.removeprefix("'")[:32_767])
    sheet.freeze_panes(1, 0)
    book.close()
    return file.getvalue()
