"""How sure a number is: what another kind of model says, how far such numbers move, and what came of those nearest to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from model.evaluate.record import Near
from model.predict.challenger import Facing
from model.predict.evaluation import Band
from model.predict.kinds import Estimate
from model.predict.lazy import lazy
from model.predict.predictor import Predictor

from .card import card_of


@dataclass(frozen=True)
class Sureness:
    predictor: Predictor
    answers: Mapping[str, Any]
    # Which of several estimates it is about, and that one.
    focus: int
    main: Estimate

    @lazy
    def facing(self) -> Facing | None:
        """What another kind of model says, that is just as good; None where none was found."""
        challenger = self.predictor.challenger
        return challenger.face(self.answers, self.focus, self.main) if challenger else None

    @property
    def looked_for_others(self) -> bool:
        """Whether the model was measured against other kinds that were tuned, and is not of their kind itself."""
        return bool(self.predictor.card.evaluation.tuned) and not self.predictor.card.is_of_trees

    @property
    def moves_by(self) -> Band | None:
        """How far an estimate like this one moves where the model learns from resamples of its table."""
        stability = self.predictor.card.evaluation.stability
        return stability.around(self.main.value) if stability else None

    @lazy
    def near(self) -> Near | None:
        """What came of those held back for testing whose estimate was nearest to this one."""
        return card_of(self.predictor).near(self.main.value)

    @lazy
    def holds_fewer(self) -> bool:
        """Whether, in tests, the ranges of estimates near to this one held fewer amounts than they were made for."""
        predictor = self.predictor
        return (
            predictor.kind.is_amount
            and self.near is not None
            and self.near.so.high < predictor.model.learns.of_ten / 10
        )

    @property
    def stretched(self) -> bool:
        """Whether an amount's range had to be stretched to hold the estimate."""
        return self.predictor.kind.is_amount and self.main.value in (self.main.low, self.main.high)
