"""How far off an amount is, by how high the estimate is: a range without a sum of its own."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

PARTS = 5


@dataclass(frozen=True)
class Residuals:
    """From each of these estimates on, how far below and above it a stated share of amounts lay."""

    starts: Sequence[float]
    below: Sequence[float]
    above: Sequence[float]

    @classmethod
    def of(cls, amounts: Iterable[float], estimates: Iterable[float], holds: float) -> Self:
        """Counted on cases that the model had not seen, in parts of equally many by their estimates."""
        pairs = sorted(zip(map(float, estimates), map(float, amounts), strict=True))
        size = len(pairs) / PARTS
        parts = [pairs[round(at * size) : round((at + 1) * size)] for at in range(PARTS)]
        starts, below, above = [], [], []
        for part in filter(None, parts):
            off = sorted(amount - estimate for estimate, amount in part)
            # So many lie outside on either side; where that is no whole number, fewer.
            outside = max(math.floor((len(off) + 1) * (1 - holds) / 2), 1)
            starts.append(part[0][0])
            below.append(off[outside - 1])
            above.append(off[-outside])
        return cls(starts, below, above)

    def range(self, estimate: float) -> tuple[float, float]:
        at = max(bisect_right(self.starts, estimate) - 1, 0)
        return estimate + min(self.below[at], 0.0), estimate + max(self.above[at], 0.0)
