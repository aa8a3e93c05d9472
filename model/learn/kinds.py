"""What each kind of answer does differently in training."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, QuantileRegressor, Ridge
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.pipeline import Pipeline, make_pipeline

from model.declare.inputs import few
from model.declare.model import Model
from model.declare.recipe import Candidate
from model.evaluate import metrics

from .compile import compile_amount, compile_chances
from .design import columns
from .estimators import AverageOverUnknown, EstimateWithRange

Predicted = NDArray[np.float64]


# How often a model is fitted to the other rows, to see what it says of some that it has not seen.
FOLDS = 10


class Kind:
    """Chances of classes, unless a kind says otherwise."""

    folds: Any = StratifiedKFold
    # What a model is measured against: scikit-learn's plain regression, and its gradient boosting.
    plain: Any = LogisticRegression(max_iter=5000)
    boosted: Any = HistGradientBoostingClassifier
    # The figures that training prints; candidates are chosen by the first, of which less is better.
    columns: tuple[str, ...] = ("log_loss", "accuracy")
    may_be_unknown = False
    of_each = " of each answer"
    # From out-of-fold predictions: the few figures by which recipes are compared, and what else a card shows.
    headline: Any = staticmethod(metrics.class_figures)
    evaluate: Any = staticmethod(metrics.evaluate_classes)
    compile: Any = staticmethod(compile_chances)

    def target(self, model: Model, texts: pd.Series) -> pd.Series:
        """The target as numbers, from the column's texts; ValueError where it is not as declared."""
        known = list(model.learns.classes)
        if set(texts) != set(known):
            raise ValueError(f"the classes are {known}, but {texts.name} has {few(sorted(set(texts)))}")
        return texts.map(known.index)

    def rows_of_each(self, target: pd.Series) -> int:
        """How many rows there are of the rarest answer: each fold needs one."""
        return int(target.value_counts().min())

    def estimator(self, model: Model, candidate: Candidate) -> Any:
        """The unfitted estimator for one candidate of a model's recipe."""
        # Newton's steps end at the optimum itself, so that rounding gives the same digits everywhere.
        regression = LogisticRegression(C=candidate.C, solver="newton-cholesky", tol=1e-10, max_iter=1000)
        pipeline = Pipeline([("columns", columns(candidate.blocks, model.input)), ("regression", regression)])
        return AverageOverUnknown(pipeline, [asked.name for asked in model.inputs if asked.may_be_unknown])

    def predict(self, fitted: Any, X: pd.DataFrame) -> Predicted:
        """A column for each class."""
        return np.asarray(fitted.predict_proba(X))

    def answers(self, predicted: Predicted) -> Predicted:
        """Of these columns the numbers that the model answers with."""
        return predicted


class Probability(Kind):
    columns = ("log_loss", "auc", "brier", "accuracy", "calibration_error")
    may_be_unknown = True
    headline = staticmethod(metrics.chance_figures)
    evaluate = staticmethod(metrics.evaluate_chances)

    def target(self, model: Model, texts: pd.Series) -> pd.Series:
        found, yes = sorted(set(texts)), model.learns.yes
        if yes not in found or len(found) != 2:
            raise ValueError(f"{texts.name} must be {yes!r} or one other value; it has {few(found)}")
        return (texts == yes).astype(int)

    def answers(self, predicted: Predicted) -> Predicted:
        return predicted[:, 1:]


class Amount(Kind):
    folds = KFold
    of_each = ""
    plain = LinearRegression()
    boosted = HistGradientBoostingRegressor
    columns = ("rmse", "mean_error", "r2")
    headline = staticmethod(metrics.amount_figures)
    evaluate = staticmethod(metrics.evaluate_amounts)
    compile = staticmethod(compile_amount)

    def target(self, model: Model, texts: pd.Series) -> pd.Series:
        numbers = pd.to_numeric(texts, errors="coerce")
        odd = texts[~np.isfinite(numbers)].unique().tolist()
        if odd:
            raise ValueError(f"{texts.name} must be an amount in digits, without a sign or unit; it has {few(odd)}")
        return numbers

    def rows_of_each(self, target: pd.Series) -> int:
        return len(target)

    def estimator(self, model: Model, candidate: Candidate) -> Any:
        def quantile(share: float) -> Pipeline:
            regression = QuantileRegressor(quantile=share, alpha=0, solver="highs")
            return make_pipeline(columns(model.learns.range_blocks(candidate), model.input), regression)

        tail = (1 - model.learns.holds) / 2
        estimate = make_pipeline(columns(candidate.blocks, model.input), Ridge(alpha=1 / candidate.C))
        return EstimateWithRange(estimate, quantile(tail), quantile(1 - tail))

    def predict(self, fitted: Any, X: pd.DataFrame) -> Predicted:
        """The amount, and the two ends of its range where the estimator gives them."""
        return np.asarray(fitted.predict(X)).reshape(len(X), -1)


KINDS: dict[str, Kind] = {"probability": Probability(), "classes": Kind(), "amount": Amount()}


def kind_of(model: Model) -> Kind:
    return KINDS[model.kind]
