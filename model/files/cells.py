"""The inputs' cells as codes: each distinct text is read once, however often it comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from model.declare.faults import Fault, sentence
from model.declare.inputs import NOT_RECORDED, Input, Refused
from model.declare.numerals import plain
from model.declare.recipe import Written

Codes = np.ndarray[Any, np.dtype[Any]]
# No column has so many different texts; np.take(mode="clip") makes it the last one of any table.
BLANK = 0xFFFFFFFF
# Free numbers, and whatever is wrong, have no end of texts; a column that has seen so many starts afresh.
MOST_TEXTS = 20_000
# So many bits of a number can be set, and it is not negative yet.
MOST_BITS = 62


class Column:
    """Gives each text a code, and tells of each code its answer or what is wrong with it.

    The last answer and the last fault are those of an empty cell. A column belongs to one thread.
    """

    def __init__(self, asked: Input, written: Written | None = None, as_written: bool = False) -> None:
        self.asked, self.written, self.as_written = asked, written, as_written
        self.categories = pl.Categories.random()
        self.type = pl.Categorical(self.categories)
        # Polars forgets categories, and starts anew with their codes, once nothing is left that has any.
        self._kept = pl.Series([], dtype=self.type)
        self._read: list[tuple[Any, str | None]] = []
        self.read_new(str)

    @property
    def is_full(self) -> bool:
        return len(self.answers) > MOST_TEXTS

    def read_new(self, kind: Callable[[str], Any]) -> None:
        """Read the texts that have come since the last time."""
        texts = self.categories.to_series()
        if len(texts) >= len(self._read):
            new = map(kind, texts[max(len(self._read) - 1, 0) :])
            self._read[-1:] = [self.read(cell) for cell in [*new, None]]
            self.answers, self.faults = zip(*self._read, strict=True)
            # A bit for an answer that is unknown; all bits where something is wrong.
            self.lacking = np.array([int(answer is None) if fault is None else -1 for answer, fault in self._read])

    def read(self, cell: Any) -> tuple[Any, str | None]:
        """A cell as the form reads its field, or as the model's own table writes it, which comes first under its heading."""
        own = read_cell(self.asked, cell)
        if self.written is None or cell is None or (own[1] is None and not self.as_written):
            return own
        other = read_cell(self.asked, self.written.answer(str(cell)))
        return other if other[1] is None else own


def read_cell(asked: Input, cell: Any) -> tuple[Any, str | None]:
    """A cell as the form reads its field, or what is wrong with it.

    An empty one, and a question mark, is not recorded where the model knows that as an answer, and else unknown.
    """
    is_blank = cell is None or cell != cell or not plain(cell)
    if asked.may_be_unknown and (is_blank or plain(cell) == "?"):
        return NOT_RECORDED if asked.not_recorded else None, None
    try:
        return asked.read("" if is_blank else cell), None
    except Refused as refused:
        return None, sentence(Fault.of(asked, refused), {asked.name: asked})


@dataclass(frozen=True)
class Cells:
    """The cells of some rows: for each input its column, and the code of each row."""

    columns: Sequence[Column]
    codes: Sequence[Codes]

    @classmethod
    def encode(cls, columns: Sequence[Column], frame: pl.DataFrame) -> Cells:
        """The cells of a table that has a column for each of these."""
        coded = [
            pl.nth(at) if kind == column.type else pl.nth(at).cast(pl.String).cast(column.type)
            for at, (column, kind) in enumerate(zip(columns, frame.dtypes, strict=True))
        ]
        codes = frame.select(one.to_physical().fill_null(BLANK) for one in coded)
        for column, kind in zip(columns, frame.dtypes, strict=True):
            column.read_new(float if kind.is_float() else str)
        return cls(columns, [one.to_numpy() for one in codes])

    @property
    def height(self) -> int:
        return len(self.codes[0])

    def pairs(self) -> zip[tuple[Column, Codes]]:
        return zip(self.columns, self.codes, strict=True)

    def at(self, rows: Codes) -> Cells:
        return Cells(self.columns, [codes.take(rows) for codes in self.codes])

    def find_lacking(self) -> Codes:
        """What each row lacks: a bit for each answer that is unknown, the first one's lowest; negative where it is bad."""
        each = [column.lacking.take(codes, mode="clip") for column, codes in self.pairs()]
        # The inputs after so many share a bit.
        return np.bitwise_or.reduce([lacking << min(at, MOST_BITS) for at, lacking in enumerate(each)])

    def read_answers(self) -> list[tuple[Any, ...]]:
        """The answers of each row."""
        each = [np.array(column.answers, dtype=object).take(codes, mode="clip") for column, codes in self.pairs()]
        return list(zip(*each, strict=True))

    def join_faults(self) -> pl.Series:
        """All that is wrong with each row, in the order of the inputs."""
        faults = [
            pl.Series(column.asked.name, column.faults, pl.String).gather(np.minimum(codes, len(column.faults) - 1))
            for column, codes in self.pairs()
        ]
        return pl.select(pl.concat_str(faults, separator="; ", ignore_nulls=True)).to_series()
