"""Reading a model's table, and the mirror check: the form and the table must agree."""

import hashlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.declare.inputs import Input, few
from model.declare.model import Model
from model.declare.number import NumberInput
from model.declare.recipe import Recipe

from .artefacts import digest
from .distinct import count_distinct, is_plain
from .kinds import kind_of
from .rows import Rows


class Disagreement(ValueError):
    """The form and the table do not mirror each other; the text names each input at fault."""


def read_table(model: Model) -> tuple[pd.DataFrame, pd.Series]:
    """The inputs as the form has them, and the target: yes as 1, a class as its number, an amount."""
    recipe, kind = model.learns, kind_of(model)
    raw = raw_table(recipe)
    names = ", ".join(map(str, raw.columns))
    faults = [
        f"{name}: the table has no such column. It has: {names}"
        for name in (*model.input, recipe.target)
        if name not in raw.columns
    ] + [
        f"{asked.name}: may be unknown, but only a model that answers with one probability averages over that. "
        'Write unknown="learnt" in the recipe, and it learns from the rows that lack it'
        for asked in model.inputs
        if asked.may_be_unknown and recipe.unknown == "averaged" and not kind.averages_unknown
    ]
    table = raw
    if not faults:
        spare = {name: pd.to_numeric(raw[name], errors="coerce") for name in recipe.reference_only}
        table = raw.assign(**spare, **{asked.name: typed(raw[asked.name], asked) for asked in model.inputs})
        faults = [fault for asked in model.inputs for fault in disagreements(asked, raw, table)]
    if faults:
        raise Disagreement(f"{model.name}: the form and the table disagree.\n  " + "\n  ".join(faults))
    target = table[recipe.target]
    try:
        if target.isna().any():
            missing = f"{target.name} is missing in {target.isna().sum():,} rows of the table"
            raise ValueError(f"{missing}. Leave these rows out")
        y = kind.target(model, texts(target))
        if (rows := kind.rows_of_each(y)) < recipe.folds:
            raise ValueError(
                f"{target.name} must have {recipe.folds} rows{kind.of_each} at least; there are only {rows}"
            )
        return table, y
    except ValueError as fault:
        raise Disagreement(f"{model.name}: {fault}") from None


def rows_of(model: Model) -> Rows:
    """The table's rows as a model learns from them."""
    recipe = model.learns
    table, y = (part.reset_index(drop=True) for part in read_table(model))
    for name in filter(None, (recipe.weights, recipe.grouped_by, recipe.ordered_by, recipe.speaks_for)):
        if name not in table.columns:
            raise Disagreement(f"{model.name}: the table has no column {name!r} to weigh, group or order its rows by")
    if recipe.grouped_by and (groups := table[recipe.grouped_by].nunique()) < recipe.folds:
        raise Disagreement(
            f"{model.name}: {recipe.grouped_by} puts the rows in {groups} groups, and {recipe.folds} are needed: "
            "one for each fold. Write fewer folds in the recipe"
        )
    weights = weights_of(table[recipe.weights]) if recipe.weights else None
    is_sum = kind_of(model).is_yes_or_no and any(map(is_plain, recipe.candidates))
    return Rows(
        tuple(model.input),
        kind_of(model).is_counted,
        table,
        y,
        weights,
        table[recipe.grouped_by].to_numpy() if recipe.grouped_by else None,
        moments(table[recipe.ordered_by]) if recipe.ordered_by else None,
        count_distinct(model, table[[*model.input]], y, weights) if is_sum else None,
    )


def weights_of(column: pd.Series) -> NDArray[np.float64]:
    """As many in all as there are rows, so that a penalty means the same."""
    weights = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float)
    if not (weights > 0).all() or not np.isfinite(weights).all():
        raise Disagreement(f"{column.name} must be a number above 0 in each row, since it weighs the rows")
    return np.asarray(weights * (len(weights) / weights.sum()))


