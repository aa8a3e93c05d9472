"""The inputs' cells as codes: each distinct text is read once, however often it comes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from model.declare.faults import sentences_of
from model.declare.inputs import NOT_RECORDED, Input, Refused
from model.declare.number import NumberInput
from model.declare.numerals import plain
from model.declare.recipe import Written

from .misfits import find_misfits

Codes = np.ndarray[Any, np.dtype[Any]]
# No column has so many different texts; np.take(mode="clip") makes it the last one of any table.
BLANK = 0xFFFFFFFF
# Free numbers, and whatever is wrong, have no end of texts; a column that has seen so many starts afresh.
MOST_TEXTS = 20_000
# So many bits of a number can be set, and it is not negative yet.
MOST_BITS = 62
# Of each later bad row of a piece only the first fault is told, and the rest of it need not be looked at.
MOST_IN_FULL = 1_000
# A number with a fraction as a workbook's cell is read, which has no other marks in it.
TYPED = re.compile(r"-?\d+\.\d+(?:[eE][+-]?\d+)?")
# By so many it is seen whether most are wrong; of fewer it takes longer to look at all at once than at each.
MANY_TEXTS = 200


def as_text(cells: pl.Series) -> pl.Series:
    """Cells as a table is read that a model learns from; of lengths of time and of lists polars makes no text."""
    if cells.dtype == pl.Duration or cells.dtype.is_nested():
        return pl.Series(cells.name, [None if cell is None else str(cell) for cell in cells.to_list()], pl.String)
    return cells.cast(pl.String)


class Column:
    """Gives each text a code, and tells of each code which answer it is, or which of its input's faults.

    The last code is that of an empty cell. A column belongs to one thread.
    """

    def __init__(
        self, asked: Input, written: Written | None = None, as_written: bool = False, of_workbook: bool = False
    ) -> None:
        self.asked, self.written, self.as_written, self.of_workbook = asked, written, as_written, of_workbook
        # Whether most of its texts are wrong, as far as is known: then they are looked at before they get codes.
        self.is_wild = written is None
        self.categories = pl.Categories.random()
        self.type = pl.Categorical(self.categories)
        # Polars forgets categories, and starts anew with their codes, once nothing is left that has any.
        self._kept = pl.Series([], dtype=self.type)
        self._kinds = {code: number for number, code in enumerate(sentences_of(asked), 1)}
        # Each answer once, whichever texts say it.
        self.answers: list[Any] = []
        self._numbers: dict[Any, int] = {}
        # Of each text the number of its answer, and that of its fault or 0.
        self._places, self._wrong = (np.array([number]) for number in self._read(None))

    @property
    def is_full(self) -> bool:
        return len(self._places) > MOST_TEXTS

    def encode(self, cells: pl.Series, is_passed_over: Codes) -> tuple[Codes, Codes]:
        """The number of each row's answer, and that of its fault; if the column is wild, some rows are passed over."""
        rows = np.flatnonzero(~is_passed_over)
        if self.is_wild and (len(rows) >= MANY_TEXTS or len(rows) == len(cells)):
            self.is_wild = cells.dtype == pl.String and self._are_wrong(cells.gather(rows[:MANY_TEXTS]))
        if not self.is_wild:
            texts = self._number(cells)
            return self._places.take(texts), self._wrong.take(texts)
        places, wrong = np.zeros((2, len(cells)), dtype=int)
        wrong[rows] = self._find_wrong(cells.gather(rows))
        left = rows[wrong[rows] == 0]
        texts = self._number(cells.gather(left))
        places[left], wrong[left] = self._places.take(texts), self._wrong.take(texts)
        return places, wrong

    def _are_wrong(self, texts: pl.Series) -> bool:
        """Whether there are many, and most of them are surely wrong."""
        return len(texts) >= MANY_TEXTS and int(np.count_nonzero(self._find_wrong(texts))) > len(texts) / 2

    def _number(self, cells: pl.Series) -> Codes:
        """The code of each row's text; those that have not come before are read."""
        coded = cells if cells.dtype == self.type else as_text(cells).cast(self.type)
        codes = coded.to_physical().fill_null(BLANK).to_numpy()
        self._read_new(float if cells.dtype.is_float() else str)
        return np.minimum(codes, len(self._places) - 1)

    def _read_new(self, holds: Callable[[str], Any]) -> None:
        texts = self.categories.to_series()[len(self._places) - 1 :]
        if not len(texts):
            return
        is_text = holds is str and self.written is None
        self.is_wild = self.is_wild or (is_text and self._are_wrong(texts[:MANY_TEXTS]))
        wrong = self._find_wrong(texts) if self.is_wild else np.zeros(len(texts), dtype=int)
        places, left = np.zeros(len(texts), dtype=int), np.flatnonzero(wrong == 0)
        for at, text in zip(left.tolist(), texts.gather(left), strict=True):
            places[at], wrong[at] = self._read(holds(text))
        self._places = np.concatenate([self._places[:-1], places, self._places[-1:]])
        self._wrong = np.concatenate([self._wrong[:-1], wrong, self._wrong[-1:]])

    def _find_wrong(self, texts: pl.Series) -> Codes:
        """The number of the fault of each text that is surely wrong; of the others 0."""
        wrong = np.zeros(len(texts), dtype=int)
        for code, misfits in find_misfits(self.asked, texts).items():
            wrong[misfits.to_numpy()] = self._kinds[code]
        return wrong

    def _read(self, cell: Any) -> tuple[int, int]:
        """The number of the cell's answer, and that of its fault."""
        answer, refused = self.read(cell)
        number = self._numbers.setdefault(answer, len(self.answers))
        if number == len(self.answers):
            self.answers.append(answer)
        return number, self._kinds[refused.code] if refused else 0

    def read(self, cell: Any) -> tuple[Any, Refused | None]:
        """A cell as the form reads its field, or as the model's own table writes it, which comes first under its heading."""
        own = read_cell(self.asked, cell)
        if self.written is None or cell is None or (own[1] is None and not self.as_written) or self._is_typed(cell):
            return own
        answer = self.written.answer(str(cell))
        # What is no such cell at all comes back as it is, and a rare text that the table leaves out as nothing.
        return own if answer in ("", str(cell).strip()) else read_cell(self.asked, answer)

    def _is_typed(self, cell: Any) -> bool:
        """Whether it is a number with its own point already, however the table writes numbers as text."""
        if not isinstance(self.asked, NumberInput):
            return False
        return isinstance(cell, float) or (self.of_workbook and bool(TYPED.fullmatch(cell)))


