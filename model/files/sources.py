"""Where the rows come from: a CSV file or a Parquet file, in pieces."""

from __future__ import annotations

import io
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from .columns import Column
from .csv_pieces import Piece, blocks, header_end, in_utf8, read_quickly, records, whole_records
from .dialect import START, Dialect, dialect_of
from .headings import Unusable

PARQUET_ROWS = 1 << 16
PLAIN = Dialect("utf-8", marked=False, delimiter=",", line_end="\n")


class Source(Protocol):
    header: Sequence[str]
    # How the first row is numbered: by its line in a CSV file, by itself in a Parquet file.
    first_line: int
    types: Sequence[Any]

    # How a CSV file made from it is written.
    dialect: Dialect
    # How long all its items are together, where that is known.
    size: int | None

    def __iter__(self) -> Iterator[Any]: ...

    def read(self, item: Any, columns: Mapping[int, Column]) -> Piece:
        """The rows of an item; the columns of inputs may come as the categories of their Column."""
        ...


class CsvSource:
    """Takes the header off a file and hands out the rest in pieces."""

    def __init__(self, file: io.BufferedIOBase, size: int | None = None) -> None:
        parts = blocks(file)
        start = next(parts)
        self.dialect = dialect_of(start[:START])
        self._pieces = whole_records(in_utf8(chain([start], parts), self.dialect.encoding))
        first = next(self._pieces).removeprefix(BOM_UTF8)
        end = header_end(first)
        self.header: Sequence[str] = next((cells for _, cells in records(first[:end], self.dialect.delimiter)), [])
        self.first_line = first.count(b"\n", 0, end) + 1
        self.types: Sequence[Any] = [pl.String] * len(self.header)
        self._rest = first[end:]
        self.size = size - end if size and self.dialect.encoding == "utf-8" else None

    def __iter__(self) -> Iterator[bytes]:
        if self._rest:
            yield self._rest
        yield from self._pieces

    def read(self, item: bytes, columns: Mapping[int, Column]) -> Piece:
        names = [str(at) for at in range(len(self.header))]
        types = {str(at): column.type for at, column in columns.items()}
        return read_quickly(item, {name: types.get(name, pl.String) for name in names}, self.dialect)


class ParquetSource:
    dialect = PLAIN

    def __init__(self, path: Path) -> None:
        try:
            self._rows = pl.scan_parquet(path, glob=False)
            schema = self._rows.collect_schema()
        except pl.exceptions.PolarsError as error:
            raise Unusable(f"The file is no Parquet file: {error}") from None
        self._count = self._rows.select(pl.len()).collect().item()
        self.size: int | None = self._count
        self.header: Sequence[str] = list(schema)
        self.types: Sequence[Any] = [
            pl.String if isinstance(kind, pl.Categorical) else kind for kind in schema.values()
        ]
        self.first_line = 1

    def __iter__(self) -> Iterator[pl.DataFrame]:
        # Polars's own batches are read far ahead of the scoring, and pile up.
        for start in range(0, self._count, PARQUET_ROWS):
            yield self._rows.slice(start, PARQUET_ROWS).collect()

    def read(self, item: pl.DataFrame, columns: Mapping[int, Column]) -> Piece:
        return Piece(item)
