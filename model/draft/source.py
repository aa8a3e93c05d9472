"""A table as it was handed over, every cell as text: CSV of any dialect, Parquet, or an Excel workbook."""

import gzip
import zipfile
from collections.abc import Iterator, Sequence
from itertools import dropwhile
from pathlib import Path
from typing import Any, cast

import pandas as pd
import polars as pl

from model.declare.inputs import first_lower
from model.files.dialect import AS_WINDOWS, Unusable
from model.files.headings import tell_apart
from model.files.reader import CsvReader, ParquetReader, read_chunks
from model.files.workbook import is_title, text_of

KNOWN = ".csv, .tsv, .txt, .parquet, .pq, .xlsx, or one of the first three and .gz"
# What a packed file may come to. A spreadsheet of a million cells has some 50 MB.
MOST_UNPACKED = 1 << 30
CHUNK = 1 << 20


def read_source(path: Path) -> tuple[pd.DataFrame, list[str]]:
    """The table, “” where a cell is blank, and what of the file is not in it, in sentences."""
    if not path.is_file():
        raise Unusable(f"There is no table {path}")
    ending = path.suffix.lower()
    if ending in (".parquet", ".pq"):
        return read_parquet(path)
    if ending == ".xlsx":
        return read_workbook(path)
    if ending in (".csv", ".tsv", ".txt") or path.name.lower().endswith((".csv.gz", ".tsv.gz", ".txt.gz")):
        return read_csv(path)
    raise Unusable(f"{path.name} must end in {KNOWN}")


def read_csv(path: Path) -> tuple[pd.DataFrame, list[str]]:
    with open_csv(path) as file:
        reader = CsvReader(bounded(read_chunks(cast(Any, file)), path))
        pieces = [reader.read(item, {}) for item in reader]
    ragged = [int(line) for piece in pieces if piece.faults is not None for line in ragged_lines(piece)]
    rows = pl.concat([piece.frame.filter(piece.faults.is_null()) if piece.faults is not None else piece.frame
                      for piece in pieces])  # fmt: skip
    notes = [first_lower(AS_WINDOWS)] if reader.is_windows else []
    if ragged:
        notes.append(f"{counted(len(ragged), 'row')} with cells too few or too many left out, the first in line "
                     f"{ragged[0]:,}")  # fmt: skip
    return framed(reader.header, [rows[name].to_list() for name in rows.columns]), notes


def open_csv(path: Path) -> Any:
    return gzip.open(path) if path.suffix == ".gz" else path.open("rb")


def ragged_lines(piece: Any) -> Iterator[Any]:
    return (number for number, fault in zip(piece.numbers, piece.faults, strict=True) if fault is not None)


def read_parquet(path: Path) -> tuple[pd.DataFrame, list[str]]:
    frames = [item.content for item in ParquetReader(path)]
    if not frames:
        raise Unusable(f"{path.name} has no rows")
    # Of a number in 32 bits the digits that it was written with, and not those that 64 bits make of it.
    whole = pl.concat(frames).with_columns(pl.col(pl.Float32).cast(pl.String))
    return framed(whole.columns, [column.to_list() for column in whole.iter_columns()]), []


def read_workbook(path: Path) -> tuple[pd.DataFrame, list[str]]:
    """The first sheet of a workbook: the first row that is neither blank nor a title names the columns."""
    check_unpacked(path)
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        raise Unusable("Excel workbooks need python-calamine: pip install -r requirements.txt") from None
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            names = book.sheet_names
            rows: Sequence[Sequence[Any]] = book.get_sheet_by_index(0).to_python()
    except (CalamineError, IndexError) as fault:
        raise Unusable(f"{path.name} is no Excel workbook that can be read: {fault}") from None
    rows = list(dropwhile(lambda row: is_title([text_of(cell) for cell in row]), rows))
    rows = [row for row in rows if any(text_of(cell) for cell in row)]
    if len(rows) < 2:
        raise Unusable(f"The sheet “{names[0]}” of {path.name} needs a row that names the columns, and rows below it")
    notes = [f"of {len(names)} sheets the first, “{names[0]}”, is read"] if len(names) > 1 else []
    return framed([text_of(cell) for cell in rows[0]], list(zip(*rows[1:], strict=True))), notes


def check_unpacked(path: Path) -> None:
    """Unpack a workbook once, keeping nothing, since what it says of its own size may be wrong."""
    try:
        with zipfile.ZipFile(path) as packed:
            for _ in bounded(unpack(packed), path):
                pass
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as fault:
        raise Unusable(f"{path.name} is no Excel workbook that can be read: {fault}") from None


def unpack(packed: zipfile.ZipFile) -> Iterator[bytes]:
    for name in packed.namelist():
        with packed.open(name) as member:
            while data := member.read(CHUNK):
                yield data


def bounded(chunks: Iterator[bytes], path: Path) -> Iterator[bytes]:
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > MOST_UNPACKED and path.suffix.lower() in (".gz", ".xlsx"):
            raise Unusable(
                f"{path.name} unpacks to more than {MOST_UNPACKED >> 20:,} MB. "
                "If it is what it should be, save it as Parquet, or as CSV"
            )
        yield chunk


def framed(header: Sequence[str], columns: Sequence[Sequence[Any]]) -> pd.DataFrame:
    """Texts under headings that are all different; a blank heading gets its number, as pandas writes it."""
    texts = {name: [text_of(cell) for cell in cells] for name, cells in zip(tell_apart(header), columns, strict=True)}
    return pd.DataFrame(texts, dtype=object)


def counted(number: int, noun: str) -> str:
    """“1 row”, “2,000 rows”."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
