"""Training one model: mirror check, cross-validation, fit, pickle, card."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder
from threadpoolctl import threadpool_limits

from model.declare.inputs import ChoiceInput
from model.declare.model import Model
from model.declare.photo import PhotoInput
from model.declare.recipe import Candidate, Given, Wrapped
from model.evaluate.metrics import digits
from model.predict.card import Card

from .artefacts import make_folder, save
from .kinds import FOLDS, Predicted, kind_of
from .people import compile_people
from .table import Disagreement, data_digest, read_table

INNER_FOLDS = 5
Progress = Callable[[str], None]
Fit = Callable[[pd.DataFrame, pd.Series], Any]


def train(model: Model, progress: Progress = lambda step: None) -> Card:
    """Train a model and write its pickle and its card; return the card."""
    # How many threads share a sum decides its last digits, and with them the version.
    if isinstance(model.recipe, Wrapped):
        raise Disagreement(f"{model.name} was fitted elsewhere and wrapped. Wrap it again: python run.py wrap FILE")
    with threadpool_limits(1, "blas"):
        if not isinstance(model.recipe, Given):
            return learn(model, progress)
        progress("given coefficients")
        return take_over(model, model.recipe)


def steps(model: Model) -> int:
    """How many steps of progress training reports."""
    return 1 if isinstance(model.recipe, Given) else FOLDS * (1 + len(references(model))) + 1


def learn(model: Model, progress: Progress) -> Card:
    kind = kind_of(model)
    table, y = read_table(model)
    X, truth = table[list(model.input)], y.to_numpy()
    make_folder(model)
    chosen: Counter[str] = Counter()

    def fit_best(X: pd.DataFrame, y: pd.Series) -> Any:
        # Whatever is chosen is chosen anew inside each fold.
        best = choose(model, X, y)
        chosen[best.name] += 1
        return kind.estimator(model, best).fit(X, y)

    def predict_all(fit: Fit, X: pd.DataFrame) -> Predicted:
        rows, parts = [], []
        for outside, predicted in unseen(model, fit, X, y, FOLDS, seed=0):
            rows.append(outside)
            parts.append(predicted)
            progress("cross-validation")
        return np.concatenate(parts)[np.argsort(np.concatenate(rows))]

    out_of_fold = predict_all(fit_best, X)
    evaluation = kind.headline(truth, out_of_fold) | kind.evaluate(model, X, truth, out_of_fold)
    evaluation["chosen_in_folds"] = dict(chosen)
    evaluation["compared"] = {
        name: kind.headline(truth, predict_all(one.fit, table)) for name, one in references(model).items()
    }
    figures = {name: evaluation.pop(name) for name, value in [*evaluation.items()] if isinstance(value, float)}
    progress("fit on all rows")
    best = choose(model, X, y)
    fitted = kind.estimator(model, best).fit(X, y)
    people = compile_people(model, X, y, kind.answers(out_of_fold))
    return save(
        model,
        fitted,
        people,
        recipe={"chosen": best.name, "C": best.C},
        data={"rows": len(X), "sha256": data_digest(model), "people": hashlib.sha256(people).hexdigest()},
        observed={name: observed(model, X[name]) for name in model.input},
        evaluation=digits({"figures": figures, **evaluation}),
        engine={"name": "tables", **kind.compile(model, best, fitted, X, y)},
    )


def unseen(
    model: Model, fit: Fit, X: pd.DataFrame, y: pd.Series, folds: int, seed: int
) -> Iterator[tuple[Any, Predicted]]:
    """For each fold its rows, and what is predicted of them by a fit to the others."""
    kind = kind_of(model)
    for inside, outside in kind.folds(folds, shuffle=True, random_state=seed).split(X, y):
        yield outside, kind.predict(fit(X.iloc[inside], y.iloc[inside]), X.iloc[outside])


def choose(model: Model, X: pd.DataFrame, y: pd.Series) -> Candidate:
    """The candidate that does best on folds of these rows alone."""
    kind, candidates, truth = kind_of(model), model.learns.candidates, y.to_numpy()

    def loss(candidate: Candidate) -> float:
        parts = unseen(model, kind.estimator(model, candidate).fit, X, y, INNER_FOLDS, seed=1)
        return sum(kind.headline(truth[rows], predicted)[kind.columns[0]] for rows, predicted in parts)

    return min(candidates, key=loss) if len(candidates) > 1 else candidates[0]


def observed(model: Model, column: pd.Series) -> dict[str, Any]:
    """What the data holds of an input: its ends and its middle, or how often each answer occurs."""
    asked, unknown = model.input[str(column.name)], int(column.isna().sum())
    if isinstance(asked, ChoiceInput):
        return {"counts": column.value_counts()[list(asked.choices)].to_dict(), "unknown": unknown}
    middle = float(column.quantile(0.5, interpolation="nearest"))
    return {"lowest": float(column.min()), "highest": float(column.max()), "middle": middle, "unknown": unknown}


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


def take_over(model: Model, given: Given) -> Card:
    """Write the pickle and the card of a regression whose two coefficients were fitted elsewhere."""
    make_folder(model)
    asked = model.input[given.input]
    assert isinstance(asked, PhotoInput)
    fitted = LogisticRegression()
    fitted.classes_, fitted.n_features_in_ = np.array([0, 1]), 1
    fitted.intercept_, fitted.coef_ = np.array([given.intercept]), np.array([[given.slope]])
    ends, name = [asked.lowest, asked.highest], [given.input]
    points = [[given.slope * end] for end in ends]
    return save(
        model,
        fitted,
        recipe={"chosen": "given", "intercept": given.intercept, "slope": given.slope},
        data={"rows": int(given.figures["rows"]), "sha256": None},
        observed={},
        evaluation={"figures": given.figures, "source": given.source},
        engine={
            "name": "tables",
            "intercept": [given.intercept],
            "terms": [{"inputs": name, "levels": [ends], "between": name, "whole": [], "points": points}],
            "people": {"inputs": [], "answers": [], "counts": []},
        },
    )


def report(model: Model, card: Card) -> str:
    """The table of figures that training prints."""
    if isinstance(model.recipe, Given):
        return f"{model.name}: coefficients given; {model.recipe.source}"
    evaluation, columns = card.evaluation, kind_of(model).columns
    rows = {f"Likely, version {card.version}": evaluation.figures, **evaluation.compared}
    width = max(map(len, rows))
    lines = [
        f"{model.words.title}: {card.data.rows:,} rows, out of fold",
        "  " + " " * width + "".join(f"{name.replace('_', ' '):>19}" for name in columns),
        *(f"  {name:{width}}" + "".join(f"{row[column]:>19.4f}" for column in columns) for name, row in rows.items()),
    ]
    if list(evaluation.chosen_in_folds) != [""]:
        chosen = "; ".join(f"{name} ({count} folds)" for name, count in evaluation.chosen_in_folds.items())
        lines.append(f"  chosen inside the folds: {chosen}")
    if "range_holds" in evaluation.figures:
        held = evaluation.figures["range_holds"]
        lines.append(f"  the {model.learns.holds * 100:.0f} % range holds {held:.1%} of cases out of fold")
    return "\n".join(lines)
