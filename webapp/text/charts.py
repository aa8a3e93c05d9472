"""Where the marks of the card's pictures stand: numbers as places in a drawing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from model.evaluate.shares import Bin, Cut, Mean
from model.predict.evaluation import CurvePoint, Decision

if TYPE_CHECKING:
    # It needs NumPy, which a page about no kept case does not.
    from model.record.record import Part

WIDTH, HEIGHT = 320, 312
LEFT, RIGHT, TOP, BOTTOM = 46, 310, 10, 264
LARGEST, SMALLEST = 8.0, 2.5
ROW = 38
# About how wide a letter is in the drawings' own units.
LETTER = 6.8


@dataclass(frozen=True)
class Scale:
    """From numbers to places along one side of a drawing."""

    lowest: float
    highest: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.lowest) / (self.highest - self.lowest)
        return round(self.start + share * (self.end - self.start), 1)


@dataclass(frozen=True)
class Tick:
    at: float
    text: str


@dataclass(frozen=True)
class Mark:
    """A point, with a whisker from its low to its high end where it has one, and a size that shows how many."""

    x: float
    y: float
    low: float = 0
    high: float = 0
    size: float = 4
    text: str = ""
    # Where the text stands, so that it keeps clear of the line and the axis.
    text_y: float = 0


@dataclass(frozen=True)
class Plot:
    """A square drawing with the same numbers along both sides, and a diagonal."""

    across: list[Tick]
    up: list[Tick]
    marks: list[Mark]
    # The points of a line, as SVG's polyline takes them, and of the outline of a band around it.
    line: str = ""
    band: str = ""

    width, height = WIDTH, HEIGHT
    left, right, top, bottom = LEFT, RIGHT, TOP, BOTTOM


@dataclass(frozen=True)
class Rows:
    """A drawing with a row for each group: a point and its whisker, and a line at nought."""

    across: list[Tick]
    marks: list[Mark]
    nought: float
    height: int

    width, left, right = WIDTH, 12, WIDTH - 12

    @property
    def bottom(self) -> int:
        return self.height - 46


ACROSS = Scale(0, 1, LEFT, RIGHT)
UP = Scale(0, 1, BOTTOM, TOP)
HUNDREDTHS = (0, 0.2, 0.4, 0.6, 0.8, 1)


def ticks(values: Iterable[float], scale: Scale, times: float = 1) -> list[Tick]:
    return [Tick(scale(value), f"{value * times:g}".replace("-", "−")) for value in values]


def calibration_plot(found: Sequence[Bin], curve: Sequence[CurvePoint] = ()) -> Plot:
    """Estimates across, what was so upwards; the larger a mark the more people. A smooth curve with its band."""
    most = max(one.observed.people for one in found)
    marks = [
        Mark(
            ACROSS(one.estimated),
            UP(one.observed.value),
            UP(one.observed.low),
            UP(one.observed.high),
            round(max(SMALLEST, LARGEST * (one.observed.people / most) ** 0.5), 1),
        )
        for one in found
    ]
    line = " ".join([f"{ACROSS(point.estimated)},{UP(point.observed)}" for point in curve])
    lower = [f"{ACROSS(point.estimated)},{UP(point.low)}" for point in curve]
    upper = [f"{ACROSS(point.estimated)},{UP(point.high)}" for point in reversed(curve)]
    return Plot(ticks(HUNDREDTHS, ACROSS, 100), ticks(HUNDREDTHS, UP, 100), marks, line, " ".join([*lower, *upper]))


@dataclass(frozen=True)
class Benefits:
    """Net benefit upwards against the line that is drawn: of the model, of acting on everybody, and of acting on nobody."""

    across: list[Tick]
    up: list[Tick]
    model: str
    everybody: str
    nobody: float

    width, height = WIDTH, HEIGHT
    left, right, top, bottom = LEFT, RIGHT, TOP, BOTTOM


def benefits_plot(decisions: Sequence[Decision]) -> Benefits:
    most = max(0.01, *[max(one.benefit.value, one.everybody) for one in decisions])
    step = nice_step(most / 4)
    top = step * -(-most // step)
    up = Scale(-top / 4, top, BOTTOM, TOP)
    model = " ".join([f"{ACROSS(one.above)},{up(one.benefit.value)}" for one in decisions])
    # Acting on everybody soon costs more than there is room for.
    shown = [one for one in decisions if one.everybody >= -top / 4]
    everybody = " ".join([f"{ACROSS(one.above)},{up(one.everybody)}" for one in shown])
    return Benefits(
        ticks(HUNDREDTHS, ACROSS, 100),
        ticks([step * n for n in range(round(top / step) + 1)], up, 100),
        model,
        everybody,
        up(0),
    )


def record_plot(parts: Sequence[Part]) -> Plot:
    """What was said across, what came true upwards; a part with few cases has no whisker."""
    most = max(part.marked for part in parts)
    marks = []
    for part in parts:
        x, y = ACROSS(part.estimated or 0), UP(part.observed or 0)
        low, high = (UP(part.range.low), UP(part.range.high)) if part.range else (y, y)
        marks.append(Mark(x, y, low, high, round(max(SMALLEST, LARGEST * (part.marked / most) ** 0.5), 1)))
    return Plot(ticks(HUNDREDTHS, ACROSS, 100), ticks(HUNDREDTHS, UP, 100), marks)


def roc_plot(curve: Sequence[Sequence[float]], cuts: Sequence[Cut]) -> Plot:
    line = " ".join(f"{ACROSS(false)},{UP(found)}" for false, found in curve)
    marks = []
    for one in cuts:
        up = UP(one.found.value)
        text = f"{one.above * 100:g}"
        marks.append(Mark(ACROSS(one.false_alarms.value), up, text=text, text_y=min(up + 9, BOTTOM - 4)))
    return Plot(ticks(HUNDREDTHS, ACROSS, 100), ticks(HUNDREDTHS, UP, 100), marks, line)


def amount_plot(estimates: Sequence[float], actual: Sequence[float]) -> Plot:
    """Estimates across, what was so upwards, a dot for each; as one line of dots, since there are many."""
    lowest, highest = min(*estimates, *actual, 0), max(*estimates, *actual, 0)
    step = nice_step((highest - lowest) / 5 or 1)
    first, last = int(lowest // step), int(-(-highest // step))
    across, up = (Scale(first * step, last * step, *side) for side in ((LEFT, RIGHT), (BOTTOM, TOP)))
    at = [step * number for number in range(first, last + 1)]
    line = "".join(f"M{across(x):g} {up(y):g}h0" for x, y in zip(estimates, actual, strict=True))
    return Plot(ticks(at, across), ticks(at, up), [], line)


def nice_step(least: float) -> float:
    """The smallest of 1, 2, 5, 10, 20, 50, … and a hundredth, a tenth of those, that is no less than this, which is above 0."""
    power = 1.0
    while power > least:
        power /= 10
    while power * 10 <= least:
        power *= 10
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least)


def gaps_plot(gaps: Sequence[tuple[str, Mean]], times: float) -> Rows:
    """A row for each group: how far its estimates lie above what was so, and the range of that."""
    ends = [end for _, gap in gaps for end in ((gap.low, gap.high) if gap.ranged else (gap.value,))]
    furthest = max(map(abs, ends)) * times or 1.0
    step = nice_step(furthest / 3)
    end = step * -(-furthest // step)
    scale = Scale(-end, end, Rows.left + 16, Rows.right - 16)
    marks = []
    for row, (name, gap) in enumerate(gaps):
        low, high = (gap.low, gap.high) if gap.ranged else (-end / times, end / times)
        marks.append(
            Mark(scale(gap.value * times), ROW * row + 32, scale(low * times), scale(high * times), text=shorten(name))
        )
    number = int(end / step)
    across = [Tick(scale(step * n), signed(step * n)) for n in range(-number, number + 1)]
    return Rows(across, marks, scale(0), ROW * len(gaps) + 56)


def shorten(name: str) -> str:
    """The name of a group as it fits above its row; whole words of what was asked give way to the group."""
    most = int((Rows.right - Rows.left) / LETTER)
    if len(name) <= most:
        return name
    label, _, group = name.partition(": ")
    room = most - len(group) - len("…: ")
    words = label[: max(room, 0) + 1].rpartition(" ")[0].rstrip(",")
    return f"{words}…: {group}" if words else f"{(group or name)[: most - 1]}…"


def signed(value: float) -> str:
    """With its sign: a gap of +2 is an estimate that is too high."""
    return f"{value:+g}".replace("-", "−") if value else "0"
