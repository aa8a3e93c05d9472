"""What each kind of answer does differently in training."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, QuantileRegressor, Ridge
from sklearn.pipeline import Pipeline, make_pipeline

from model.declare.inputs import few
from model.declare.model import Model
from model.declare.recipe import Additive, Blend, Boosted, Discriminant
from model.evaluate import metrics
from model.evaluate.rounding import round_out
from model.evaluate.told import Crowd, tell_amounts, tell_chances, tell_classes

from .boost import Boosting
from .compile import compile_amount, compile_chances
from .design import columns
from .discriminant import Discriminating
from .errors import add_ranges, errors_by_estimate, level_to_hold
from .estimators import AverageOverUnknown, EstimateWithRange

Predicted = NDArray[np.float64]
# Less than any chance, and no 0, which has no logarithm.
TINY = 1e-300


class Kind:
    """Chances of classes, unless a kind says otherwise."""

    # What a model is measured against: scikit-learn's plain regression, and its gradient boosting.
    plain: Any = LogisticRegression(max_iter=5000)
    boosted: Any = HistGradientBoostingClassifier
    # The figures that training prints; candidates are chosen by the first, of which less is better.
    columns: tuple[str, ...] = ("log_loss", "accuracy")
    averages_unknown = False
    # Whether a linear discriminant is what others would try.
    has_discriminant = True
    # Whether the answer is yes or no, and one sum gives its chance.
    is_yes_or_no = False
    # Whether there are rows of each answer to count.
    is_counted = True
    of_each = " of each answer"
    # From out-of-fold predictions: the few figures by which recipes are compared, and what else a card shows.
    headline: Any = staticmethod(metrics.class_figures)
    evaluate: Any = staticmethod(metrics.evaluate_classes)
    compile: Any = staticmethod(compile_chances)

    def weigh(self, truth: Any, predicted: Predicted, weights: Any) -> dict[str, Any]:
        """The figures where each row counts for as many people as it speaks for."""
        return {"figures": self.headline(truth, predicted, weights)}

    def target(self, model: Model, texts: pd.Series) -> pd.Series:
        """The target as numbers, from the column's texts; ValueError where it is not as declared."""
        known = list(model.learns.classes)
        if set(texts) != set(known):
            raise ValueError(f"the classes are {known}, but {texts.name} has {few(sorted(set(texts)))}")
        return texts.map(known.index)

    def rows_of_each(self, target: pd.Series) -> int:
        """How many rows there are of the rarest answer: each fold needs one."""
        return int(target.value_counts().min())

    def estimator(self, model: Model, candidate: Additive) -> Any:
        """The unfitted estimator for one candidate of a model's recipe."""
        # Newton's steps end at the optimum itself, so that rounding gives the same digits everywhere.
        ridge: Any = partial(LogisticRegression, solver="newton-cholesky", tol=1e-10, max_iter=1000)
        averaged = model.inputs if model.learns.unknown == "averaged" else ()
        learner = self.learner(model, candidate, lambda C: ridge(C=C))
        return AverageOverUnknown(learner, [asked.name for asked in averaged if asked.may_be_unknown])

    def learner(self, model: Model, candidate: Additive, ridge: Callable[[float], Any]) -> Any:
        if isinstance(candidate, Boosted | Blend):
            own = ridge(candidate.first.C) if isinstance(candidate, Blend) else None
            return Boosting(candidate, model.input, amount=not self.is_counted, ridge=own)
        if isinstance(candidate, Discriminant):
            return Discriminating(candidate.blocks, model.input)
        return Pipeline([("columns", columns(candidate.blocks, model.input)), ("regression", ridge(candidate.C))])

    def predict(self, fitted: Any, X: pd.DataFrame) -> Predicted:
        """A column for each class."""
        return np.asarray(fitted.predict_proba(X))

    def blend(self, one: Predicted, other: Predicted, share: float) -> Predicted:
        """What a blend of two scores would predict."""
        mixed = np.exp(share * np.log(one.clip(TINY)) + (1 - share) * np.log(other.clip(TINY)))
        return np.asarray(mixed / mixed.sum(axis=1, keepdims=True))

    def answers(self, predicted: Predicted) -> Predicted:
        """Of these columns the numbers that the model answers with."""
        return predicted

    def with_range(self, model: Model, truth: Any, predicted: Predicted, folds: NDArray[np.intp]) -> Predicted:
        """What was predicted, with the range of each that rests on how far off other folds were."""
        return predicted

    def range_table(self, model: Model, truth: Any, predicted: Predicted, folds: NDArray[np.intp]) -> dict[str, Any]:
        """What an engine draws a range from, where no sum does."""
        return {}

    def usual(self, model: Model, y: pd.Series) -> dict[str, Any]:
        """What is usual in the table, which is no figure of the model."""
        return {"base_rates": (np.bincount(y) / len(y)).tolist()}

    def tell(self, model: Model, crowd: Crowd, evaluation: Mapping[str, Any]) -> dict[str, Any]:
        """What a card keeps of people who themselves are not kept."""
        return tell_classes(crowd, list(model.learns.classes.values()), evaluation["confusion"])


