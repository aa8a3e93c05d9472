"""Where a number stands: on a line from least to most, beside others, and among those in the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from model.evaluate.standing import Comparator, below, comparators, position
from model.predict.kinds import Estimate
from model.predict.predictor import Predictor
from webapp.text.dots import across
from webapp.text.kinds import Chance, kind_of
from webapp.text.line import Line, above, lay_out, place


@dataclass(frozen=True)
class Standing:
    predictor: Predictor
    answers: Mapping[str, Any]
    # Which of several estimates it is about, and that one.
    focus: int
    main: Estimate

    @cached_property
    def kind(self) -> Chance:
        return kind_of(self.predictor.model)

    @cached_property
    def places(self) -> tuple[str, str, str]:
        """Where the number and both ends of its range are drawn."""
        return self.place(self.main.value), self.place(self.main.low), self.place(self.main.high)

    def place(self, value: float) -> str:
        """Where a number is drawn on the line from least to most, as the drawing writes it."""
        return str(across(position(self.predictor, value)))

    def on_line(self, value: float) -> float:
        """The same on the line that has labels."""
        return place(position(self.predictor, value))

    @property
    def own_label(self) -> tuple[str, float]:
        """What stands above this one's mark, and where."""
        text = f"This {self.predictor.model.words.one}: {self.kind.number(self.main.value)}"
        return text, above(text, position(self.predictor, self.main.value))

    @cached_property
    def comparators(self) -> tuple[Comparator, ...]:
        return tuple(comparators(self.predictor, self.focus, self.answers))

    @cached_property
    def line(self) -> Line:
        """Everyone else on the line."""
        number = self.kind.number
        marks = [(f"{one.name}: {number(one.value)}", position(self.predictor, one.value)) for one in self.comparators]
        return lay_out(tuple(marks))

    @cached_property
    def below(self) -> int | None:
        """How many of a hundred in the data had less."""
        return below(self.predictor, self.main.value)
