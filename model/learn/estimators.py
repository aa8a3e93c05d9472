"""The estimators that are pickled: scikit-learn pipelines, and what they do with an unknown answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, clone
from sklearn.linear_model import LogisticRegression, QuantileRegressor, Ridge
from sklearn.pipeline import Pipeline, make_pipeline

from model.declare.model import Model
from model.declare.recipe import Block, Candidate

from .design import columns

# Coefficients are rounded so that retraining on another machine reproduces them to the letter.
DECIMALS = 6


class AverageOverUnknown(ClassifierMixin, BaseEstimator):
    """A classifier that answers for an unknown input with the average over the people in the data.

    Everyone counts whose answers to the unknown inputs are recorded. Several of them are taken
    together from the same person, so that a child is not paired with somebody else's spouse.
    """

    def __init__(self, pipeline: Any, unknowable: Sequence[str]) -> None:
        self.pipeline = pipeline
        self.unknowable = unknowable

    def fit(self, X: pd.DataFrame, y: Any) -> AverageOverUnknown:
        self.pipeline_ = clone(self.pipeline).fit(X, y)
        round_coefficients(self.pipeline_[-1])
        self.classes_ = self.pipeline_.classes_
        self.people_ = people(X, self.unknowable)
        return self

    def predict_proba(self, X: pd.DataFrame) -> NDArray[np.float64]:
        X = X.reset_index(drop=True)
        answer = np.empty((len(X), len(self.classes_)))
        missing = X[list(self.unknowable)].isna()
        for pattern in missing.drop_duplicates().to_numpy():
            rows = (missing.to_numpy() == pattern).all(axis=1)
            unknown = [name for name, flag in zip(self.unknowable, pattern, strict=True) if flag]
            answer[rows] = self._averaged(X[rows], unknown)
        return answer

    def _averaged(self, X: pd.DataFrame, unknown: list[str]) -> NDArray[np.float64]:
        if not unknown:
            return np.asarray(self.pipeline_.predict_proba(X))
        everyone = self.people_.dropna(subset=unknown)
        known = everyone.groupby(unknown, sort=False)["count"].sum().reset_index()
        filled = X.drop(columns=unknown).reset_index(drop=True).merge(known, how="cross")
        chances = self.pipeline_.predict_proba(filled[list(X.columns)])
        shape = (len(X), len(known), len(self.classes_))
        weights = known["count"].to_numpy() / known["count"].sum()
        return np.einsum("ijk,j->ik", chances.reshape(shape), weights)

    def predict(self, X: pd.DataFrame) -> NDArray[Any]:
        return np.asarray(self.classes_[self.predict_proba(X).argmax(axis=1)])


def people(X: pd.DataFrame, unknowable: Sequence[str]) -> pd.DataFrame:
    """The distinct answers to the unknowable inputs, and their counts; NaN where one is not recorded."""
    if len(unknowable):
        groups = X.groupby(list(unknowable), sort=True, observed=True, dropna=False)
        counted = groups.size().rename("count").reset_index()
    else:
        counted = pd.DataFrame({"count": [len(X)]})
    # pandas keeps text differently where pyarrow is installed, and such a pickle opens nowhere else.
    text = counted.select_dtypes(exclude="number").columns
    return counted.astype(dict.fromkeys(text, object)).set_axis(counted.columns.astype(object), axis="columns")


class EstimateWithRange(RegressorMixin, BaseEstimator):
    """An amount, and the two quantiles between which a stated share of cases lies."""

    def __init__(self, estimate: Any, low: Any, high: Any) -> None:
        self.estimate = estimate
        self.low = low
        self.high = high

    def fit(self, X: pd.DataFrame, y: Any) -> EstimateWithRange:
        self.pipelines_ = [clone(part).fit(X, y) for part in (self.estimate, self.low, self.high)]
        for pipeline in self.pipelines_:
            round_coefficients(pipeline[-1])
        return self

    def predict(self, X: pd.DataFrame) -> NDArray[np.float64]:
        """Three columns: the estimate, the low end and the high end of its range."""
        return np.column_stack([pipeline.predict(X) for pipeline in self.pipelines_])


def round_coefficients(regression: Any) -> None:
    regression.coef_ = np.round(regression.coef_, DECIMALS)
    regression.intercept_ = np.round(regression.intercept_, DECIMALS)


def estimator(model: Model, candidate: Candidate) -> Any:
    """The unfitted estimator for one candidate of a model's recipe."""
    if model.kind == "amount":
        return ranged(model, candidate)
    # Newton's steps end at the optimum itself, so that rounding gives the same digits everywhere.
    regression = LogisticRegression(C=candidate.C, solver="newton-cholesky", tol=1e-10, max_iter=1000)
    pipeline = Pipeline([("columns", columns(candidate.blocks, model.input)), ("regression", regression)])
    unknowable = [asked.name for asked in model.inputs if asked.may_be_unknown]
    return AverageOverUnknown(pipeline, unknowable)


def ranged(model: Model, candidate: Candidate) -> EstimateWithRange:
    recipe = model.learns
    range_blocks: tuple[Block, ...] = (recipe.range_block,) if recipe.range_block else candidate.blocks
    tail = (1 - recipe.holds) / 2

    def quantile(share: float) -> Pipeline:
        regression = QuantileRegressor(quantile=share, alpha=0, solver="highs")
        return make_pipeline(columns(range_blocks, model.input), regression)

    return EstimateWithRange(
        make_pipeline(columns(candidate.blocks, model.input), Ridge(alpha=1 / candidate.C)),
        quantile(tail),
        quantile(1 - tail),
    )
