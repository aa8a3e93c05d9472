"""A rough model of a table: good enough to tell a low row from a high one, and which inputs tell most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge
from sklearn.model_selection import cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder

from model.learn.design import Bends
from model.learn.estimators import weigh_by_amount

from .columns import Column
from .names import quoted

# More inputs than people like to answer.
MOST_INPUTS = 12
MOST_ROWS = 5_000
# Below this share of what varies, which inputs tell most is chance; the others of so many as tell this share help little.
LEAST_TOLD = 0.02
NEARLY_ALL = 0.99
# Errors that are this part of others are clearly less, of so many rows.
CLEARLY, FEWEST_TO_COMPARE = 0.97, 100
# What a sum says of the inputs is asked of trees, too, which see what inputs tell only together.
ROWS_FOR_TREES, NEARLY_ALL_BY_TREES = 2_000, 0.9
TOGETHER = ["these inputs tell much of the target only together, so leaving any of them out may lose much"]


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


def rough_trees(columns: Mapping[str, Column]) -> Any:
    """An unfitted forest over the same inputs."""
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-1)
    parts = [(name, "passthrough" if one.is_number else codes, [name]) for name, one in columns.items()]
    return make_pipeline(ColumnTransformer(parts), RandomForestRegressor(30, min_samples_leaf=5, random_state=0))


def is_multiplied(columns: Mapping[str, Column], table: pd.DataFrame, outcome: pd.Series) -> bool:
    """Whether an amount above 0 is told better by a sum of its logarithm, so that what each input does multiplies it."""
    if outcome.min() <= 0 or len(outcome) < FEWEST_TO_COMPARE:
        return False
    some = outcome.sample(min(MOST_ROWS, len(outcome)), random_state=0)
    inputs = table.loc[some.index, list(columns)]
    added = cross_val_predict(rough_model(columns), inputs, some)
    weights = {"ridge__sample_weight": weigh_by_amount(some)}
    multiplied = np.exp(cross_val_predict(rough_model(columns), inputs, np.log(some), params=weights))
    multiplied *= some.mean() / multiplied.mean()
    off = [float(np.sqrt(np.mean((told - some) ** 2))) for told in (added, multiplied)]
    return off[1] < CLEARLY * off[0]


def name_strongest(
    columns: Mapping[str, Column], table: pd.DataFrame, outcome: pd.Series, are_classes: bool
) -> list[str]:
    """The fewest inputs that tell nearly all of what all tell, and what leaving out the others loses: a sentence or none."""
    some = table[list(columns)].sample(min(MOST_ROWS, len(table)), random_state=0)
    told = (pd.get_dummies(outcome).astype(float) if are_classes else outcome).loc[some.index]

    def tells(names: Sequence[str]) -> float:
        return float(
            cross_val_score(rough_model({name: columns[name] for name in names}), some, told, scoring="r2").mean()
        )

    def trees_tell(names: Sequence[str]) -> float:
        few = some.iloc[:ROWS_FOR_TREES]
        trees = rough_trees({name: columns[name] for name in names})
        return float(cross_val_score(trees, few, told.loc[few.index], scoring="r2", cv=3).mean())

    by_all = tells(list(columns))
    if by_all < LEAST_TOLD:
        if trees_tell(list(columns)) > LEAST_TOLD:
            return TOGETHER
        return ["these inputs tell next to nothing of the target, as far as a rough look shows"]
    fitted = rough_model(columns).fit(some, told)
    values, weights = fitted[0].transform(some), np.atleast_2d(fitted[1].coef_)
    places = fitted[0].output_indices_
    moved = {name: (values[:, places[name]] @ weights[:, places[name]].T).std(axis=0).sum() for name in columns}
    order = sorted(columns, key=lambda name: -moved[name])
    for number in (at for at in (3, 5, 8, MOST_INPUTS) if at < len(columns)):
        best, share = order[:number], min(tells(order[:number]) / by_all, 1)
        if share >= NEARLY_ALL:
            break
    else:
        if len(columns) <= MOST_INPUTS:
            return []
    by_trees = trees_tell(list(columns))
    if by_trees > by_all and trees_tell(best) < NEARLY_ALL_BY_TREES * by_trees:
        return TOGETHER
    # A day becomes several inputs, which are left out together or not at all.
    asked = list(dict.fromkeys(columns[name].source for name in best))
    rest = dict.fromkeys(one.source for one in columns.values() if one.source not in asked)
    if not rest:
        return []
    others = " ".join(f"--drop {quoted(source)}" for source in rest)
    names = f"{', '.join(asked[:-1])} and {asked[-1]} tell" if len(asked) > 1 else f"{asked[0]} tells"
    # Rounded down: what tells a little less than all does not tell all.
    said = f"{names} {int(100 * share)}% of what all {len(columns)} inputs tell"
    if share == 1:
        said = f"{names} as much of the target as all {len(columns)} inputs"
    return [f"{said}. To ask for no others: {others}"]
