"""A small explainable boosting machine, taken over as steps and their points: what is kept is tables that add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import Pipeline

from model.declare.inputs import Input
from model.declare.recipe import Blend, Block, Boosted, Pair, Part, Steps, Table, parts_of

from .design import Places, columns
from .estimators import DECIMALS, fit_pipeline

# A bag learns from this part of the rows; what is left says when to stop.
PART = 0.85
# The steps of one number, and of a number beside another input.
MOST_STEPS = 256
MOST_STEPS_IN_PAIRS = 32
RATE = 0.03
# A chance goes on as long as fifty rounds make its loss smaller by a hundredth, which on tables held back is no worse than
# to go on for less; where the classes hardly overlap, that has no end. An amount goes on as long as it gains at all.
LEAST_GAIN = 0.01
ROUNDS, ROUNDS_OF_AMOUNTS = 600, 3_000
# Of each step of one input: with two leaves it is a single cut, which few rows teach better than with three.
LEAVES = 2
PATIENCE = 50
Array = NDArray[np.float64]


class Boosting(BaseEstimator):
    """Fits the machine, and blends it where that is asked for; what is left is a pipeline that adds points up."""

    def __init__(self, candidate: Boosted | Blend, inputs: Mapping[str, Input], amount: bool, ridge: Any) -> None:
        self.candidate = candidate
        self.inputs = inputs
        self.amount = amount
        self.ridge = ridge

    def fit(self, X: pd.DataFrame, y: Any, sample_weight: ArrayLike | None = None) -> Self:
        blend = self.candidate if isinstance(self.candidate, Blend) else None
        boosted = self.candidate.second if isinstance(self.candidate, Blend) else self.candidate
        share = blend.share if blend else 0.0
        asked = [self.inputs[name] for name in boosted.inputs or self.inputs]
        bags = draw_bags(len(X), boosted.bags, None if self.amount else np.asarray(y))
        machine = fit_machine(boosted, asked, self.amount, X, y, sample_weight, bags)
        terms = [take_over(machine, at, asked, X, 1 - share) for at in range(len(machine.term_features_))]
        parts = [(places, [part.input for part in parts_of(places.block)]) for places in terms]
        scores = terms[0].points.shape[1]
        # For each score its intercept and its coefficients: the terms' columns are points already.
        factors = np.hstack([(1 - share) * np.reshape(machine.intercept_, (scores, 1)), *[np.eye(scores)] * len(terms)])
        spreads = np.zeros((*factors.shape, len(bags) + 1))
        spreads[:, 0] = (1 - share) * spread(np.reshape(machine.bagged_intercept_, (len(bags), scores)))
        if blend:
            learner = Pipeline([("columns", columns(blend.first.blocks, self.inputs)), ("regression", self.ridge)])
            own = fit_pipeline(learner, X, y, sample_weight)
            parts = [(part, names) for _, part, names in own[0].transformers_] + parts
            factors = joined(share * factors_of(own), factors)
            fits = [factors_of(fit_bag(learner, X, y, sample_weight, bag)) for bag in bags]
            spreads = joined(share * spread(np.array(fits)), spreads)
        design = [(str(at), part, names) for at, (part, names) in enumerate(parts)]
        regression = LinearRegression() if self.amount else LogisticRegression()
        factors = np.round(factors, DECIMALS)
        if self.amount:
            regression.coef_, regression.intercept_ = factors[0, 1:], float(factors[0, 0])
        else:
            regression.coef_, regression.intercept_, regression.classes_ = (
                factors[:, 1:],
                factors[:, 0],
                machine.classes_,
            )
        regression.n_features_in_ = factors.shape[1] - 1
        # As a sandwich is for the coefficients of a ridge regression.
        regression.spread_ = spreads
        columns_of_all = ColumnTransformer(design, sparse_threshold=0).fit(X, y)
        self.pipeline_ = Pipeline([("columns", columns_of_all), ("regression", regression)])
        return self


def joined(first: Array, second: Array) -> Array:
    """Two scores' intercepts added up, and then the coefficients of both."""
    return np.concatenate([first[:, :1] + second[:, :1], first[:, 1:], second[:, 1:]], axis=1)


def factors_of(pipeline: Pipeline) -> Array:
    """For each score its intercept and its coefficients."""
    return np.column_stack([np.ravel(pipeline[-1].intercept_), np.atleast_2d(pipeline[-1].coef_)])


def draw_bags(rows: int, number: int, classes: NDArray[Any] | None) -> NDArray[np.int8]:
    """For each bag which rows it learns from (1) and which say when to stop (-1), of each class alike."""
    dice = np.random.default_rng(0)
    bags = np.ones((number, rows), dtype=np.int8)
    for bag in bags:
        for value in [None] if classes is None else np.unique(classes):
            own = np.arange(rows) if value is None else np.flatnonzero(classes == value)
            bag[dice.choice(own, max(1, round(len(own) * (1 - PART))), replace=False)] = -1
    return bags


