"""Tables of points that add up to a score: what a linear model comes to for every answer there is."""

from __future__ import annotations

import math
import struct
from base64 import b64encode
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter, mul
from typing import TYPE_CHECKING, Any

from model.declare.inputs import NOT_RECORDED

if TYPE_CHECKING:
    from .spreads import Spreads

Answers = Mapping[str, Any]
Vector = tuple[float, ...]
# Rows of a table, each with the part that it has in what is looked up.
Place = tuple[tuple[int, float], ...]
# The same as two columns.
Parts = tuple[tuple[int, ...], tuple[float, ...]]

# Of a term the points of so many answers are remembered.
MOST_POINTS = 2_000


@dataclass(frozen=True)
class Axis:
    """One input of a term: its levels, and how an answer lies among them.

    An answer is a level itself; or lies on a line between two, straight over the number or over its logarithm; or has the level of the step that it
    stands on, which begins there; or lies on a piece of a curve, a polynomial through the levels of that piece. After
    the levels come cells for what is not recorded and what is unknown.
    """

    name: str
    levels: Sequence[Any]
    between: bool = False
    log: bool = False
    steps: bool = False
    # The degree of a curve's pieces, each of which has one level more than that.
    degree: int = 0
    cells: Sequence[Any] = ()

    def __len__(self) -> int:
        return len(self.levels) + len(self.cells)

    @property
    def draws_lines(self) -> bool:
        """Whether there are answers between its levels."""
        return self.between or self.steps or self.degree > 0

    def finder(self) -> Callable[[Any], Place]:
        cells: dict[Any, Place] = {cell: ((len(self.levels) + at, 1.0),) for at, cell in enumerate(self.cells)}
        if not self.draws_lines:
            listed: dict[Any, Place] = {level: ((at, 1.0),) for at, level in enumerate(self.levels)}
            return (listed | cells).__getitem__
        find = self._step if self.steps else self._curved if self.degree else self._interpolated
        return (lambda answer: cells[answer] if answer in cells else find(answer)) if cells else find

    def _step(self, answer: float) -> Place:
        return ((max(bisect_right(self.levels, answer) - 1, 0), 1.0),)

    def _curved(self, answer: float) -> Place:
        """The piece's levels, each with the part that the polynomial through all of them takes of it."""
        size = self.degree + 1
        start = max((bisect_right(self.levels, answer) - 1) // size, 0) * size
        own = self.levels[start : start + size]
        if answer in own:
            return ((start + own.index(answer), 1.0),)
        # Levels lie as Chebyshev's points do, whose weights alternate and are half as large at both ends.
        parts = [(-1) ** at * (0.5 if at in (0, self.degree) else 1.0) / (answer - x) for at, x in enumerate(own)]
        total = math.fsum(parts)
        return tuple([(start + at, part / total) for at, part in enumerate(parts)])

    def _interpolated(self, answer: float) -> Place:
        left = min(max(bisect_right(self.levels, answer) - 1, 0), len(self.levels) - 2)
        start, end = self.levels[left], self.levels[left + 1]
        share = math.log(answer / start) / math.log(end / start) if self.log else (answer - start) / (end - start)
        return (left, 1 - share), (left + 1, share)


class Memory(dict[Any, Any]):
    """What was worked out lately, by its key; it forgets all once it has so many."""

    def __init__(self, work: Callable[[Any], Any], most: int) -> None:
        super().__init__()
        self.work, self.most = work, most

    def __missing__(self, key: Any) -> Any:
        value = self.work(key)
        # Threads share it: what one has found may be gone before it looks again, and clear() takes one step.
        if len(self) >= self.most:
            self.clear()
        self[key] = value
        return value


class Term:
    """The points of one input, or of two inputs together, for every answer they can have.

    An answer to one input, or a pair of them to two, is a key of its tables.
    """

    def __init__(self, compiled: Mapping[str, Any]) -> None:
        self.inputs: tuple[str, ...] = tuple(compiled["inputs"])
        self.key: Callable[[Answers], Any] = itemgetter(*self.inputs)
        self.axes = [axis_of(compiled, at) for at in range(len(self.inputs))]
        self.finders = [axis.finder() for axis in self.axes]
        self.rows: Sequence[Any] = [row[0] if len(row) == 1 else tuple(row) for row in compiled["points"]]
        # For each row a vector of each score, as the card has them; the first range reads them.
        self.packed: str = compiled.get("spread", "")
        self.place = self._placer()
        self.table = Memory(self._mix_rows, MOST_POINTS)

    def points(self, answers: Answers) -> Any:
        """What the answers add to the score, or to each of several."""
        return self.table[self.key(answers)]

    def _placer(self) -> Callable[[Any], Place]:
        if len(self.finders) == 1:
            return self.finders[0]
        (find_first, find_second), width = self.finders, len(self.axes[1])
        return lambda key: tuple(
            [
                (row * width + column, own * other)
                for row, own in find_first(key[0])
                for column, other in find_second(key[1])
            ]
        )

    def _mix_rows(self, key: Any) -> Any:
        place = self.place(key)
        if len(place) == 1:
            return self.rows[place[0][0]]
        if not isinstance(self.rows[0], tuple):
            return sum([part * self.rows[row] for row, part in place])
        columns = zip(*[self.rows[row] for row, _ in place], strict=True)
        return tuple([sum(map(mul, column, [part for _, part in place])) for column in columns])


def pack(numbers: Sequence[float]) -> str:
    """Vectors as a card has them: four bytes a number, one row after the other."""
    return b64encode(struct.pack(f"<{len(numbers)}f", *numbers)).decode()


def axis_of(compiled: Mapping[str, Any], at: int) -> Axis:
    name = compiled["inputs"][at]
    kinds = (("missing", NOT_RECORDED), ("unknown", None))
    cells = tuple([cell for kind, cell in kinds if name in compiled.get(kind, ())])
    return Axis(
        name,
        compiled["levels"][at],
        name in compiled.get("between", ()),
        name in compiled.get("logs", ()),
        name in compiled.get("steps", ()),
        compiled.get("degrees", {}).get(name, 0),
        cells,
    )


class Score:
    """An intercept and terms: answers in, one score or several out."""

    def __init__(self, compiled: Mapping[str, Any]) -> None:
        self.terms = [Term(term) for term in compiled["terms"]]
        self.intercept: Vector = tuple(compiled["intercept"])
        self.intercept_spread: list[Vector] = [tuple(vector) for vector in compiled.get("intercept_spread", ())]
        self._tables = [(term.table, term.key) for term in self.terms]

    def one(self, answers: Answers) -> float:
        total = self.intercept[0]
        for table, key in self._tables:
            total += table[key(answers)]
        return total

    def points(self, answers: Answers) -> list[Any]:
        """What each term adds."""
        return [table[key(answers)] for table, key in self._tables]

    def several(self, answers: Answers) -> Vector:
        if len(self.intercept) == 1:
            return (self.one(answers),)
        return add([self.intercept, *self.points(answers)])

    @cached_property
    def spreads(self) -> Spreads:
        from .spreads import Spreads

        return Spreads(self.terms, self.intercept_spread)


def add(vectors: Iterable[Vector]) -> Vector:
    return tuple(map(sum, zip(*vectors, strict=True)))
