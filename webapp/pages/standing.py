"""Where a number stands: on a line from least to most, beside others, and among those in the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from model.evaluate.standing import below, comparators, example_of, position
from model.predict.kinds import Estimate
from model.predict.lazy import lazy
from model.predict.predictor import Predictor
from webapp.text.dots import across
from webapp.text.kinds import Chance, kind_of
from webapp.text.line import Label, lay_out, place


@dataclass(frozen=True)
class Others:
    """Everyone else on the line, in words and as they are drawn."""

    told: str
    labels: tuple[Label, ...]


# They hang on nothing else that is asked about.
@lru_cache(maxsize=64)
def draw_others(predictor: Predictor, focus: int, example: str) -> Others:
    number, found = kind_of(predictor.model).number, comparators(predictor, focus, example)
    marks = [(f"{one.name}: {number(one.value)}", position(predictor, one.value)) for one in found]
    return Others("; ".join([f"{one.name} {number(one.value)}" for one in found]), lay_out(tuple(marks)))


@dataclass(frozen=True)
class Standing:
    predictor: Predictor
    answers: Mapping[str, Any]
    # Which of several estimates it is about, and that one.
    focus: int
    main: Estimate

    @lazy
    def kind(self) -> Chance:
        return kind_of(self.predictor.model)

    @lazy
    def places(self) -> tuple[str, str, str]:
        """Where the number and both ends of its range are drawn."""
        return self.place(self.main.value), self.place(self.main.low), self.place(self.main.high)

    def place(self, value: float) -> str:
        """Where a number is drawn on the line from least to most, as the drawing writes it."""
        return str(across(position(self.predictor, value)))

    @lazy
    def on_line(self) -> tuple[float, float]:
        """The same of both ends on the line that has labels."""
        low, high = [place(position(self.predictor, value)) for value in (self.main.low, self.main.high)]
        return low, high

    @lazy
    def own_label(self) -> Label:
        """What stands above this one's mark, and where."""
        text = f"This {self.predictor.model.words.one}: {self.kind.number(self.main.value)}"
        return Label(text, place(position(self.predictor, self.main.value)))

    @lazy
    def example(self) -> str:
        """The example that is asked about, which is not compared with itself."""
        return example_of(self.predictor, self.answers)

    @lazy
    def others(self) -> Others:
        return draw_others(self.predictor, self.focus, self.example)

    @lazy
    def below(self) -> int | None:
        """How many of a hundred in the data had less."""
        return below(self.predictor, self.main.value)
