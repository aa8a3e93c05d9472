"""One line from least to most with a mark for each number, and a label at each mark that covers no other.

Places are in hundredths of the line, and labels are text of the page, so that they grow with its letters and go on in a
new line where there is no room.
"""

from __future__ import annotations

from dataclasses import dataclass

MIDDLE = 50.0


@dataclass(frozen=True)
class Label:
    """A mark on the line, and its text."""

    text: str
    at: float

    @property
    def rest(self) -> float:
        """What the line has left behind the mark."""
        return round(100 - self.at, 1)

    @property
    def ends_here(self) -> bool:
        """Whether its text ends at the mark, and does not begin there: texts go towards the middle."""
        return self.at >= MIDDLE


def place(position: float) -> float:
    """Where a position between 0 and 1 is on the line."""
    return round(100 * min(max(position, 0.0), 1.0), 1)


def lay_out(marks: tuple[tuple[str, float], ...]) -> tuple[Label, ...]:
    """A label for each name and position, each in a row of its own.

    Those nearest to the middle come first, so that the thread from a mark to its label passes by all texts above it.
    """
    labels = [Label(text, place(position)) for text, position in marks]
    return tuple(sorted(labels, key=lambda label: abs(label.at - MIDDLE)))
