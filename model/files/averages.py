"""Estimates of many rows with unknown answers: the average over what the people in the data answered.

As the predictor has it for one row, the estimate is the mean of the chances, and its range follows
from the length of a weighted sum of the people's vectors. With weights w that add up to W, the
square of that length is W times the sum of w·|v|², less w·w′·|v − v′|² for each two of the people.
Where all that is unknown belongs to one group, such a difference depends on that group alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from model.predict.logistic import NORMAL_95

from .cells import Cells
from .levels import Array
from .tables import Tables, find_levels, total

# Each two of the people cost a look-up; for more of them, one row at a time is no slower.
MOST_PEOPLE = 30
# Rows at a time, so that what is in the making stays in a processor's cache.
ROWS = 1 << 12


def find_average(tables: Tables, names: tuple[str, ...]) -> Average | None:
    """A quick way for the rows that lack these answers, if there is one."""
    groups = [at for at, group in enumerate(tables.groups) if set(names) & set(group.answers)]
    quick = len(groups) == 1 and len(tables.predictor.engine.recorded.ways(names)) <= MOST_PEOPLE
    return Average(tables, groups[0], names) if quick else None


class Average:
    """The rows that lack the answers to the same inputs of one group."""

    def __init__(self, tables: Tables, group: int, names: tuple[str, ...]) -> None:
        self.tables, self.group, self.names = tables, group, names
        ways = tables.predictor.engine.recorded.ways(names)
        self.shares = ways.shares
        self.steps = [tables.groups[group].level(ways.answers(way)) for way in range(len(ways))]

    def estimate(self, cells: Cells) -> Array:
        """The estimate, low and high of each row."""
        lookups = self.tables.list_lookups(cells, leaving_out=self.names)
        parts = [slice(start, start + ROWS) for start in range(0, cells.height, ROWS)]
        return np.concatenate([self._average(find_levels(lookups, cells.at(part))) for part in parts], axis=1)

    def _average(self, levels: Sequence[Array]) -> Array:
        own = [levels[self.group] + step for step in self.steps]
        whole = [[*levels[: self.group], level, *levels[self.group + 1 :]] for level in own]
        chances = [1 / (1 + np.exp(-self.tables.add_points(one))) for one in whole]
        chance = total(share * one for share, one in zip(self.shares, chances, strict=True))
        weights = [share * one * (1 - one) for share, one in zip(self.shares, chances, strict=True)]
        lengths = total(weight * self.tables.add_variances(one) for weight, one in zip(weights, whole, strict=True))
        variance = lengths * sum(weights)
        for one, two in combinations(range(len(own)), 2):
            variance -= weights[one] * weights[two] * self.tables.add_distances(self.group, own[one], own[two])
        return add_range(chance, variance)


def add_range(chance: Array, variance: Array) -> Array:
    """The chance with its range, for the variance of the chance."""
    odds = (1 - chance) / chance
    reach = np.exp(NORMAL_95 * np.sqrt(variance) / (chance * (1 - chance)))
    return np.array([chance, 1 / (1 + odds * reach), 1 / (1 + odds / reach)])
