"""The challenger: another kind of model that is just as good, and what it says where it and the model differ.

It is boosting as trees, written down as numbers to look up, in a file of its own beside the card. Serving reads that
file when somebody first asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from model.declare.model import Model
from model.evaluate.shares import Share
from model.predict.card import Challenger
from model.predict.ranges import LEAST

from .errors import parts_of
from .kinds import Predicted, kind_of
from .references import SAME_INPUTS, Tuned, fit_reference
from .rows import Rows
from .trees import LIGHTGBM, write_down

# Estimates that differ by more than so many points are said to differ.
APART = 0.05
# Of fewer people nothing is said.
FEWEST = 30
# Its estimates are parted into so many, each of which has a reach of its own.
PARTS = 10


def challenger_among(others: Mapping[str, Any]) -> str | None:
    """Which of those that a model is measured against may challenge it: boosting as trees, that asks no more than it."""
    return next((name for name in (SAME_INPUTS, LIGHTGBM) if name in others), None)


def is_as_good(ahead: Mapping[str, Mapping[str, float]], model: Model) -> bool:
    """Whether the range of the difference includes none, or the other kind of model is better."""
    return ahead[kind_of(model).columns[0]]["low"] <= 0


def compile_challenger(model: Model, tuned: Tuned, rows: Rows) -> tuple[dict[str, Any], bytes]:
    """What the card says of it, and its file: fitted to all rows."""
    machine = fit_reference(tuned, rows)[-1]
    program, file = write_down(machine, model)
    settings = {name: machine.get_params()[name] for name in ("num_leaves", "n_estimators", "learning_rate")}
    return {"name": "boosted trees", "program": program, "settings": settings}, file


def reach_around(other: Predicted, third: Predicted) -> dict[str, Any]:
    """By tenth of the challenger's chances how far a third kind of model lies from it, in most cases."""
    one, two = (np.clip(said[:, 1], LEAST, 1 - LEAST) for said in (other, third))
    apart = np.abs(np.log(one / (1 - one)) - np.log(two / (1 - two)))
    edges, parts = parts_of(one, PARTS)
    reach = [float(np.quantile(apart[part], Challenger.reaches_of_ten / 10)) if part.any() else 0.0 for part in parts]
    return {"ranges": [{"edges": edges, "reach": reach}]}


def tell_apart(y: Any, own: Predicted, other: Predicted) -> dict[str, Any]:
    """Where two chances differ by more than a few points: how often, what each said on average, and what was so."""
    if own.shape[1] != 2:
        return {}
    gap = other[:, 1] - own[:, 1]
    cases = []
    for higher in (True, False):
        rows = gap > APART if higher else gap < -APART
        if rows.sum() < FEWEST:
            continue
        so = Share(int(y[rows].sum()), int(rows.sum()))
        averages = {"own": float(own[rows, 1].mean()), "other": float(other[rows, 1].mean())}
        observed = {"value": so.value, "low": so.low, "high": so.high}
        cases.append({"higher": higher, "people": so.people, **averages, "observed": observed})
    return {"differ": float(np.mean(np.abs(gap) > APART)), "cases": cases}
