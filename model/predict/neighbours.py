"""The people in the data, compiled so that those like a person are counted in microseconds.

Every input has a bit for each person and answer, so that "close" is a handful of big-integer ANDs. Of
a number with many different answers only some have their bits written out, and those between are set
from the rows in order, so that memory grows with the people and not with their square.
Two people are close when their numbers lie within a stated part of the data's range and their
choices are the same, but for one at most where three or more of them are known.
"""

from __future__ import annotations

import json
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from heapq import nsmallest
from operator import and_
from typing import Any

from model.declare.inputs import NOT_RECORDED

from .tables import Memory

# Of an input it is remembered how many are close to so many answers.
MOST_COUNTS = 500


@dataclass(frozen=True)
class Person:
    """One row of the data: its answers, what a model that had not seen it said, and what was so."""

    answers: Mapping[str, Any]
    chances: tuple[float, ...]
    outcome: float


class Body:
    """The packed part of a file of people, read from its beginning to its end."""

    def __init__(self, content: bytes) -> None:
        self.content = memoryview(content)

    def numbers(self, code: str, length: int) -> Any:
        values = array(code)
        size = values.itemsize * length
        values.frombytes(self.content[:size])
        self.content = self.content[size:]
        return values

    def masks(self, number: int, count: int) -> list[int]:
        return [int.from_bytes(self.numbers("B", (count + 7) // 8), "little") for _ in range(number)]


class Choices:
    """The people's answers to one input: a mask for each choice says who gave it."""

    levels: Sequence[Any]
    # For each person the place of the answer among the levels; after the last where it is not recorded.
    codes: array[int]

    def __init__(self, body: Body, count: int, about: Mapping[str, Any]) -> None:
        self.name, self.kind, self.reach = about["name"], about["kind"], about["reach"]
        self._read(body, count, about)
        # How many people's answer is close to one.
        self.counts = Memory(lambda answer: self.close_to(answer).bit_count(), MOST_COUNTS)

    def _read(self, body: Body, count: int, about: Mapping[str, Any]) -> None:
        self.levels = about["levels"]
        self.codes = body.numbers("H", count)
        self.masks = body.masks(len(self.levels), count)

    def answer(self, row: int) -> Any:
        code = self.codes[row]
        return None if code == len(self.levels) else self.levels[code]

    def close_to(self, answer: Any) -> int:
        """The people whose answer is close to this one, as bits."""
        if answer is NOT_RECORDED:
            return self.unrecorded
        return self.masks[self.levels.index(answer)] if answer in self.levels else 0

    @cached_property
    def unrecorded(self) -> int:
        """The people of whom no answer is recorded, as bits."""
        bits, none = bytearray(len(self.codes) // 8 + 1), len(self.levels)
        for row, code in enumerate(self.codes):
            bits[row >> 3] |= (code == none) << (row & 7)
        return int.from_bytes(bits, "little")

    def distances(self, answer: Any) -> list[float]:
        """How far each person is from an answer, from 0 to 1; somebody whose answer is not recorded is half alike."""
        if answer is None:
            return [0.0] * len(self.codes)
        by_code = [0.5] * len(self.levels) + [0.0] if answer is NOT_RECORDED else [*self._differences(answer), 0.5]
        return [by_code[code] for code in self.codes]

    def _differences(self, answer: Any) -> list[float]:
        return [float(level != answer) for level in self.levels]


class Numbers(Choices):
    """A mask a cut says whose level comes before it, so a range of numbers is the difference of two masks."""

    def _read(self, body: Body, count: int, about: Mapping[str, Any]) -> None:
        self.levels = body.numbers("d", about["levels"])
        self.codes = body.numbers(about["code"], count)
        self.cuts: list[int] = about["cuts"]
        self.masks = body.masks(len(self.cuts), count)
        # The people in the order of their numbers, where there are levels between two cuts.
        self.order = body.numbers("I", self.masks[-1].bit_count() if len(self.cuts) <= about["levels"] else 0)

    def answer(self, row: int) -> Any:
        number = super().answer(row)
        return int(number) if number is not None and number == int(number) else number

    def close_to(self, answer: Any) -> int:
        if answer is NOT_RECORDED:
            return self.unrecorded
        start = bisect_left(self.levels, answer - self.reach - 1e-9)
        end = bisect_right(self.levels, answer + self.reach + 1e-9)
        return self._below(end) ^ self._below(start)

    def _below(self, level: int) -> int:
        """The people whose level comes before this one: the cut's mask, and the people between it and here."""
        cut = bisect_right(self.cuts, level) - 1
        if self.cuts[cut] == level:
            return self.masks[cut]
        first, last = [bisect_left(self.order, at, key=self.codes.__getitem__) for at in (self.cuts[cut], level)]
        bits = bytearray(len(self.codes) // 8 + 1)
        for row in self.order[first:last]:
            bits[row >> 3] |= 1 << (row & 7)
        return self.masks[cut] | int.from_bytes(bits, "little")

    def _differences(self, answer: Any) -> list[float]:
        width = (self.levels[-1] - self.levels[0]) or 1
        return [abs(level - answer) / width for level in self.levels]


class People:
    def __init__(self, raw: bytes) -> None:
        header, _, packed = raw.partition(b"\n")
        about = json.loads(header)
        body = Body(zlib.decompress(packed))
        self.count: int = about["people"]
        self.everyone = (1 << self.count) - 1
        self.sorted: bool = about["sorted"]
        self.outcomes = body.numbers("f", self.count)
        self.chances = [body.numbers("f", self.count) for _ in range(about["scores"])]
        kinds = {"choice": Choices, "number": Numbers}
        self.columns = [kinds[column["kind"]](body, self.count, column) for column in about["columns"]]

    def person(self, row: int) -> Person:
        answers = {column.name: column.answer(row) for column in self.columns}
        return Person(answers, tuple(chances[row] for chances in self.chances), self.outcomes[row])

    def share_below(self, chance: float) -> float | None:
        """Of which part of the people the own chance was below this one; None where they are in no order."""
        return bisect_left(self.chances[0], chance) / self.count if self.sorted and len(self.chances) == 1 else None

    @cached_property
    def so(self) -> int:
        """The people of whom it was so, as bits."""
        bits = bytearray(self.count // 8 + 1)
        for row, outcome in enumerate(self.outcomes):
            bits[row >> 3] |= (outcome == 1) << (row & 7)
        return int.from_bytes(bits, "little")

    @cached_property
    def rows_of(self) -> Mapping[float, Sequence[int]]:
        """The rows of those of whom it was so, and of all others."""
        rows = {1.0: array("I"), 0.0: array("I")}
        for row, outcome in enumerate(self.outcomes):
            rows[float(outcome == 1)].append(row)
        return rows

    def agree(self, answers: Mapping[str, Any], names: Collection[str] = ()) -> tuple[int, int]:
        """The people who agree with these answers, or with those named, in all choices and in all but one, as bits.

        Their numbers are close either way. Of fewer than three choices none may differ.
        """
        close: dict[str, list[int]] = {"number": [], "choice": []}
        for column in self.columns:
            if answers[column.name] is not None and (not names or column.name in names):
                close[column.kind].append(column.close_to(answers[column.name]))
        same = nearly = reduce(and_, close["number"], self.everyone)
        for mask in close["choice"]:
            # Whoever agreed in all so far may differ here.
            same, nearly = same & mask, nearly & mask | same
        return same, nearly if len(close["choice"]) >= 3 else same

    def close(self, answers: Mapping[str, Any]) -> int:
        """How many people in the data are close to these answers."""
        return self.agree(answers)[1].bit_count()

    def other_outcome(self, chance: float, score: int, outcome: float) -> Person | None:
        """The person whose own chance was nearest to this one, and who turned out so; people lie in their order."""
        chances, such = self.chances[score], self.rows_of[outcome]
        at = bisect_left(such, bisect_left(chances, chance))
        # Of those below the last such person, of those above the first.
        rows = such[max(at - 1, 0) : at + 1]
        return self.person(min(rows, key=lambda row: abs(chances[row] - chance))) if rows else None

    def most_alike(self, answers: Mapping[str, Any], number: int, chance: float) -> list[Person]:
        """The people whose answers differ least: a choice counts one, a number its part of the range.

        Of those who differ as much, the ones whose own chance was nearest to this one.
        """
        distances = [column.distances(answers[column.name]) for column in self.columns]
        totals = [sum(parts) for parts in zip(*distances, strict=True)]
        own = self.chances[0]
        nearest = nsmallest(number, range(self.count), key=lambda row: (totals[row], abs(own[row] - chance)))
        return [self.person(row) for row in nearest]
