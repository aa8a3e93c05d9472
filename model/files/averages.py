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

from model.predict.predictor import NORMAL_95

from .coded import Coded
from .groups import Array
from .tables import Tables, levels_of, total

# Each two of the people cost a look-up; for more of them, one row at a time is no slower.
MOST_PEOPLE = 30
# Rows at a time, so that what is in the making stays in a processor's cache.
ROWS = 1 << 12


def lacking(coded: Coded) -> list[tuple[tuple[str, ...], Array]]:
    """The names of the inputs that are unknown, and the rows where just these are."""
    patterns = coded.unknown()
    found = []
    for pattern in sorted(set(patterns.tolist())):
        names = [column.asked.name for at, column in enumerate(coded.columns) if pattern >> at & 1]
        found.append((tuple(names), np.flatnonzero(patterns == pattern)))
    return found


def averages_of(tables: Tables, names: tuple[str, ...]) -> Averages | None:
    """A quick way for the rows that lack these answers, if there is one."""
    groups = [at for at, group in enumerate(tables.groups) if set(names) & set(group.answers)]
    quick = len(groups) == 1 and len(tables.predictor.people(names)) <= MOST_PEOPLE
    return Averages(tables, groups[0], names) if quick else None


class Averages:
    """The rows that lack the answers to the same inputs of one group."""

    def __init__(self, tables: Tables, group: int, names: tuple[str, ...]) -> None:
        self.tables, self.group, self.names = tables, group, names
        people = tables.predictor.people(names)
        self.shares = [share for _, share in people]
        self.steps = [tables.groups[group].level(known) for known, _ in people]

    def estimates(self, coded: Coded) -> Array:
        """The estimate, low and high of each row."""
        lookups = self.tables.lookups(coded, leaving_out=self.names)
        parts = [slice(start, start + ROWS) for start in range(0, coded.height, ROWS)]
        return np.concatenate([self._averages(levels_of(lookups, coded.at(part))) for part in parts], axis=1)

    def _averages(self, levels: Sequence[Array]) -> Array:
        own = [levels[self.group] + step for step in self.steps]
        whole = [[*levels[: self.group], level, *levels[self.group + 1 :]] for level in own]
        chances = [1 / (1 + np.exp(-self.tables.scores(one))) for one in whole]
        chance = total(share * one for share, one in zip(self.shares, chances, strict=True))
        weights = [share * one * (1 - one) for share, one in zip(self.shares, chances, strict=True)]
        lengths = total(weight * self.tables.variances(one) for weight, one in zip(weights, whole, strict=True))
        variance = lengths * sum(weights)
        for one, two in combinations(range(len(own)), 2):
            variance -= weights[one] * weights[two] * self.tables.distances(self.group, own[one], own[two])
        return with_range(chance, variance)


def with_range(chance: Array, variance: Array) -> Array:
    """The chance with its range, for the variance of the chance."""
    odds = (1 - chance) / chance
    reach = np.exp(NORMAL_95 * np.sqrt(variance) / (chance * (1 - chance)))
    return np.array([chance, 1 / (1 + odds * reach), 1 / (1 + odds / reach)])