def read_cell(asked: Input, cell: Any) -> tuple[Any, Refused | None]:
    """A cell as the form reads its field, or what is wrong with it.

    An empty one, and a question mark, is not recorded where the model knows that as an answer, and else unknown.
    """
    is_blank = cell is None or cell != cell or not plain(cell)
    if asked.may_be_unknown and (is_blank or plain(cell) == "?"):
        return NOT_RECORDED if asked.not_recorded else None, None
    try:
        return asked.read("" if is_blank else cell), None
    except Refused as refused:
        return None, refused


@dataclass(frozen=True)
class Cells:
    """The cells of some rows: for each input its column, and of each row the number of its answer and of its fault."""

    columns: Sequence[Column]
    codes: Sequence[Codes]
    wrong: Sequence[Codes]

    @classmethod
    def encode(cls, columns: Sequence[Column], frame: pl.DataFrame, is_bad: Codes) -> Cells:
        """The cells of a table that has a column for each of these, some of whose rows are bad whatever is in them."""
        codes, wrong, is_passed_over = [], [], np.zeros(frame.height, dtype=bool)
        for column, cells in zip(columns, frame, strict=True):
            if column.is_wild:
                is_passed_over = is_bad & (np.cumsum(is_bad) > MOST_IN_FULL)
            answers, faults = column.encode(cells, is_passed_over)
            is_bad = is_bad | (faults > 0)
            codes.append(answers)
            wrong.append(faults)
        return cls(columns, codes, wrong)

    @property
    def height(self) -> int:
        return len(self.codes[0])

    def pairs(self) -> zip[tuple[Column, Codes]]:
        return zip(self.columns, self.codes, strict=True)

    def at(self, rows: Codes) -> Cells:
        """Those of some rows, each of which is named once, in their order."""
        if len(rows) == self.height:
            return self
        return Cells(self.columns, *[[one.take(rows) for one in both] for both in (self.codes, self.wrong)])

    def find_lacking(self) -> Codes:
        """What each row lacks: a bit for each answer that is unknown, the first one's lowest; negative where it is bad."""
        lacking = np.zeros(self.height, dtype=int)
        for at, (column, codes) in enumerate(self.pairs()):
            is_unknown = np.array([answer is None for answer in column.answers], dtype=int)
            # The inputs after so many share a bit.
            lacking |= is_unknown.take(codes) << min(at, MOST_BITS)
        lacking[np.any([one > 0 for one in self.wrong], axis=0)] = -1
        return lacking

    def read_answers(self) -> list[tuple[Any, ...]]:
        """The answers of each row."""
        each = [np.array(column.answers, dtype=object).take(codes) for column, codes in self.pairs()]
        return list(zip(*each, strict=True))
