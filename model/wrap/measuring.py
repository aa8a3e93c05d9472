"""How good a wrapped model is, and how far its estimates reach: from rows that it, or a fresh fit of it, had not seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.declare.model import Model
from model.evaluate.metrics import digits
from model.learn.artefacts import digest
from model.learn.kinds import kind_of
from model.learn.rows import Rows as LearntRows
from model.learn.samples import reach_of_samples
from model.learn.summary import without_rows
from model.learn.table import texts, typed

from .asking import clean
from .original import CannotWrap, Failed, Numbers, Original, Rows, open_table

FOLDS = 5


@dataclass(frozen=True)
class Measured:
    evaluation: dict[str, Any]
    # For each estimate a table by where it lies; none where nothing could be fitted anew.
    ranges: list[dict[str, Any]] | None
    # "folds", "unseen" or "nothing".
    how: str
    digest: str


@dataclass(frozen=True)
class Rater:
    """What is needed to ask the model, or a fresh fit of it, about the table's rows."""

    model: Model
    original: Original
    X: pd.DataFrame
    # The target as the model's own classes have it.
    y: list[Any]
    yes: int | None

    def rows(self, at: NDArray[Any] | None = None, X: pd.DataFrame | None = None) -> Rows:
        some = (self.X if X is None else X) if at is None else self.X.iloc[at]
        return {name: [clean(value) for value in some[name].tolist()] for name in self.model.input}

    def ours(self, predicted: Numbers) -> Numbers:
        """Of two chances that of yes comes second."""
        return predicted if self.yes is None else predicted[:, [1 - self.yes, self.yes]]

    def refit(self, at: NDArray[Any], y: Sequence[Any], asked: NDArray[Any]) -> Numbers:
        return self.ours(self.original.refit(self.rows(at), y, self.rows(asked)))


def measure(
    model: Model,
    original: Original,
    X: pd.DataFrame,
    y: pd.Series,
    target: pd.Series,
    labels: Sequence[str],
    yes: str | None,
    unseen: Path | None,
    progress: Callable[[str], None],
) -> Measured:
    kind, table = kind_of(model), digest(model.learns.path) if model.learns.path else ""
    own = [original.about["classes"][labels.index(one)] for one in texts(target)] if labels else target.tolist()
    rater = Rater(model, original, X, own, None if yes is None else labels.index(yes))
    if unseen is not None:
        X, y, predicted = ask_about_unseen(rater, unseen)
        how, ranges, folds = "unseen", None, np.random.default_rng(0).permutation(len(y)) % FOLDS
    elif original.about["can_fit"] and (found := refit_in_folds(rater, y, progress)) is not None:
        (predicted, folds), how = found, "folds"
        ranges = spread_of_samples(rater, predicted, progress) if kind.is_counted else None
    else:
        return Measured(digits({"figures": {}, **kind.usual(model, y)}), None, "nothing", table)
    truth = y.to_numpy()
    predicted = kind.with_range(model, truth, predicted, folds)
    ranges = kind.range_table(model, truth, predicted, folds).get("ranges", ranges)
    evaluation = kind.headline(truth, predicted) | kind.evaluate(model, X, truth, predicted)
    evaluation = without_rows(model, truth, predicted, evaluation)
    figures = {name: evaluation.pop(name) for name, value in [*evaluation.items()] if isinstance(value, float)}
    return Measured(digits({"figures": figures, **evaluation}), ranges, how, table)


def ask_about_unseen(rater: Rater, path: Path) -> tuple[pd.DataFrame, pd.Series, Numbers]:
    model, data = rater.model, open_table(path)
    missing = [name for name in (*model.input, model.learns.target) if name not in data]
    if missing:
        raise CannotWrap(f"{path.name} has no column {', '.join(missing)}")
    data = data[data[model.learns.target].notna()]
    X = pd.DataFrame({asked.name: typed(data[asked.name], asked) for asked in model.inputs})
    y = kind_of(model).target(model, texts(data[model.learns.target]))
    return X, y, rater.ours(rater.original.predict(rater.rows(X=X)))


def refit_in_folds(
    rater: Rater, y: pd.Series, progress: Callable[[str], None]
) -> tuple[Numbers, NDArray[np.intp]] | None:
    """What fits to the other folds say of each row, and its fold; None where the model cannot be fitted anew."""
    learnt = LearntRows(tuple(rater.model.input), kind_of(rater.model).is_counted, rater.X, y)
    rows, parts, folds = [], [], np.empty(len(y), dtype=np.intp)
    for number, (inside, outside) in enumerate(learnt.folds(FOLDS, seed=0)):
        try:
            parts.append(rater.refit(inside, [rater.y[at] for at in inside], outside))
        except Failed as fault:
            progress(f"it cannot be fitted anew ({fault})")
            return None
        rows.append(outside)
        folds[outside] = number
        progress("fitting anew")
    return np.concatenate(parts)[np.argsort(np.concatenate(rows))], folds


def spread_of_samples(rater: Rater, predicted: Numbers, progress: Callable[[str], None]) -> list[dict[str, Any]] | None:
    classes = rater.original.about["classes"]
    order = classes if rater.yes is None else [classes[1 - rater.yes], classes[rater.yes]]

    def refit(at: NDArray[Any], drawn: NDArray[Any], asked: NDArray[Any]) -> Numbers | None:
        progress("fitting to samples")
        try:
            return rater.refit(at, [order[one] for one in drawn], asked)
        except Failed:
            return None

    return reach_of_samples(predicted, refit)
