"""A model's whole sum as tables of points, from which its answers can be computed by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from model.declare.inputs import NOT_RECORDED, Input
from model.declare.numerals import written
from model.declare.reading import Answers
from model.predict.explain import Arithmetic, explain_sum
from model.predict.kinds import Estimate
from model.predict.predictor import Predictor
from model.predict.tables import Axis, Score, Term

# Coefficients have six decimals; what a table adds to that is a computer's rounding.
DECIMALS = 6
Points = Sequence[float]


@dataclass(frozen=True)
class Row:
    words: str
    points: Points


@dataclass(frozen=True)
class PointTable:
    """The points of one input, or of two together: a row for each answer of the one, a column for the other's."""

    inputs: tuple[Input, ...]
    rows: list[Row]
    # The other input's answers, or the classes; nothing over a single column.
    columns: list[str]
    # The inputs between whose listed answers lines run.
    between: list[Input]
    # Whether these are straight over the number's logarithm.
    over_logs: bool
    # Through how many listed answers at a time the curve runs, where there is one.
    through: int
    # Whether these are the steps of inputs that have another table too.
    in_steps: bool
    # The class that these points are for, where two inputs leave no room for all classes at once.
    label: str = ""

    @property
    def is_pair(self) -> bool:
        return len(self.inputs) == 2


@dataclass(frozen=True)
class Sum:
    """An intercept and what is added to it."""

    # Which of several sums this is: an amount has one, and one for each end of its range.
    name: str
    intercept: Points
    # Where points grow in proportion to a number: the points of each unit.
    units: list[Row]
    tables: list[PointTable]


def sums_of(predictor: Predictor) -> list[Sum]:
    """The sums behind the estimates; none where the model is no sum of points."""
    return [sum_of(predictor, name, score) for name, score in getattr(predictor.engine, "scores", {}).items()]


def sum_of(predictor: Predictor, name: str, score: Score) -> Sum:
    labels = predictor.kind.labels
    units, tables = [], []
    counts = Counter([term.inputs for term in score.terms])
    for term in score.terms:
        in_steps = counts[term.inputs] > 1 and any(axis.steps for axis in term.axes)
        asked = tuple([predictor.model.input[name] for name in term.inputs])
        points = [row if isinstance(row, tuple) else (row,) for row in term.rows]
        slopes = slopes_of(term.axes, points)
        if slopes:
            units.append(Row(asked[0].name, slopes))
        elif len(asked) == 1:
            words = level_words(asked[0], term.axes[0])
            rows = [Row(*row) for row in zip(words, points, strict=True)]
            drawn = between(term, asked), is_over_logs(term), pieces(term), in_steps
            tables.append(PointTable(asked, rows, labels, *drawn))
        else:
            tables.extend(pairs_of(asked, term, points, labels, in_steps))
    return Sum(name, score.intercept, units, tables)


def slopes_of(axes: Sequence[Axis], points: Sequence[Points]) -> Points:
    """The points of each unit, where that is all there is to a term; otherwise nothing."""
    if len(axes) != 1 or not axes[0].between or axes[0].log or len(axes[0]) != 2:
        return []
    (low, high), (start, end) = axes[0].levels, points
    slopes = [round((b - a) / (high - low), DECIMALS) for a, b in zip(start, end, strict=True)]
    through_zero = all(abs(a - slope * low) < 1e-6 for a, slope in zip(start, slopes, strict=True))
    return slopes if through_zero else []


def level_words(asked: Input, axis: Axis) -> list[str]:
    """A choice in words, a number without its unit, which stands over the column; then what is not recorded."""
    words = [written(asked.text(level)) if asked.is_number else asked.words(level) for level in axis.levels]
    words = [f"From {word}" for word in words] if axis.steps else words
    return words + ["Not recorded" if cell is NOT_RECORDED else asked.words(cell) for cell in axis.cells]


def between(term: Term, inputs: Sequence[Input]) -> list[Input]:
    return [asked for asked, axis in zip(inputs, term.axes, strict=True) if axis.between]


def is_over_logs(term: Term) -> bool:
    return any(axis.log for axis in term.axes)


def pieces(term: Term) -> int:
    """How many listed answers a curve runs through at a time; none where there are no curves."""
    return max(axis.degree + 1 if axis.degree else 0 for axis in term.axes)


def pairs_of(
    inputs: tuple[Input, ...], term: Term, points: Sequence[Points], labels: Sequence[str], in_steps: bool
) -> Iterator[PointTable]:
    """A two-way table, one for each class; the input with more answers goes down the side."""
    side, top = [level_words(asked, axis) for asked, axis in zip(inputs, term.axes, strict=True)]
    turned = len(top) > len(side)
    for number, label in enumerate(labels or [""]):
        own = [row[number] for row in points]
        grid = [own[start : start + len(top)] for start in range(0, len(own), len(top))]
        if turned:
            grid = [list(column) for column in zip(*grid, strict=True)]
        rows = [Row(*row) for row in zip(top if turned else side, grid, strict=True)]
        asked = inputs[::-1] if turned else inputs
        columns = side if turned else top
        yield PointTable(asked, rows, columns, between(term, inputs), is_over_logs(term), pieces(term), in_steps, label)


@dataclass(frozen=True)
class Worked:
    """One example's sum, from its answers to its estimate, and where its result is."""

    name: str
    address: str
    main: Estimate
    arithmetic: Arithmetic | None
    # What the sum starts from where an answer is no number: the photo's own number.
    start: dict[str, float]


def work_out(predictor: Predictor, answers: Answers, address: str) -> Worked:
    """The model's first example, whose answers these are."""
    main = predictor.estimates(answers)[predictor.focus(answers)]
    sums = explain_sum(predictor, answers, 1)
    start = dict(predictor.features(answers)) if predictor.model.features else {}
    return Worked(predictor.model.examples[0].name, address, main, sums[0] if sums else None, start)