class Probability(Kind):
    columns = ("log_loss", "auc", "brier", "accuracy", "calibration_error")
    averages_unknown = True
    is_yes_or_no = True
    has_discriminant = False
    headline = staticmethod(metrics.chance_figures)
    evaluate = staticmethod(metrics.evaluate_chances)

    def weigh(self, truth: Any, predicted: Predicted, weights: Any) -> dict[str, Any]:
        return metrics.weigh_chances(truth, predicted, weights)

    def target(self, model: Model, texts: pd.Series) -> pd.Series:
        found, yes = sorted(set(texts)), model.learns.yes
        if yes not in found or len(found) != 2:
            raise ValueError(f"{texts.name} must be {yes!r} or one other value; it has {few(found)}")
        return (texts == yes).astype(int)

    def answers(self, predicted: Predicted) -> Predicted:
        return predicted[:, 1:]

    def usual(self, model: Model, y: pd.Series) -> dict[str, Any]:
        return {"figures": {"base_rate": float(y.mean())}}

    def tell(self, model: Model, crowd: Crowd, evaluation: Mapping[str, Any]) -> dict[str, Any]:
        return tell_chances(crowd)


class Amount(Kind):
    is_counted = False
    has_discriminant = False
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
        if model.learns.multiplies and numbers.min() <= 0:
            raise ValueError(
                f"{texts.name} must be above 0 in each row where the recipe multiplies; it has {numbers.min():g}"
            )
        return numbers

    def rows_of_each(self, target: pd.Series) -> int:
        return len(target)

    def usual(self, model: Model, y: pd.Series) -> dict[str, Any]:
        return {"quantiles": metrics.quantiles(y.to_numpy(), model.learns.shows_rows)}

    def tell(self, model: Model, crowd: Crowd, evaluation: Mapping[str, Any]) -> dict[str, Any]:
        return tell_amounts(crowd)

    def estimator(self, model: Model, candidate: Additive) -> Any:
        def quantile(share: float) -> Pipeline:
            regression = QuantileRegressor(quantile=share, alpha=0, solver="highs")
            return make_pipeline(columns(model.learns.range_blocks(candidate), model.input), regression)

        estimate = self.learner(model, candidate, lambda C: Ridge(alpha=1 / C))
        if model.learns.range_by == "residuals":
            return EstimateWithRange(estimate, multiplies=model.learns.multiplies)
        tail = (1 - model.learns.holds) / 2
        return EstimateWithRange(estimate, quantile(tail), quantile(1 - tail))

    def blend(self, one: Predicted, other: Predicted, share: float) -> Predicted:
        return share * one[:, :1] + (1 - share) * other[:, :1]

    def with_range(self, model: Model, truth: Any, predicted: Predicted, folds: NDArray[np.intp]) -> Predicted:
        if model.learns.range_by != "residuals" or predicted.shape[1] > 1:
            return predicted
        return add_ranges(truth, predicted[:, 0], folds, self.level(model, truth, predicted, folds))

    def level(self, model: Model, truth: Any, predicted: Predicted, folds: NDArray[np.intp]) -> float:
        """The share of the errors of others that a range holds."""
        if not model.learns.grouped_by:
            return model.learns.holds
        return level_to_hold(truth, predicted[:, 0], folds, model.learns.holds)

    def range_table(self, model: Model, truth: Any, predicted: Predicted, folds: NDArray[np.intp]) -> dict[str, Any]:
        if model.learns.range_by != "residuals":
            return {}
        level = self.level(model, truth, predicted, folds)
        errors = errors_by_estimate(truth, predicted[:, 0], level)
        if not model.learns.shows_rows:
            least, most = errors["least"], errors["most"]
            reach = most - least
            errors |= {"least": round_out(least, reach, up=False), "most": round_out(most, reach, up=True)}
        return {"ranges": [errors]}

    def predict(self, fitted: Any, X: pd.DataFrame) -> Predicted:
        """The amount, and the two ends of its range where the estimator gives them."""
        return np.asarray(fitted.predict(X)).reshape(len(X), -1)


KINDS: dict[str, Kind] = {"probability": Probability(), "classes": Kind(), "amount": Amount()}


def kind_of(model: Model) -> Kind:
    return KINDS[model.kind]
