"""The card of a trained model: all that serving knows of it, as training wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .evaluation import Evaluation, Ranged


@dataclass(frozen=True)
class Fit:
    """Which candidate was chosen, and how it was fitted."""

    chosen: str
    C: float | None = None
    intercept: float | None = None
    slope: float | None = None


@dataclass(frozen=True)
class Data:
    """The table that the model learnt from, and the checksums of it and of the people file."""

    rows: int
    sha256: str | None
    people: str | None = None


@dataclass(frozen=True)
class Observed:
    """What the data holds of one input: its ends and middle, or how often each choice comes."""

    unknown: int
    lowest: float = 0
    highest: float = 0
    middle: float = 0
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Wrapped:
    """Of a model that was fitted elsewhere: its file, how far what is served is from it, and what was measured how."""

    file: str
    apart: float
    tolerance: float
    # "folds" of fresh fits, rows that were said to be "unseen", or "nothing".
    measured: str


@dataclass(frozen=True)
class Case:
    """People of whom another kind of model gave a chance more than five points higher, or lower: who was right."""

    higher: bool
    people: int
    own: float
    other: float
    observed: Ranged

    @property
    def is_nearer_other(self) -> bool:
        """Whether what was so lies nearer to what the other said."""
        return abs(self.other - self.observed.value) < abs(self.own - self.observed.value)


@dataclass(frozen=True)
class Challenger:
    """Another kind of model that is just as good; its program, as the engine for trees reads it, and its file's sum."""

    name: str
    file: str
    program: Mapping[str, Any]
    settings: Mapping[str, Any]
    # By how much the model is ahead of it, in its first figure: the range includes none, or lies below.
    lead: Ranged
    # For each estimate by where it lies: how far a third kind of model mostly lies from it.
    ranges: tuple[Mapping[str, Any], ...] = ()
    # Of how many people the two differ by more than five points, and what was so of them.
    differ: float | None = None
    cases: tuple[Case, ...] = ()

    # For so many of ten cases a third kind of model lies within `ranges`.
    reaches_of_ten = 8


@dataclass(frozen=True)
class Background:
    """A few rows that stand for everybody in the data, each with the weight that it has in an average."""

    # Answers in the order of the model's inputs.
    rows: tuple[tuple[Any, ...], ...]
    weights: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Card:
    checksum: str
    model: str
    kind: str
    version: str
    trained: str
    recipe: Fit
    data: Data
    pickle: str
    libraries: Mapping[str, str]
    observed: Mapping[str, Observed]
    evaluation: Evaluation
    # The compiled model, as the engine that it names reads it.
    engine: Mapping[str, Any]
    wrapped: Wrapped | None = None
    challenger: Challenger | None = None
    # None where a model learnt from no table of ours.
    background: Background | None = None

    @property
    def is_of_trees(self) -> bool:
        """Whether decision trees alone make the estimate."""
        return self.engine["name"] == "trees" and self.engine["program"]["kind"] == "trees"
