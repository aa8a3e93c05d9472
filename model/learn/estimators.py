"""The estimators that are pickled: scikit-learn pipelines, and what they do with an unknown answer."""

import warnings
from collections.abc import Sequence
from itertools import compress
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.pipeline import Pipeline

from model.evaluate.rounding import round_out

# Coefficients are rounded so that retraining on another machine reproduces them to the letter.
DECIMALS = 6
# An unknown answer is averaged over so many different people at most; each costs an estimate.
MOST_PEOPLE = 1_000
# So many times an amount that is multiplied is raised to be right on average.
RAISED = 5


class AverageOverUnknown(ClassifierMixin, BaseEstimator):
    """A classifier for which what is not recorded is an answer of its own, and what is unknown an average.

    NaN is what the data does not record: the pipeline has a column for it. Whoever does not know an answer gets the
    average over the people in the data. Everyone counts whose answers to the unknown inputs are recorded. Several of
    them are taken together from the same person, so that a child is not paired with somebody else's spouse.
    """

    def __init__(self, pipeline: Any, unknowable: Sequence[str]) -> None:
        self.pipeline = pipeline
        self.unknowable = unknowable

    def fit(self, X: pd.DataFrame, y: Any, sample_weight: Any = None) -> Self:
        self.pipeline_ = learn(self.pipeline, X, y, sample_weight)
        self.classes_ = self.pipeline_.classes_
        self.people_ = people(X, self.unknowable)
        return self

    def predict_proba(self, X: pd.DataFrame) -> NDArray[np.float64]:
        """The chances, where NaN is an answer that is not recorded."""
        return np.asarray(self.pipeline_.predict_proba(X))

    def average_proba(self, X: pd.DataFrame) -> NDArray[np.float64]:
        """The chances, where NaN is an answer that somebody does not know."""
        answer = np.empty((len(X), len(self.classes_)))
        missing = X[list(self.unknowable)].isna()
        for pattern in missing.drop_duplicates().to_numpy():
            rows = (missing.to_numpy() == pattern).all(axis=1)
            answer[rows] = self._averaged(X[rows], list(compress(self.unknowable, pattern)))
        return answer

    def _averaged(self, X: pd.DataFrame, unknown: list[str]) -> NDArray[np.float64]:
        if not unknown:
            return np.asarray(self.pipeline_.predict_proba(X))
        everyone = self.people_.dropna(subset=unknown)
        known = everyone.groupby(unknown, sort=False)["count"].sum().reset_index()
        filled = X.drop(columns=unknown).merge(known, how="cross")
        chances = self.pipeline_.predict_proba(filled[list(X.columns)]).reshape(len(X), len(known), -1)
        return np.einsum("ijk,j->ik", chances, known["count"].to_numpy() / known["count"].sum())

    def predict(self, X: pd.DataFrame) -> NDArray[Any]:
        return np.asarray(self.classes_[self.predict_proba(X).argmax(axis=1)])


def people(X: pd.DataFrame, unknowable: Sequence[str]) -> pd.DataFrame:
    """The distinct answers to the inputs that may be unknown, and their counts; NaN where one is not recorded."""
    names = list(unknowable)
    counted = counted_by(X[names].assign(count=1), names)
    if len(counted) > MOST_PEOPLE:
        # In their order, one of every so many: so all sorts of people stay, each as often as there are such.
        every = np.searchsorted(counted["count"].cumsum(), (np.arange(MOST_PEOPLE) + 0.5) * len(X) / MOST_PEOPLE)
        counted = counted_by(counted.iloc[every].assign(count=1), names)
    return counted if counted[names].notna().all(axis=1).any() else filled_in(counted, names)


