"""Where the scored rows go: a CSV file, standard output or a Parquet file."""

from __future__ import annotations

import contextlib
import csv
import io
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from queue import Full, Queue
from typing import Any, BinaryIO, Literal, Protocol

import polars as pl

from .csv_pieces import Piece
from .dialect import Dialect
from .formulas import NUMBER, START, safe
from .headings import Unusable
from .scorer import Scored
from .sources import Source

QuoteStyle = Literal["never", "necessary"]
# Rows, how they are quoted, and the cells that come after the one row where it has too many.
Part = tuple[pl.DataFrame, QuoteStyle, Sequence[str]]


class Target(Protocol):
    def content(self, piece: Piece, scored: Scored) -> Any:
        """The scored rows as write() takes them."""
        ...

    def write(self, source: Source, added: Mapping[str, Any], contents: Iterator[Any]) -> None: ...


class CsvTarget:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def content(self, piece: Piece, scored: Scored) -> list[Part]:
        """Quotation marks cost time, so they are looked for only where a cell may need them."""
        plain = piece.plain and not scored.bad and pl.String not in scored.added.dtypes[:-1]
        whole = safe_columns(piece.frame).hstack(scored.added)
        return parts(whole, "never" if plain else "necessary", piece.surplus)

    def write(self, source: Source, added: Mapping[str, Any], contents: Iterator[list[Part]]) -> None:
        dialect = source.dialect
        self._file.write(BOM_UTF8 if dialect.marked else b"")
        self._write_row([*source.header, *added], dialect)
        for frame, quotes, surplus in chain.from_iterable(contents):
            if surplus:
                self._write_row([cell or "" for cell in (*frame.row(0), *surplus)], dialect)
                continue
            frame.write_csv(
                self._file,
                include_header=False,
                separator=dialect.delimiter,
                line_terminator=dialect.line_end,
                quote_style=quotes,
            )
        self._file.flush()

    def _write_row(self, cells: Sequence[str], dialect: Dialect) -> None:
        text = io.StringIO()
        csv.writer(text, delimiter=dialect.delimiter, lineterminator=dialect.line_end).writerow(map(safe, cells))
        self._file.write(text.getvalue().encode())
        # Polars writes to the file itself, past what Python holds back.
        self._file.flush()


def parts(whole: pl.DataFrame, quotes: QuoteStyle, surplus: Mapping[int, Sequence[str]]) -> list[Part]:
    """The table as it is; or, where rows have cells too many, with each of these rows by itself."""
    found: list[Part] = []
    start = 0
    for row, cells in surplus.items():
        if cells:
            found += [(whole[start:row], quotes, ()), (whole[row], quotes, cells)]
            start = row + 1
    return [*found, (whole[start:], quotes, ())]


def safe_columns(frame: pl.DataFrame) -> pl.DataFrame:
    """The table with every formula in it made text."""
    risky = [cells.name for cells in frame if has_formula(texts_of(cells))]
    return frame.with_columns(safe_cells(pl.col(name).cast(pl.String)).alias(name) for name in risky)


def has_formula(texts: pl.Series) -> bool:
    """Whether any may be a formula, or a number with its sign."""
    # All that a formula starts with is below "." or from "=" to "@"; comparing is quicker than the expression.
    if not (texts < ".").any() and not texts.is_between("=", "A").any():
        return False
    return texts.str.contains(START).any()


def texts_of(cells: pl.Series) -> pl.Series:
    """The texts in a column; of categories, each one once."""
    if isinstance(cells.dtype, pl.Categorical):
        return cells.dtype.categories.to_series()
    if isinstance(cells.dtype, pl.Enum):
        return cells.dtype.categories
    return cells if cells.dtype == pl.String else pl.Series([], dtype=pl.String)


def safe_cells(cells: pl.Expr) -> pl.Expr:
    formula = cells.str.contains(START) & ~cells.str.contains(NUMBER)
    return pl.when(formula).then(pl.lit("'") + cells).otherwise(cells)


class ParquetTarget:
    """Text stays text: only a whole file could tell which of its columns are numbers."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def content(self, piece: Piece, scored: Scored) -> pl.DataFrame:
        return piece.frame.cast({pl.Categorical: pl.String}).hstack(scored.added)

    def write(self, source: Source, added: Mapping[str, Any], contents: Iterator[pl.DataFrame]) -> None:
        # Takes as long to import as thousands of rows to score, and CSV does without.
        from polars.io.plugins import register_io_source

        names = [*source.header, *added]
        twice = {f"“{name}”" for name in names if names.count(name) > 1}
        if twice:
            raise Unusable(
                f"A Parquet file has no two columns of one name, but the file has {', '.join(sorted(twice))}"
            )
        schema = dict(zip(names, [*source.types, *added.values()], strict=True))

        # Polars writes in a thread of its own, so that this one can be stopped while it waits for input.
        frames: Queue[pl.DataFrame | None] = Queue(1)
        rows = register_io_source(lambda *pushed_down: taken_from(frames), schema=schema)
        with ThreadPoolExecutor(1) as pool:
            writing = pool.submit(rows.sink_parquet, self._path)
            try:
                for frame in contents:
                    hand_over(pl.DataFrame(list(frame), schema=schema), frames, writing)
            finally:
                hand_over(None, frames, writing)
            writing.result()


def taken_from(frames: Queue[pl.DataFrame | None]) -> Iterator[pl.DataFrame]:
    while (frame := frames.get()) is not None:
        yield frame


def hand_over(item: pl.DataFrame | None, frames: Queue[pl.DataFrame | None], writing: Future[Any]) -> None:
    """Put the item in the queue, unless the writing has failed and nobody takes it out."""
    while not writing.done():
        with contextlib.suppress(Full):
            frames.put(item, timeout=0.1)
            return
