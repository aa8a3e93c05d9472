"""What was so against what was said: the counts of each, and their shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from model.declare.recipe import Given

from .shares import Share


@dataclass(frozen=True)
class MatrixRow:
    """What was so, and what was said of it; the cell on the diagonal is right."""

    label: str
    shares: list[Share]
    right: int


def matrix_rows(labels: Sequence[str], counts: Sequence[Sequence[int]]) -> list[MatrixRow]:
    return [
        MatrixRow(label, [Share(count, sum(row)) for count in row], number)
        for number, (label, row) in enumerate(zip(labels, counts, strict=True))
    ]


def told_right(matrix: Sequence[MatrixRow]) -> list[Share]:
    """For each thing that can be said: how often it was right to say so; of nobody where it never was said."""
    columns = list(zip(*(row.shares for row in matrix), strict=True))
    return [Share(column[number].yes, sum(share.yes for share in column)) for number, column in enumerate(columns)]


def given_shares(given: Given) -> list[Share]:
    """Of a model set elsewhere: of those that it was so of, and of the others, how many it told."""
    figures = given.figures
    yes, no = int(figures["yes"]), int(figures["rows"] - figures["yes"])
    return [Share(round(figures["right_yes"] * yes), yes), Share(round(figures["right_no"] * no), no)]
