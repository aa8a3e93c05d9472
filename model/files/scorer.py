"""Scoring a piece of a file: the columns it gets, and which of its rows are bad."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
import polars as pl

from model.predict.predictor import Predictor

from .averages import averages_of, lacking
from .coded import Coded, coded_cells
from .columns import Codes, Column
from .combinations import Combinations
from .headings import added_columns, estimate_columns, input_columns
from .tables import tables_of

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
        self._inputs = predictor.model.inputs
        self._of_thread = threading.local()
        self._tables = tables_of(predictor)
        self._averages = cache(averages_of)
        self._combinations = Combinations(predictor)

    def columns(self) -> list[Column]:
        """What this thread reads the inputs' columns of its next piece with."""
        columns = getattr(self._of_thread, "columns", None) or list(map(Column, self._inputs))
        self._of_thread.columns = [Column(old.asked) if old.is_full else old for old in columns]
        return self._of_thread.columns

    def score(self, frame: pl.DataFrame, columns: Sequence[Column], misshapen: Mapping[int, str] = NOTHING) -> Scored:
        """The estimates of each row; a misshapen one is bad, whatever its answers."""
        coded = coded_cells(columns, [frame[:, at] for at in self.positions])
        estimates, known = self._quick(coded)
        known[list(misshapen)] = False
        left = np.flatnonzero(~known)
        rest = coded.at(left)
        faulty = rest.faulty()
        faulty[np.searchsorted(left, list(misshapen))] = True
        fine, bad = left[~faulty], left[faulty]
        said = rest.at(faulty).messages()
        messages = [misshapen.get(row, faults) for row, faults in zip(bad.tolist(), said, strict=True)]
        slow = self._slow(rest.at(~faulty))
        numbers = [placed(placed(one, fine, values), bad, None) for one, values in zip(estimates, slow, strict=True)]
        errors = placed(nothing(pl.String, frame.height), bad, messages)
        return Scored(pl.DataFrame([*numbers, errors], schema=self.added), bad.tolist(), messages)

    def _quick(self, coded: Coded) -> tuple[list[pl.Series], Codes]:
        """The estimates as far as tables give them, and the rows that these are."""
        if self._tables is None:
            return [nothing(kind, coded.height) for kind in self._kinds], np.zeros(coded.height, dtype=bool)
        estimates, known = self._tables.estimates(coded)
        return list(map(pl.Series, estimates)), known

    def _slow(self, coded: Coded) -> Sequence[Sequence[Any]]:
        """The estimates of rows that tables do not have."""
        if self._tables is None:
            return self._one_by_one(coded)
        found = np.empty((len(self._kinds), coded.height))
        for names, rows in lacking(coded):
            averages = self._averages(self._tables, names)
            these = coded.at(rows)
            found[:, rows] = averages.estimates(these) if averages else self._one_by_one(these)
        return list(found)

    def _one_by_one(self, coded: Coded) -> Sequence[Sequence[Any]]:
        rows = self._combinations.estimates(coded.answers())
        return list(zip(*rows, strict=True)) if rows else [()] * len(self._kinds)


def nothing(kind: Any, height: int) -> pl.Series:
    return pl.repeat(None, height, dtype=kind, eager=True)


def placed(column: pl.Series, rows: Codes, values: Sequence[Any] | None) -> pl.Series:
    """The column with the values in these rows."""
    if not len(rows):
        return column
    return column.scatter(rows, None if values is None else pl.Series(values, dtype=column.dtype))
