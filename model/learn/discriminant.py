"""A linear discriminant, taken over as a logistic regression: it has the same form, and learns more from few rows where
the inputs of each class are spread alike, as bell curves are (Efron, 1975)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from model.declare.inputs import Input
from model.declare.recipe import Block

from .boost import draw_bags, spread
from .design import columns
from .estimators import DECIMALS

# Fits to parts of the rows, from which the ranges follow.
BAGS = 60


class Discriminating(BaseEstimator):
    def __init__(self, blocks: Sequence[Block], inputs: Mapping[str, Input]) -> None:
        self.blocks = blocks
        self.inputs = inputs

    def fit(self, X: pd.DataFrame, y: Any, sample_weight: ArrayLike | None = None) -> Self:
        prepared = columns(self.blocks, self.inputs)
        design, so = np.asarray(prepared.fit_transform(X)), np.asarray(y)
        factors = np.round(factors_of(design, so), DECIMALS)
        regression = LogisticRegression()
        regression.coef_, regression.intercept_ = factors[:, 1:], factors[:, 0]
        regression.classes_, regression.n_features_in_ = np.unique(so), design.shape[1]
        self.pipeline_ = Pipeline([("columns", prepared), ("regression", regression)])
        return self


def jackknife(design: Any, so: Any) -> Any:
    """A factor of the coefficients' covariance, as scores x (1 + columns) x rank, from fits to parts of the rows."""
    bags = [bag == 1 for bag in draw_bags(len(so), BAGS, so)]
    return spread(np.array([factors_of(design[bag], so[bag]) for bag in bags]))


def factors_of(design: Any, so: Any) -> Any:
    """For each score its intercept and its coefficients."""
    fitted = LinearDiscriminantAnalysis().fit(design, so)
    return np.column_stack([fitted.intercept_, fitted.coef_])
