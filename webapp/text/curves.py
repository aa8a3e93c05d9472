"""A curve of how the number goes with one answer, as places in a drawing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from model.declare.numerals import written

from .charts import Scale, Tick, nice_step

WIDTH, HEIGHT = 320, 200
LEFT, RIGHT, TOP, BOTTOM = 58, 308, 18, 164
# Numbers that differ by no more than this part of them differ by rounding alone.
SAME = 1e-9


@dataclass(frozen=True)
class Drawn:
    """The curve as SVG's polyline takes it, the ticks along both sides, and where the one asked about stands."""

    across: list[Tick]
    up: list[Tick]
    line: str
    own: tuple[float, float] | None = None

    width, height = WIDTH, HEIGHT
    left, right, top, bottom = LEFT, RIGHT, TOP, BOTTOM


def draw_curve(
    answers: Sequence[float],
    numbers: Sequence[float],
    ends: tuple[float, float],
    own: tuple[float, float] | None,
    write: Callable[[float], str],
) -> Drawn:
    """The curve through these points, upwards from one end to the other; `write` says a number at its tick."""
    across = Scale(answers[0], answers[-1], LEFT, RIGHT)
    low, high = ends
    furthest = max(abs(low), abs(high))
    if high - low <= SAME * furthest:
        # The model takes no notice of this answer, at least beside the others: a level line in the middle.
        low, high = low - (furthest / 10 or 1), high + (furthest / 10 or 1)
    step = nice_step((high - low) / 4)
    first, last = int(low // step), int(-(-high // step))
    up = Scale(first * step, last * step, BOTTOM, TOP)
    width = nice_step((answers[-1] - answers[0]) / 5)
    start = int(-(-answers[0] // width))
    places = [width * n for n in range(start, int(answers[-1] / width + 1e-9) + 1)]
    return Drawn(
        [Tick(across(place), written(f"{place:.7g}")) for place in places],
        [Tick(up(step * n), write(step * n)) for n in range(first, last + 1)],
        " ".join(f"{across(answer):g},{up(number):g}" for answer, number in zip(answers, numbers, strict=True)),
        (across(own[0]), up(own[1])) if own else None,
    )
