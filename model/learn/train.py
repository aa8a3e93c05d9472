"""Training one model: mirror check, cross-validation, fit, pickle, card."""

import hashlib
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, partial
from os import cpu_count
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder
from threadpoolctl import threadpool_limits

from model.declare.inputs import ChoiceInput
from model.declare.model import Model
from model.declare.photo import PhotoInput
from model.declare.recipe import Blend, Boosted, Given, Way, Wrapped
from model.evaluate.metrics import digits
from model.evaluate.told import FEWEST, Crowd
from model.predict.card import Card

from .artefacts import make_folder, save
from .kinds import Kind, Predicted, kind_of
from .people import compile_people
from .rows import Rows
from .table import Disagreement, data_digest, rows_of

Progress = Callable[[str], None]
Fit = Callable[[Rows], Any]
# Boosting takes most of the time. To choose, half its bags will do; and where it loses so many times as much as the
# best curves on the first fold, neither it nor a blend with it will be chosen.
BAGS_TO_CHOOSE = 2
HOPELESS = 1.15


def train(model: Model, progress: Progress = lambda step: None) -> Card:
    """Train a model and write its pickle and its card; return the card."""
    if isinstance(model.recipe, Wrapped):
        raise Disagreement(f"{model.name} was fitted elsewhere and wrapped. Wrap it again: python run.py wrap FILE")
    # How many threads share a sum decides its last digits, and with them the version.
    with threadpool_limits(1, "blas"), without_chatter():
        if not isinstance(model.recipe, Given):
            return learn(model, progress)
        progress("given coefficients")
        return take_over(model, model.recipe)


