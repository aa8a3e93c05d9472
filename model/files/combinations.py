"""Estimates for any model: each combination of answers is asked of the predictor once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from model.predict.predictor import Predictor

from .headings import estimate_cells

# Rows with free numbers seldom repeat one another; those seen lately are enough.
MOST_REMEMBERED = 100_000


class Combinations:
    def __init__(self, predictor: Predictor) -> None:
        self.predictor = predictor
        self._known: dict[tuple[Any, ...], list[float | str]] = {}

    def estimates(self, columns: Sequence[Sequence[Any]]) -> list[list[float | str]]:
        """The estimate of every row, from the answers in the columns."""
        return [self._estimate(row) for row in zip(*columns, strict=True)]

    def _estimate(self, row: tuple[Any, ...]) -> list[float | str]:
        found = self._known.get(row)
        if found is None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            answers = dict(zip(self.predictor.model.input, row, strict=True))
            found = self._known[row] = estimate_cells(self.predictor, answers)
        return found
