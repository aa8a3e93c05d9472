"""The shapes of a result's pictures: a hundred dots, and places on a line from 0 to 100."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from model.predict.predictor import Estimate

# Dots stand 20 apart, ten in a row; a row is one dashed line, so that a hundred of them are a few bytes.
STEP = 20
ROW = 10
SHAPES = ("disc", "square", "diamond")


@dataclass(frozen=True)
class Dots:
    """The dots of one shape, as the data of an SVG path."""

    shape: str
    path: str
    count: int


def hundredths(chance: float) -> int:
    """The whole number out of 100 nearest to a chance, half upwards; the one rounding on the site."""
    return int(chance * 100 + 0.5)


def dots(chance: float) -> tuple[Dots, ...]:
    """A hundred dots: filled for yes, hollow for no, and a half one for what is less than one of either."""
    if chance < 0.01:
        return dots_of((("part", 1), ("ring", 99)))
    if chance > 0.99:
        return dots_of((("disc", 99), ("part", 1)))
    filled = hundredths(chance)
    return dots_of((("disc", filled), ("ring", 100 - filled)))


def class_dots(estimates: Sequence[Estimate]) -> tuple[Dots, ...]:
    """A hundred dots shared among the classes, by largest remainder so that they add up."""
    exact = [estimate.value * 100 for estimate in estimates]
    counts = [int(value) for value in exact]
    for index in sorted(range(len(exact)), key=lambda i: counts[i] - exact[i])[: 100 - sum(counts)]:
        counts[index] += 1
    return dots_of(tuple((shape(index), count) for index, count in enumerate(counts)))


def shape(number: int) -> str:
    """The shape that stands for a class in the pictures."""
    return SHAPES[number % len(SHAPES)]


def key(shape: str) -> str:
    """One dot of a shape, for the legend."""
    return dots_of(((shape, 1),))[0].path


@cache
def dots_of(shares: tuple[tuple[str, int], ...]) -> tuple[Dots, ...]:
    """The dots of each shape, one shape after the other; there are not many hundreds of ways."""
    found = []
    start = 0
    for shape, count in shares:
        draw = diamonds if shape == "diamond" else squares if shape == "square" else discs
        found.append(Dots(shape, draw(start, start + count), count))
        start += count
    return tuple(dot for dot in found if dot.count)


def rows(start: int, stop: int) -> Iterator[tuple[int, int, int]]:
    """Each row that dots from start to stop stand in: its number, and its first and last dot."""
    for row in range(start // ROW, -(-stop // ROW)):
        yield row, max(start - row * ROW, 0), min(stop - row * ROW, ROW) - 1


def discs(start: int, stop: int) -> str:
    """A line for each row; its style dashes it into round dots."""
    # A hair longer, since a dot of no length at a line's very end is not drawn.
    return "".join(
        f"M{first * STEP + 10} {row * STEP + 10}h{(last - first) * STEP}.1" for row, first, last in rows(start, stop)
    )


def squares(start: int, stop: int) -> str:
    return "".join(
        f"M{first * STEP + 3} {row * STEP + 10}h{(last - first) * STEP + 14}" for row, first, last in rows(start, stop)
    )


def diamonds(start: int, stop: int) -> str:
    return "".join(f"M{n % ROW * STEP + 10} {n // ROW * STEP + 1}l9 9-9 9-9-9z" for n in range(start, stop))


def across(position: float) -> float:
    """Where a position between 0 and 1 is on a drawn line, which runs from 8 to 392."""
    return round(8 + 384 * min(max(position, 0.0), 1.0), 1)
