"""A small explainable boosting machine, taken over as steps and their points: what is kept is tables that add up."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import Pipeline

from model.declare.inputs import ChoiceInput, Input
from model.declare.recipe import Block, Boosted, Pair, Part, Steps, Table, parts_of

from .design import Places
from .estimators import DECIMALS

# A bag learns from this part of the rows; what is left says when to stop.
PART = 0.85
# The steps of one number, and of a number beside another input.
MOST_STEPS = 64
MOST_STEPS_IN_PAIRS = 16


class Boosting(BaseEstimator):
    """Fits the machine; what it comes to is a pipeline: the points of each block, and a regression that adds them up."""

    def __init__(self, candidate: Boosted, inputs: Mapping[str, Input], amount: bool) -> None:
        self.candidate = candidate
        self.inputs = inputs
        self.amount = amount

    def fit(self, X: pd.DataFrame, y: Any, sample_weight: ArrayLike | None = None) -> Self:
        asked = [self.inputs[name] for name in self.candidate.inputs]
        machine = fit_machine(self.candidate, asked, self.amount, X, y, sample_weight)
        terms = [take_over(machine, at, asked, X) for at in range(len(machine.term_features_))]
        parts = [(str(at), places, [part.input for part in parts_of(places.block)]) for at, places in enumerate(terms)]
        columns = ColumnTransformer(parts, sparse_threshold=0).fit(X)
        regression = LinearRegression() if self.amount else LogisticRegression()
        ones, intercept = np.ones(len(terms)), np.round(np.atleast_1d(machine.intercept_), DECIMALS)
        if self.amount:
            regression.coef_, regression.intercept_ = ones, float(intercept[0])
        else:
            regression.coef_, regression.intercept_, regression.classes_ = ones[None], intercept, machine.classes_
        regression.n_features_in_ = len(terms)
        # As a sandwich is for the coefficients of a ridge regression.
        regression.intercept_spread_ = spread(np.ravel(machine.bagged_intercept_)[:, None])[0]
        self.pipeline_ = Pipeline([("columns", columns), ("regression", regression)])
        return self


def fit_machine(
    candidate: Boosted, asked: Sequence[Input], amount: bool, X: pd.DataFrame, y: Any, weights: ArrayLike | None
) -> Any:
    # Needed to learn and never to serve or to check.
    from interpret.glassbox import ExplainableBoostingClassifier, ExplainableBoostingRegressor

    machine = (ExplainableBoostingRegressor if amount else ExplainableBoostingClassifier)(
        feature_names=list(candidate.inputs),
        feature_types=["nominal" if isinstance(one, ChoiceInput) else "continuous" for one in asked],
        interactions=min(candidate.pairs, len(asked) * (len(asked) - 1) // 2),
        outer_bags=candidate.bags,
        validation_size=1 - PART,
        max_bins=MOST_STEPS,
        max_interaction_bins=MOST_STEPS_IN_PAIRS,
        n_jobs=1,
        random_state=0,
    )
    with warnings.catch_warnings():
        # It says that its own drawings leave out what is missing; here nothing does.
        warnings.filterwarnings("ignore", "Missing values detected")
        return machine.fit(prepared(X, asked), np.asarray(y), sample_weight=weights)


def prepared(X: pd.DataFrame, asked: Sequence[Input]) -> pd.DataFrame:
    return X[[one.name for one in asked]].astype(
        {one.name: object if isinstance(one, ChoiceInput) else float for one in asked}
    )


def spread(bags: NDArray[np.float64]) -> NDArray[np.float64]:
    """A vector for each cell whose squared length is the variance of its points; bags are bags by cells.

    A bag leaves out a part of the rows, so that bags differ less than fits to other rows would: the delete-d jackknife
    has that factor.
    """
    apart = (bags - bags.mean(axis=0)) * np.sqrt(PART / (1 - PART) / max(len(bags) - 1, 1))
    return np.asarray(apart.T)


def take_over(machine: Any, at: int, asked: Sequence[Input], X: pd.DataFrame) -> Places:
    """One term of the machine: the points and the spread of its cells."""
    features = machine.term_features_[at]
    axes = [axis_of(machine, feature, len(features) > 1, asked[feature], X) for feature in features]
    rows = np.ix_(*[order for _, _, order in axes])
    points = np.round(machine.term_scores_[at][rows].ravel(), DECIMALS)
    bags = np.stack([bag[rows].ravel() for bag in machine.bagged_scores_[at]])
    parts = [part for part, _, _ in axes]
    block: Block = Pair(*parts) if len(parts) == 2 else parts[0]
    return Places(block, [levels for _, levels, _ in axes], points, np.round(spread(bags), DECIMALS))


def axis_of(
    machine: Any, feature: int, paired: bool, asked: Input, X: pd.DataFrame
) -> tuple[Part, list[Any], list[int]]:
    """An input in one term: its part, its levels, and for each of them and for what is missing its place in the machine."""
    bins = machine.bins_[feature][min(int(paired), len(machine.bins_[feature]) - 1)]
    if isinstance(asked, ChoiceInput):
        # The machine's last place is that of a category that it has not seen.
        return Table(asked.name), list(asked.choices), [*(bins.get(choice, -1) for choice in asked.choices), 0]
    known = np.sort(X[asked.name].dropna().to_numpy())
    cuts = [shortest(cut, known) for cut in bins]
    return Steps(asked.name, tuple(cuts)), [-np.inf, *cuts], [*range(1, len(cuts) + 2), 0]


def shortest(cut: float, known: NDArray[np.float64]) -> float:
    """The number with the fewest digits that parts the known ones as this one does."""
    at = int(np.searchsorted(known, cut))
    low, high = (known[at - 1] if at else -np.inf), (known[at] if at < len(known) else cut)
    for digits in range(-9, 17):
        short = round(float(cut), digits)
        if low < short <= high:
            return float(short)
    return float(cut)
