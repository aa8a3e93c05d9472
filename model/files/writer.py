"""Writes the scored rows: as text in the file's own dialect, or as a Parquet file.

Text that a spreadsheet would run as a formula when it opens a CSV file gets an apostrophe in front.
A formula can read the other cells of whoever opens the file and send them away. A number is left as it is.
"""

from __future__ import annotations

import contextlib
import io
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Full, Queue
from typing import Any

import polars as pl

from .cells import as_text
from .dialect import Dialect, Unusable, write_row
from .reader import Piece, Reader

FORMULA = r"^[=+\-@\t\r]"
NUMBER = r"^[+-][\d.,]*\d[\d.,]*([eE][+-]?\d+)?$"


class CsvWriter:
    """Makes the bytes of each piece; whoever asks writes or sends them."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._special = rf'["\r\n{dialect.delimiter}]'

    def write_head(self, names: list[str]) -> list[bytes]:
        line = write_row(map(guard, names), self._dialect).encode()
        return [BOM_UTF8 + line if self._dialect.marked else line]

    def render(self, piece: Piece, added: pl.DataFrame) -> bytes:
        cells = [change(written(column), guard_text, has_formula) for column in piece.frame]
        estimates = [self._quote(column) for column in added]
        if piece.surplus is not None:
            # What a row has too much of goes after its error.
            more = piece.surplus.list.eval(self._quote_text(guard_text(pl.element()))).list.join(
                self._dialect.delimiter
            )
            with_more = pl.concat_str(estimates[-1].fill_null(""), more, separator=self._dialect.delimiter)
            estimates[-1] = pl.select(
                pl.when(piece.surplus.list.len() > 0).then(with_more).otherwise(estimates[-1])
            ).to_series()
        if piece.is_quoted:
            cells = [self._quote(column) for column in cells]
        file = io.BytesIO()
        pl.DataFrame([column.alias(str(at)) for at, column in enumerate([*cells, *estimates])]).write_csv(
            file,
            include_header=False,
            separator=self._dialect.delimiter,
            line_terminator=self._dialect.line_end,
            # All that needs quotation marks has them by now.
            quote_style="never",
        )
        return file.getvalue()

    def _quote(self, cells: pl.Series) -> pl.Series:
        return change(cells, self._quote_text, lambda texts: texts.str.contains(self._special).any())

    def _quote_text(self, text: pl.Expr) -> pl.Expr:
        """Put quotation marks where they are needed."""
        quoted = pl.lit('"') + text.str.replace_all('"', '""', literal=True) + pl.lit('"')
        return pl.when(text.str.contains(self._special)).then(quoted).otherwise(text)


def written(cells: pl.Series) -> pl.Series:
    """As polars writes it, or else as text."""
    return as_text(cells) if cells.dtype == pl.Duration or cells.dtype.is_nested() else cells


def change(cells: pl.Series, mend: Callable[[pl.Expr], pl.Expr], is_suspect: Callable[[pl.Series], bool]) -> pl.Series:
    """The column mended, unless none of its texts is suspect; of categories each one is looked at once."""
    texts = cells
    if isinstance(cells.dtype, pl.Categorical):
        texts = cells.dtype.categories.to_series()
    elif isinstance(cells.dtype, pl.Enum):
        texts = cells.dtype.categories
    if texts.dtype != pl.String or not is_suspect(texts):
        return cells
    return pl.select(mend(pl.lit(cells.cast(pl.String)))).to_series()


def guard(text: str) -> str:
    """The heading, which a spreadsheet does not take for a formula."""
    return f"'{text}" if re.search(FORMULA, text) and not re.fullmatch(NUMBER, text) else text


def has_formula(texts: pl.Series) -> bool:
    # All that a formula starts with is below "." or from "=" to "@"; comparing is quicker than the expression.
    is_risky = (texts < ".").any() or ((texts >= "=") & (texts < "A")).any()
    return is_risky and texts.str.contains(FORMULA).any()


def guard_text(text: pl.Expr) -> pl.Expr:
    is_formula = text.str.contains(FORMULA) & ~text.str.contains(NUMBER)
    return pl.when(is_formula).then(pl.lit("'") + text).otherwise(text)


class ParquetWriter:
    """Text stays text: only a whole file could tell which of its columns are numbers."""

    def write_head(self, names: list[str]) -> list[pl.DataFrame]:
        twice = sorted({f"“{name}”" for name in names if names.count(name) > 1})
        if twice:
            raise Unusable(f"A Parquet file has no two columns of one name, but the file has {', '.join(twice)}")
        return []

    def render(self, piece: Piece, added: pl.DataFrame) -> pl.DataFrame:
        return piece.frame.cast({pl.Categorical: pl.String}).hstack(added)


def write_parquet(path: Path, reader: Reader, added: Mapping[str, Any], frames: Iterator[pl.DataFrame]) -> None:
    # Takes as long to import as thousands of rows to score, and CSV does without.
    from polars.io.plugins import register_io_source

    schema = dict(zip([*reader.header, *added], [*reader.types, *added.values()], strict=True))
    # Polars writes in a thread of its own, so that this one can be stopped while it waits for input.
    queue: Queue[pl.DataFrame | None] = Queue(1)
    rows = register_io_source(lambda *pushed_down: take_from(queue), schema=schema)
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(rows.sink_parquet, path)

        def hand_over(frame: pl.DataFrame | None) -> None:
            """Put it in the queue, unless the writing has failed and nobody takes it out."""
            while not writing.done():
                with contextlib.suppress(Full):
                    queue.put(frame, timeout=0.1)
                    return

        try:
            for frame in frames:
                if writing.done():
                    break
                hand_over(pl.DataFrame(list(frame), schema=schema))
        finally:
            hand_over(None)
        writing.result()


def take_from(queue: Queue[pl.DataFrame | None]) -> Iterator[pl.DataFrame]:
    while (frame := queue.get()) is not None:
        yield frame
