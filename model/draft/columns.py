"""What a column of the table becomes: an input for a number or for choices, or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from .source import counted
from .tidied import Reader

FEWEST_ROWS = 10


@dataclass(frozen=True)
class Asked:
    """What the form asks of a number: its range, and how its points run between these knots."""

    lowest: float
    highest: float
    like: str
    whole: bool
    unit: str
    knots: tuple[float, ...]
    # Whether each number gets points of its own.
    each: bool = False
    # Whether its logarithm is spread more evenly than the number itself.
    skewed: bool = False


@dataclass(frozen=True)
class Column:
    """A column of the table that becomes an input."""

    name: str
    label: str
    reader: Reader
    # Of numbers what the form asks; of choices their values with their labels.
    asked: Asked | Mapping[str, str]
    # The share of rows that lack it.
    missing: float = 0.0
    ordered: bool = False
    # What was guessed, and what somebody should look at.
    guesses: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        return self.reader.column

    @property
    def is_number(self) -> bool:
        return isinstance(self.asked, Asked)

    @property
    def choices(self) -> Mapping[str, str]:
        assert not isinstance(self.asked, Asked)
        return self.asked

    @property
    def numbers(self) -> Asked:
        assert isinstance(self.asked, Asked)
        return self.asked


class NotAsked(ValueError):
    """A column that becomes no input; the text says why."""


def nearly_constant(counts: pd.Series, commonest: str) -> str:
    others = int(counts.sum() - counts.max())
    return f"only {counted(others, 'row')} with another answer than {commonest}"
