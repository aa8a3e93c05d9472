"""What a model is measured against on the same folds, each tuned as its users would: boosting, a linear discriminant, and
the recipe of the tutorial that the model grew out of.

The settings of boosting are chosen by cross-validation over the whole table, so the references have an advantage that
the model has not: theirs are chosen with a look at the rows that they are tested on.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder

from model.declare.choice import ChoiceInput
from model.declare.model import Model
from model.evaluate.paired import LOSSES

from .choice import unseen
from .kinds import Predicted, kind_of
from .rows import Rows

LIGHTGBM, BOOSTING, TUTORIAL = "LightGBM", "Gradient boosting", "The tutorial’s recipe"
DISCRIMINANT = "Linear discriminant"
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
            told = unseen(partial(learn, pipeline), rows, FOLDS_TO_TUNE, seed=1_000)
            losses = [loss(rows.truth[at], said) for at, said in told]
            tried.append((float(np.concatenate(losses).mean()), len(tried), pipeline, settings))
        _, _, self.best, settings = min(tried, key=lambda one: one[:2])
        return dict(settings)


def fit_reference(reference: Any, rows: Rows) -> Any:
    pipeline = reference.best if isinstance(reference, Tuned) else reference
    last, names = pipeline.steps[-1][0], feature_names(pipeline)
    more: dict[str, Any] = {} if rows.weights is None else {f"{last}__sample_weight": rows.weights}
    if last.startswith("lgbm"):
        more[f"{last}__categorical_feature"] = [
            at for at, (_, coded, _) in enumerate(pipeline[0].transformers) if isinstance(coded, OrdinalEncoder)
        ]
    return clone(pipeline).fit(rows.table[names], rows.y, **more)


def predict_with(fitted: Any, rows: Rows) -> Predicted:
    table = rows.table[feature_names(fitted)]
    said = fitted.predict_proba(table) if hasattr(fitted, "predict_proba") else fitted.predict(table)
    return np.asarray(said).reshape(len(rows), -1)


def learn(reference: Any, inside: Rows, outside: Rows) -> Predicted:
    return predict_with(fit_reference(reference, inside), outside)


def feature_names(pipeline: Any) -> list[str]:
    return [name for _, _, names in pipeline[0].transformers for name in names]


def prepare(model: Model, name: str, settings: Mapping[str, Any], guest: bool = True) -> Any:
    """A boosting machine of this name over all inputs in their order; what is missing stays so."""
    kind, names = kind_of(model), [*model.input, *(model.learns.reference_only if guest else ())]
    prepared = in_order(model, names)
    choices = [at for at, one in enumerate(names) if isinstance(model.input.get(one), ChoiceInput)]
    rising = [int(one in model.learns.rising) for one in names] if model.learns.rising else None
    if name == LIGHTGBM:
        # Needed to learn and never to serve or to check.
        from lightgbm import LGBMClassifier, LGBMRegressor

        machine: Any = LGBMClassifier if kind.is_counted else LGBMRegressor
        own: dict[str, Any] = {"random_state": 0, "n_jobs": 1, "verbose": -1, "deterministic": True}
        own |= {"force_row_wise": True, **({"monotone_constraints": rising} if rising else {}), **settings}
        return make_pipeline(prepared, machine(**own))
    own = {"early_stopping": False, "random_state": 0, "categorical_features": choices, **settings}
    return make_pipeline(prepared, kind.boosted(monotonic_cst=rising, **own))


def forest(model: Model) -> Any:
    """A kind of model for chances that is no boosting, with settings for tables large and small."""
    trees = RandomForestClassifier(100, min_samples_leaf=15, max_features=0.3, random_state=0)
    return make_pipeline(with_dummies(model, [*model.input]), trees)


def in_order(model: Model, names: Sequence[str]) -> ColumnTransformer:
    """A column for each: choices by their place on the form, numbers as they are, and NaN for what is missing."""

    def coded(name: str) -> Any:
        asked = model.input.get(name)
        if not isinstance(asked, ChoiceInput):
            return "passthrough"
        places = {"handle_unknown": "use_encoded_value", "unknown_value": np.nan}
        return OrdinalEncoder(categories=[[*asked.choices]], **places)

    return ColumnTransformer([(str(at), coded(name), [name]) for at, name in enumerate(names)])


def with_dummies(model: Model, names: Sequence[str]) -> ColumnTransformer:
    """A column for each choice, and no gap among the numbers."""
    choices = [name for name in names if isinstance(model.input.get(name), ChoiceInput)]
    numbers = [name for name in names if name not in choices]
    dummies, middle = OneHotEncoder(handle_unknown="ignore", sparse_output=False), SimpleImputer(strategy="median")
    return ColumnTransformer([("choices", dummies, choices), ("numbers", middle, numbers)])
