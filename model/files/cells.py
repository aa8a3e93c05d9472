"""The inputs' cells as codes: each distinct text is read once, however often it comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from model.declare.faults import Fault, sentence
from model.declare.inputs import Input, Refused, plain

Codes = np.ndarray[Any, np.dtype[Any]]
# No column has so many different texts; np.take(mode="clip") makes it the last one of any table.
BLANK = np.uint32(0xFFFFFFFF)
# Free numbers, and whatever is wrong, have no end of texts; a column that has seen so many starts afresh.
MOST_TEXTS = 20_000


class Column:
    """Gives each text a code, and tells of each code its answer or what is wrong with it.

    The last answer and the last fault are those of an empty cell. A column belongs to one thread.
    """

    def __init__(self, asked: Input) -> None:
        self.asked = asked
        self.categories = pl.Categories.random()
        self.type = pl.Categorical(self.categories)
        # Polars forgets categories, and starts anew with their codes, once nothing is left that has any.
        self._kept = pl.Series([], dtype=self.type)
        self.answers: list[Any] = []
        self.faults: list[str | None] = []
        self._learn([], str)

    @property
    def is_full(self) -> bool:
        return len(self.answers) > MOST_TEXTS

    def encode(self, cells: pl.Series) -> Codes:
        raw_type = cells.dtype
        if raw_type != self.type:
            cells = cells.cast(pl.String).cast(self.type)
        physical = cells.to_physical()
        codes = (physical.fill_null(BLANK) if physical.null_count() else physical).to_numpy()
        # An empty column has no highest code, and that of an empty cell wraps around to 0.
        if int((codes + np.uint32(1)).max(initial=0)) >= len(self.answers):
            self._learn(self.categories.to_series().to_list(), float if raw_type.is_float() else str)
        return codes

    def _learn(self, texts: list[str], kind: type[str] | type[float]) -> None:
        """Read the texts that are new."""
        del self.answers[-1:], self.faults[-1:]
        for raw in [*map(kind, texts[len(self.answers) :]), None]:
            answer, fault = read_cell(self.asked, raw)
            self.answers.append(answer)
            self.faults.append(fault)
        self.is_faulty = np.array([fault is not None for fault in self.faults])
        self.is_unknown = np.array([answer is None for answer in self.answers]) & ~self.is_faulty


def read_cell(asked: Input, cell: Any) -> tuple[Any, str | None]:
    """A cell as the form reads its field, or what is wrong with it; an empty one is unknown where that is an answer."""
    is_blank = cell is None or cell != cell or not plain(cell)
    if is_blank and asked.may_be_unknown:
        return None, None
    try:
        return asked.read("" if is_blank else cell), None
    except Refused as refused:
        return None, sentence(Fault.of(asked, refused), {asked.name: asked})


@dataclass(frozen=True)
class Cells:
    """The cells of some rows: for each input its column, and the code of each row."""

    columns: Sequence[Column]
    codes: Sequence[Codes]

    @property
    def height(self) -> int:
        return len(self.codes[0])

    def at(self, rows: Codes | slice) -> Cells:
        return Cells(self.columns, [codes[rows] for codes in self.codes])

    def find_faulty(self) -> Codes:
        """Whether anything is wrong with each row."""
        each = [column.is_faulty.take(codes, mode="clip") for column, codes in self._pairs()]
        return np.logical_or.reduce(each)

    def find_unknown(self) -> Codes:
        """Which answers of each row are unknown: a number with a bit for each input, the first one's lowest."""
        each = [column.is_unknown.take(codes, mode="clip") for column, codes in self._pairs()]
        return np.bitwise_or.reduce([unknown.astype(int) << at for at, unknown in enumerate(each)])

    def read_answers(self) -> list[tuple[Any, ...]]:
        """The answers of each row."""
        each = [np.array([*column.answers, None], dtype=object)[:-1] for column in self.columns]
        answers = [known.take(codes, mode="clip").tolist() for known, codes in zip(each, self.codes, strict=True)]
        return list(zip(*answers, strict=True))

    def join_faults(self) -> pl.Series:
        """All that is wrong with each row, in the order of the inputs."""
        each = [
            pl.lit(pl.Series(column.faults, dtype=pl.String).gather(np.minimum(codes, len(column.faults) - 1)))
            for column, codes in self._pairs()
        ]
        return pl.select(pl.concat_str(each, separator="; ", ignore_nulls=True)).to_series()

    def _pairs(self) -> zip[tuple[Column, Codes]]:
        return zip(self.columns, self.codes, strict=True)
