"""A model beside what it is measured against, on the same folds: figures over several seeds, and who is ahead."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from os import cpu_count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.declare.model import Model
from model.evaluate.paired import LOSSES, ahead
from model.evaluate.paired import losses as lost

from .choice import Learn, unseen
from .kinds import Predicted, kind_of
from .rows import Rows

OWN = ""


def predict_all(
    model: Model, learn: Learn, rows: Rows, seed: int, progress: Callable[[str], None]
) -> tuple[Predicted, Rows, NDArray[np.intp]]:
    """What is predicted of the rows that were tested, in their order; these rows, and the fold of each."""
    tested, parts, folds = [], [], []
    for number, (outside, predicted) in enumerate(unseen(learn, rows, model.learns.folds, seed, cpu_count() or 1)):
        tested.append(outside)
        parts.append(predicted)
        folds.append(np.full(len(outside), number))
        progress("cross-validation")
    places, fold_of = np.concatenate(tested), np.concatenate(folds)
    order = np.argsort(places)
    truth = rows.truth[places]
    predicted = kind_of(model).with_range(model, truth, np.concatenate(parts), fold_of)
    return predicted[order], rows.take(places[order]), fold_of[order]


def regrouped(rows: Rows, column: str) -> Rows:
    """The same rows, of which those with the same value of a column are never parted; with none, any are."""
    return replace(rows, groups=rows.table[column].to_numpy() if column else None)


def hold(
    model: Model,
    rows: Rows,
    learners: Mapping[str, Learn],
    progress: Callable[[str], None],
    known: Mapping[str, tuple[Predicted, Rows]],
) -> dict[str, Any]:
    """Each learner's figures over several seeds of folds, and how far the model is ahead of the others.

    Rows that share a cluster count as one where it is asked how sure that is. What was predicted with the first seed may
    be known already.
    """
    kind, seeds, clusters = kind_of(model), model.learns.seeds, model.learns.clusters
    of_others = model.learns.other_seeds or seeds
    figures: dict[str, list[dict[str, float]]] = {name: [] for name in learners}
    losses: dict[str, dict[str, Any]] = {name: {} for name in learners}
    for seed in range(seeds):
        for name, learn in learners.items():
            if name != OWN and seed >= of_others:
                continue
            if seed == 0 and name in known:
                said, told = known[name]
            else:
                said, told, _ = predict_all(model, learn, rows, seed, progress)
            figures[name].append(kind.headline(told.truth, said, told.weights))
            for figure in kind.columns:
                if figure in LOSSES:
                    one = lost(figure, told.truth, said, told.weights) / (seeds if name == OWN else of_others)
                    losses[name][figure] = losses[name].get(figure, 0) + one
    groups = told.table[clusters].to_numpy() if clusters else None
    own = losses[OWN]
    return {
        "seeds": seeds,
        "other_seeds": of_others,
        "own": spreads(figures[OWN]),
        "others": {name: spreads(each) for name, each in figures.items() if name != OWN},
        "ahead": {
            name: {
                figure: ahead(figure, told.truth, own[figure], other[figure], groups, told.weights) for figure in other
            }
            for name, other in losses.items()
            if name != OWN
        },
    }


def spreads(figures: list[dict[str, float]]) -> dict[str, dict[str, float]]:
    return {name: dict(spread([one[name] for one in figures])) for name in figures[0]}


def spread(values: list[float]) -> Iterator[tuple[str, float]]:
    yield from (("mean", float(np.mean(values))), ("least", min(values)), ("most", max(values)))
