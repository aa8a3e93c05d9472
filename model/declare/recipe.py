"""What a model learns from: its table, the blocks that its score is built of, and what is compared."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Protocol

from .choice import ChoiceInput
from .inputs import Input
from .number import NumberInput

DATA = Path(__file__).resolve().parents[2] / "data"


@dataclass(frozen=True)
class Table:
    """Points for each of an input's choices, or for each whole number it can be."""

    input: str
    # Choices that share their points, by the names of all of them; any other choice has points of its own.
    together: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Ladder:
    """Points for each of an input's choices in their order: the ridge penalty pulls each to the one before."""

    input: str


@dataclass(frozen=True)
class Slope:
    """The same number of points for every unit of a number.

    The ridge penalty weighs a coefficient by its column's size, so the column is counted in standard
    deviations unless it is to stay as it is. The scorecard states the points of a unit either way.
    """

    input: str
    scaled: bool = True
    # Whether it goes with the number's logarithm, which only numbers above 0 have.
    log: bool = False


@dataclass(frozen=True)
class Curve:
    """A spline: points that bend at the knots. Degree 1 draws straight lines between them.

    A number that need not be whole takes degree 1, since its scorecard interpolates linearly.
    """

    input: str
    knots: tuple[float, ...]
    degree: int = 1
    # Whether the ridge penalty pulls it to a straight line, and not to a flat one.
    straight: bool = False
    # Whether it is drawn over the number's logarithm.
    log: bool = False


@dataclass(frozen=True)
class Steps:
    """The same points from each of these numbers to under the next; before the first as after it."""

    input: str
    at: tuple[float, ...]


Part = Table | Ladder | Slope | Curve | Steps


@dataclass(frozen=True)
class Pair:
    """One table for two inputs together, where the one changes what the other means."""

    first: Part
    second: Part
    # What its columns are multiplied by: the smaller, the more the ridge penalty pulls its points to nothing. Few rows
    # have both of two answers, so that a pair is best believed less than what each answer tells alone.
    weight: float = 1.0


Block = Part | Pair


def parts_of(block: Block) -> tuple[Part, ...]:
    return (block.first, block.second) if isinstance(block, Pair) else (block,)


def draws_lines(part: Part) -> bool:
    """Whether its scorecard draws straight lines, and lists no answers but those at their ends."""
    return isinstance(part, Slope) or (isinstance(part, Curve) and part.degree == 1)


def is_on_logarithm(part: Part) -> bool:
    return isinstance(part, Slope | Curve) and part.log


def on_logarithms(blocks: Sequence[Block], *inputs: str) -> tuple[Block, ...]:
    """The same blocks, but these inputs' slopes and curves are drawn over their logarithms."""
    return tuple(
        [
            replace(block, log=True) if isinstance(block, Slope | Curve) and block.input in inputs else block
            for block in blocks
        ]
    )


def listed(part: Part, asked: Input) -> Sequence[Any]:
    """The answers at which a scorecard lists points, in order."""
    if isinstance(asked, ChoiceInput):
        return list(asked.choices)
    assert isinstance(asked, NumberInput)
    if isinstance(part, Steps):
        return [asked.lowest, *(start for start in part.at if asked.lowest < start <= asked.highest)]
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
class Discriminant:
    """A linear discriminant of classes: the same sums, learnt from how the inputs of each class are spread."""

    blocks: tuple[Block, ...]
    name: str = "linear discriminant"


@dataclass(frozen=True)
class Boosted:
    """Steps for each input, and for some pairs of them, as a small explainable boosting machine finds them."""

    # The inputs that it may use; all where none is named.
    inputs: tuple[str, ...] = ()
    # How many pairs of inputs get a table together, and how many fits to parts of the data are averaged.
    pairs: int = 28
    bags: int = 8
    name: str = "boosted steps"


@dataclass(frozen=True)
class Blend:
    """Two scores added up, the first with a share between 0 and 1 and the other with the rest."""

    first: Candidate
    second: Boosted
    share: float

    @property
    def name(self) -> str:
        return f"{self.first.name or 'curves'} and {self.second.name}, {self.share:.0%} of the first"


@dataclass(frozen=True)
class Trees:
    """Boosted trees, which have no sum to show: taken where they do clearly better than all that has one."""

    leaves: int = 31
    rounds: int = 300
    # The larger, the more each leaf is pulled to nothing.
    ridge: float = 5.0

    @property
    def name(self) -> str:
        return f"boosted trees of {self.leaves} leaves, {self.rounds} rounds"


