"""The three kinds of answer, and what each does differently with its estimates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from model.declare.model import Model

from .engine import AmountTables, ChanceTables, ClassesTables, Engine
from .outcome import UNKNOWABLE, Outcome, read_amount, read_class, read_yes_or_no, says_unknowable


def make_program(model: Model, compiled: Mapping[str, Any]) -> Engine:
    # NumPy is for the models that need it.
    from .program import Program

    return Program(model, compiled)


# What is no sum, by what it is made of: trees, alone or joined with others, or an ONNX graph.
PROGRAMS = {"trees": make_program, "onnx": make_program}


@dataclass(frozen=True)
class Estimate:
    """One number with its range: a chance between 0 and 1, or an amount."""

    value: float
    low: float
    high: float
    # The class it is the chance of, where there are several.
    label: str = ""


class Probability:
    """One chance of yes."""

    # What programs and files call the number.
    number = "probability"
    # Whether it tells how much, and not how likely; and how a sum becomes it.
    is_amount = False
    link = "sigmoid"
    engines: Mapping[str, Callable[[Model, Mapping[str, Any]], Engine]] = {"tables": ChanceTables, **PROGRAMS}

    def __init__(self, model: Model) -> None:
        self.model = model

    @property
    def labels(self) -> list[str]:
        """The names of the estimates, where there are several."""
        return []

    def focus(self, values: Sequence[float]) -> int:
        """Which of the estimates sentences speak of."""
        return 0

    @property
    def columns(self) -> dict[str, type[float] | type[str]]:
        """The columns that a scored row gets, and what is in them."""
        return {self.number: float, "low": float, "high": float}

    def cells(self, estimates: Sequence[Estimate]) -> list[float | str]:
        """What stands in those columns, unrounded."""
        return [number for one in estimates for number in (one.value, one.low, one.high)]

    def as_json(self, estimates: Sequence[Estimate]) -> dict[str, Any]:
        return dict(zip(self.columns, self.cells(estimates), strict=True))

    def read_outcome(self, text: str) -> Outcome:
        """What really happened, as a person, a program or a file says it; NoOutcome says what would do."""
        return UNKNOWABLE if says_unknowable(text) else self.read_known(text)

    def read_known(self, text: str) -> Outcome:
        return read_yes_or_no(text)

    def promise(self, value: float) -> float:
        """The chance that what is said comes true, going by the number that is told."""
        return value

    def came_true(self, said: Any, low: float, high: float, named: str) -> float:
        """1 where what was promised came true, 0 where not, of what somebody says happened."""
        return float(said)


class Classes(Probability):
    """A chance for each of several classes."""

    engines = {"tables": ClassesTables, **PROGRAMS}
    link = "softmax"

    @property
    def labels(self) -> list[str]:
        return list(self.model.learns.classes.values())

    def focus(self, values: Sequence[float]) -> int:
        return list(values).index(max(values))

    @property
    def columns(self) -> dict[str, type[float] | type[str]]:
        numbers = {f"{number}_{label}": float for label in self.labels for number in ("probability", "low", "high")}
        return {"class": str, **numbers}

    def cells(self, estimates: Sequence[Estimate]) -> list[float | str]:
        return [self._likeliest(estimates), *super().cells(estimates)]

    def as_json(self, estimates: Sequence[Estimate]) -> dict[str, Any]:
        chances = {e.label: {"probability": e.value, "low": e.low, "high": e.high} for e in estimates}
        return {"class": self._likeliest(estimates), "classes": chances}

    def read_known(self, text: str) -> Outcome:
        return read_class(text, self.labels)

    def came_true(self, said: Any, low: float, high: float, named: str) -> float:
        return float(said == named)

    def _likeliest(self, estimates: Sequence[Estimate]) -> str:
        return estimates[self.focus([estimate.value for estimate in estimates])].label


class Amount(Probability):
    """How much of something."""

    number = "amount"
    is_amount = True
    link = "none"
    engines = {"tables": AmountTables, **PROGRAMS}

    def read_known(self, text: str) -> Outcome:
        return read_amount(text)

    def promise(self, value: float) -> float:
        return self.model.learns.of_ten / 10

    def came_true(self, said: Any, low: float, high: float, named: str) -> float:
        return float(low <= said <= high)


KINDS: Mapping[str, type[Probability]] = {"probability": Probability, "classes": Classes, "amount": Amount}
