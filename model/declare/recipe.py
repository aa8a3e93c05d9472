"""What a model learns from: its table, the blocks that its score is built of, and what is compared."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .inputs import ChoiceInput, Input, NumberInput

DATA = Path(__file__).resolve().parents[2] / "data"


@dataclass(frozen=True)
class Table:
    """Points for each of an input's choices, or for each whole number it can be."""

    input: str


@dataclass(frozen=True)
class Slope:
    """The same number of points for every unit of a number.

    The ridge penalty weighs a coefficient by its column's size, so the column is counted in standard
    deviations unless it is to stay as it is. The scorecard states the points of a unit either way.
    """

    input: str
    scaled: bool = True


@dataclass(frozen=True)
class Curve:
    """A spline: points that bend at the knots. Degree 1 draws straight lines between them.

    A number that need not be whole takes degree 1, since its scorecard interpolates linearly.
    """

    input: str
    knots: tuple[float, ...]
    degree: int = 1


Part = Table | Slope | Curve


@dataclass(frozen=True)
class Pair:
    """One table for two inputs together, where the one changes what the other means."""

    first: Part
    second: Part


Block = Part | Pair


def parts_of(block: Block) -> tuple[Part, ...]:
    return (block.first, block.second) if isinstance(block, Pair) else (block,)


def draws_lines(part: Part) -> bool:
    """Whether its scorecard draws straight lines, and lists no answers but those at their ends."""
    return isinstance(part, Slope) or (isinstance(part, Curve) and part.degree == 1)


def listed(part: Part, asked: Input) -> Sequence[Any]:
    """The answers at which a scorecard lists points, in order."""
    if isinstance(asked, ChoiceInput):
        return list(asked.choices)
    assert isinstance(asked, NumberInput)
    if not draws_lines(part):
        return range(int(asked.lowest), int(asked.highest) + 1)
    knots = part.knots if isinstance(part, Curve) else ()
    return sorted({float(number) for number in (asked.lowest, *knots, asked.highest)})


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

    def range_blocks(self, candidate: Candidate) -> tuple[Block, ...]:
        """What the range of an amount is built of."""
        return (self.range_block,) if self.range_block else candidate.blocks

    @property
    def path(self) -> Path | None:
        if callable(self.table):
            return None
        path = Path(self.table)
        return path if path.is_absolute() else DATA / path


@dataclass(frozen=True)
class Wrapped(Recipe):
    """A model that was fitted elsewhere: the table says what its form asks, and how good it is."""

    candidates: Sequence[Candidate] = ()
    table: str | Path | Callable[[], Any] = ""


@dataclass(frozen=True)
class Given:
    """A slope and an intercept that were fitted elsewhere, on data that may not be passed on."""

    input: str
    intercept: float
    slope: float
    # The figures of that fit: auc; rows, and of how many of them it was so (yes); and of these and of the
    # others the share that was told rightly (right_yes, right_no).
    figures: Mapping[str, float]
    source: str
    # What the slope multiplies, and the sentences that say how that comes about, how the range is made, and
    # why the estimates may not keep their word.
    number: str = ""
    number_is: str = ""
    range_is: str = ""
    balance: str = ""