def counted_by(people: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    if names:
        people = people.groupby(names, dropna=False)["count"].sum().reset_index()
    else:
        people = people.sum().to_frame().T
    # pandas keeps text differently where pyarrow is installed, and such a pickle opens nowhere else.
    text = people.select_dtypes(exclude="number").columns
    return people.astype(dict.fromkeys(text, object)).set_axis(people.columns.astype(object), axis="columns")


def filled_in(people: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """The same where nobody's answers are all recorded: each lacks none, taken from others by chance.

    Who lacks some takes them together from somebody who has the most of them, as often as there are
    such people, and then the rest in the same way. So what is never recorded together counts as
    independent, and every question has people to average over.
    """
    known, counts = people[names].to_numpy(object), people["count"].to_numpy()
    answers, recorded = known.copy(), people[names].notna().to_numpy()
    random = np.random.default_rng(0)
    for pattern in np.unique(recorded, axis=0):
        rows = np.flatnonzero((recorded == pattern).all(axis=1))
        lacking = ~pattern
        while (having := recorded & lacking).any():
            together = having[having.sum(axis=1).argmax()]
            donors = np.flatnonzero(recorded[:, together].all(axis=1))
            drawn = random.choice(donors, size=len(rows), p=counts[donors] / counts[donors].sum())
            answers[np.ix_(rows, together)] = known[np.ix_(drawn, together)]
            lacking &= ~together
    return counted_by(pd.DataFrame(answers, columns=names).infer_objects().assign(count=counts), names)


class EstimateWithRange(RegressorMixin, BaseEstimator):
    """An amount, and the two quantiles between which a stated share of cases lies, where there are such.

    One that multiplies learns the amount's logarithm, and then is raised so that it is right on average. A row counts by
    its amount, since to be off by so much in the logarithm is to be off by that part of the amount.
    """

    # What a pickle of an older edition does not say.
    multiplies = False
    # No logarithm is told above this, since a few steps more than any row has would multiply an amount beyond all measure.
    highest_ = np.inf

    def __init__(self, estimate: Any, low: Any = None, high: Any = None, multiplies: bool = False) -> None:
        self.estimate = estimate
        self.low = low
        self.high = high
        self.multiplies = multiplies

    def fit(self, X: pd.DataFrame, y: Any, sample_weight: Any = None) -> Self:
        parts = [part for part in (self.estimate, self.low, self.high) if part is not None]
        known, weights = (np.log(y), weigh_by_amount(y, sample_weight)) if self.multiplies else (y, sample_weight)
        self.pipelines_ = [learn(part, X, known, weights) for part in parts]
        if self.multiplies:
            least, most = float(np.min(y)), float(np.max(y))
            self.highest_ = float(np.log(round_out(most, most - least, up=True)))
            # What is at its highest already is raised no more, so that once is not always enough.
            for _ in range(RAISED):
                means = [np.average(one, weights=sample_weight) for one in (y, self.predict(X)[:, 0])]
                self.pipelines_[0][-1].intercept_ += np.log(means[0] / means[1])
            round_coefficients(self.pipelines_[0][-1])
        return self

    def predict(self, X: pd.DataFrame) -> NDArray[np.float64]:
        """The estimate, and the low end and the high end of its range where they have sums of their own."""
        found = np.column_stack([pipeline.predict(X) for pipeline in self.pipelines_])
        return np.exp(np.minimum(found, self.highest_)) if self.multiplies else found


def weigh_by_amount(y: Any, weights: Any = None) -> NDArray[np.float64]:
    """Weights in proportion to the amounts, as large as before on average."""
    amounts = np.asarray(y, dtype=float) * (1.0 if weights is None else np.asarray(weights))
    return np.asarray(amounts * (len(amounts) if weights is None else np.sum(weights)) / amounts.sum())


def learn(learner: Any, X: pd.DataFrame, y: Any, weights: Any) -> Any:
    """The pipeline that was learnt; a boosting machine leaves one, with all its digits rounded already."""
    if not isinstance(learner, Pipeline):
        return clone(learner).fit(X, y, sample_weight=weights).pipeline_
    pipeline = fit_pipeline(learner, X, y, weights)
    round_coefficients(pipeline[-1])
    return pipeline


def fit_pipeline(learner: Pipeline, X: pd.DataFrame, y: Any, weights: Any) -> Pipeline:
    weighted = {} if weights is None else {f"{learner.steps[-1][0]}__sample_weight": weights}
    with warnings.catch_warnings():
        # Where the classes hardly overlap, scikit-learn says so and goes on with another solver.
        warnings.filterwarnings("ignore", "Line search of Newton solver", ConvergenceWarning)
        return clone(learner).fit(X, y, **weighted)


def round_coefficients(regression: Any) -> None:
    regression.coef_ = np.round(regression.coef_, DECIMALS)
    regression.intercept_ = np.round(regression.intercept_, DECIMALS)
