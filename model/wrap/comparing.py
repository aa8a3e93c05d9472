"""Comparing what is served with the original: on every row, and wherever the two could differ."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from model.predict.engine import Engine

from .asking import Asked, before, clean
from .original import CannotWrap, Failed, Numbers, Original, Rows

# Rows of the table that stand for the others where one answer is changed in many ways.
SOME = 400
MIXED = 2_000
# Of very many cuts some, evenly spread, are looked at from both sides.
MOST_CUTS = 4_000


Cuts = Mapping[str, Collection[Any]]


def compare(
    original: Original,
    engine: Engine,
    inputs: Sequence[Asked],
    X: pd.DataFrame,
    cuts: Cuts,
    column: int | None,
    most: float,
) -> float:
    """The largest difference over all that is tried, if it is no more than this; of an amount relative to its size."""
    furthest = 0.0
    for what, rows in tried(inputs, X, cuts):
        try:
            expected = original.predict(rows)
        except Failed as fault:
            raise CannotWrap(f"The model refuses {what}: {fault}") from None
        expected = expected if column is None else expected[:, [column]]
        apart = difference(engine, rows, expected)
        if not apart <= most:
            raise CannotWrap(
                f"What would be served differs from the model by {apart:.1e} on {what}, where {most:.0e} may be. "
                "So it is not served"
            )
        furthest = max(furthest, apart)
    return furthest


def difference(engine: Engine, rows: Rows, expected: Numbers) -> float:
    names, columns = list(rows), zip(*rows.values(), strict=True)
    got = np.array(engine.predict([dict(zip(names, row, strict=True)) for row in columns])).T
    apart = np.abs(got - expected) / np.maximum(np.abs(expected), 1)
    return float("inf") if np.isnan(apart).any() else float(apart.max())


def tried(inputs: Sequence[Asked], X: pd.DataFrame, cuts: Cuts) -> Iterator[tuple[str, Rows]]:
    """What is compared, with words for it."""
    dice = np.random.default_rng(0)
    yield "rows of the table", {one.name: [clean(v) for v in X[one.name].tolist()] for one in inputs}
    some = X.iloc[dice.choice(len(X), min(SOME, len(X)), replace=False)]
    base: Mapping[str, list[Any]] = {one.name: [clean(v) for v in some[one.name].tolist()] for one in inputs}
    for one in inputs:
        if one.unknown:
            yield f"rows without {one.name}", {**base, one.name: [None] * len(some)}
        own = [*one.tried, *one.unknown] if not one.is_number else [*ends(one), *sides(one, cuts.get(one.name, ()))]
        places = np.arange(max(len(own), 1)) % len(some)
        others = {name: [column[at] for at in places] for name, column in base.items()}
        yield f"other values of {one.name}", {**others, one.name: own}
    mixed = {one.name: [one.tried[at] for at in dice.integers(len(one.tried), size=MIXED)] for one in inputs}
    yield "rows put together from all answers", mixed


def ends(one: Asked) -> list[Any]:
    return [one.known[0], one.known[-1]]


def sides(one: Asked, cuts: Collection[float]) -> list[Any]:
    """The cuts within the form's range, each with the number before it."""
    low, high = ends(one)
    own = [cut for cut in sorted(cuts) if low < cut <= high]
    own = own[:: max(len(own) // MOST_CUTS, 1)]
    return [x for cut in own for x in (before(cut, one.whole), int(cut) if one.whole else float(cut))]
