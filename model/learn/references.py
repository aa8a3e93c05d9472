"""What a model is measured against on the same folds: gradient boosting, and the recipe of the tutorial that it grew out of."""

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
from .rows import Rows


def references(model: Model) -> dict[str, Any]:
    """What a model is measured against on the same folds: unfitted estimators by the names the card shows."""
    kind, recipe = kind_of(model), model.learns
    coded = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-1)
    prepare = prepared(model, [*model.input, *recipe.reference_only], coded, "passthrough")
    # The choices are the first columns.
    choices = list(range(sum(isinstance(asked, ChoiceInput) for asked in model.inputs)))
    boosted = kind.boosted(learning_rate=0.06, early_stopping=True, random_state=0, categorical_features=choices)
    found = {"Gradient boosting": make_pipeline(prepare, boosted)}
    if recipe.tutorial:
        # Dummy columns for choices, numbers as they are, the middle number where one is missing.
        dummies, middle = OneHotEncoder(handle_unknown="ignore"), SimpleImputer(strategy="median")
        prepare = prepared(model, recipe.tutorial, dummies, middle)
        found["The tutorial’s recipe"] = make_pipeline(prepare, kind.plain)
    return found


def prepared(model: Model, names: Sequence[str], for_choices: Any, for_numbers: Any) -> ColumnTransformer:
    choices = [name for name in names if isinstance(model.input.get(name), ChoiceInput)]
    numbers = [name for name in names if name not in choices]
    return ColumnTransformer([("choices", for_choices, choices), ("numbers", for_numbers, numbers)])


def fit_reference(reference: Any, rows: Rows) -> Any:
    weights = {} if rows.weights is None else {f"{reference.steps[-1][0]}__sample_weight": rows.weights}
    return clone(reference).fit(rows.table, rows.y, **weights)
