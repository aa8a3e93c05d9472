"""The records of a CSV file: each row's cells, its own text, and the line that it starts on."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice

from .dialect import Dialect
from .formulas import STARTS, safe

# How many records with quotation marks are handed on at once.
AT_ONCE = 500


class State(IntEnum):
    PLAIN = 0
    # A cell may start like a formula.
    SUSPECT = 1
    # A quotation mark has no second one, or a line end is where none can be.
    BROKEN = 2


# The line, the text and the cells of a row, and what is known of them.
Record = tuple[int, str, list[str], State]


@dataclass(frozen=True, slots=True)
class Block:
    """Some records one after the other: the line that each starts on, its text, its cells, and its state."""

    numbers: Sequence[int]
    texts: Sequence[str]
    rows: Sequence[list[str]]
    states: Sequence[State]

    @property
    def is_plain(self) -> bool:
        return State.SUSPECT not in self.states and State.BROKEN not in self.states

    def below(self) -> Block:
        """The records below the first."""
        return Block(self.numbers[1:], self.texts[1:], self.rows[1:], self.states[1:])

    def records(self) -> Iterator[Record]:
        return zip(self.numbers, self.texts, self.rows, self.states, strict=True)


class Records:
    """Splits text, which comes in pieces of whole lines, into records. Blank lines are none."""

    def __init__(self, texts: Iterable[str], delimiter: str) -> None:
        self._texts = iter(texts)
        self._delimiter = delimiter
        self._line = 1
        # The lines of a record that has not ended yet.
        self._taken: list[str] = []
        self._usual = State.PLAIN
        self._ended = False

    def blocks(self) -> Iterator[Block]:
        for text in self._texts:
            if '"' in text or text.count("\r") != text.count("\r\n"):
                parsed = self._parsed(text)
                while some := list(islice(parsed, AT_ONCE)):
                    yield Block(*zip(*some, strict=True))
            else:
                yield self._split(text)

    def _split(self, text: str) -> Block:
        """The records of a text without quotation marks: a line each."""
        lines = (text.replace("\r\n", "\n") if "\r" in text else text).removesuffix("\n").split("\n")
        numbers: Sequence[int] = range(self._line, self._line + len(lines))
        self._line += len(lines)
        if "" in lines:
            numbers = [number for number, line in zip(numbers, lines, strict=True) if line]
            lines = [line for line in lines if line]
        delimiter = self._delimiter
        return Block(numbers, lines, [line.split(delimiter) for line in lines], [self._state(text)] * len(lines))

    def _state(self, text: str) -> State:
        # Looked for in a whole piece at once, which costs next to nothing for each row.
        ahead = (self._delimiter, "\n", '"') if '"' in text else (self._delimiter, "\n")
        suspect = text.startswith(STARTS) or any(
            before + start in text for start in STARTS if start in text for before in ahead
        )
        return State.SUSPECT if suspect else State.PLAIN

    def _parsed(self, text: str) -> Iterator[Record]:
        """The records of a text with quotation marks, and of the next ones while a cell goes on into them."""
        reader = csv.reader(self._lines(text), delimiter=self._delimiter)
        taken = self._taken
        while True:
            try:
                cells = next(reader)
                state = State.SUSPECT if len(taken) > 1 else self._usual
            except StopIteration:
                return
            except csv.Error:
                # The reader lets go of what it cannot read, and goes on with the next line.
                cells, state = ["".join(taken).rstrip("\r\n")], State.BROKEN
            if self._ended:
                # It asked for one more line: a quotation mark has no second one.
                state = State.BROKEN
            if cells:
                yield self._line, "".join(taken).rstrip("\r\n"), cells, state
            self._line += len(taken)
            taken.clear()

    def _lines(self, text: str | None) -> Iterator[str]:
        while text is not None:
            self._usual = self._state(text)
            for line in io.StringIO(text, newline="\n"):
                self._taken.append(line)
                yield line
            if not self._taken:
                return
            text = next(self._texts, None)
        self._ended = True


def guarded(cells: Sequence[str]) -> list[str]:
    """The cells, none of which a spreadsheet takes for a formula."""
    return list(map(safe, cells))


def written(cells: Sequence[object], dialect: Dialect) -> str:
    """Cells as a line of the file."""
    line = io.StringIO()
    # With this end the writer puts quotes around either half of it inside a cell.
    csv.writer(line, delimiter=dialect.delimiter, lineterminator="\r\n").writerow(cells)
    return line.getvalue().removesuffix("\r\n") + dialect.line_end
