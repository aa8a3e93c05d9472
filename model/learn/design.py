"""From the blocks that a recipe declares to scikit-learn transformers, one a block."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.preprocessing import OneHotEncoder, SplineTransformer

from model.declare.inputs import Input
from model.declare.recipe import Block, Curve, Ladder, Pair, Steps, Table, listed, parts_of

Matrix = NDArray[np.float64]


class Levels(TransformerMixin, BaseEstimator):
    """One column a level, or one for several that go together. A missing value gets a column of its own, so that it
    teaches nothing else.
    """

    # What a pickle of an older edition does not say.
    together: Sequence[Sequence[Any]] = ()

    def __init__(self, levels: Sequence[Any], may_be_missing: bool, together: Sequence[Sequence[Any]] = ()) -> None:
        self.levels = levels
        self.may_be_missing = may_be_missing
        self.together = together

    def fit(self, X: Any, y: ArrayLike | None = None) -> Self:
        self.kind_ = object if isinstance(self.levels[0], str) else float
        known = np.array([*self.levels, *([np.nan] if self.may_be_missing else [])], dtype=self.kind_)
        self.encoder_ = OneHotEncoder(categories=[known], sparse_output=False).fit(X.astype(self.kind_))
        return self

    def transform(self, X: Any) -> Matrix:
        each = np.asarray(self.encoder_.transform(X.astype(self.kind_)))
        return each @ self._members() if self.together else each

    def _members(self) -> Matrix:
        """A column for each set of levels that go together, in the order of the first level of each."""
        places = list(range(len(self.levels) + self.may_be_missing))
        for levels in self.together:
            own = [self.levels.index(level) for level in levels]
            for place in own:
                places[place] = min(own)
        return np.equal.outer(places, sorted(set(places))).astype(float)


class Bends(TransformerMixin, BaseEstimator):
    """A spline through fixed knots, the line beside it that it may lean on, and a column that marks a missing value."""

    # What a pickle of an older edition does not say.
    straight = False
    log = False

    def __init__(
        self, knots: Sequence[float], degree: int, straight: bool, may_be_missing: bool, log: bool = False
    ) -> None:
        self.knots = knots
        self.degree = degree
        self.straight = straight
        self.may_be_missing = may_be_missing
        self.log = log

    def fit(self, X: Any, y: ArrayLike | None = None) -> Self:
        knots = numbers_of(self.knots, self.log)[:, None]
        spline = SplineTransformer(knots=knots, degree=self.degree, extrapolation="constant", handle_missing="zeros")
        self.spline_ = spline.fit(knots)
        self.line_ = Line(scaled=True, may_be_missing=False).fit(self._held(numbers_of(X, self.log)))
        return self

    def _held(self, numbers: Matrix) -> Matrix:
        """Beyond the outer knots nothing changes."""
        return np.clip(numbers, *numbers_of([self.knots[0], self.knots[-1]], self.log))

    def transform(self, X: Any) -> Matrix:
        numbers = numbers_of(X, self.log)
        bends = np.asarray(self.spline_.transform(numbers))
        if self.straight:
            bends = np.hstack([bends, np.nan_to_num(self.line_.transform(self._held(numbers)))])
        return np.hstack([bends, np.isnan(numbers)]) if self.may_be_missing else bends


def numbers_of(X: Any, log: bool) -> Matrix:
    numbers = np.asarray(X, dtype=float)
    return np.log(numbers) if log else numbers


class Products(TransformerMixin, BaseEstimator):
    """Each column of one block times each column of another: a table over both inputs."""

    # What a pickle of an older edition does not say.
    weight = 1.0

    def __init__(self, first: Any, second: Any, weight: float = 1.0) -> None:
        self.first = first
        self.second = second
        self.weight = weight

    def fit(self, X: Any, y: ArrayLike | None = None) -> Self:
        self.first_ = self.first.fit(X.iloc[:, [0]])
        self.second_ = self.second.fit(X.iloc[:, [1]])
        return self

    def transform(self, X: Any) -> Matrix:
        first = np.asarray(self.first_.transform(X.iloc[:, [0]]), dtype=float)
        second = np.asarray(self.second_.transform(X.iloc[:, [1]]), dtype=float)
        return self.weight * (first[:, :, None] * second[:, None, :]).reshape(len(first), -1)


class Line(TransformerMixin, BaseEstimator):
    """A number, or its logarithm, in standard deviations from its mean, or as it is; and a column that marks a missing
    value.
    """

    # What a pickle of an older edition does not say.
    log = False

    def __init__(self, scaled: bool, may_be_missing: bool, log: bool = False) -> None:
        self.scaled = scaled
        self.may_be_missing = may_be_missing
        self.log = log

    def fit(self, X: Any, y: ArrayLike | None = None) -> Self:
        numbers = numbers_of(X, self.log)
        known = numbers[~np.isnan(numbers)].tolist()
        self.mean_, self.scale_ = 0.0, 1.0
        if self.scaled and known:
            # Exact sums, so that another machine finds the same last digit.
            self.mean_ = math.fsum(known) / len(known)
            self.scale_ = math.sqrt(math.fsum((number - self.mean_) ** 2 for number in known) / len(known)) or 1.0
        return self

    def transform(self, X: Any) -> Matrix:
        numbers = (numbers_of(X, self.log) - self.mean_) / self.scale_
        return np.hstack([np.nan_to_num(numbers), np.isnan(numbers)]) if self.may_be_missing else numbers


class Places(TransformerMixin, BaseEstimator):
    """The points of the place that a row has among the levels of one input or of two: a column for each score.

    A choice's place is its own, a number's the last level that is not above it, and after the levels comes the place
    of what is missing.
    """

    def __init__(self, block: Block, levels: Sequence[Sequence[Any]], points: Matrix, spread: Matrix) -> None:
        self.block = block
        self.levels = levels
        self.points = points
        self.spread = spread

    def fit(self, X: Any, y: ArrayLike | None = None) -> Self:
        self.n_features_in_ = len(self.levels)
        return self

    def find(self, X: Any) -> NDArray[np.intp]:
        place = np.zeros(len(X), dtype=np.intp)
        for at, levels in enumerate(self.levels):
            place = place * (len(levels) + 1) + places_among(levels, X.iloc[:, at])
        return place

    def transform(self, X: Any) -> Matrix:
        return np.asarray(self.points[self.find(X)])


def places_among(levels: Sequence[Any], column: pd.Series) -> NDArray[np.intp]:
    if isinstance(levels[0], str):
        codes = pd.Categorical(column, levels).codes.astype(np.intp)
    else:
        numbers = column.to_numpy(dtype=float)
        codes = np.maximum(np.searchsorted(levels, numbers, side="right") - 1, 0)
        codes[np.isnan(numbers)] = -1
    return np.where(codes < 0, len(levels), codes)


class Rungs(Levels):
    """One column for each level but the first, which counts from that level on."""

    def transform(self, X: Any) -> Matrix:
        known = super().transform(X)
        places, beside = known[:, : len(self.levels)], known[:, len(self.levels) :]
        return np.hstack([places[:, ::-1].cumsum(axis=1)[:, -2::-1], beside])


class Stairs(Levels):
    """One column for each step of a number."""

    def fit(self, X: Any, y: ArrayLike | None = None) -> Self:
        return self

    def transform(self, X: Any) -> Matrix:
        places = places_among(self.levels, X.iloc[:, 0])
        return np.asarray(np.eye(len(self.levels) + 1)[places][:, : len(self.levels) + self.may_be_missing])


def transformer(block: Block, inputs: Mapping[str, Input]) -> Any:
    if isinstance(block, Pair):
        return Products(transformer(block.first, inputs), transformer(block.second, inputs), block.weight)
    asked = inputs[block.input]
    if isinstance(block, Table):
        return Levels(listed(block, asked), asked.may_be_unknown, block.together)
    if isinstance(block, Ladder):
        return Rungs(listed(block, asked), asked.may_be_unknown)
    if isinstance(block, Curve):
        return Bends(block.knots, block.degree, block.straight, asked.may_be_unknown, block.log)
    if isinstance(block, Steps):
        return Stairs(listed(block, asked), asked.may_be_unknown)
    return Line(block.scaled, asked.may_be_unknown, block.log)


def columns(blocks: Sequence[Block], inputs: Mapping[str, Input]) -> ColumnTransformer:
    """The whole preparation: one block after another. They are named by their places, since inputs may have any name."""
    parts = [(str(at), transformer(one, inputs), [p.input for p in parts_of(one)]) for at, one in enumerate(blocks)]
    return ColumnTransformer(parts, sparse_threshold=0)
