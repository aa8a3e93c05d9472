"""The rows of a file, one after the other: the same cells with the estimates after them.

A row is read, handed on and forgotten, so a long file takes no more memory than a short one. What
the same answers gave before is kept, for as many of them as fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, starmap
from operator import itemgetter
from typing import Any

from model.declare.inputs import Input, Refused
from model.declare.reading import Answers, Fault
from model.predict.predictor import Predictor

from .dialect import Dialect
from .headings import BROKEN, Unusable, added_columns, estimate_cells, input_columns, read_cell, row_error
from .records import Block, Records, State, guarded, written

# How many different sets of answers are kept with what came out for them, and how long one may be.
MOST_KNOWN = 40_000
LONGEST_KNOWN = 400
# The same for answers that are wrong, whose messages are longer.
MOST_WRONG = 2_000
SHOWN_ROWS = 20
SHOWN_WRONG = 10

HEADER_ONLY = "The file has a line that names the columns, but no rows below it"


NO_ROWS = Block((), (), (), ())


@dataclass(frozen=True)
class Shown:
    """A row for a person to look at."""

    line: int
    cells: Sequence[str]
    estimates: Sequence[float | str]
    error: str


@dataclass
class Counts:
    """What a scored file comes to, and the first of its rows."""

    rows: int = 0
    wrong: int = 0
    first: list[Shown] = field(default_factory=list)
    first_wrong: list[Shown] = field(default_factory=list)

    @property
    def scored(self) -> int:
        return self.rows - self.wrong


class Scoring:
    """One file being scored: take its pieces() to the end, then read its counts."""

    def __init__(self, predictor: Predictor, texts: Iterable[str], dialect: Dialect) -> None:
        self.predictor = predictor
        self.dialect = dialect
        self.counts = Counts()
        blocks = (block for block in Records(texts, dialect.delimiter).blocks() if block.rows)
        first = next(blocks, NO_ROWS)
        self.header = first.rows[0] if first.rows else [""]
        columns = input_columns(predictor.model, self.header)
        self.added = added_columns(predictor, self.header)
        self._inputs = predictor.model.inputs
        self._positions = [columns[asked.name] for asked in self._inputs]
        self._pick = itemgetter(*self._positions)
        self._known: dict[Any, str] = {}
        self._words: dict[str, str] = {}
        self._wrong: dict[Any, tuple[str, str]] = {}
        below = first.below() if len(first.rows) > 1 else next(blocks, NO_ROWS)
        if not below.rows:
            raise Unusable(HEADER_ONLY)
        self._blocks = chain([below], blocks)

    def pieces(self) -> Iterator[str]:
        """The scored file's text: the header, then many rows at once."""
        yield written([*guarded(self.header), *self.added], self.dialect)
        for block in self._blocks:
            yield self._known_block(block) or "".join(starmap(self._row, block.records()))

    def _known_block(self, block: Block) -> str:
        """The rows of a block whose answers have all come before; empty for any other block."""
        if not block.is_plain or not self._is_shown or set(map(len, block.rows)) != {len(self.header)}:
            return ""
        tails = list(map(self._known.get, map(self._pick, block.rows)))
        if None in tails:
            return ""
        self.counts.rows += len(tails)
        return "".join(chain.from_iterable(zip(block.texts, tails, strict=True)))  # type: ignore[arg-type]

    @property
    def _is_shown(self) -> bool:
        return len(self.counts.first) >= SHOWN_ROWS

    def _row(self, number: int, text: str, cells: list[str], state: State) -> str:
        self.counts.rows += 1
        if len(cells) != len(self.header) or state == State.BROKEN:
            return self._misshapen(number, cells, state)
        key = self._pick(cells)
        tail = self._known.get(key)
        if tail is None or not self._is_shown:
            tail = self._outcome(number, cells, key)
        if state == State.SUSPECT and (safe := guarded(cells)) != cells:
            return written(safe, self.dialect).removesuffix(self.dialect.line_end) + tail
        return text + tail

    def _outcome(self, number: int, cells: list[str], key: Any) -> str:
        """What follows the row's own cells; kept for the next row with the same answers."""
        if wrong := self._wrong.get(key):
            tail, error = wrong
            self._show(Shown(number, cells, (), error))
            return tail
        raw = (key,) if isinstance(key, str) else key
        estimates, error = self._scored(raw)
        self._show(Shown(number, cells if error else raw, estimates, error))
        # An empty cell before them stands for the row.
        tail = written(["", *estimates, error], self.dialect)
        if sum(map(len, raw)) < LONGEST_KNOWN:
            if not error:
                self._keep(raw, tail)
            elif len(self._wrong) < MOST_WRONG:
                self._wrong[key] = tail, error
        return tail

    def _keep(self, raw: Sequence[str], tail: str) -> None:
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
            self._words.clear()
        # The same words stand in many rows; one copy of each is enough.
        shared = tuple(self._words.setdefault(word, word) for word in raw)
        self._known[shared if len(shared) > 1 else shared[0]] = tail

    def _scored(self, raw: Sequence[str]) -> tuple[Sequence[float | str], str]:
        answers, faults = read_cells(self._inputs, raw)
        if faults:
            return [""] * (len(self.added) - 1), row_error(faults)
        return estimate_cells(self.predictor, answers), ""

    def _misshapen(self, number: int, cells: list[str], state: State) -> str:
        """A row that does not fit the header; what it has too much of goes after the error."""
        width = len(self.header)
        counted = "1 cell" if len(cells) == 1 else f"{len(cells)} cells"
        error = BROKEN if state == State.BROKEN else f"This row has {counted} where the header has {width}"
        self._show(Shown(number, cells, (), error))
        own = guarded(cells)
        own += [""] * (width - len(own))
        nothing = [""] * (len(self.added) - 1)
        return written([*own[:width], *nothing, error, *own[width:]], self.dialect)

    def _show(self, row: Shown) -> None:
        """Count a row that is wrong, and keep the first rows to look at."""
        counts = self.counts
        counts.wrong += bool(row.error)
        kept, most = (counts.first_wrong, SHOWN_WRONG) if row.error else (counts.first, SHOWN_ROWS)
        if len(kept) < most:
            kept.append(row)


def read_cells(inputs: Sequence[Input], raw: Sequence[str]) -> tuple[Answers, list[Fault]]:
    answers: Answers = {}
    faults: list[Fault] = []
    for asked, cell in zip(inputs, raw, strict=True):
        try:
            answers[asked.name] = read_cell(asked, cell)
        except Refused as refused:
            faults.append(Fault(asked.name, str(refused)))
    return answers, faults