# What can be written down as a sum.
Additive = Candidate | Discriminant | Boosted | Blend
Way = Additive | Trees


class Written(Protocol):
    """How a table writes an input: under which heading, and what a cell there says."""

    @property
    def column(self) -> str: ...

    def answer(self, cell: str) -> Any: ...


@dataclass(frozen=True)
class Recipe:
    """What a model learns from: a table with a column for each input, and the target."""

    target: str
    candidates: Sequence[Way]
    # A CSV file, in data/ unless its path is absolute, or a function that returns a data frame.
    table: str | Path | Callable[[], Any]
    # Shares in which the best candidate of its own blocks and the best boosting machine are tried together.
    blends: Sequence[float] = ()
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
    # For an amount: the share of cases that its range is to hold, and how that is drawn: by two more sums, whose
    # own block may be named; or, with "residuals", by how far off the model was on rows that it had not seen.
    holds: float = 0.8
    range_by: Literal["quantiles", "residuals"] = "quantiles"
    range_block: Block | None = None
    # Whether the sum is that of an amount's logarithm, so that what each answer adds multiplies the amount.
    multiplies: bool = False
    # Columns that only the gradient-boosted reference may use.
    reference_only: Sequence[str] = ()
    # What an unknown answer comes to: the average over the people in the data of whom it is known; or, with
    # "learnt", what those were like in whose rows it is missing.
    unknown: Literal["averaged", "learnt"] = "averaged"
    # Columns of the table: how much each row counts; what rows have in common that are never parted by a fold;
    # and what orders the rows, where a model is to be tested on later ones than it learnt from.
    weights: str = ""
    grouped_by: str = ""
    ordered_by: str = ""
    # A column that says for how many people of the population a row speaks. The model learns without it, and the card
    # shows the figures with it too.
    speaks_for: str = ""
    # Columns by which rows are kept together where the model is measured a second time; "" is for no such column.
    other_folds: Sequence[str] = ()
    # Rows with the same value of this column tell less than as many strangers, where it is asked who is ahead.
    clusters: str = ""
    # Over how many seeds of folds figures are averaged, and on how many resamples of the table the model is fitted anew
    # to see how far single estimates move. With one seed it is measured against one model only.
    seeds: int = 1
    # Over how many of these seeds what it is measured against is fitted too; 0 is for all.
    other_seeds: int = 0
    refits: int = 0
    # Numbers with which the answer is known to rise; the models that this one is measured against may use that.
    rising: Sequence[str] = ()
    # How often the model is fitted to the other rows to see what it says of some; and within, to choose a candidate.
    folds: int = 10
    inner_folds: int = 5
    # Whether the pages may show rows of the table. Where not, they show counts of ten rows and more.
    shows_rows: bool = True

    @property
    def of_ten(self) -> int:
        """How many of ten cases an amount's range is to hold."""
        return round(10 * self.holds)

    def range_blocks(self, candidate: Way) -> tuple[Block, ...]:
        """What the range of an amount is built of."""
        own = candidate.blocks if isinstance(candidate, Candidate | Discriminant) else ()
        return (self.range_block,) if self.range_block else own

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
    range_by: Literal["quantiles", "residuals"] = "residuals"
    shows_rows: bool = False


@dataclass(frozen=True)
class Given:
    """A slope and an intercept that were fitted elsewhere, on data that may not be passed on."""

    input: str
    intercept: float
    slope: float
    # The figures of that fit: auc; rows, and of how many of them it was so (yes); and of these and of the
    # others the share that was told rightly (right_yes, right_no). Where these were kept from the fit, fitted is to how many
    # others it was.
    figures: Mapping[str, float]
    source: str
    # The input that says how many of 100 cases are so; the log odds of that are added, since the fit weighed half so and
    # half not.
    prior: str = ""
    # Of each kind of case that was kept from the fit: its name, how many there were, whether they are so, and of how many
    # the model said so.
    kinds: Sequence[tuple[str, int, bool, int]] = ()
    # What the slope multiplies, and the sentences that say how that comes about, how the range is made, and
    # why the estimates may not keep their word.
    number: str = ""
    number_is: str = ""
    range_is: str = ""
    balance: str = ""
