"""The column of one input in a file: each distinct text is read once, however often it comes."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from model.declare.inputs import Input, Refused
from model.declare.reading import Fault

from .headings import read_cell

Codes = np.ndarray[Any, np.dtype[Any]]
# No column has so many different texts; np.take(mode="clip") makes it the last one of any table.
BLANK = np.uint32(0xFFFFFFFF)
# Free numbers have no end of texts; a column that has seen so many starts afresh.
MOST_TEXTS = 200_000


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
        self.faults: list[Fault | None] = []
        self.faulty = self.unknown = np.zeros(0, dtype=bool)
        self._learn([], str)

    @property
    def is_full(self) -> bool:
        return len(self.answers) > MOST_TEXTS

    def codes(self, cells: pl.Series) -> Codes:
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
        known = len(self.answers) - 1 if self.answers else 0
        new = [self._read(kind(text)) for text in texts[known:]]
        old = list(zip(self.answers, self.faults, strict=True))[:known]
        answers, faults = zip(*old, *new, self._read(None), strict=True)
        self.answers, self.faults = list(answers), list(faults)
        self.faulty = np.array([fault is not None for fault in faults])
        self.unknown = np.array([answer is None for answer in answers]) & ~self.faulty

    def _read(self, raw: str | float | None) -> tuple[Any, Fault | None]:
        try:
            return read_cell(self.asked, raw), None
        except Refused as refused:
            return None, Fault(self.asked.name, str(refused))

    def answers_of(self, codes: Codes) -> list[Any]:
        return np.array(self.answers, dtype=object).take(codes, mode="clip").tolist()

    def faults_of(self, codes: Codes) -> list[Fault | None]:
        return np.array(self.faults, dtype=object).take(codes, mode="clip").tolist()

    def is_faulty(self, codes: Codes) -> Codes:
        return self.faulty.take(codes, mode="clip")

    def is_unknown(self, codes: Codes) -> Codes:
        return self.unknown.take(codes, mode="clip")
