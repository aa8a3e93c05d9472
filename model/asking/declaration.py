"""How a model is declared: its form, what it learns from, and the words around its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from wtforms import Form

from .fields import inputs_of
from .inputs import Input

Kind = Literal["probability", "classes", "amount"]

DATA = Path(__file__).resolve().parents[2] / "data"


@dataclass(frozen=True)
class Table:
    """Points for each of an input's choices, or for each whole number it can be."""

    input: str


@dataclass(frozen=True)
class Slope:
    """The same number of points for every unit of a number."""

    input: str


@dataclass(frozen=True)
class Curve:
    """A spline: points that bend at the knots. Degree 1 draws straight lines between them.

    A number that need not be whole takes degree 1, since its scorecard interpolates linearly.
    """

    input: str
    knots: tuple[float, ...]
    degree: int = 1


@dataclass(frozen=True)
class Pair:
    """One table for two inputs together, where the one changes what the other means."""

    first: Table | Slope | Curve
    second: Table | Slope | Curve


Block = Table | Slope | Curve | Pair


def inputs_in(block: Block) -> tuple[str, ...]:
    if isinstance(block, Pair):
        return (block.first.input, block.second.input)
    return (block.input,)


@dataclass(frozen=True)
class Candidate:
    """One way to build the score. Where a recipe has several, cross-validation chooses."""

    blocks: tuple[Block, ...]
    # The inverse of the ridge penalty, as scikit-learn has it.
    C: float = 1.0
    name: str = ""


@dataclass(frozen=True)
class Recipe:
    """What a model learns from: a table with a column for each input, and the target."""

    target: str
    candidates: Sequence[Candidate]
    # A CSV file, in data/ unless its path is absolute, or a function that returns a data frame.
    table: str | Path | Callable[[], Any]
    # What counts as yes; the classes in order; unused for an amount.
    yes: str = "1"
    classes: Mapping[str, str] = field(default_factory=dict)
    # The number of people that a calibration bin needs at least.
    smallest_bin: int = 100
    # Inputs by which the card breaks the errors down, numbers cut at these edges.
    groups: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    # The inputs and preparation of the tutorial this model grew out of, for comparison.
    tutorial: Sequence[str] = ()
    # Numbers this part of the data's range apart count as close.
    close_within: float = 0.1
    # For an amount: the share of cases that its range is to hold, and the range's own curve.
    holds: float = 0.8
    range_block: Block | None = None
    # Columns that only the gradient-boosted reference may use.
    reference_only: Sequence[str] = ()

    @property
    def of_ten(self) -> int:
        """How many of ten cases an amount's range is to hold."""
        return round(10 * self.holds)

    @property
    def path(self) -> Path | None:
        if callable(self.table):
            return None
        path = Path(self.table)
        return path if path.is_absolute() else DATA / path


@dataclass(frozen=True)
class Given:
    """A slope and an intercept that were fitted elsewhere, on data that may not be passed on."""

    input: str
    intercept: float
    slope: float
    # The figures of that fit, as the card states them, and where they come from.
    figures: Mapping[str, float]
    source: str


@dataclass(frozen=True)
class Example:
    name: str
    answers: Mapping[str, Any]


@dataclass(frozen=True)
class Words:
    """What the pages say of one model. Sentences about the answer take numbers from the scorecard."""

    title: str
    question: str
    heading: str
    lead: str
    button: str
    # "people with these answers"
    those: str
    # "had an income over $50,000" and "did not"
    yes: str = ""
    no: str = ""
    # The thing itself, as a noun: "income over $50,000".
    outcome: str = ""
    # How a sentence goes on about a second estimate, up to its number.
    instead: str = "With {reference}, and all else the same, it would be"
    warning: str = ""
    data_line: str = ""
    source: str = ""
    # One of the people, things or places in the data, and several of them.
    one: str = "person"
    many: str = "people"
    # Whether they are things or places: then a sentence goes on with “which” where it has “whom” of people.
    things: bool = False
    another: str = "Another person"
    left_out: str = ""
    # What an amount is called, and what its numbers count where that is not the unit below.
    amount: str = "amount"
    counted_in: str = ""
    before_unit: str = ""
    after_unit: str = ""
    for_what: str = ""
    not_for: str = ""
    licence: str = ""

    @property
    def who(self) -> str:
        return "that" if self.things else "who"

    @property
    def whom(self) -> str:
        return "which" if self.things else "whom"

    @property
    def thousand(self) -> str:
        """One of what the numbers count, where they count thousands: “$1,000”."""
        return f"{self.before_unit}1{self.after_unit}" if self.after_unit == ",000" else ""


@dataclass(frozen=True, eq=False)
class Model:
    name: str
    kind: Kind
    form: type[Form]
    recipe: Recipe | Given
    words: Words
    order: int = 100
    # Group heading to input names, in the order of the page.
    fieldsets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    examples: Sequence[Example] = ()
    # How many of the real people most like this one a result shows, with what happened to them.
    shows_alike: int = 0
    # The input whose groups a result is compared with; without one, it is compared with the examples.
    compares_with: str = ""
    # From clean answers to what the tables are keyed by, where that differs: a photo's number.
    features: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    # The answers at the two ends of the range, where the range is no standard error.
    views: Callable[[Mapping[str, Any]], tuple[Mapping[str, Any], Mapping[str, Any]]] | None = None
    folder: Path = Path(__file__).resolve().parents[1]

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        return inputs_of(self.form)

    @cached_property
    def input(self) -> dict[str, Input]:
        return {asked.name: asked for asked in self.inputs}

    @cached_property
    def has_photo(self) -> bool:
        """Whether it asks for a photo, which fits in no address and no table."""
        return any(asked.kind == "photo" for asked in self.inputs)

    @property
    def learns(self) -> Recipe:
        """The recipe of a model that learns from a table of ours."""
        if isinstance(self.recipe, Recipe):
            return self.recipe
        raise TypeError(f"{self.name} has its coefficients given and learns from no table")

    @property
    def scorecard_path(self) -> Path:
        return self.folder / "trained" / f"{self.name}.json"

    @property
    def people_path(self) -> Path:
        return self.folder / "trained" / f"{self.name}.people"

    @property
    def pickle_path(self) -> Path:
        return self.folder / "trained" / f"{self.name}.joblib"
