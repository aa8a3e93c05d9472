"""Scores the pieces of a file: codes of its cells, then estimates by tables, by averages or row by row."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import polars as pl

from model.predict.predictor import Predictor

from .averages import find_average
from .cells import Cells, Codes, Column
from .headings import added_columns, input_columns
from .reader import Piece
from .tables import build_tables

# Rows with free numbers seldom repeat one another; those seen lately are enough.
MOST_REMEMBERED = 20_000


class Scorer:
    """Scores the pieces of a file whose columns are headed so; several threads may share one."""

    def __init__(self, predictor: Predictor, header: Sequence[str]) -> None:
        found = input_columns(predictor.model, header)
        self.positions = [found[name] for name in predictor.model.input]
        kinds = [pl.String if kind is str else pl.Float64 for kind in predictor.kind.columns.values()]
        # The columns that a scored file has after its own, with what is in them.
        self.added = dict(zip(added_columns(predictor, header), [*kinds, pl.String], strict=True))
        self._schema = dict(list(self.added.items())[:-1])
        self._predictor = predictor
        self._of_thread = threading.local()
        self._tables = build_tables(predictor)
        self._average = cache(find_average)
        self._known: dict[tuple[Any, ...], list[float | str]] = {}

    def columns(self) -> list[Column]:
        """What this thread reads the inputs' columns of its next piece with."""
        columns = getattr(self._of_thread, "columns", None) or list(map(Column, self._predictor.model.inputs))
        self._of_thread.columns = [Column(old.asked) if old.is_full else old for old in columns]
        return self._of_thread.columns

    def score(self, piece: Piece, columns: Sequence[Column]) -> pl.DataFrame:
        """The columns that the rows get: estimates, or what is wrong."""
        series = [piece.frame[:, at] for at in self.positions]
        cells = Cells(columns, [column.encode(one) for column, one in zip(columns, series, strict=True)])
        is_bad = cells.find_faulty()
        if piece.faults is not None:
            is_bad |= piece.faults.is_not_null().to_numpy()
        if not is_bad.any():
            none = pl.repeat(None, cells.height, dtype=pl.String, eager=True)
            return self._estimate(cells).with_columns(none.alias(next(reversed(self.added))))
        bad, good = np.flatnonzero(is_bad), np.flatnonzero(~is_bad)
        faults = cells.at(bad).join_faults()
        if piece.faults is not None:
            faults = piece.faults.gather(bad).zip_with(piece.faults.gather(bad).is_not_null(), faults)
        estimates = self._estimate(cells.at(good))
        added = [*(scatter(one, good, cells.height) for one in estimates), scatter(faults, bad, cells.height)]
        return pl.DataFrame(added, schema=self.added)

    def _estimate(self, cells: Cells) -> pl.DataFrame:
        """The estimates of rows with which nothing is wrong."""
        if self._tables is None:
            return self._ask(cells)
        numbers, is_known = self._tables.estimate(cells)
        if not is_known.all():
            lacking = np.flatnonzero(~is_known)
            patterns = cells.at(lacking).find_unknown()
            for pattern in np.unique(patterns).tolist():
                rows = lacking[patterns == pattern]
                names = tuple(name for at, name in enumerate(self._predictor.model.input) if pattern >> at & 1)
                average = self._average(self._tables, names)
                some = cells.at(rows)
                numbers[:, rows] = average.estimate(some) if average else self._ask(some).to_numpy().T
        return pl.DataFrame(list(map(pl.Series, numbers)), schema=self._schema)

    def _ask(self, cells: Cells) -> pl.DataFrame:
        """The estimates of any model: each combination of answers is asked of the predictor once."""
        rows = cells.read_answers()
        if len(self._known) > MOST_REMEMBERED:
            self._known = {}
        known = self._known
        for row in rows:
            if row not in known:
                answers = dict(zip(self._predictor.model.input, row, strict=True))
                known[row] = self._predictor.kind.cells(self._predictor.estimates(answers))
        columns = zip(*[known[row] for row in rows], strict=True) if rows else ()
        return pl.DataFrame(list(columns) or None, schema=self._schema, orient="col")


def scatter(values: pl.Series, rows: Codes, height: int) -> pl.Series:
    """A column of so many rows with the values in these, and nothing in the others."""
    empty = pl.repeat(None, height, dtype=values.dtype, eager=True)
    return empty.scatter(rows, values) if len(rows) else empty
