"""Where the scored rows go: a CSV file, standard output or a Parquet file."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import Full, Queue
from typing import Any, BinaryIO, Literal, Protocol

import polars as pl
from polars.io.plugins import register_io_source

from .csv_pieces import Piece
from .formulas import safe, safe_columns
from .headings import Unusable
from .scorer import Scored
from .sources import Source

QuoteStyle = Literal["never", "necessary"]


class Target(Protocol):
    def content(self, piece: Piece, scored: Scored) -> Any:
        """The scored rows as write() takes them."""
        ...

    def write(self, source: Source, added: Mapping[str, Any], contents: Iterator[Any]) -> None: ...


class CsvTarget:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def content(self, piece: Piece, scored: Scored) -> tuple[pl.DataFrame, QuoteStyle]:
        """Quotation marks cost time, so they are looked for only where a cell may need them."""
        plain = piece.plain and not scored.bad and pl.String not in scored.added.dtypes[:-1]
        return safe_columns(piece.frame).hstack(scored.added), "never" if plain else "necessary"

    def write(
        self, source: Source, added: Mapping[str, Any], contents: Iterator[tuple[pl.DataFrame, QuoteStyle]]
    ) -> None:
        self._file.write(header_line([*source.header, *added]))
        self._file.flush()
        for frame, quotes in contents:
            frame.write_csv(self._file, include_header=False, quote_style=quotes)
        self._file.flush()


def header_line(headings: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(map(safe, headings))
    return text.getvalue().encode()


class ParquetTarget:
    """Text stays text: only a whole file could tell which of its columns are numbers."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def content(self, piece: Piece, scored: Scored) -> pl.DataFrame:
        return piece.frame.cast({pl.Categorical: pl.String}).hstack(scored.added)

    def write(self, source: Source, added: Mapping[str, Any], contents: Iterator[pl.DataFrame]) -> None:
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
