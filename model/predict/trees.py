"""Trees as numbers to look up: which leaf of each tree some answers reach, and what the leaves add up to.

An input's answers lie in cells, between two of which some tree decides otherwise. How the cells came about,
by scaling, coding or casting, is of no matter here: training asked the model itself.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from operator import add
from typing import Any

import numpy as np

from .tables import Score

Array = np.ndarray[Any, np.dtype[Any]]
# The answers of some rows to each input, each different one once, and which of them each row has; None where that is
# one after the other.
Coded = Mapping[str, tuple[Sequence[Any], Array | None]]

# A word has a bit for each leaf that can still be reached; after all of its leaves it has a value for none.
WORD = 64
ONE = np.uint64(1)
# Rows at a time, so that what is in the making stays in a processor's cache: by its bytes a row, or so many.
CACHE, AT_ONCE = 200_000, 256
# The cut of a leaf, which nobody passes; and after how many steps it is looked who stands on one.
NEVER = np.iinfo(np.int32).max
STEPS = 4
# So many answers or more are found among the cells at once; of fewer each by itself is as quick.
MANY = 8


class Cells:
    """Where an answer lies among an input's cells; what is missing has the last one."""

    def __init__(self, name: str, levels: Sequence[Any], cuts: Sequence[float]) -> None:
        self.name, self.cuts, self.edges = name, cuts, np.array(cuts, dtype=float)
        self.known: dict[Any, int] = {level: at for at, level in enumerate(levels)}
        self.known[None] = len(levels) or len(cuts) + 1

    def find(self, answer: Any) -> int:
        cell = self.known.get(answer) if self.cuts is NO_CUTS or answer is None else None
        return bisect_right(self.cuts, answer) if cell is None else cell

    def of(self, coded: Coded) -> Array:
        answers, codes = coded[self.name]
        if self.cuts is not NO_CUTS and len(answers) >= MANY:
            numbers = np.array(answers, dtype=float)
            cells = self.edges.searchsorted(numbers, "right")
            return spread(np.where(np.isnan(numbers), self.known[None], cells), codes)
        return spread(np.array([self.find(answer) for answer in answers], dtype=np.intp), codes)


NO_CUTS: Sequence[float] = ()


def spread(values: Array, codes: Array | None) -> Array:
    """What each row has, of what each different answer has."""
    return values if codes is None else values.take(codes)


def single(coded: Coded) -> Mapping[str, Any] | None:
    """The answers, where they are of one row."""
    if any(codes is not None or len(answers) != 1 for answers, codes in coded.values()):
        return None
    return {name: answers[0] for name, (answers, _) in coded.items()}


