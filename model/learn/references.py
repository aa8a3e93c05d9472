"""What a model is measured against, on the same folds: the tutorial's recipe, and gradient boosting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder

from model.declare.inputs import ChoiceInput
from model.declare.model import Model

from .kinds import kind_of


def references(model: Model) -> dict[str, Any]:
    """Unfitted estimators by the name under which the card shows them."""
    found = {"Gradient boosting": boosted(model)}
    if model.learns.tutorial:
        found["The tutorial’s recipe"] = tutorial(model)
    return found


def tutorial(model: Model) -> Any:
    """Dummy columns for choices, numbers as they are, the middle number where one is missing."""
    coded, middle = OneHotEncoder(handle_unknown="ignore"), SimpleImputer(strategy="median")
    return make_pipeline(prepared(model, model.learns.tutorial, coded, middle), clone(kind_of(model).plain))


def boosted(model: Model) -> Any:
    coded = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-1)
    prepare = prepared(model, [*model.input, *model.learns.reference_only], coded, "passthrough")
    settings: dict[str, Any] = {"learning_rate": 0.06, "early_stopping": True, "random_state": 0}
    if kind_of(model).marks_choices:
        settings["categorical_features"] = [kind == "choices" for kind, _, names in prepare.transformers for _ in names]
    return make_pipeline(prepare, kind_of(model).boosted(**settings))


def prepared(model: Model, names: Sequence[str], for_choices: Any, for_numbers: Any) -> ColumnTransformer:
    choices = [name for name in names if isinstance(model.input.get(name), ChoiceInput)]
    numbers = [name for name in names if name not in choices]
    return ColumnTransformer([("choices", for_choices, choices), ("numbers", for_numbers, numbers)])
