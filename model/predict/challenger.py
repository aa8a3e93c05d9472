"""Another kind of model beside the one that answers: what it says of the same answers. It is read when first asked."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import mul
from typing import Any

from model.declare.inputs import NOT_RECORDED
from model.declare.model import Model

from .card import Case
from .card import Challenger as Card
from .card_file import Sealed
from .engine import Engine, Range, Tables
from .evaluation import Ranged
from .kinds import Estimate
from .ranges import Ranges

Answers = Mapping[str, Any]
# From so many points on two chances are said to differ.
APART = 0.05


@dataclass(frozen=True)
class Facing:
    """Another kind of model's estimate, between what ends a third kind mostly lies, and the whole span with the model's."""

    name: str
    value: float
    low: float
    high: float
    whole_low: float
    whole_high: float
    # Those of whom the two differed as much in tests; None where they hardly differ.
    case: Case | None

    reaches_of_ten = Card.reaches_of_ten

    def as_json(self) -> dict[str, Any]:
        names = ("name", "value", "low", "high", "whole_low", "whole_high")
        return {name: getattr(self, name) for name in names}


class Challenger:
    def __init__(self, model: Model, card: Card, engine: Engine) -> None:
        self.model, self.card, self.engine = model, card, engine
        self.file = Sealed(model.challenger_path, card.file)

    @property
    def name(self) -> str:
        return self.card.name

    @property
    def lead(self) -> Ranged:
        return self.card.lead

    @cached_property
    def program(self) -> Any:
        # NumPy is loaded by the first request that needs it.
        import numpy as np

        from .program import Program

        program = Program(self.model, {"program": self.card.program, "turned": False, "seen": {}, "file": ""})
        with np.load(io.BytesIO(self.file.take()), allow_pickle=False) as file:
            program.__dict__["arrays"] = {name: file[name] for name in file.files}
        return program

    def values(self, answers: Answers) -> tuple[float, ...]:
        """Its estimates; of an unknown answer the average over the people in the data, as the model's."""
        return self.predict([answers])[0]

    def ranges(self, values: Sequence[float]) -> list[Range]:
        """Between what ends a third kind mostly lies, where that was measured; else its estimates themselves."""
        return Ranges(self.card.ranges).around(values)

    def predict(self, rows: Sequence[Answers]) -> list[tuple[float, ...]]:
        filled, shares = [], []
        for answers in rows:
            ways = self._ways(answers)
            shares.append([share for share, _ in ways])
            filled += [row for _, row in ways]
        columns, start, found = self.program.predict(filled), 0, []
        for own in shares:
            parts = [column[start : start + len(own)] for column in columns]
            found.append(tuple([math.fsum(map(mul, own, part)) for part in parts]))
            start += len(own)
        return found

    def _ways(self, answers: Answers) -> list[tuple[float, dict[str, Any]]]:
        """The answers as trees know them, in each way to fill in what is unknown, and its share."""
        known = {name: None if answer is NOT_RECORDED else answer for name, answer in answers.items()}
        engine = self.engine
        if not isinstance(engine, Tables) or not (unknown := engine.unknown(answers)):
            return [(1.0, known)]
        ways = engine.recorded.ways(unknown)
        return [(ways.shares[way], {**known, **ways.answers(way)}) for way in range(len(ways))]

    def face(self, answers: Answers, focus: int, own: Estimate) -> Facing:
        """What it says of these answers beside the model's own estimate."""
        values = self.values(answers)
        value, (low, high) = values[focus], self.ranges(values)[focus]
        whole = (min(own.low, low), max(own.high, high))
        return Facing(self.name, value, low, high, *whole, self.case(own.value, value))

    def case(self, own: float, other: float) -> Case | None:
        """Those of whom it said so much more than the model, or less, as it does here; None where they hardly differ."""
        if abs(other - own) <= APART:
            return None
        return next((case for case in self.card.cases if case.higher == (other > own)), None)