def fit_machine(
    candidate: Boosted,
    asked: Sequence[Input],
    amount: bool,
    X: pd.DataFrame,
    y: Any,
    weights: ArrayLike | None,
    bags: NDArray[np.int8],
) -> Any:
    # Needed to learn and never to serve or to check.
    from interpret.glassbox import ExplainableBoostingClassifier, ExplainableBoostingRegressor

    machine = (ExplainableBoostingRegressor if amount else ExplainableBoostingClassifier)(
        feature_names=[one.name for one in asked],
        feature_types=["nominal" if one.choices else "continuous" for one in asked],
        interactions=min(candidate.pairs, len(asked) * (len(asked) - 1) // 2),
        outer_bags=len(bags),
        max_bins=MOST_STEPS,
        max_interaction_bins=MOST_STEPS_IN_PAIRS,
        learning_rate=RATE,
        max_rounds=ROUNDS_OF_AMOUNTS if amount else ROUNDS,
        early_stopping_rounds=PATIENCE,
        early_stopping_tolerance=0 if amount else LEAST_GAIN,
        max_leaves=LEAVES,
        reg_lambda=5,
        n_jobs=1,
        random_state=0,
    )
    return machine.fit(prepared(X, asked), np.asarray(y), sample_weight=weights, bags=bags.T)


def fit_bag(learner: Any, X: pd.DataFrame, y: Any, weights: Any, bag: NDArray[np.int8]) -> Pipeline:
    inside = np.flatnonzero(bag == 1)
    return fit_pipeline(learner, X.iloc[inside], np.asarray(y)[inside], None if weights is None else weights[inside])


def prepared(X: pd.DataFrame, asked: Sequence[Input]) -> pd.DataFrame:
    return X[[one.name for one in asked]].astype({one.name: object if one.choices else float for one in asked})


def spread(bags: Array) -> Array:
    """For each number of the bags the vector whose squared length is its variance, as the last axis, and that nothing
    pulls it back.

    A bag leaves out a part of the rows, so that bags differ less than fits to other rows would: the delete-d jackknife
    has that factor.
    """
    apart = (bags - bags.mean(axis=0)) * np.sqrt(PART / (1 - PART) / max(len(bags) - 1, 1))
    return np.moveaxis(np.concatenate([apart, np.zeros_like(apart[:1])]), 0, -1)


def take_over(machine: Any, at: int, asked: Sequence[Input], X: pd.DataFrame, share: float) -> Places:
    """One term of the machine: its share of the points of its cells, and of their spread."""
    features = machine.term_features_[at]
    axes = [axis_of(machine, feature, len(features) > 1, asked[feature], X) for feature in features]
    rows, size = np.ix_(*[order for _, _, order in axes]), int(np.prod([len(order) for _, _, order in axes]))
    points = np.reshape(machine.term_scores_[at][rows], (size, -1))
    bags = np.stack([np.reshape(bag[rows], (size, -1)) for bag in machine.bagged_scores_[at]])
    parts = [part for part, _, _ in axes]
    block: Block = Pair(parts[0], parts[1]) if len(parts) == 2 else parts[0]
    levels = [own for _, own, _ in axes]
    return Places(block, levels, np.round(share * points, DECIMALS), np.round(share * spread(bags), DECIMALS))


def axis_of(
    machine: Any, feature: int, paired: bool, asked: Input, X: pd.DataFrame
) -> tuple[Part, list[Any], list[int]]:
    """An input in one term: its part, its levels, and for each of them and for what is missing its place."""
    bins = machine.bins_[feature][min(int(paired), len(machine.bins_[feature]) - 1)]
    if asked.choices:
        # The machine's last place is that of a category that it has not seen.
        return Table(asked.name), list(asked.choices), [*(bins.get(choice, -1) for choice in asked.choices), 0]
    known = np.sort(X[asked.name].dropna().to_numpy())
    cuts = [shortest(cut, known) for cut in bins]
    return Steps(asked.name, tuple(cuts)), [-np.inf, *cuts], [*range(1, len(cuts) + 2), 0]


def shortest(cut: float, known: Array) -> float:
    """The number with the fewest digits that parts the known ones as this one does."""
    at = int(np.searchsorted(known, cut))
    low, high = (known[at - 1] if at else -np.inf), (known[at] if at < len(known) else cut)
    for digits in range(-9, 17):
        short = round(float(cut), digits)
        if low < short <= high:
            return float(short)
    return float(cut)
