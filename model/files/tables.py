"""Estimates of many rows at once, for a probability all of whose answers can be counted.

The score of a row is a sum over groups of inputs, and so is the vector whose squared length is its
variance. That square is a sum over pairs of groups, and each pair has a table of its own. So an
estimate takes a few look-ups, however long the vectors are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache, reduce
from itertools import combinations

import numpy as np

from model.predict.engine import ChanceTables
from model.predict.logistic import NORMAL_95
from model.predict.predictor import Predictor

from .cells import Cells
from .levels import Array, Group, group_inputs

# Rows at a time, so that what is in the making stays in a processor's cache.
ROWS = 1 << 14


@lru_cache(16)
def build_tables(predictor: Predictor) -> Tables | None:
    """Tables, for a model whose estimate is one chance with a range from its coefficients."""
    engine = predictor.engine
    if not isinstance(engine, ChanceTables) or not engine.score.intercept_spread or predictor.model.features:
        return None
    groups = group_inputs(predictor.model.inputs, engine.score)
    return None if groups is None else Tables(predictor, groups)


class Tables:
    def __init__(self, predictor: Predictor, groups: Sequence[Group]) -> None:
        self.predictor = predictor
        self.groups = groups
        self.points = [group.points() for group in groups]
        self.spreads = [group.spread() for group in groups]
        self._apart = cache(self._apart_in)
        self.pairs = [(one, two, self._pair_up(one, two)) for one, two in combinations(range(len(groups)), 2)]

    def _pair_up(self, one: int, two: int) -> Array:
        """What two groups have to do with one another in the variance; each group's own part is shared out."""
        first, second = self.spreads[one], self.spreads[two]
        own = len(self.groups) - 1
        table = 2 * first @ second.T
        table += squared(first)[:, None] / own
        table += squared(second) / own
        return table.ravel()

    def estimate(self, cells: Cells) -> tuple[Array, Array]:
        """The estimate, low and high of each row, and which of the rows have every answer."""
        lookups = self.list_lookups(cells)
        found, known = np.empty((3, cells.height)), np.empty(cells.height, dtype=bool)
        for start in range(0, cells.height, ROWS):
            part = slice(start, start + ROWS)
            levels = find_levels(lookups, cells.at(part))
            known[part] = np.minimum.reduce(levels) >= 0
            found[:, part] = self._estimate_known(levels)
        return found, known

    def list_lookups(self, cells: Cells, leaving_out: Sequence[str] = ()) -> list[list[tuple[int, Array]]]:
        """For each group its inputs' positions, and what each code of theirs counts in the group's level."""
        position = {column.asked.name: at for at, column in enumerate(cells.columns)}
        return [
            [
                (position[name], group.numbers(name, cells.columns[position[name]].answers))
                for name in group.answers
                if name not in leaving_out
            ]
            for group in self.groups
        ]

    def _estimate_known(self, levels: Sequence[Array]) -> tuple[Array, Array, Array]:
        odds = np.exp(-self.add_points(levels))
        reach = np.exp(NORMAL_95 * np.sqrt(self.add_variances(levels)))
        return 1 / (1 + odds), 1 / (1 + odds * reach), 1 / (1 + odds / reach)

    def add_points(self, levels: Sequence[Array]) -> Array:
        return total(points.take(level, mode="clip") for points, level in zip(self.points, levels, strict=True))

    def add_variances(self, levels: Sequence[Array]) -> Array:
        sizes = [group.size for group in self.groups]
        return total(table.take(levels[one] * sizes[two] + levels[two], mode="clip") for one, two, table in self.pairs)

    def add_distances(self, group: int, one: Array, two: Array) -> Array:
        """The squared length of the difference between the vectors of two levels."""
        return self._apart(group).take(one * self.groups[group].size + two, mode="clip")

    def _apart_in(self, group: int) -> Array:
        own = squared(self.spreads[group])
        return (own[:, None] + own - 2 * self.spreads[group] @ self.spreads[group].T).ravel()


def find_levels(lookups: Sequence[Sequence[tuple[int, Array]]], cells: Cells) -> list[Array]:
    """The level of each row in each group."""
    none = np.zeros(cells.height, dtype=int)
    return [
        total([none.copy(), *(numbers.take(cells.codes[at], mode="clip") for at, numbers in inputs)])
        for inputs in lookups
    ]


def total(parts: Iterable[Array]) -> Array:
    """The sum, made in the first of the parts."""
    return reduce(np.ndarray.__iadd__, parts)


def squared(vectors: Array) -> Array:
    return np.einsum("ij,ij->i", vectors, vectors)
