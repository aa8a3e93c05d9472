"""Ranges that follow from the estimate alone, as training measured them, in a table of a few lines."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from .logistic import logit, sigmoid

# A chance is never so near to 0 or 1 that its logit has no end.
LEAST = 1e-4


class Ranges:
    """For each estimate, by where it lies: how far its logit reaches, or the two ends of an amount's error."""

    def __init__(self, compiled: Sequence[Mapping[str, Any]] | None) -> None:
        self.tables = compiled or ()

    def around(self, values: Sequence[float]) -> list[tuple[float, float]]:
        """The range of each estimate; where nothing is known of it, the estimate itself."""
        if not self.tables:
            return [(value, value) for value in values]
        return [one_range(table, value) for table, value in zip(self.tables, values, strict=True)]


def one_range(table: Mapping[str, Any], value: float) -> tuple[float, float]:
    at = bisect_right(table["edges"], value)
    if "low" in table:
        low, high = max(value + table["low"][at], table["least"]), min(value + table["high"][at], table["most"])
        return min(low, value), max(high, value)
    centre, reach = logit(min(max(value, LEAST), 1 - LEAST)), table["reach"][at]
    return min(sigmoid(centre - reach), value), max(sigmoid(centre + reach), value)
