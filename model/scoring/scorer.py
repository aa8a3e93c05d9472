"""Scoring a piece of a file: the columns it gets, and which of its rows are bad."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import polars as pl

from model.answering.prediction import Predictor

from .columns import Codes, Column
from .combinations import Combinations
from .headings import added_columns, estimate_columns, input_columns, row_error

NOTHING: Mapping[int, str] = MappingProxyType({})


@dataclass(frozen=True)
class Scored:
    """The columns that a piece gets, and the positions and messages of its bad rows."""

    added: pl.DataFrame
    bad: Sequence[int]
    messages: Sequence[str]


class Scorer:
    """Scores the pieces of a file whose columns are headed so; several threads may share one."""

    def __init__(self, predictor: Predictor, header: Sequence[str]) -> None:
        found = input_columns(predictor.model, header)
        self.positions = [found[name] for name in predictor.model.input]
        kinds = [pl.String if name == "class" else pl.Float64 for name in estimate_columns(predictor)]
        # The columns that a scored file has after its own, with what is in them.
        self.added = dict(zip(added_columns(predictor, header), [*kinds, pl.String], strict=True))
        self._kinds = kinds
        self._columns = [Column(asked) for asked in predictor.model.inputs]
        self._combinations = Combinations(predictor)

    def columns(self) -> list[Column]:
        """What to read the inputs' columns of the next piece with."""
        self._columns = [Column(old.asked) if old.is_full else old for old in self._columns]
        return self._columns

    def score(
        self, frame: pl.DataFrame, columns: Sequence[Column], overlong: Mapping[int, str] = NOTHING
    ) -> Scored:
        """Rows that are overlong are bad, whatever their answers."""
        codes = [column.codes(frame[:, at]) for column, at in zip(columns, self.positions, strict=True)]
        coded = Coded(columns, codes)
        faulty = coded.faulty()
        faulty[list(overlong)] = True
        bad = np.flatnonzero(faulty)
        messages = [
            "; ".join(filter(None, (overlong.get(row), message)))
            for row, message in zip(bad.tolist(), coded.messages(bad), strict=True)
        ]
        errors = placed(pl.String, frame.height, bad, messages)
        estimates = self._estimates(coded, np.flatnonzero(~faulty), frame.height)
        return Scored(pl.DataFrame([*estimates, errors], schema=self.added), bad.tolist(), messages)

    def _estimates(self, coded: Coded, fine: Codes, height: int) -> list[pl.Series]:
        rows = self._combinations.estimates(coded.answers(fine))
        columns = zip(*rows, strict=True) if rows else [()] * len(self._kinds)
        return [placed(kind, height, fine, values) for kind, values in zip(self._kinds, columns, strict=True)]


def placed(kind: Any, height: int, rows: Codes, values: Sequence[Any]) -> pl.Series:
    """A column with the values in these rows, and nothing in the others."""
    return pl.repeat(None, height, dtype=kind, eager=True).scatter(rows, pl.Series(values, dtype=kind))


@dataclass(frozen=True)
class Coded:
    """The inputs of a piece: their columns, and the code of each cell."""

    columns: Sequence[Column]
    codes: Sequence[Codes]

    def faulty(self) -> Codes:
        """Whether anything is wrong with each row."""
        return np.logical_or.reduce([column.is_faulty(codes) for column, codes in self._pairs()])

    def answers(self, rows: Codes) -> list[list[Any]]:
        return [column.answers_of(codes[rows]) for column, codes in self._pairs()]

    def messages(self, rows: Codes) -> list[str]:
        """All that is wrong with each of these rows, in the order of the inputs."""
        columns = [column.faults_of(codes[rows]) for column, codes in self._pairs()]
        return [row_error([fault for fault in row if fault]) for row in zip(*columns, strict=True)]

    def _pairs(self) -> zip[tuple[Column, Codes]]:
        return zip(self.columns, self.codes, strict=True)
