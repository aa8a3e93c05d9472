"""Groups of people two by two: by how much their estimates miss, and how many such misses luck alone would make.

A pair's gap has the standard error √Σp(1 − p): what the estimates themselves let it vary by. Of so many looks some are far
off by luck; Holm's procedure (1979) tells which are too far off for that, however many there are. It needs the chance of
such a miss far out, where counts of what is rare have no bell curve: that comes by a saddlepoint (Lugannani and Rice, 1980), or,
where hardly anybody is in doubt, from the counts' own distribution.
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

from .calibration import logits

Numbers = NDArray[np.float64]
Members = NDArray[np.bool_]

# Of fewer people nothing is looked at, and no more than so many pairs are told.
FEWEST = 100
MOST_TOLD = 8
# A number without groups of its own is cut into so many of equally many.
PARTS = 5
FALSELY = 0.05
# Nearer than so many standard errors no miss is worth a closer look, and the saddlepoint would divide by next to nothing.
# So many steps of Newton's find it, each of one unit of the log odds at most.
NEAR, STEPS = 1.2, 40
# Where a count varies by less than this, only a few people are in doubt, and beyond these the saddlepoint is far off. Of so
# many people at most the counts' own distribution is added up instead.
LITTLE, MOST_ADDED = 10, 5_000


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
                    means = float(own.mean()), float(so.mean())
                    pair = Pair([one, other], [first, second], count, *means, gap, NORMAL_95 * error, is_sure=False)
                    looked.append((chance_of_miss(own, float(so.sum())), pair))
    looked.sort(key=lambda found: (found[0], -abs(found[1].gap) / max(found[1].reach, 1e-12)))
    sure = count_sure([chance_of_it for chance_of_it, _ in looked])
    return {
        "looked_at": len(looked),
        "outside": sum(abs(pair.gap) > pair.reach for _, pair in looked),
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


def chance_of_miss(own: Numbers, count: float) -> float:
    """How likely these estimates, if they are right, let the count be so far off their sum, to either side."""
    expected, variance = float(own.sum()), float((own * (1 - own)).sum())
    if abs(count - expected) <= NEAR * math.sqrt(variance):
        return 1.0
    if count > expected:
        # Of those of whom it is not so there are as much too few.
        own, count = 1 - own, len(own) - count
    return min(1.0, 2 * at_most(own, count))


def at_most(own: Numbers, count: float) -> float:
    """The chance of no more than so many, where that is fewer than expected."""
    if count <= 0:
        return float(np.exp(np.log1p(-np.minimum(own, 1 - 1e-12)).sum()))
    if len(own) <= MOST_ADDED and float((own * (1 - own)).sum()) < LITTLE:
        return float(distribution(own)[: int(count) + 1].sum())
    # Up to the middle between this count and the next, since there is nothing between whole numbers.
    count, scores, tilt = count + 0.5, logits(own), 0.0
    if count >= own.sum():
        return 1.0
    for _ in range(STEPS):
        tilted = 1 / (1 + np.exp(-(scores + tilt)))
        tilt -= min(1.0, max(-1.0, float((tilted.sum() - count) / (tilted * (1 - tilted)).sum())))
    tilted = 1 / (1 + np.exp(-(scores + tilt)))
    grows = float((np.logaddexp(0, scores + tilt) - np.logaddexp(0, scores)).sum())
    far = -math.sqrt(max(0.0, 2 * (tilt * count - grows)))
    wide = 2 * math.sinh(tilt / 2) * math.sqrt(float((tilted * (1 - tilted)).sum()))
    density = math.exp(-far * far / 2) / math.sqrt(2 * math.pi)
    return max(0.0, math.erfc(-far / math.sqrt(2)) / 2 + density * (1 / far - 1 / wide))


def distribution(own: Numbers) -> Numbers:
    """How likely each count is, from none to all."""
    counts = np.zeros(len(own) + 1)
    counts[0] = 1.0
    for at, one in enumerate(own, start=1):
        counts[1 : at + 1] = counts[1 : at + 1] * (1 - one) + counts[:at] * one
        counts[0] *= 1 - one
    return counts


def count_sure(chances: Sequence[float]) -> int:
    """Of the chances of misses, the least first, how many are too small for luck (Holm's step-down)."""
    for at, one in enumerate(chances):
        if one > FALSELY / (len(chances) - at):
            return at
    return len(chances)
