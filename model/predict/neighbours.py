"""The people in the data, compiled so that those like a person are counted in microseconds.

Every input has a bit for each person and answer, so that "close" is a handful of big-integer ANDs.
Two people are close when their numbers lie within a stated part of the data's range and their
choices are the same, but for one at most where three or more of them are known.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from heapq import nsmallest
from operator import and_, or_
from pathlib import Path
from typing import Any

from .card import read_trained, tampered

UNKNOWN = 0xFFFF


@dataclass(frozen=True)
class Person:
    """One row of the data: its answers, what a model that had not seen it said, and what was so."""

    answers: Mapping[str, Any]
    chances: tuple[float, ...]
    outcome: float


class Column:
    """One input's answers: a code for each person, and a bit for each person and answer."""

    def __init__(self, name: str, kind: str, levels: Sequence[Any], reach: float) -> None:
        self.name = name
        self.kind = kind
        self.levels = levels
        self.reach = reach
        self.codes = array("H")
        self.masks: list[int] = []

    def close_to(self, answer: Any) -> int:
        """The people whose answer is close to this one."""
        if self.kind == "choice":
            return self.masks[self.levels.index(answer)] if answer in self.levels else 0
        # Of numbers the masks are cumulative, so that a range is the difference of two of them.
        below = bisect_left(self.levels, answer - self.reach - 1e-9)
        upto = bisect_right(self.levels, answer + self.reach + 1e-9)
        return self.masks[upto] ^ self.masks[below]

    def answer(self, row: int) -> Any:
        code = self.codes[row]
        return None if code == UNKNOWN else self.levels[code]


class People:
    def __init__(self, raw: bytes) -> None:
        header, _, packed = raw.partition(b"\n")
        about = json.loads(header)
        body = memoryview(zlib.decompress(packed))
        self.count: int = about["people"]
        self.everyone = (1 << self.count) - 1
        self._at = 0
        scores: int = about["scores"]
        self.outcomes = self._array(body, "f", self.count)
        self.chances = [self._array(body, "f", self.count) for _ in range(scores)]
        self.columns = [self._column(body, column) for column in about["columns"]]
        self.sorted: bool = about["sorted"]

    def _array(self, body: memoryview, code: str, length: int) -> Any:
        values = array(code)
        size = values.itemsize * length
        values.frombytes(body[self._at : self._at + size])
        self._at += size
        return values

    def _column(self, body: memoryview, about: Mapping[str, Any]) -> Column:
        column = Column(about["name"], about["kind"], about["levels"], about["reach"])
        column.codes = self._array(body, "H", self.count)
        size = (self.count + 7) // 8
        for _ in range(about["masks"]):
            column.masks.append(int.from_bytes(body[self._at : self._at + size], "little"))
            self._at += size
        return column

    def person(self, row: int) -> Person:
        answers = {column.name: column.answer(row) for column in self.columns}
        return Person(answers, tuple(chances[row] for chances in self.chances), self.outcomes[row])

    def close(self, answers: Mapping[str, Any]) -> int:
        """How many people in the data are close to these answers."""
        masks: dict[str, list[int]] = {"choice": [], "number": [self.everyone]}
        for column in self.columns:
            if answers[column.name] is not None:
                masks[column.kind].append(column.close_to(answers[column.name]))
        numbers, choices = reduce(and_, masks["number"]), masks["choice"]
        alike = all_but_one([self.everyone, *choices]) if len(choices) >= 3 else reduce(and_, choices, self.everyone)
        return (numbers & alike).bit_count()

    def other_outcome(self, chance: float, score: int, outcome: float) -> Person | None:
        """The person whose own chance was nearest to this one, and who turned out so."""
        rows = self._nearest(chance, score)
        found = next((row for row in rows if self.outcomes[row] == outcome), None)
        return None if found is None else self.person(found)

    def _nearest(self, chance: float, score: int) -> Iterator[int]:
        """Rows by the distance of their chance, nearest first."""
        chances = self.chances[score]
        if not self.sorted:
            yield from sorted(range(self.count), key=lambda row: abs(chances[row] - chance))
            return
        right = bisect_left(chances, chance)
        left = right - 1
        while left >= 0 or right < self.count:
            if right >= self.count or (left >= 0 and chance - chances[left] <= chances[right] - chance):
                yield left
                left -= 1
            else:
                yield right
                right += 1

    def most_alike(self, answers: Mapping[str, Any], number: int, chance: float) -> list[Person]:
        """The people whose answers differ least: a choice counts one, a number its part of the range.

        Of those who differ as much, the ones whose own chance was nearest to this one.
        """
        distances = [self._distances(column, answers[column.name]) for column in self.columns]
        totals = [sum(parts) for parts in zip(*distances, strict=True)]
        own = self.chances[0]
        nearest = nsmallest(number, range(self.count), key=lambda row: (totals[row], abs(own[row] - chance)))
        return [self.person(row) for row in nearest]

    def _distances(self, column: Column, answer: Any) -> list[float]:
        if answer is None:
            return [0.0] * self.count
        if column.kind == "choice":
            by_code = [float(level != answer) for level in column.levels]
        else:
            width = (column.levels[-1] - column.levels[0]) or 1
            by_code = [abs(level - answer) / width for level in column.levels]
        # Somebody whose answer is not recorded is half alike.
        return [0.5 if code == UNKNOWN else by_code[code] for code in column.codes]


def all_but_one(masks: Sequence[int]) -> int:
    """The people in every mask, and those in every mask but one; the first mask holds everyone."""
    before = [masks[0]]
    for mask in masks[:-1]:
        before.append(before[-1] & mask)
    after = masks[0]
    found = 0
    for position in range(len(masks) - 1, 0, -1):
        found |= before[position] & after
        after &= masks[position]
    return or_(found, after)


def read_people(path: Path, expected: str) -> People:
    raw = read_trained(path)
    if hashlib.sha256(raw).hexdigest() != expected:
        raise tampered(path)
    return People(raw)
