"""Scoring a whole file: read in pieces, three scored at a time, written in the file's own order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from model.predict.predictor import Predictor

from .scorer import Scorer
from .sources import Source
from .targets import Target

# Polars works on each piece with all cores, yet some steps have only one thread; other pieces fill the gaps.
AT_A_TIME = 3


@dataclass(frozen=True)
class Finished:
    """A piece as the target takes it, and what is to be said about it."""

    content: Any
    rows: int
    lines: int
    size: int
    # The line of each bad row, counted from the piece's first, and what is wrong with it.
    bad: list[tuple[int, str]]


@dataclass
class Tally:
    rows: int = 0
    bad: int = 0


class FileScoring:
    def __init__(self, predictor: Predictor, source: Source, target: Target) -> None:
        self.source, self.target = source, target
        self.scorer = Scorer(predictor, source.header)
        self.tally = Tally()

    def run(self, done: Callable[[int], None], complain: Callable[[int, str], None]) -> Tally:
        """Score the file, telling how much of it is done and which of its lines are bad."""
        self.target.write(self.source, self.scorer.added, self._contents(done, complain))
        return self.tally

    def _contents(self, done: Callable[[int], None], complain: Callable[[int, str], None]) -> Iterator[Any]:
        line = self.source.first_line
        for piece in in_order(self._finish, self.source):
            for start, message in piece.bad:
                complain(line + start, message)
            line += piece.lines
            self.tally.rows += piece.rows
            self.tally.bad += len(piece.bad)
            yield piece.content
            done(piece.size)

    def _finish(self, item: Any) -> Finished:
        columns = self.scorer.columns()
        piece = self.source.read(item, dict(zip(self.scorer.positions, columns, strict=True)))
        scored = self.scorer.score(piece.frame, columns, piece.misshapen)
        bad = [(piece.starts[row], message) for row, message in zip(scored.bad, scored.messages, strict=True)]
        content = self.target.content(piece, scored)
        return Finished(content, piece.frame.height, piece.lines, len(item), bad)


def in_order(work: Callable[[Any], Finished], items: Source) -> Iterator[Finished]:
    """The work on each item, some items ahead; no more of them in memory than that."""
    pending: deque[Future[Finished]] = deque()
    pool = ThreadPoolExecutor(AT_A_TIME)
    try:
        for item in items:
            pending.append(pool.submit(work, item))
            if len(pending) > AT_A_TIME:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
