"""Scores the pieces of a file: codes of its cells, then estimates by tables or row by row."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from model.predict.predictor import Predictor
from model.predict.program import Program

from .cells import Cells, Column
from .dialect import Unusable
from .faults import Faults
from .headings import added_columns, input_columns
from .reader import Piece
from .tables import build_tables

# Rows with free numbers seldom repeat one another; those seen lately are enough.
MOST_REMEMBERED = 20_000
# So many rows are asked of a challenger at once.
MOST_FACED = 20_000


class Scored(NamedTuple):
    """What the rows of a piece get: the columns after their own, what is wrong with them, and their cells as they were read."""

    added: pl.DataFrame
    faults: Faults | None
    cells: Cells


class Scorer:
    """Scores the pieces of a file whose columns are headed so; several threads may share one."""

    def __init__(
        self,
        predictor: Predictor,
        header: Sequence[str],
        chosen: Mapping[str, str] | None = None,
        challenger: bool = False,
        of_workbook: bool = False,
    ) -> None:
        found = input_columns(predictor.model, header, chosen)
        self.positions = [found[name] for name in predictor.model.input]
        self._written = [
            (
                one := predictor.model.written.get(name),
                one is not None and header[found[name]].strip() == one.column,
                of_workbook,
            )
            for name in predictor.model.input
        ]
        # What another kind of model says, where that is asked for.
        more = [f"challenger_{name}" for name in self._numbers(predictor)] if challenger else []
        self._challenger = predictor.challenger if challenger else None
        self._holds = [*predictor.kind.columns.values(), *[float] * len(more)]
        # The columns that a scored file has after its own, with what is in them.
        types = [pl.String if holds is str else pl.Float64 for holds in (*self._holds, str)]
        self.added = dict(zip(added_columns(predictor, header, more), types, strict=True))
        self._predictor = predictor
        self._of_thread = threading.local()
        self._tables = build_tables(predictor)
        self._known: dict[tuple[Any, ...], list[float | str]] = {}

    @staticmethod
    def _numbers(predictor: Predictor) -> list[str]:
        """The columns that hold the estimates themselves."""
        if predictor.challenger is None:
            raise Unusable(
                f"{predictor.model.name} has no challenger: no other kind of model was found that is as good"
            )
        labels = predictor.kind.labels
        return [f"{predictor.kind.number}_{label}" for label in labels] if labels else [predictor.kind.number]

    def columns(self) -> list[Column]:
        """What this thread reads the inputs' columns of its next piece with."""
        own = getattr(self._of_thread, "columns", [None] * len(self.positions))
        self._of_thread.columns = [
            Column(asked, *written) if old is None or old.is_full else old
            for old, asked, written in zip(own, self._predictor.model.inputs, self._written, strict=True)
        ]
        return self._of_thread.columns

    def score(self, piece: Piece, columns: Sequence[Column]) -> Scored:
        """Each row gets estimates, or what is wrong, in words."""
        # One column may be several inputs.
        inputs = piece.frame.select(pl.nth(place).alias(str(at)) for at, place in enumerate(self.positions))
        is_bad = np.zeros(inputs.height, dtype=bool) if piece.faults is None else piece.faults.is_not_null().to_numpy()
        cells = Cells.encode(columns, inputs, is_bad)
        lacking = cells.find_lacking()
        lacking[is_bad] = -1
        # What stays so becomes null.
        estimates = [np.full(cells.height, None if holds is str else np.nan) for holds in self._holds]
        for pattern in np.unique(lacking).tolist():
            if pattern >= 0:
                rows = np.flatnonzero(lacking == pattern)
                unknown = tuple(name for at, name in enumerate(self._predictor.model.input) if pattern >> at & 1)
                for column, values in zip(estimates, self._estimate(cells.at(rows), unknown), strict=True):
                    column[rows] = values
        errors = pl.repeat(None, cells.height, dtype=pl.String, eager=True)
        bad = np.flatnonzero(lacking < 0)
        faults = Faults.of(inputs, cells, bad, piece.faults) if len(bad) else None
        if faults:
            errors = errors.scatter(bad, faults.word())
        listed = [one.tolist() if holds is str else one for one, holds in zip(estimates, self._holds, strict=True)]
        return Scored(pl.DataFrame([*listed, errors], schema=self.added, nan_to_null=True), faults, cells)

    def _estimate(self, cells: Cells, unknown: tuple[str, ...]) -> Iterable[Sequence[Any] | np.ndarray[Any, Any]]:
        """The estimates' columns for rows with which nothing is wrong, and all of which lack these answers."""
        own = self._estimate_own(cells, unknown)
        return [*own, *self._face(cells, unknown)] if self._challenger else own

    def _face(self, cells: Cells, unknown: tuple[str, ...]) -> Iterable[Sequence[float]]:
        """The challenger's columns; each combination of answers is asked once."""
        assert self._challenger is not None
        rows = cells.read_answers()
        different = list(dict.fromkeys(rows))
        # What is unknown is filled in in so many ways, each of which is a row in memory.
        at_once = max(1, MOST_FACED // self._predictor.engine.ways(unknown))
        said: dict[tuple[Any, ...], tuple[float, ...]] = {}
        for start in range(0, len(different), at_once):
            part = different[start : start + at_once]
            asked = [dict(zip(self._predictor.model.input, row, strict=True)) for row in part]
            said.update(zip(part, self._challenger.predict(asked), strict=True))
        return zip(*[said[row] for row in rows], strict=True)

    def _estimate_own(self, cells: Cells, unknown: tuple[str, ...]) -> Iterable[Sequence[Any] | np.ndarray[Any, Any]]:
        estimates = self._tables.estimate(cells, unknown) if self._tables else None
        if estimates is not None:
            return estimates
        if isinstance(engine := self._predictor.engine, Program):
            coded = {column.asked.name: (column.answers, codes) for column, codes in cells.pairs()}
            columns, labels = engine.estimate_coded(coded), np.array(self._predictor.kind.labels, dtype=object)
            return [labels[np.argmax(columns[::3], axis=0)], *columns] if len(labels) else columns
        # Each combination of answers is asked of the predictor once.
        if len(self._known) > MOST_REMEMBERED:
            self._known = {}
        known, rows = self._known, cells.read_answers()
        for row in rows:
            if row not in known:
                answers = dict(zip(self._predictor.model.input, row, strict=True))
                known[row] = self._predictor.kind.cells(self._predictor.estimates(answers))
        return zip(*[known[row] for row in rows], strict=True)
