"""Where the scored rows go: a CSV file, standard output or a Parquet file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
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

        def frames(columns: Any, predicate: Any, rows: Any, size: Any) -> Iterator[pl.DataFrame]:
            return (pl.DataFrame(list(frame), schema=schema) for frame in contents)

        register_io_source(frames, schema=schema).sink_parquet(self._path)
