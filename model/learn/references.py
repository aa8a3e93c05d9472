"""What a model is measured against on the same folds, each tuned as its users would: boosting, a linear discriminant, and
the recipe of the tutorial that the model grew out of.

The settings of boosting are chosen by cross-validation over the whole table, so the references have an advantage that
the model has not: theirs are chosen with a look at the rows that they are tested on.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from model.declare.choice import ChoiceInput
from model.declare.model import Model
from model.evaluate.paired import LOSSES

from .choice import unseen
from .kinds import Predicted, kind_of
from .rows import Rows
from .trees import BOOSTING, LIGHTGBM, feature_names, fit_as_is, prepare

DISCRIMINANT, TUTORIAL = "Linear discriminant", "The tutorial’s recipe"
# Where the others may use more than the form asks for, this one may not.
SAME_INPUTS = "LightGBM, on what the form asks"
# What is tried of each, from quick to slow; a table with few rows wants small trees, and few of them.
SETTINGS: Mapping[str, Sequence[Mapping[str, Any]]] = {
    LIGHTGBM: (
        {"num_leaves": 4, "learning_rate": 0.05, "n_estimators": 100, "min_child_samples": 10},
        {"num_leaves": 7, "learning_rate": 0.05, "n_estimators": 150, "min_child_samples": 15, "reg_lambda": 1},
        {
            "num_leaves": 15,
            "learning_rate": 0.05,
            "n_estimators": 350,
            "min_child_samples": 50,
            "reg_lambda": 5,
            "colsample_bytree": 0.6,
        },
    ),
    BOOSTING: (
        {"max_leaf_nodes": 4, "learning_rate": 0.05, "max_iter": 100, "min_samples_leaf": 10},
        {"max_leaf_nodes": 8, "learning_rate": 0.05, "max_iter": 100, "min_samples_leaf": 15},
        {"max_leaf_nodes": 15, "learning_rate": 0.06, "max_iter": 150, "l2_regularization": 5},
    ),
}
FOLDS_TO_TUNE = 4


def references(model: Model) -> dict[str, Any]:
    """By the names that the card shows: unfitted pipelines, and what is tuned before."""
    recipe, kind = model.learns, kind_of(model)
    if recipe.seeds < 2:
        # A draft is measured against one, with the settings that scikit-learn has by itself.
        return {BOOSTING: prepare(model, BOOSTING, {"early_stopping": True})}
    found: dict[str, Any] = {name: Tuned(model, name) for name in SETTINGS}
    if recipe.reference_only:
        found[SAME_INPUTS] = Tuned(model, LIGHTGBM, guest=False)
    if kind.has_discriminant:
        found[DISCRIMINANT] = make_pipeline(with_dummies(model, [*model.input]), LinearDiscriminantAnalysis())
    if recipe.tutorial:
        # Dummy columns for choices, numbers as they are, the middle number where one is missing.
        found[TUTORIAL] = make_pipeline(with_dummies(model, recipe.tutorial), kind.plain)
    return found


class Tuned:
    """A boosting machine with the settings that do best over the whole table; unless it is a guest, it may also use what
    the form does not ask for."""

    def __init__(self, model: Model, name: str, guest: bool = True) -> None:
        self.model, self.name, self.guest = model, name, guest
        self.best: Any = None

    def tune(self, rows: Rows) -> Mapping[str, Any]:
        """Choose the settings by these rows, and say which they are."""
        loss, tried = LOSSES[kind_of(self.model).columns[0]], list[tuple[float, int, Any, Mapping[str, Any]]]()
        for settings in SETTINGS[self.name]:
            pipeline = prepare(self.model, self.name, settings, self.guest)
            told = [*unseen(partial(learn, pipeline), rows, FOLDS_TO_TUNE, seed=1_000)]
            losses = np.concatenate([loss(rows.truth[at], said) for at, said in told])
            weights = None if rows.weights is None else rows.weights[np.concatenate([at for at, _ in told])]
            tried.append((float(np.average(losses, weights=weights)), len(tried), pipeline, settings))
        _, _, self.best, settings = min(tried, key=lambda one: one[:2])
        return dict(settings)


def fit_reference(reference: Any, rows: Rows) -> Any:
    return fit_as_is(reference.best if isinstance(reference, Tuned) else reference, rows)


def predict_with(fitted: Any, rows: Rows) -> Predicted:
    table = rows.table[feature_names(fitted)]
    said = fitted.predict_proba(table) if hasattr(fitted, "predict_proba") else fitted.predict(table)
    return np.asarray(said).reshape(len(rows), -1)


def learn(reference: Any, inside: Rows, outside: Rows) -> Predicted:
    return predict_with(fit_reference(reference, inside), outside)


def forest(model: Model) -> Any:
    """A kind of model for chances that is no boosting, with settings for tables large and small."""
    trees = RandomForestClassifier(100, min_samples_leaf=15, max_features=0.3, random_state=0)
    return make_pipeline(with_dummies(model, [*model.input]), trees)


def with_dummies(model: Model, names: Sequence[str]) -> ColumnTransformer:
    """A column for each choice, and no gap among the numbers."""
    choices = [name for name in names if isinstance(model.input.get(name), ChoiceInput)]
    numbers = [name for name in names if name not in choices]
    dummies, middle = OneHotEncoder(handle_unknown="ignore", sparse_output=False), SimpleImputer(strategy="median")
    return ColumnTransformer([("choices", dummies, choices), ("numbers", middle, numbers)])
