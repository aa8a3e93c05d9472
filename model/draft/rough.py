"""A rough model of a table: good enough to tell a low row from a high one, and which inputs tell most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import Ridge
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from model.learn.design import Bends

from .columns import Column

# More inputs than people like to answer.
MOST_INPUTS = 12
MOST_ROWS = 5_000
# Below this share of what varies, which inputs tell most is chance.
LEAST_TOLD = 0.02


def rough_model(columns: Mapping[str, Column]) -> Any:
    """An unfitted sum of what each input tells."""
    parts = [
        (
            name,
            Bends(one.numbers.knots, 1, straight=False, may_be_missing=True)
            if one.is_number
            else OneHotEncoder(handle_unknown="ignore"),
            [name],
        )
        for name, one in columns.items()
    ]
    return make_pipeline(ColumnTransformer(parts, sparse_threshold=0), Ridge(10.0))


def name_strongest(
    columns: Mapping[str, Column], table: pd.DataFrame, outcome: pd.Series, are_classes: bool
) -> list[str]:
    """Of many inputs the names of those that tell most, and how much of what all tell: a sentence, or none."""
    if len(columns) <= MOST_INPUTS:
        return []
    some = table[list(columns)].sample(min(MOST_ROWS, len(table)), random_state=0)
    told = (pd.get_dummies(outcome).astype(float) if are_classes else outcome).loc[some.index]
    fitted = rough_model(columns).fit(some, told)
    values, weights = fitted[0].transform(some), np.atleast_2d(fitted[1].coef_)
    places = fitted[0].output_indices_
    moved = {name: (values[:, places[name]] @ weights[:, places[name]].T).std(axis=0).sum() for name in columns}
    best = sorted(columns, key=lambda name: -moved[name])[:MOST_INPUTS]
    by_all = cross_val_score(rough_model(columns), some, told, scoring="r2").mean()
    by_best = cross_val_score(rough_model({name: columns[name] for name in best}), some, told, scoring="r2").mean()
    if by_all < LEAST_TOLD:
        return []
    others = " ".join(f'--drop "{one.source}"' for name, one in columns.items() if name not in best)
    share = f"{MOST_INPUTS} of the {len(columns)} inputs tell {min(by_best / by_all, 1):.0%} of what all tell"
    return [f"{share}: {', '.join(best)}. To ask for no others: {others}"]
