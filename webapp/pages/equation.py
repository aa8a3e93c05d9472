"""A model's whole sum as tables of points, from which its answers can be computed by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from model.declare.inputs import Input
from model.declare.reading import read_answers
from model.predict.explain import Arithmetic, arithmetic
from model.predict.predictor import Estimate, Predictor
from webapp.http.addresses import address_of

# Coefficients have six decimals; what a table adds to that is a computer's rounding.
DECIMALS = 6


@dataclass(frozen=True)
class Row:
    words: str
    points: list[float]


@dataclass(frozen=True)
class PointTable:
    """The points of one input, or of two together: a row for each answer of the one, a column for the other's."""

    inputs: tuple[Input, ...]
    rows: list[Row]
    # The other input's answers, or the classes; nothing over a single column.
    columns: list[str]
    # The inputs between whose listed answers straight lines run.
    between: list[Input]
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
    intercept: list[float]
    # Where points grow in proportion to a number: the points of each unit.
    units: list[Row]
    tables: list[PointTable]


def sums_of(predictor: Predictor) -> list[Sum]:
    score = predictor.card["score"]
    if predictor.model.kind == "amount":
        return [sum_of(predictor, score[name], name) for name in ("estimate", "low", "high")]
    return [sum_of(predictor, score, "")]


def labels_of(predictor: Predictor) -> list[str]:
    if predictor.model.kind != "classes":
        return []
    return list(predictor.model.learns.classes.values())


def sum_of(predictor: Predictor, compiled: Mapping[str, Any], name: str) -> Sum:
    labels = labels_of(predictor)
    units, tables = [], []
    for term in compiled["terms"]:
        asked = tuple(predictor.model.input[one] for one in term["inputs"])
        slopes = slopes_of(term)
        if slopes:
            units.append(Row(asked[0].name, slopes))
        elif len(asked) == 1:
            tables.append(list_of(asked[0], term, labels))
        else:
            tables.extend(pairs_of(asked, term, labels))
    return Sum(name, compiled["intercept"], units, tables)


def slopes_of(term: Mapping[str, Any]) -> list[float]:
    """The points of each unit, where that is all there is to a term; otherwise nothing."""
    if len(term["inputs"]) != 1 or not term["between"] or len(term["levels"][0]) != 2:
        return []
    (low, high), (start, end) = term["levels"][0], term["points"]
    slopes = [round((b - a) / (high - low), DECIMALS) for a, b in zip(start, end, strict=True)]
    through_zero = all(abs(a - slope * low) < 1e-6 for a, slope in zip(start, slopes, strict=True))
    return slopes if through_zero else []


def list_of(asked: Input, term: Mapping[str, Any], labels: list[str]) -> PointTable:
    levels = term["levels"][0]
    rows = [Row(level_words(asked, level), points) for level, points in zip(levels, term["points"], strict=True)]
    return PointTable((asked,), rows, labels, between(term, (asked,)))


def level_words(asked: Input, level: Any) -> str:
    """A choice in words, a number without its unit, which stands over the column."""
    return asked.text(level) if asked.kind == "number" else asked.words(level)


def between(term: Mapping[str, Any], inputs: Sequence[Input]) -> list[Input]:
    return [asked for asked in inputs if asked.name in term["between"]]


def pairs_of(inputs: tuple[Input, ...], term: Mapping[str, Any], labels: list[str]) -> Iterator[PointTable]:
    """A two-way table, one for each class; the input with more answers goes down the side."""
    first, second = term["levels"]
    for number, label in enumerate(labels or [""]):
        points = [row[number] for row in term["points"]]
        grid = [points[start : start + len(second)] for start in range(0, len(points), len(second))]
        side, top, asked = first, second, inputs
        if len(second) > len(first):
            side, top, asked, grid = second, first, inputs[::-1], [list(row) for row in zip(*grid, strict=True)]
        rows = [Row(level_words(asked[0], level), row) for level, row in zip(side, grid, strict=True)]
        columns = [level_words(asked[1], level) for level in top]
        yield PointTable(asked, rows, columns, between(term, inputs), label)


@dataclass(frozen=True)
class Worked:
    """One example's sum, from its answers to its estimate."""

    name: str
    address: str
    arithmetic: Arithmetic
    main: Estimate
    # What the sum starts from where an answer is no number: the photo's own number.
    start: dict[str, float]


def worked_of(predictor: Predictor) -> Worked:
    model, example = predictor.model, predictor.model.examples[0]
    answers, _ = read_answers(model.inputs, example.answers)
    return Worked(
        example.name,
        address_of(model, answers),
        arithmetic(predictor, answers)[0],
        predictor.estimates(answers)[predictor.focus(answers)],
        dict(predictor.features(answers)) if model.features else {},
    )
