"""The shapes of a result's pictures: a hundred dots, and places on a line from 0 to 100."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import pairwise

# Dots stand 20 apart, ten in a row; a row is one dashed line, so that a hundred of them are a few bytes.
STEP = 20
ROW = 10
# In a square of 20 by 20, from corner to corner.
POLYGONS = {
    "diamond": ((10, 1), (19, 10), (10, 19), (1, 10)),
    "triangle": ((10, 2), (19, 18), (1, 18)),
    "cross": (
        (7, 2),
        (13, 2),
        (13, 7),
        (18, 7),
        (18, 13),
        (13, 13),
        (13, 18),
        (7, 18),
        (7, 13),
        (2, 13),
        (2, 7),
        (7, 7),
    ),
    "bar": ((1, 7), (19, 7), (19, 13), (1, 13)),
}
# The last one stands for each class after so many: nobody tells more of them apart.
SHAPES = ("disc", "square", "diamond", "ring", "triangle", "cross", "bar", "speck")


@dataclass(frozen=True)
class Dots:
    """The dots of one shape, as the data of an SVG path."""

    shape: str
    path: str
    count: int


def hundredths(chance: float) -> int:
    """The whole number out of 100 nearest to a chance, half upwards; the one rounding on the site."""
    return int(chance * 100 + 0.5)


def draw_chance(chance: float) -> tuple[Dots, ...]:
    """A hundred dots: filled for yes, hollow for no, and a half one for what is less than one of either."""
    if chance < 0.01:
        return draw((("part", 1), ("ring", 99)))
    if chance > 0.99:
        return draw((("disc", 99), ("part", 1)))
    filled = hundredths(chance)
    return draw((("disc", filled), ("ring", 100 - filled)))


def draw_classes(chances: Sequence[float]) -> tuple[Dots, ...]:
    """A hundred dots shared among the classes, by largest remainder so that they add up."""
    exact = [chance * 100 for chance in chances]
    counts = [int(value) for value in exact]
    for index in sorted(range(len(exact)), key=lambda i: counts[i] - exact[i])[: 100 - sum(counts)]:
        counts[index] += 1
    return draw(tuple((shape(index), count) for index, count in enumerate(counts)))


def shape(number: int) -> str:
    """The shape that stands for a class in the pictures."""
    return SHAPES[min(number, len(SHAPES) - 1)]


def key(shape: str) -> Dots:
    """One dot of a shape, for the legend."""
    return draw(((shape, 1),))[0]


# Of many classes there are millions of ways.
@lru_cache(2_000)
def draw(shares: tuple[tuple[str, int], ...]) -> tuple[Dots, ...]:
    """The dots of each shape, one shape after the other."""
    found = []
    start = 0
    for shape, count in shares:
        if count:
            found.append(Dots(shape, DRAWN.get(shape, discs)(start, start + count), count))
        start += count
    return tuple(found)


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


def polygons(corners: Sequence[tuple[int, int]], start: int, stop: int) -> str:
    (x, y), *_ = corners
    around = "".join(f"l{to[0] - at[0]} {to[1] - at[1]}" for at, to in pairwise(corners))
    return "".join(f"M{n % ROW * STEP + x} {n // ROW * STEP + y}{around}z" for n in range(start, stop))


DRAWN: Mapping[str, Callable[[int, int], str]] = {
    "square": squares,
    **{name: partial(polygons, corners) for name, corners in POLYGONS.items()},
}


def across(position: float) -> float:
    """Where a position between 0 and 1 is on a drawn line, which runs from 8 to 392."""
    return round(8 + 384 * min(max(position, 0.0), 1.0), 1)
