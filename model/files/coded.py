"""The inputs' cells of a piece of a file, as codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from .columns import Codes, Column
from .headings import row_error


@dataclass(frozen=True)
class Coded:
    columns: Sequence[Column]
    # For each column the code of each row.
    codes: Sequence[Codes]

    @property
    def height(self) -> int:
        return len(self.codes[0])

    def at(self, rows: Codes | slice) -> Coded:
        return Coded(self.columns, [codes[rows] for codes in self.codes])

    def faulty(self) -> Codes:
        """Whether anything is wrong with each row."""
        return np.logical_or.reduce([column.is_faulty(codes) for column, codes in self._pairs()])

    def unknown(self) -> Codes:
        """Which answers of each row are unknown: a number with a bit for each input, the first one's lowest."""
        bits = [column.is_unknown(codes).astype(int) << at for at, (column, codes) in enumerate(self._pairs())]
        return np.bitwise_or.reduce(bits)

    def answers(self) -> list[list[Any]]:
        return [column.answers_of(codes) for column, codes in self._pairs()]

    def messages(self) -> list[str]:
        """All that is wrong with each row, in the order of the inputs."""
        faults = [column.faults_of(codes) for column, codes in self._pairs()]
        return [row_error([fault for fault in row if fault]) for row in zip(*faults, strict=True)]

    def _pairs(self) -> zip[tuple[Column, Codes]]:
        return zip(self.columns, self.codes, strict=True)


def coded_cells(columns: Sequence[Column], cells: Sequence[pl.Series]) -> Coded:
    return Coded(columns, [column.codes(texts) for column, texts in zip(columns, cells, strict=True)])
