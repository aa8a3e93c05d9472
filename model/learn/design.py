"""From the blocks that a recipe declares to scikit-learn transformers, one a block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, SplineTransformer

from model.declare.inputs import ChoiceInput, Input, NumberInput
from model.declare.recipe import Block, Curve, Pair, Slope, Table, inputs_in

Matrix = NDArray[np.float64]
Inputs = Mapping[str, Input]


class Levels(TransformerMixin, BaseEstimator):
    """One column a level. A missing value gets a column of its own, so that it teaches nothing else."""

    def __init__(self, levels: Sequence[Any], may_be_missing: bool) -> None:
        self.levels = levels
        self.may_be_missing = may_be_missing

    def fit(self, X: Any, y: ArrayLike | None = None) -> Levels:
        known = [*self.levels, *([np.nan] if self.may_be_missing else [])]
        kind = object if isinstance(self.levels[0], str) else float
        self.encoder_ = OneHotEncoder(
            categories=[np.array(known, dtype=kind)], sparse_output=False, handle_unknown="error"
        ).fit(X.astype(kind))
        self.kind_ = kind
        return self

    def transform(self, X: Any) -> Matrix:
        return np.asarray(self.encoder_.transform(X.astype(self.kind_)))


class Bends(TransformerMixin, BaseEstimator):
    """A spline through fixed knots, and a column that marks a missing value."""

    def __init__(self, knots: Sequence[float], degree: int, may_be_missing: bool) -> None:
        self.knots = knots
        self.degree = degree
        self.may_be_missing = may_be_missing

    def fit(self, X: Any, y: ArrayLike | None = None) -> Bends:
        knots = np.array(self.knots, dtype=float)[:, None]
        self.spline_ = SplineTransformer(
            knots=knots, degree=self.degree, extrapolation="constant", handle_missing="zeros"
        ).fit(knots)
        return self

    def transform(self, X: Any) -> Matrix:
        numbers = np.asarray(X, dtype=float)
        bends = np.asarray(self.spline_.transform(numbers))
        return np.hstack([bends, np.isnan(numbers)]) if self.may_be_missing else bends


class Products(TransformerMixin, BaseEstimator):
    """Each column of one block times each column of another: a table over both inputs."""

    def __init__(self, first: Any, second: Any) -> None:
        self.first = first
        self.second = second

    def fit(self, X: Any, y: ArrayLike | None = None) -> Products:
        self.first_ = self.first.fit(X.iloc[:, [0]])
        self.second_ = self.second.fit(X.iloc[:, [1]])
        return self

    def transform(self, X: Any) -> Matrix:
        first = np.asarray(self.first_.transform(X.iloc[:, [0]]), dtype=float)
        second = np.asarray(self.second_.transform(X.iloc[:, [1]]), dtype=float)
        return (first[:, :, None] * second[:, None, :]).reshape(len(first), -1)


def transformer(block: Block, inputs: Inputs) -> Any:
    if isinstance(block, Pair):
        return Products(transformer(block.first, inputs), transformer(block.second, inputs))
    asked = inputs[block.input]
    if isinstance(block, Table):
        return Levels(levels(asked), asked.may_be_unknown)
    if isinstance(block, Curve):
        return Bends(block.knots, block.degree, asked.may_be_unknown)
    return FunctionTransformer(feature_names_out="one-to-one")


def levels(asked: Input) -> tuple[Any, ...]:
    """Every answer an input can have, in order, where they can be counted."""
    if isinstance(asked, ChoiceInput):
        return tuple(asked.choices)
    if isinstance(asked, NumberInput) and asked.whole:
        return tuple(range(int(asked.lowest), int(asked.highest) + 1))
    raise ValueError(f"{asked.name}: only a choice or a whole number can be listed; use a Slope or a Curve of degree 1")


def grid(block: Table | Slope | Curve, asked: Input) -> tuple[tuple[Any, ...], bool]:
    """The answers at which a scorecard lists points, and whether it draws lines between them."""
    if isinstance(block, Table) or (isinstance(block, Curve) and block.degree != 1):
        return levels(asked), False
    inner = block.knots if isinstance(block, Curve) else ()
    lowest, highest = ends(asked)
    inside = {float(knot) for knot in inner if lowest < knot < highest}
    return tuple(sorted({lowest, highest} | inside)), True


def ends(asked: Input) -> tuple[float, float]:
    if isinstance(asked, NumberInput):
        return float(asked.lowest), float(asked.highest)
    raise ValueError(f"{asked.name}: only a number can be a Curve or a Slope; use a Table")


def block_name(block: Block) -> str:
    return " and ".join(inputs_in(block))


def columns(blocks: Sequence[Block], inputs: Inputs) -> ColumnTransformer:
    """The whole preparation: one named block after another."""
    parts = [(block_name(block), transformer(block, inputs), list(inputs_in(block))) for block in blocks]
    return ColumnTransformer(parts, sparse_threshold=0)