class Masks:
    """Trees with few leaves: each answer rules some leaves out, and the one that is left is reached."""

    def __init__(self, arrays: Mapping[str, Array], inputs: int) -> None:
        tables = [arrays[f"masks{at}"] for at in range(inputs)]
        # One below the other, and where each begins.
        self.whole = np.concatenate(tables)
        self.firsts = list(accumulate(map(len, tables[:-1]), initial=0))
        self.tables = np.split(self.whole, self.firsts[1:])
        self.values: Array = arrays["values"]
        self.starts = np.arange(self.tables[0].shape[1]) * (WORD + 1)
        self.at_once = max(1, CACHE // self.starts.nbytes)

    def find(self, cells: Sequence[Array]) -> Array:
        """For some rows the places of their leaves' values, tree after tree."""
        left = self.tables[0].take(cells[0], axis=0)
        for table, own in zip(self.tables[1:], cells[1:], strict=True):
            left &= table.take(own, axis=0)
        left -= ONE
        return np.bitwise_count(left) + self.starts

    def find_one(self, cells: Sequence[int]) -> Array:
        """The same for a single row, of whose tables a few lines are looked at together."""
        left = np.bitwise_and.reduce(self.whole.take(list(map(add, self.firsts, cells)), axis=0))
        return (np.bitwise_count(left - ONE) + self.starts)[None]


class Nodes:
    """Trees with many leaves, walked down all at once: a node's other child stands after its first."""

    def __init__(self, arrays: Mapping[str, Array], inputs: int) -> None:
        self.columns, self.cuts, self.first = arrays["columns"], arrays["cuts"], arrays["first"]
        self.values, self.roots = arrays["values"], arrays["roots"]
        self.tables, self.input_of = arrays["tables"], arrays["input_of"]
        self.starts = arrays["starts"]
        self.at_once = AT_ONCE

    def find(self, cells: Sequence[Array]) -> Array:
        """The same; leaves lie at different depths, so that now and then those who stand on one are let go."""
        places = np.stack(cells, axis=1).take(self.input_of, axis=1) + self.starts
        codes, width, rows = self.tables.take(places).ravel(), len(self.input_of), len(places)
        ends, own = np.tile(self.roots, rows), np.repeat(np.arange(rows) * width, len(self.roots))
        walking, at = np.arange(len(ends)), ends
        while len(walking):
            # Who stands on a leaf stays there.
            for _ in range(STEPS):
                at = self.first.take(at) + (codes.take(self.columns.take(at) + own) > self.cuts.take(at))
            ends[walking] = at
            left = np.flatnonzero(self.cuts.take(at) != NEVER)
            walking, at, own = walking.take(left), at.take(left), own.take(left)
        return ends.reshape(rows, -1)

    def find_one(self, cells: Sequence[int]) -> Array:
        return self.find([np.array([cell]) for cell in cells])


def add_up_each(score: Score, coded: Coded) -> Array:
    """A scorecard's sums for each row."""
    columns = [spread(np.array(answers, dtype=object), codes) for answers, codes in coded.values()]
    rows = [dict(zip(coded, row, strict=True)) for row in zip(*columns, strict=True)]
    return np.array([score.several(row) for row in rows])


class Trees:
    """What some trees add up to: a column for each of their outputs."""

    def __init__(self, compiled: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
        own = {name.partition(".")[2]: one for name, one in arrays.items() if name.startswith(f"{compiled['at']}.")}
        self.cells = [
            Cells(one["name"], one["levels"], NO_CUTS if one["levels"] else own[f"cuts{at}"].tolist())
            for at, one in enumerate(compiled["inputs"])
        ]
        # Columns of several inputs are added up first.
        self.mixed = Score(compiled["mixed"]) if compiled["mixed"] else None
        several = len(self.mixed.intercept) if self.mixed else 0
        self.edges = [own[f"cuts{len(self.cells) + at}"] for at in range(several)]
        self.base, self.divisor = np.array(compiled["base"]), compiled["divisor"]
        # Whether the library adds up one tree after another in float32, as XGBoost does.
        self.single = compiled.get("single", False)
        self.walk: Masks | Nodes = (Masks if compiled["layout"] == "masks" else Nodes)(own, len(self.cells) + several)

    def score(self, coded: Coded) -> Array:
        if not self.mixed and (row := single(coded)):
            return self._add_up(self.walk.find_one([one.find(row[one.name]) for one in self.cells]))
        cells = [one.of(coded) for one in self.cells]
        if self.mixed:
            columns = add_up_each(self.mixed, coded).T
            cells += [np.searchsorted(edges, own, "right") for edges, own in zip(self.edges, columns, strict=True)]
        rows, at_once = len(cells[0]), self.walk.at_once
        parts = [
            self._add_up(self.walk.find([one[start : start + at_once] for one in cells]))
            for start in range(0, rows, at_once)
        ]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _add_up(self, places: Array) -> Array:
        values = self.walk.values.take(places, axis=0)
        if not self.single:
            return self.base + values.sum(axis=1) / self.divisor
        first = np.broadcast_to(self.base, (len(values), 1, len(self.base)))
        one_by_one = np.concatenate([first, values], axis=1, dtype=np.float32)
        return np.add.accumulate(one_by_one, axis=1)[:, -1].astype(float)
