"""Training one model: mirror check, cross-validation, fit, pickle, card."""

import hashlib
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from os import cpu_count
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from model.declare.inputs import NumberInput
from model.declare.model import Model
from model.declare.photo import PhotoInput
from model.declare.recipe import Given, Wrapped
from model.evaluate.metrics import digits
from model.predict.card import Card
from model.predict.logistic import logit

from .artefacts import make_folder, save
from .background import choose_background
from .choice import Fit, choose, fit, unseen
from .kinds import Predicted, kind_of
from .people import compile_people
from .references import fit_reference, references
from .rows import Rows
from .summary import observed, without_rows
from .table import Disagreement, data_digest, rows_of, weights_of

Progress = Callable[[str], None]


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
    if recipe.speaks_for:
        weights = weights_of(told.table[recipe.speaks_for])
        evaluation["weighted"] = {"by": recipe.speaks_for, **kind.weigh(told.truth, out_of_fold, weights)}
    evaluation["chosen_in_folds"] = dict(chosen)
    evaluation["compared"] = {
        name: kind.headline(told.truth, predict_all(partial(fit_reference, one))[0], told.weights)
        for name, one in references(model).items()
    }
    figures = {name: evaluation.pop(name) for name, value in [*evaluation.items()] if isinstance(value, float)}
    progress("fit on all rows")
    best = choose(model, rows)
    fitted = fit(model, best, rows)
    # Of an amount the estimate alone, without the ends of its range.
    width = None if kind.is_counted else 1
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
        background=choose_background(model, rows.answers, lambda X: kind.answers(kind.predict(fitted, X))[:, :width]),
        evaluation=digits({"figures": figures, **evaluation}),
        engine={
            "name": "tables",
            **kind.compile(model, best, fitted, rows),
            **kind.range_table(model, told.truth, out_of_fold),
        },
    )


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
    terms = [{"inputs": name, "levels": [ends], "between": name, "whole": [], "points": points}]
    if given.prior:
        # Its feature is the log odds, each of which is worth one point.
        prior = model.input[given.prior]
        assert isinstance(prior, NumberInput)
        reach = [logit(end / 100) for end in (prior.lowest, prior.highest)]
        own: dict[str, Any] = {"inputs": [given.prior], "levels": [reach], "between": [given.prior], "whole": []}
        terms.append({**own, "points": [[end] for end in reach]})
    return save(
        model,
        fitted,
        recipe={"chosen": "given", "intercept": given.intercept, "slope": given.slope},
        data={"rows": int(given.figures.get("fitted", given.figures["rows"])), "sha256": None},
        observed={},
        evaluation={
            "figures": given.figures,
            "source": given.source,
            "told": {"kinds": [list(one) for one in given.kinds]},
        },
        engine={
            "name": "tables",
            "intercept": [given.intercept],
            "terms": terms,
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
