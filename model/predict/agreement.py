"""People like this one: how many in the data agree with somebody's answers, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from model.declare.inputs import Input, is_known

from .neighbours import People
from .predictor import Predictor

Answers = Mapping[str, Any]

# Hardly anybody agrees in more answers than these. Where there are more, those are compared that moved the number most.
MOST_COMPARED, COMPARED = 8, 5
# An answer is rare if fewer people gave it than this, or than this part of all.
RARE, RARE_PART = 20, 0.005
# Where rows are not shown, nothing is told of fewer than this, be it a count, a group or those of whom it was so.
FEWEST = 10


@dataclass(frozen=True)
class Some:
    """Some people in the data, and of how many of them it was so."""

    people: int
    yes: int

    @property
    def share(self) -> float:
        return self.yes / self.people if self.people else 0.0


@dataclass(frozen=True)
class Rarest:
    """The answer that fewest gave; who they are is not told where they are fewer than ten and not shown."""

    input: Input
    answer: Any
    # None: fewer than ten, and how many is not told.
    some: Some | None


@dataclass(frozen=True)
class Agreement:
    # Those who agree in all choices, and in all but one at most; their numbers are close.
    same: Some
    nearly: Some
    # What was compared, where that is not every answer.
    compared: Sequence[Input]

    @property
    def allows_one(self) -> bool:
        return self.nearly.people != self.same.people


def find_agreement(predictor: Predictor, answers: Answers, moved_most: Sequence[Input]) -> Agreement | None:
    """How many agree; None where the data's rows are not kept. What moved the number most comes first in the list."""
    crowd = predictor.crowd
    if crowd is None:
        return None
    is_wide = len(predictor.model.inputs) > MOST_COMPARED
    compared = moved_most[:COMPARED] if is_wide else []
    same, nearly = crowd.agree(answers, [asked.name for asked in compared])
    return Agreement(count(crowd, same), count(crowd, nearly), compared)


def find_rarest(predictor: Predictor, answers: Answers) -> Rarest | None:
    """The rarest of these answers, where it is rare; a number counts with those that are close to it."""
    rows, inputs = predictor.card.data.rows, predictor.model.input
    most = max(RARE, RARE_PART * rows)
    if crowd := predictor.crowd:
        known = [(column, answers[column.name]) for column in crowd.columns if answers[column.name] is not None]
        if not known:
            return None
        column, answer = min(known, key=lambda one: one[0].counts[one[1]])
        if column.counts[answer] >= most:
            return None
        return Rarest(inputs[column.name], answer, count(crowd, column.close_to(answer)))
    counts = {
        name: seen.counts.get(answers[name], rows)
        for name, seen in predictor.card.observed.items()
        if seen.counts and is_known(answers[name])
    }
    name = min(counts, key=counts.__getitem__, default="")
    if not name or counts[name] >= most:
        return None
    # Counts under ten are kept as nought.
    some = Some(counts[name], 0) if counts[name] >= FEWEST else None
    return Rarest(inputs[name], answers[name], some)


def count(crowd: People, bits: int) -> Some:
    return Some(bits.bit_count(), (bits & crowd.so).bit_count())
