"""What a model is measured against, on the same folds: the tutorial's recipe, and gradient boosting."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder

from model.declare.inputs import ChoiceInput
from model.declare.model import Model


def references(model: Model) -> dict[str, Any]:
    """Unfitted estimators by the name under which the card shows them."""
    found = {"Gradient boosting": boosted(model)}
    if model.learns.tutorial:
        found["The tutorial’s recipe"] = tutorial(model)
    return found


def choices_and_numbers(model: Model, names: list[str]) -> tuple[list[str], list[str]]:
    choices = [n for n in names if isinstance(model.input.get(n), ChoiceInput)]
    return choices, [n for n in names if n not in choices]


def tutorial(model: Model) -> Any:
    """Dummy columns for choices, numbers as they are, the middle number where one is missing."""
    choices, numbers = choices_and_numbers(model, list(model.learns.tutorial))
    prepared = ColumnTransformer(
        [
            ("choices", OneHotEncoder(handle_unknown="ignore"), choices),
            ("numbers", SimpleImputer(strategy="median"), numbers),
        ]
    )
    if model.kind == "amount":
        return make_pipeline(prepared, LinearRegression())
    return make_pipeline(prepared, LogisticRegression(max_iter=5000))


def boosted(model: Model) -> Any:
    names = [asked.name for asked in model.inputs] + list(model.learns.reference_only)
    choices, numbers = choices_and_numbers(model, names)
    coded = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-1)
    prepared = ColumnTransformer(
        [("choices", coded, choices), ("numbers", "passthrough", numbers)], verbose_feature_names_out=False
    )
    settings: dict[str, Any] = {"learning_rate": 0.06, "early_stopping": True, "random_state": 0}
    if model.kind == "amount":
        return make_pipeline(prepared, HistGradientBoostingRegressor(**settings))
    marked = [True] * len(choices) + [False] * len(numbers)
    return make_pipeline(prepared, HistGradientBoostingClassifier(categorical_features=marked, **settings))


def predictions(kind: str, fitted: Any, X: pd.DataFrame) -> Any:
    """Probabilities of each class, or a column for an amount (with its range, where there is one)."""
    if kind != "amount":
        return fitted.predict_proba(X)
    amounts = fitted.predict(X)
    return amounts if amounts.ndim == 2 else amounts[:, None]