@contextmanager
def without_chatter() -> Iterator[None]:
    """Boosting says that its own drawings leave out what is missing; here nothing does.

    And scikit-learn complains where two threads change Python's filters of warnings at once, as it does itself.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module="interpret")
        show = warnings.showwarning

        def show_others(message: Warning | str, *about: Any, **more: Any) -> None:
            if not any(said in str(message) for said in ("sklearn.utils.parallel", "Our visualizations do not")):
                show(message, *about, **more)

        warnings.showwarning = show_others
        yield


def steps(model: Model) -> int:
    """How many steps of progress training reports."""
    return 1 if isinstance(model.recipe, Given) else model.recipe.folds * (1 + len(references(model))) + 1


def learn(model: Model, progress: Progress) -> Card:
    kind, recipe = kind_of(model), model.learns
    rows = rows_of(model)
    make_folder(model)
    chosen: Counter[str] = Counter()

    def fit_best(rows: Rows) -> Any:
        # Whatever is chosen is chosen anew inside each fold.
        best = choose(model, rows)
        chosen[best.name] += 1
        return fit(model, best, rows)

    def predict_all(fit: Fit) -> tuple[Predicted, Rows]:
        """What is predicted of the rows that were tested, in their order, and these rows."""
        tested, parts, folds = [], [], []
        for number, (outside, predicted) in enumerate(unseen(kind, fit, rows, recipe.folds, 0, cpu_count() or 1)):
            tested.append(outside)
            parts.append(predicted)
            folds.append(np.full(len(outside), number))
            progress("cross-validation")
        places = np.concatenate(tested)
        order = np.argsort(places)
        predicted = kind.with_range(model, rows.truth[places], np.concatenate(parts), np.concatenate(folds))
        return predicted[order], rows.take(places[order])

    out_of_fold, told = predict_all(fit_best)
    evaluation = kind.headline(told.truth, out_of_fold, told.weights)
    evaluation |= kind.evaluate(model, told.answers, told.truth, out_of_fold)
    evaluation = without_rows(model, told.truth, out_of_fold, evaluation)
    evaluation["chosen_in_folds"] = dict(chosen)
    evaluation["compared"] = {
        name: kind.headline(told.truth, predict_all(partial(fit_reference, one))[0], told.weights)
        for name, one in references(model).items()
    }
    figures = {name: evaluation.pop(name) for name, value in [*evaluation.items()] if isinstance(value, float)}
    progress("fit on all rows")
    best = choose(model, rows)
    fitted = fit(model, best, rows)
    people = compile_people(model, told.answers, told.y, kind.answers(out_of_fold)) if recipe.shows_rows else None
    return save(
        model,
        fitted,
        people,
        recipe={"chosen": best.name, "C": getattr(best, "C", None)},
        data={
            "rows": len(rows),
            "sha256": data_digest(model),
            "people": hashlib.sha256(people).hexdigest() if people else None,
        },
        observed={name: observed(model, rows.table[name]) for name in model.input},
        evaluation=digits({"figures": figures, **evaluation}),
        engine={
            "name": "tables",
            **kind.compile(model, best, fitted, rows),
            **kind.range_table(model, told.truth, out_of_fold),
        },
    )


def fit(model: Model, candidate: Way, rows: Rows) -> Any:
    return kind_of(model).estimator(model, candidate).fit(rows.answers, rows.y, rows.weights)


def fit_reference(reference: Any, rows: Rows) -> Any:
    weights = {} if rows.weights is None else {f"{reference.steps[-1][0]}__sample_weight": rows.weights}
    return clone(reference).fit(rows.table, rows.y, **weights)


def unseen(
    kind: Kind, fit: Fit, rows: Rows, folds: int, seed: int, at_a_time: int = 1
) -> Iterator[tuple[Any, Predicted]]:
    """For each fold its rows, and what is predicted of them by a fit to the others."""

    def predict(parts: tuple[Any, Any]) -> tuple[Any, Predicted]:
        inside, outside = parts
        return outside, kind.predict(fit(rows.take(inside)), rows.take(outside).table)

    if at_a_time == 1:
        yield from map(predict, rows.folds(folds, seed))
        return
    # The sums of a fit are made outside Python, so that threads share the processors.
    with ThreadPoolExecutor(at_a_time) as pool:
        yield from pool.map(predict, rows.folds(folds, seed))


@dataclass(frozen=True)
class Trial:
    """One way to learn, and what it predicts of some rows when it learns from the others."""

    kind: Kind
    way: Any
    told: Sequence[tuple[Rows, Predicted]]

    @cached_property
    def losses(self) -> list[float]:
        """The loss of each fold."""
        figure = self.kind.columns[0]
        return [self.kind.headline(rows.truth, said, rows.weights)[figure] for rows, said in self.told]

    @property
    def loss(self) -> float:
        return sum(self.losses)


def choose(model: Model, rows: Rows) -> Way:
    """The candidate that does best on folds of these rows alone, or the best blend of two."""
    kind, candidates = kind_of(model), model.learns.candidates
    if len(candidates) == 1:
        return candidates[0]
    curves = [try_out(model, way, rows) for way in candidates if not isinstance(way, Boosted)]
    most = [
        min(trial.losses[at] for trial in curves) * HOPELESS for at in range(model.learns.inner_folds if curves else 0)
    ]
    machines = [try_out(model, way, rows, most) for way in candidates if isinstance(way, Boosted)]
    machines = [trial for trial in machines if not curves or len(trial.told) == len(curves[0].told)]
    blends = []
    if curves and machines and model.learns.blends:
        one, other = (min(some, key=lambda trial: trial.loss) for some in (curves, machines))
        pairs = [(tested, own, also) for (tested, own), (_, also) in zip(one.told, other.told, strict=True)]
        for share in model.learns.blends:
            said = [(tested, kind.blend(own, also, share)) for tested, own, also in pairs]
            blends.append(Trial(kind, Blend(one.way, other.way, share), said))
    return min([*curves, *machines, *blends], key=lambda trial: trial.loss).way


def try_out(model: Model, way: Way, rows: Rows, most: Sequence[float] = ()) -> Trial:
    """One candidate on the inner folds; of a boosting machine that loses more than this on the first, no others."""
    quick = replace(way, bags=min(way.bags, BAGS_TO_CHOOSE)) if isinstance(way, Boosted) else way
    kind, told = kind_of(model), []
    for at, predicted in unseen(kind, partial(fit, model, quick), rows, model.learns.inner_folds, seed=1):
        told.append((rows.take(at), predicted))
        if len(told) == 1 and most and Trial(kind, way, told).loss > most[0]:
            break
    return Trial(kind, way, told)


def observed(model: Model, column: pd.Series) -> dict[str, Any]:
    """What the data holds of an input: its ends and its middle, or how often each answer occurs."""
    asked, unknown = model.input[str(column.name)], int(column.isna().sum())
    fewest = 0 if model.learns.shows_rows else FEWEST
    unknown = unknown if unknown >= fewest else 0
    if isinstance(asked, ChoiceInput):
        counts = column.value_counts().reindex(list(asked.choices), fill_value=0)
        return {"counts": counts.where(counts >= fewest, 0).to_dict(), "unknown": unknown}
    middle = float(column.quantile(0.5, interpolation="nearest"))
    return {"lowest": float(column.min()), "highest": float(column.max()), "middle": middle, "unknown": unknown}


def without_rows(model: Model, truth: Any, predicted: Predicted, found: Mapping[str, Any]) -> dict[str, Any]:
    """Where rows may not be shown: what is told of them all, and no count under ten nor a table with such a one."""
    evaluation = dict(found)
    if model.learns.shows_rows:
        return evaluation
    kind = kind_of(model)
    crowd = Crowd(kind.answers(predicted).T.tolist(), truth.tolist())
    evaluation["told"] = kind.tell(model, crowd, evaluation)
    if any(0 < count < FEWEST for row in evaluation.get("confusion", ()) for count in row):
        evaluation["confusion"] = []
    if "groups" in evaluation:
        evaluation["groups"] = [one for one in evaluation["groups"] if one["people"] >= FEWEST]
    return evaluation


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
