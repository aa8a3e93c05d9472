"""Scores a whole file: read in pieces, several scored at a time, handed out in the file's own order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

import polars as pl

from model.machine.processors import step_back
from model.predict.predictor import Predictor

from .reader import Item, Piece, Reader
from .scorer import Scored, Scorer
from .writer import CsvWriter, ParquetWriter

# Polars works on each piece with all cores, yet some steps have only one thread; other pieces fill the gaps.
AT_A_TIME = 2
SHOWN_ROWS = 20
SHOWN_WRONG = 10

Writer = CsvWriter | ParquetWriter
Result = TypeVar("Result")


class Shown(NamedTuple):
    """A row for a person to look at."""

    line: int
    cells: Sequence[str]
    estimates: Sequence[float | str]
    error: str
    # The file's own first column that is no input, which often says who it is.
    own: str = ""


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
    """One file being scored: take its contents to the end, then read its counts."""

    def __init__(
        self,
        predictor: Predictor,
        reader: Reader,
        writer: Writer,
        chosen: Mapping[str, str] | None = None,
        challenger: bool = False,
    ) -> None:
        self.reader, self.writer = reader, writer
        self.scorer = Scorer(predictor, reader.header, chosen, challenger, reader.of_workbook)
        self.added = self.scorer.added
        self.counts = Counts()
        others = [at for at in range(len(reader.header)) if at not in self.scorer.positions]
        self.own = others[0] if others else None
        # What somebody else wants to see of each piece, as what the file comes to.
        self.look: Callable[[Piece, Scored], object] | None = None

    def run(
        self, done: Callable[[int], object] | None = None, complain: Callable[[pl.DataFrame], object] | None = None
    ) -> Iterator[Any]:
        """What is to be written, telling how much of the file is done and which of its lines are bad."""
        head = self.writer.write_head([*self.reader.header, *self.added])
        for size, piece, scored, content in run_in_order(self._finish, self.reader):
            self._count(piece, scored.added)
            if self.look:
                self.look(piece, scored)
            if complain:
                lines = pl.DataFrame({"line": piece.numbers, "error": scored.added[:, -1]})
                complain(lines.drop_nulls("error"))
            yield from head
            head = []
            yield content
            if done:
                done(size)
        yield from head

    def _finish(self, item: Item) -> tuple[int, Piece, Scored, Any]:
        columns = self.scorer.columns()
        read = zip(self.scorer.positions, columns, strict=True)
        types = {at: column.type for at, column in read if not column.is_wild}
        piece = self.reader.read(item, types)
        scored = self.scorer.score(piece, columns)
        return len(item.content), piece, scored, self.writer.render(piece, scored.added)

    def _count(self, piece: Piece, added: pl.DataFrame) -> None:
        """Count the rows, and keep the first ones to look at."""
        errors, counts = added[:, -1], self.counts
        wrong = added.height - errors.null_count()
        counts.rows += added.height
        counts.wrong += wrong
        if missing := SHOWN_ROWS - len(counts.first):
            for row in errors.is_null().arg_true().head(missing):
                counts.first.append(self.show(int(piece.numbers[row]), piece.frame.row(row), added.row(row)[:-1]))
        if wrong and (missing := SHOWN_WRONG - len(counts.first_wrong)):
            for row in errors.is_not_null().arg_true().head(missing):
                counts.first_wrong.append(Shown(int(piece.numbers[row]), (), (), errors[row]))

    def show(self, line: int, cells: Sequence[Any], estimates: Sequence[float | str]) -> Shown:
        """A scored row for a person to look at: its own name in the file, if it has one, and its answers."""
        own = "" if self.own is None else str(cells[self.own] or "")
        return Shown(line, [str(cells[at] or "") for at in self.scorer.positions], estimates, "", own)


def run_in_order(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """The work on each item, some items ahead; no more of them in memory than that."""
    pending: deque[Future[Result]] = deque()
    # What Polars starts there steps back too.
    pool = ThreadPoolExecutor(AT_A_TIME, initializer=step_back)
    try:
        for item in items:
            pending.append(pool.submit(work, item))
            if len(pending) > AT_A_TIME:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
