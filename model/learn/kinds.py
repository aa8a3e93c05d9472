"""What each kind of answer does differently in training."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import KFold, StratifiedKFold

from model.declare.inputs import few
from model.declare.model import Model
from model.declare.recipe import Candidate
from model.evaluate import metrics

from .compile import compile_amount, compile_chances
from .estimators import averaging, ranged

Predicted = NDArray[np.float64]


class Kind:
    """Chances of classes, unless a kind says otherwise."""

    folds: Any = StratifiedKFold
    # What a model is measured against: scikit-learn's plain regression, and its gradient boosting.
    plain: Any = LogisticRegression(max_iter=5000)
    boosted: Any = HistGradientBoostingClassifier
    # Whether boosting is told which columns are choices.
    marks_choices = True
    # The figures that training prints; candidates are chosen by the first, of which less is better.
    columns: tuple[str, ...] = ("log_loss", "accuracy")
    may_be_unknown = False
    # Whether the people in the data lie in the order of their chance.
    ordered = False

    def target(self, model: Model, texts: pd.Series) -> pd.Series:
        """The target as numbers, from the column's texts; ValueError where it is not as declared."""
        known = list(model.learns.classes)
        if set(texts) != set(known):
            raise ValueError(f"the classes are {known}, but {texts.name} has {few(sorted(set(texts)))}")
        return texts.map(known.index)

    def estimator(self, model: Model, candidate: Candidate) -> Any:
        """The unfitted estimator for one candidate of a model's recipe."""
        return averaging(model, candidate)

    def predict(self, fitted: Any, X: pd.DataFrame) -> Predicted:
        """A column for each class."""
        return np.asarray(fitted.predict_proba(X))

    def answers(self, predicted: Predicted) -> Predicted:
        """Of these columns the numbers that the model answers with."""
        return predicted

    def scale(self, expected: Predicted) -> Any:
        """What a difference between two predictions is measured in."""
        return 1

    def headline(self, y: Any, predicted: Predicted) -> dict[str, float]:
        """The few figures by which recipes are compared."""
        return metrics.class_figures(y, predicted)

    def evaluate(self, model: Model, X: pd.DataFrame, y: pd.Series, predicted: Predicted) -> dict[str, Any]:
        """All figures of a model, from out-of-fold predictions."""
        return self.headline(y, predicted) | metrics.evaluate_classes(y.to_numpy(), predicted)

    def compile(self, model: Model, candidate: Candidate, fitted: Any, X: pd.DataFrame, y: pd.Series) -> dict[str, Any]:
        return compile_chances(model, candidate, fitted, X, y)


class Probability(Kind):
    columns = ("log_loss", "auc", "brier", "accuracy", "calibration_error")
    may_be_unknown = True
    ordered = True

    def target(self, model: Model, texts: pd.Series) -> pd.Series:
        found, yes = sorted(set(texts)), model.learns.yes
        if yes not in found or len(found) != 2:
            raise ValueError(f"{texts.name} must be {yes!r} or one other value; it has {few(found)}")
        return (texts == yes).astype(int)

    def answers(self, predicted: Predicted) -> Predicted:
        return predicted[:, 1:]

    def headline(self, y: Any, predicted: Predicted) -> dict[str, float]:
        return metrics.class_figures(y, predicted) | metrics.chance_figures(np.asarray(y), predicted[:, 1])

    def evaluate(self, model: Model, X: pd.DataFrame, y: pd.Series, predicted: Predicted) -> dict[str, Any]:
        return self.headline(y, predicted) | metrics.evaluate_chances(model, X, y.to_numpy(), predicted[:, 1])


class Amount(Kind):
    folds = KFold
    plain = LinearRegression()
    boosted = HistGradientBoostingRegressor
    marks_choices = False
    columns = ("rmse", "mean_error", "r2")

    def target(self, model: Model, texts: pd.Series) -> pd.Series:
        numbers = pd.to_numeric(texts, errors="coerce")
        odd = texts[~np.isfinite(numbers)].unique().tolist()
        if odd:
            raise ValueError(f"{texts.name} must be an amount in digits, without a sign or unit; it has {few(odd)}")
        return numbers

    def estimator(self, model: Model, candidate: Candidate) -> Any:
        return ranged(model, candidate)

    def predict(self, fitted: Any, X: pd.DataFrame) -> Predicted:
        """The amount, and the two ends of its range where the estimator gives them."""
        amounts = np.asarray(fitted.predict(X))
        return amounts if amounts.ndim == 2 else amounts[:, None]

    def scale(self, expected: Predicted) -> Any:
        return np.maximum(np.abs(expected), 1)

    def headline(self, y: Any, predicted: Predicted) -> dict[str, float]:
        return metrics.amount_figures(np.asarray(y), predicted[:, 0])

    def evaluate(self, model: Model, X: pd.DataFrame, y: pd.Series, predicted: Predicted) -> dict[str, Any]:
        return self.headline(y, predicted) | metrics.evaluate_amounts(y.to_numpy(), predicted)

    def compile(self, model: Model, candidate: Candidate, fitted: Any, X: pd.DataFrame, y: pd.Series) -> dict[str, Any]:
        return compile_amount(model, candidate, fitted)


KINDS: dict[str, Kind] = {"probability": Probability(), "classes": Kind(), "amount": Amount()}


def kind_of(model: Model) -> Kind:
    return KINDS[model.kind]
