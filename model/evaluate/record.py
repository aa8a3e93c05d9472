"""What came of those whose estimate was nearest to a person's: whether the model keeps its word near this number."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import accumulate, pairwise
from typing import Any

from model.predict.agreement import FEWEST

from .groups import Told
from .shares import Cut, Share, equal_parts

# So many are looked at; of a smaller table a tenth, and never fewer than this.
NEAREST, LEAST = 1_000, 100
TENTH = 10
# Where the rows are not kept they are told in so many parts at most.
MOST_PARTS = 50
# Those nearest to a chance tell little of it if they got one that is further from it than this, or than this part of what
# lies between it and its end of the line, if that is so much at least.
FAR, FAR_PART, LITTLE = 0.05, 0.5, 0.02


@dataclass(frozen=True)
class Near:
    """Those nearest to an estimate: between which two they were, and how often it was so, or right, or in the range."""

    lowest: float
    highest: float
    estimated: float
    so: Share

    def is_far_from(self, chance: float) -> bool:
        """Whether they got so much more on average, or less, that they tell little of this chance."""
        return abs(self.estimated - chance) > min(FAR, max(LITTLE, FAR_PART * min(chance, 1 - chance)))


class Record:
    """Estimates of rows that the model had not seen, in order, and of which of them it was so."""

    def __init__(self, estimates: Sequence[float], so: Sequence[bool]) -> None:
        order = sorted(range(len(estimates)), key=estimates.__getitem__)
        self.estimates = array("d", [estimates[at] for at in order])
        # Up to each one: the sum of the estimates, and how often it was so.
        self.sums = array("d", accumulate(self.estimates, initial=0.0))
        self.counts = array("q", accumulate([int(so[at]) for at in order], initial=0))
        self.size = min(len(order), max(LEAST, min(NEAREST, len(order) // TENTH)))

    def near(self, estimate: float) -> Near:
        """The nearest ones: in order they lie beside one another."""
        low, high, size = 0, len(self.estimates) - self.size, self.size
        while low < high:
            middle = (low + high) // 2
            if estimate - self.estimates[middle] > self.estimates[middle + size] - estimate:
                low = middle + 1
            else:
                high = middle
        return self.part(low, low + size)

    def cut(self, above: float) -> Cut:
        """What follows from saying yes to everyone whose estimate is more than this."""
        start, everybody, so = bisect_right(self.estimates, above), len(self.estimates), self.counts[-1]
        found = so - self.counts[start]
        return Cut(above, Share(found, so), Share(everybody - start - found, everybody - so))

    def part(self, start: int, end: int) -> Near:
        estimated = (self.sums[end] - self.sums[start]) / (end - start)
        so = Share(self.counts[end] - self.counts[start], end - start)
        return Near(self.estimates[start], self.estimates[end - 1], estimated, so)

    def tell(self) -> list[dict[str, Any]]:
        """Parts of equally many, for a model that keeps none of its rows."""
        rows, ends = range(len(self.estimates)), [0]
        for part in equal_parts(rows, min(MOST_PARTS, len(rows) // LEAST)) if len(rows) >= LEAST else ():
            if self._is_enough(ends[-1], part[-1] + 1):
                ends.append(part[-1] + 1)
        # What is left over at the top joins as many parts below it as it must.
        while ends and not self._is_enough(ends[-1], len(rows)):
            ends.pop()
        ends = list(dict.fromkeys([*ends, len(rows)])) if ends else []
        return [self._tell_part(start, end) for start, end in pairwise(ends)]

    def _is_enough(self, start: int, end: int) -> bool:
        so = self.counts[end] - self.counts[start]
        return all(count == 0 or count >= FEWEST for count in (so, end - start - so))

    def _tell_part(self, start: int, end: int) -> dict[str, Any]:
        """A part whose ends are averages of ten, so that neither is anybody's estimate."""
        low, high = (sum(self.estimates[at : at + FEWEST]) / FEWEST for at in (start, end - FEWEST))
        return asdict(replace(self.part(start, end), lowest=low, highest=high))


def of_chances(crowd: Told) -> Record:
    return Record(list(crowd.chances[0]), [outcome == 1 for outcome in crowd.outcomes])


def of_classes(crowd: Told) -> Record:
    """By the chance of the class that was named, and whether it was the right one."""
    rows = list(zip(*crowd.chances, strict=True))
    named = [max(row) for row in rows]
    return Record(named, [row[int(so)] == most for row, so, most in zip(rows, crowd.outcomes, named, strict=True)])


def of_amounts(crowd: Told) -> Record:
    """By the estimate, and whether the amount fell in its range."""
    estimates, lows, highs = crowd.chances
    inside = [low <= so <= high for low, so, high in zip(lows, crowd.outcomes, highs, strict=True)]
    return Record(list(estimates), inside)


RECORDS = {"probability": of_chances, "classes": of_classes, "amount": of_amounts}


def nearest_of(parts: Sequence[dict[str, Any]], estimate: float) -> Near | None:
    """The same where only parts were told."""
    if not parts:
        return None
    at = min(bisect_left([part["highest"] for part in parts], estimate), len(parts) - 1)
    return Near(**parts[at] | {"so": Share(**parts[at]["so"])})


def record_of(kind: str, crowd: Told | None) -> Record | None:
    return RECORDS[kind](crowd) if crowd is not None and crowd.count >= LEAST else None
