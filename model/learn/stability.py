"""How far single estimates move when the model learns from other people: refits on resamples of the table, every choice
made anew (Riley and Collins, 2023)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.declare.model import Model

from .choice import choose, predict
from .kinds import kind_of
from .rows import Rows

# So many people are looked at, spread evenly over the estimates, and cut into so many parts by them.
MOST_PEOPLE = 4_000
PARTS = 10
HELD = (0.025, 0.975)


def find_stability(model: Model, rows: Rows, progress: Callable[[str], None]) -> dict[str, Any] | None:
    """By tenth of the estimates: how far those of refits lie from the model's own, and between what ends 95 % of them."""
    recipe, kind = model.learns, kind_of(model)
    if not recipe.refits or not kind.is_yes_or_no:
        return None
    dice = np.random.default_rng(0)
    own = predict(model, choose(model, rows), rows, rows)[:, 1]
    order = np.argsort(own, kind="stable")
    asked = order[np.linspace(0, len(order) - 1, min(MOST_PEOPLE, len(order))).astype(int)]
    people, refitted = rows.take(asked), []
    for _ in range(recipe.refits):
        again = rows.take(dice.integers(len(rows), size=len(rows)))
        refitted.append(predict(model, choose(model, again), again, people)[:, 1])
        progress("fitting to resamples")
    moved = np.array(refitted) - own[asked]
    parts = np.array_split(np.arange(len(asked)), PARTS)
    return {
        "refits": recipe.refits,
        **summary(moved),
        "bands": [
            {
                "start": float(own[asked[part[0]]]),
                "estimated": float(own[asked[part]].mean()),
                **dict(zip(("low", "high"), map(float, np.quantile(moved[:, part], HELD)), strict=True)),
                **summary(moved[:, part]),
            }
            for part in parts
        ],
    }


def summary(moved: NDArray[np.float64]) -> dict[str, float]:
    """How far a person's estimate moves on average, and that of the person at the 95th percentile."""
    each = np.abs(moved).mean(axis=0)
    return {"moves": float(each.mean()), "moves_most": float(np.quantile(each, 0.95))}
