"""What is wrong with the rows of a piece, in words and counted; each row's words are put together by Polars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from model.declare.choice import LONGEST_QUOTE
from model.declare.faults import QUOTED, sentences_of
from model.declare.inputs import Input

from .cells import MOST_IN_FULL, Cells, as_text
from .misfits import strip

CUT = "What else is wrong was not looked for"


def shorten(text: pl.Expr) -> pl.Expr:
    """The text as a sentence quotes it, but for the quotation marks."""
    own = strip(strip(text))
    return pl.when(own.str.len_chars() > LONGEST_QUOTE).then(own.str.head(LONGEST_QUOTE) + "…").otherwise(own)


def write_number(number: float | None) -> str | None:
    return None if number is None else str(int(number) if number.is_integer() else number)


@dataclass(frozen=True)
class ColumnFaults:
    """What is wrong with one input's cells: of each row the number of its sentence, or 0, and its text."""

    asked: Input
    numbers: Any
    texts: pl.Series

    def word(self, rows: slice, briefly: bool) -> pl.Series:
        sentences = pl.Series([None, *sentences_of(self.asked, briefly).values()], dtype=pl.String)
        told = sentences.gather(self.numbers[rows])
        if not (is_quoting := told.str.starts_with(QUOTED).fill_null(False)).any():
            return told
        quoted = '"' + shorten(pl.lit(self.texts[rows])) + '"' + pl.lit(told).str.strip_prefix(QUOTED)
        return pl.select(pl.when(is_quoting).then(quoted).otherwise(told)).to_series()


@dataclass(frozen=True)
class Faults:
    # The bad rows; for each of them what is wrong with its shape, which then is all that is told of it.
    rows: Any
    shape: pl.Series
    columns: Sequence[ColumnFaults]
    # Of which no more is told than the first fault.
    is_cut: Any

    @classmethod
    def of(cls, frame: pl.DataFrame, cells: Cells, rows: Any, shape: pl.Series | None) -> Faults:
        bad, columns = cells.at(rows), []
        shapes = pl.repeat(None, len(rows), dtype=pl.String, eager=True) if shape is None else shape.gather(rows)
        is_told, is_late = shapes.is_not_null().to_numpy(), np.arange(len(rows)) >= MOST_IN_FULL
        is_cut = is_late & ~is_told
        for column, numbers, texts in zip(bad.columns, bad.wrong, frame, strict=True):
            own = texts.gather(rows)
            said = own.map_elements(write_number, pl.String) if own.dtype.is_float() else as_text(own)
            columns.append(ColumnFaults(column.asked, np.where(is_told, 0, numbers), said))
            is_told = is_told | (is_late & (numbers > 0))
        return cls(rows, shapes, columns, is_cut)

    def word(self) -> pl.Series:
        """All that is wrong with each row, in the order of the inputs."""
        parts = ((slice(0, MOST_IN_FULL), False), (slice(MOST_IN_FULL, len(self.rows)), True))
        return pl.concat([self._word(rows, briefly) for rows, briefly in parts])

    def _word(self, rows: slice, briefly: bool) -> pl.Series:
        told = [self.shape[rows]]
        told += [column.word(rows, briefly) for column in self.columns if column.numbers[rows].any()]
        if self.is_cut[rows].any():
            told.append(pl.Series([None, CUT]).gather(self.is_cut[rows].astype(int)))
        return pl.select(pl.concat_str(told, separator="; ", ignore_nulls=True)).to_series()

    def groups(self) -> Iterator[tuple[str, Input | None, Any, pl.Series]]:
        """For each fault: its sentence, the input, the rows that have it, and the texts that it quotes."""
        none = pl.Series([], dtype=pl.String)
        for shape in self.shape.drop_nulls().unique(maintain_order=True):
            yield shape, None, self.rows[(self.shape == shape).fill_null(False).to_numpy()], none
        for column in self.columns:
            for number, message in enumerate(sentences_of(column.asked).values(), 1):
                places = np.flatnonzero(column.numbers == number)
                if len(places):
                    texts = column.texts.gather(places) if message.startswith(QUOTED) else none
                    yield message, column.asked, self.rows[places], pl.select(shorten(pl.lit(texts))).to_series()
        if self.is_cut.any():
            yield CUT, None, self.rows[self.is_cut], none
