"""One line from least to most with a mark for each number, and a label at each mark that covers no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 320
# The line runs between these, so that what it begins and ends with can be written beside it.
START, END = 16.0, 290.0
AXIS = 30
FIRST_ROW, ROW = 54, 19
# About how wide a letter is in the line's own units, and how many of them fit.
LETTER, BOLD_LETTER = 7.3, 8.2
MOST_LETTERS = 43


@dataclass(frozen=True)
class Label:
    """A mark on the line, and where its text stands."""

    text: str
    x: float
    at: float
    anchor: str = "start"
    row: int = 0

    @property
    def y(self) -> int:
        return FIRST_ROW + ROW * self.row

    @property
    def ends(self) -> tuple[float, float]:
        width = LETTER * len(self.text)
        return (self.at, self.at + width) if self.anchor == "start" else (self.at - width, self.at)


@dataclass(frozen=True)
class Line:
    labels: tuple[Label, ...]

    width, start, end, axis = WIDTH, START, END, AXIS

    @property
    def height(self) -> int:
        return max([AXIS + 12, *[label.y + 6 for label in self.labels]])


def place(position: float) -> float:
    """Where a position between 0 and 1 is on the line."""
    return round(START + (END - START) * min(max(position, 0.0), 1.0), 1)


def above(text: str, position: float) -> float:
    """Where the middle of the text above a mark stands, so that none of it is cut off."""
    half = BOLD_LETTER * len(text) / 2
    return round(min(max(place(position), half), max(WIDTH - half, half)), 1)


def lay_out(marks: tuple[tuple[str, float], ...]) -> Line:
    """A label for each name and position: towards the middle, and in the first row that has room for it."""
    made: list[Label] = []
    names = [(shorten(name), place(position)) for name, position in marks]
    for text, x in sorted(names, key=lambda mark: abs(mark[1] - WIDTH / 2)):
        width = LETTER * len(text)
        right, left = (min(x - 4, WIDTH - width), "start"), (max(x + 4, width), "end")
        sides = (right, left) if x < WIDTH / 2 else (left, right)
        labels = [Label(text, x, round(at, 1), anchor, row) for row in range(len(names)) for at, anchor in sides]
        made.append(next(label for label in labels if is_free(label, made)))
    return Line(tuple(sorted(made, key=lambda label: label.x)))


def shorten(text: str) -> str:
    if len(text) <= MOST_LETTERS:
        return text
    name, _, number = text.rpartition(" ")
    return f"{name[: MOST_LETTERS - len(number) - 2]}… {number}"


def is_free(label: Label, others: Sequence[Label]) -> bool:
    low, high = label.ends
    rows = [other.ends for other in others if other.row == label.row]
    return all(high + LETTER < start or end + LETTER < low for start, end in rows)
