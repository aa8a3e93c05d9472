"""A histogram as places in a drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .charts import Tick, nice_step

WIDTH, HEIGHT = 480, 180
LEFT, RIGHT, TOP, BOTTOM = 52, 470, 10, 146


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    count: int
    # Between which numbers it stands.
    start: str
    end: str


@dataclass(frozen=True)
class Bars:
    bars: list[Bar]
    across: list[Tick]
    up: list[Tick]

    width, height = WIDTH, HEIGHT
    left, right, top, bottom = LEFT, RIGHT, TOP, BOTTOM

    @property
    def most(self) -> Bar:
        return max(self.bars, key=lambda bar: bar.count)


def draw_bars(counts: Sequence[int], edges: Sequence[str]) -> Bars:
    """A bar for each count, between two of the edges, which are one more."""
    step = max(1, round(nice_step(max(counts) / 4)))
    top = step * -(-max(counts) // step) or 1
    width = (RIGHT - LEFT) / len(counts)
    bars = []
    for at, count in enumerate(counts):
        height = round((BOTTOM - TOP) * count / top, 1)
        place = round(LEFT + at * width + 1, 1)
        bars.append(Bar(place, BOTTOM - height, round(width - 2, 1), height, count, edges[at], edges[at + 1]))
    every = max(1, len(counts) // 5)
    across = [Tick(round(LEFT + at * width, 1), edges[at]) for at in range(0, len(edges), every)]
    up = [Tick(round(BOTTOM - (BOTTOM - TOP) * number / top, 1), f"{number:,}") for number in range(0, top + 1, step)]
    return Bars(bars, across, up)
