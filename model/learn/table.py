"""Reading a model's table, and the mirror check: the form and the table must agree."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pandas as pd

from model.declare.inputs import ChoiceInput, Input, NumberInput, few
from model.declare.model import Model
from model.declare.recipe import Recipe

from .artefacts import digest
from .kinds import kind_of


class Disagreement(ValueError):
    """The form and the table do not mirror each other; the text names each input at fault."""


def read_table(model: Model) -> tuple[pd.DataFrame, pd.Series]:
    """The inputs as the form has them, and the target: yes as 1, a class as its number, an amount."""
    recipe = model.learns
    table = raw_table(recipe)
    faults = [*missing_columns(model, table)]
    faults += unknowable_inputs(model)
    if not faults:
        spare = {name: pd.to_numeric(table[name], errors="coerce") for name in recipe.reference_only}
        raw = table
        table = raw.assign(**spare, **{a.name: typed(raw[a.name], a) for a in model.inputs})
        faults = [fault for a in model.inputs for fault in disagreements(a, raw[a.name], table[a.name])]
    if faults:
        raise Disagreement(f"{model.name}: the form and the table disagree.\n  " + "\n  ".join(faults))
    return table, read_target(model, table[recipe.target])


def raw_table(recipe: Recipe) -> pd.DataFrame:
    if callable(recipe.table):
        return recipe.table()
    if recipe.path is None or not recipe.path.is_file():
        raise Disagreement(f"There is no table {recipe.path}")
    # Everything is read as text first: "NA" may be a category, and 1 may be a choice.
    return pd.read_csv(recipe.path, dtype=str, keep_default_na=False)


def missing_columns(model: Model, table: pd.DataFrame) -> Iterator[str]:
    for name in [*(asked.name for asked in model.inputs), model.learns.target]:
        if name not in table.columns:
            yield f"{name}: the table has no such column. It has: {', '.join(map(str, table.columns))}"


def unknowable_inputs(model: Model) -> Iterator[str]:
    for asked in model.inputs:
        if asked.may_be_unknown and not kind_of(model).may_be_unknown:
            yield f"{asked.name}: may be unknown, but only a model that answers with one probability averages over that"


def blank(asked: Input, raw: pd.Series) -> pd.Series:
    """Where the table says nothing, and the form may too."""
    return raw.isin(["", "?"]) | raw.isna() if asked.may_be_unknown else raw.isna()


def typed(raw: pd.Series, asked: Input) -> pd.Series:
    """The column as the model sees it: text for choices, numbers for numbers, NaN for unknown."""
    if isinstance(asked, ChoiceInput):
        return texts(raw).astype(object).mask(blank(asked, raw), other=float("nan"))
    # What is no number becomes NaN here; the mirror check tells it from what may be unknown.
    return pd.to_numeric(raw.mask(blank(asked, raw)), errors="coerce").astype(float)


def disagreements(asked: Input, raw: pd.Series, column: pd.Series) -> Iterator[str]:
    odd = raw[column.isna() & ~blank(asked, raw)].astype(str).unique().tolist()
    if odd:
        yield f"{asked.name}: the table has {few(odd)}, which the form does not take as a number"
    elif column.isna().all():
        yield f"{asked.name}: the table has no answer in any row. Leave the input out"
        return
    elif column.isna().any() and not asked.may_be_unknown:
        yield f"{asked.name}: the table has rows without an answer, and the form takes no unknown one"
    known = column.dropna()
    if isinstance(asked, ChoiceInput):
        yield from choices_disagree(asked, set(known))
    elif isinstance(asked, NumberInput):
        yield from ranges_disagree(asked, known)


def choices_disagree(asked: ChoiceInput, found: set[str]) -> Iterator[str]:
    if strange := sorted(found - set(asked.choices)):
        yield f"{asked.name}: the table has {few(strange)}, which the form cannot send"
    if missing := sorted(set(asked.choices) - found):
        yield f"{asked.name}: the form offers {few(missing)}, which the table does not have"


def ranges_disagree(asked: NumberInput, known: pd.Series) -> Iterator[str]:
    if known.min() < asked.lowest or known.max() > asked.highest:
        yield (
            f"{asked.name}: the form takes {asked.lowest} to {asked.highest}, "
            f"but the table goes from {known.min():g} to {known.max():g}"
        )
    if asked.whole and (known != known.round()).any():
        odd = known[known != known.round()].iloc[0]
        yield f"{asked.name}: the form takes whole numbers, but the table has {odd:g}"


def read_target(model: Model, column: pd.Series) -> pd.Series:
    """The target as numbers; nobody can learn from a row without one."""
    if column.isna().any():
        raise Disagreement(
            f"{model.name}: {column.name} is missing in {column.isna().sum():,} rows of the table. Leave these rows out"
        )
    try:
        return kind_of(model).target(model, texts(column))
    except ValueError as fault:
        raise Disagreement(f"{model.name}: {fault}") from None


def texts(column: pd.Series) -> pd.Series:
    """A column as text; 1.0, which is how pandas keeps a 1 beside gaps, as 1."""
    if pd.api.types.is_float_dtype(column):
        return column.map(lambda number: str(int(number)) if float(number).is_integer() else str(number))
    return column.astype(str)


def data_digest(model: Model) -> str:
    """The table's checksum: of its file, or of its rows where a library brings it."""
    if model.learns.path:
        return digest(model.learns.path)
    X, y = read_table(model)
    text = X.assign(**{"": y}).to_csv(index=False, lineterminator="\n")
    return hashlib.sha256(text.encode()).hexdigest()
