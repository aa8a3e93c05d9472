"""Groups of people two by two: by how much their estimates miss, and how many such misses luck alone would make.

A pair's gap is measured in its own standard error, √Σp(1 − p): what the estimates themselves let it vary by. Of so many
looks some are far off by luck; Holm's procedure (1979) tells which are too far off for that, however many there are.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.declare.model import Model
from model.declare.number import NumberInput
from model.predict.evaluation import Pair
from model.predict.logistic import NORMAL_95

Numbers = NDArray[np.float64]
Members = NDArray[np.bool_]

# Of fewer people nothing is looked at, and no more than so many pairs are told.
FEWEST = 100
MOST_TOLD = 8
# A number without groups of its own is cut into so many of equally many.
PARTS = 5
FALSELY = 0.05


def look_at_pairs(model: Model, X: pd.DataFrame, y: Numbers, chance: Numbers) -> dict[str, Any]:
    """How many pairs were looked at, how many ranges leave out 0, and the pairs that miss by most."""
    looked: list[tuple[float, Pair]] = []
    named = {name: list(groups_of(model, X, name)) for name in X.columns}
    for one, other in combinations(named, 2):
        for first, inside in named[one]:
            for second, also in named[other]:
                members = inside & also
                count = int(members.sum())
                if count >= FEWEST:
                    own, so = chance[members], y[members]
                    error = math.sqrt(float((own * (1 - own)).sum())) / count
                    gap = float((own - so).mean())
                    far = abs(gap) / max(error, 1e-12)
                    means = float(own.mean()), float(so.mean())
                    pair = Pair([one, other], [first, second], count, *means, gap, NORMAL_95 * error, is_sure=False)
                    looked.append((far, pair))
    looked.sort(key=lambda found: -found[0])
    sure = count_sure([far for far, _ in looked])
    return {
        "looked_at": len(looked),
        "outside": sum(far > NORMAL_95 for far, _ in looked),
        "by_luck": FALSELY * len(looked),
        "sure": sure,
        "worst": [asdict(pair) | {"is_sure": at < sure} for at, (_, pair) in enumerate(looked[:MOST_TOLD])],
    }


def groups_of(model: Model, X: pd.DataFrame, name: str) -> Iterator[tuple[str, Members]]:
    """The groups of one input: its choices, or numbers between the edges that the card uses, or else in fifths."""
    asked, column = model.input[name], X[name]
    if asked.choices:
        for value, label in asked.choices.items():
            yield label, (column == value).to_numpy()
    elif isinstance(asked, NumberInput):
        edges = model.learns.groups.get(name) or fifths(column)
        ends = [-math.inf, *edges, math.inf]
        for low, high in pairwise(ends):
            inside = (column >= low) & (column < high)
            start, end = asked.text(max(low, asked.lowest)), asked.text(min(high, asked.highest))
            label = (
                f"under {end}"
                if low == -math.inf
                else f"{start} and over"
                if high == math.inf
                else f"{start} to under {end}"
            )
            yield label, inside.to_numpy()
    if asked.may_be_unknown:
        yield "not recorded", column.isna().to_numpy()


def fifths(column: pd.Series) -> list[float]:
    cuts = np.unique(np.quantile(column.dropna(), np.arange(1, PARTS) / PARTS, method="nearest"))
    return [float(cut) for cut in cuts if cut > column.min()]


def count_sure(far: Sequence[float]) -> int:
    """Of gaps in standard errors, the furthest first, how many are too far off for luck (Holm's step-down)."""
    for at, one in enumerate(far):
        chance_of_it = math.erfc(one / math.sqrt(2))
        if chance_of_it > FALSELY / (len(far) - at):
            return at
    return len(far)
