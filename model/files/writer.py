"""Writes the scored rows: as text in the file's own dialect, or as a Parquet file.

Text that a spreadsheet would run as a formula when it opens a CSV file gets an apostrophe in front.
A formula can read the other cells of whoever opens the file and send them away. A number is left as it is.
"""

from __future__ import annotations

import contextlib
import io
import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import Full, Queue
from typing import Any

import polars as pl

from .dialect import Dialect, Unusable, write_row
from .reader import Piece, Reader

FORMULA = r"^[=+\-@\t\r]"
NUMBER = r"^[+-][\d.,]*\d[\d.,]*([eE][+-]?\d+)?$"


class CsvWriter:
    """Makes the bytes of each piece; whoever asks writes or sends them."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._special = rf'["\r\n{dialect.delimiter}]'

    def write_head(self, names: list[str]) -> bytes:
        line = write_row(map(guard, names), self._dialect).encode()
        return BOM_UTF8 + line if self._dialect.marked else line

    def render(self, piece: Piece, added: pl.DataFrame) -> bytes:
        cells = [self._guard_cells(column, piece.is_quoted) for column in piece.frame]
        estimates = [self._quote(column) for column in added.iter_columns()]
        if piece.surplus is not None:
            # What a row has too much of goes after its error.
            estimates[-1] = self._append(estimates[-1], piece.surplus)
        frame = pl.DataFrame([column.alias(str(at)) for at, column in enumerate([*cells, *estimates])])
        file = io.BytesIO()
        frame.write_csv(
            file,
            include_header=False,
            separator=self._dialect.delimiter,
            line_terminator=self._dialect.line_end,
            # All that needs quotation marks has them by now.
            quote_style="never",
        )
        return file.getvalue()

    def _guard_cells(self, cells: pl.Series, is_quoted: bool) -> pl.Series:
        texts = list_texts(cells)
        # All that a formula starts with is below "." or from "=" to "@"; comparing is quicker than the expression.
        is_risky = (texts < ".").any() or texts.is_between("=", "A").any()
        if is_risky and texts.str.contains(FORMULA).any():
            cells = pl.select(guard_text(pl.lit(cells.cast(pl.String)))).to_series()
        return self._quote(cells) if is_quoted else cells

    def _quote(self, cells: pl.Series) -> pl.Series:
        """Put quotation marks where they are needed."""
        if not list_texts(cells).str.contains(self._special).any():
            return cells
        return pl.select(self._quote_text(pl.lit(cells.cast(pl.String)))).to_series()

    def _quote_text(self, text: pl.Expr) -> pl.Expr:
        quoted = pl.lit('"') + text.str.replace_all('"', '""', literal=True) + pl.lit('"')
        return pl.when(text.str.contains(self._special)).then(quoted).otherwise(text)

    def _append(self, errors: pl.Series, surplus: pl.Series) -> pl.Series:
        delimiter = self._dialect.delimiter
        more = surplus.list.eval(self._quote_text(guard_text(pl.element()))).list.join(delimiter)
        has_more = pl.lit(surplus.list.len() > 0)
        return pl.select(
            pl.when(has_more).then(pl.lit(errors) + delimiter + pl.lit(more)).otherwise(pl.lit(errors))
        ).to_series()


def guard(text: str) -> str:
    """The heading, which a spreadsheet does not take for a formula."""
    return f"'{text}" if re.search(FORMULA, text) and not re.fullmatch(NUMBER, text) else text


def guard_text(text: pl.Expr) -> pl.Expr:
    is_formula = text.str.contains(FORMULA) & ~text.str.contains(NUMBER)
    return pl.when(is_formula).then(pl.lit("'") + text).otherwise(text)


def list_texts(cells: pl.Series) -> pl.Series:
    """The texts in a column; of categories, each one once."""
    if isinstance(cells.dtype, pl.Categorical):
        return cells.dtype.categories.to_series()
    if isinstance(cells.dtype, pl.Enum):
        return cells.dtype.categories
    return cells if cells.dtype == pl.String else pl.Series([], dtype=pl.String)


class ParquetWriter:
    """Text stays text: only a whole file could tell which of its columns are numbers."""

    def write_head(self, names: list[str]) -> None:
        twice = sorted({f"“{name}”" for name in names if names.count(name) > 1})
        if twice:
            raise Unusable(f"A Parquet file has no two columns of one name, but the file has {', '.join(twice)}")

    def render(self, piece: Piece, added: pl.DataFrame) -> pl.DataFrame:
        return piece.frame.cast({pl.Categorical: pl.String}).hstack(added)


def write_parquet(path: Path, reader: Reader, added: Mapping[str, Any], frames: Iterator[pl.DataFrame | None]) -> None:
    # Takes as long to import as thousands of rows to score, and CSV does without.
    from polars.io.plugins import register_io_source

    schema = dict(zip([*reader.header, *added], [*reader.types, *added.values()], strict=True))
    # Polars writes in a thread of its own, so that this one can be stopped while it waits for input.
    queue: Queue[pl.DataFrame | None] = Queue(1)
    rows = register_io_source(lambda *pushed_down: take_from(queue), schema=schema)
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(rows.sink_parquet, path)
        try:
            for frame in frames:
                if frame is not None:
                    hand_over(pl.DataFrame(list(frame), schema=schema), queue, writing)
        finally:
            hand_over(None, queue, writing)
        writing.result()


def take_from(queue: Queue[pl.DataFrame | None]) -> Iterator[pl.DataFrame]:
    while (frame := queue.get()) is not None:
        yield frame


def hand_over(item: pl.DataFrame | None, queue: Queue[pl.DataFrame | None], writing: Future[Any]) -> None:
    """Put the item in the queue, unless the writing has failed and nobody takes it out."""
    while not writing.done():
        with contextlib.suppress(Full):
            queue.put(item, timeout=0.1)
            return