def moments(column: pd.Series) -> NDArray[Any]:
    """Numbers as they are, else dates."""
    numbers = pd.to_numeric(column, errors="coerce")
    found = numbers if numbers.notna().all() else pd.to_datetime(column, errors="coerce", format="ISO8601")
    if found.isna().any():
        raise Disagreement(
            f"{column.name} must be a number or a date like 2024-12-31 in each row, since it orders them"
        )
    return found.to_numpy()


def raw_table(recipe: Recipe) -> pd.DataFrame:
    if callable(recipe.table):
        table = recipe.table()
        if not isinstance(table, pd.DataFrame):
            raise Disagreement(
                f"The function {recipe.table.__name__} must return a DataFrame, and returns {table!r:.60}"
            )
        return table
    if recipe.path is None or not recipe.path.is_file():
        raise Disagreement(f"There is no table {recipe.path}")
    # Everything is read as text first: "NA" may be a category, and 1 may be a choice.
    return pd.read_csv(recipe.path, dtype=str, keep_default_na=False)


def blank(raw: pd.Series, asked: Input) -> pd.Series:
    """Where the table says nothing, and the form may too."""
    return raw.isin(["", "?"]) | raw.isna() if asked.may_be_unknown else raw.isna()


def typed(raw: pd.Series, asked: Input) -> pd.Series:
    """The column as the model sees it: text for choices, numbers for numbers, NaN for unknown."""
    if asked.choices:
        return texts(raw).astype(object).mask(blank(raw, asked), other=float("nan"))
    # What is no number becomes NaN here; the mirror check tells it from what may be unknown.
    numbers = pd.to_numeric(raw.mask(blank(raw, asked)), errors="coerce").astype(float)
    return numbers.clip(asked.lowest, asked.highest) if isinstance(asked, NumberInput) and asked.clipped else numbers


def disagreements(asked: Input, raw: pd.DataFrame, table: pd.DataFrame) -> Iterator[str]:
    column, says = table[asked.name], f"{asked.name}: the table has"
    known = column.dropna()
    if odd := raw[asked.name][column.isna() & ~blank(raw[asked.name], asked)].astype(str).unique().tolist():
        yield f"{says} {few(odd)}, which the form does not take as a number"
    elif known.empty:
        yield f"{says} no answer in any row. Leave the input out"
        return
    elif len(known) < len(column) and not asked.may_be_unknown:
        yield f"{says} rows without an answer, and the form takes no unknown one"
    if asked.choices:
        if strange := sorted(set(known) - set(asked.choices)):
            yield f"{says} {few(strange)}, which the form cannot send"
        if missing := sorted(set(asked.choices) - set(known)):
            yield f"{asked.name}: the form offers {few(missing)}, which the table does not have"
    elif isinstance(asked, NumberInput):
        if known.min() < asked.lowest or known.max() > asked.highest:
            ends = f"the table goes from {known.min():g} to {known.max():g}"
            yield (
                f"{asked.name}: the form takes {asked.lowest} to {asked.highest}, but {ends}. With clipped=True what is beyond "
                "counts as the nearer end"
            )
        if asked.whole and (parts := known[known % 1 != 0]).any():
            yield f"{asked.name}: the form takes whole numbers, but the table has {parts.iloc[0]:g}"


def texts(column: pd.Series) -> pd.Series:
    """A column as text; 1.0, which is how pandas keeps a 1 beside gaps, as 1."""
    text = column.astype(str)
    return text.str.removesuffix(".0") if pd.api.types.is_float_dtype(column) else text


def data_digest(model: Model) -> str:
    """The table's checksum: of its file, or of its rows where a library brings it."""
    if model.learns.path:
        return digest(model.learns.path)
    X, y = read_table(model)
    return hashlib.sha256(X.assign(**{"": y}).to_csv(index=False, lineterminator="\n").encode()).hexdigest()
