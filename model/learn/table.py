"""Reading a model's table, and the mirror check: the form and the table must agree."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from model.declare.inputs import ChoiceInput, Input, NumberInput
from model.declare.model import Model
from model.declare.recipe import Recipe


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
    return table, target(model, table[recipe.target])


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
        if asked.may_be_unknown and model.kind != "probability":
            yield f"{asked.name}: may be unknown, but only a model that answers with one probability averages over that"


def blank(asked: Input, raw: pd.Series) -> pd.Series:
    """Where the table says nothing, and the form may too."""
    return raw.isin(["", "?"]) | raw.isna() if asked.may_be_unknown else raw.isna()


def typed(raw: pd.Series, asked: Input) -> pd.Series:
    """The column as the model sees it: text for choices, numbers for numbers, NaN for unknown."""
    if isinstance(asked, ChoiceInput):
        return raw.astype(str).astype(object).mask(blank(asked, raw), other=float("nan"))
    # What is no number becomes NaN here; the mirror check tells it from what may be unknown.
    return pd.to_numeric(raw.mask(blank(asked, raw)), errors="coerce").astype(float)


def disagreements(asked: Input, raw: pd.Series, column: pd.Series) -> Iterator[str]:
    odd = raw[column.isna() & ~blank(asked, raw)].astype(str).unique().tolist()
    if odd:
        yield f"{asked.name}: the table has {odd[:3]}, which the form does not take as a number"
    elif column.isna().any() and not asked.may_be_unknown:
        yield f"{asked.name}: the table has rows without an answer, and the form takes no unknown one"
    known = column.dropna()
    if isinstance(asked, ChoiceInput):
        yield from choices_disagree(asked, set(known))
    elif isinstance(asked, NumberInput):
        yield from ranges_disagree(asked, known)


def choices_disagree(asked: ChoiceInput, found: set[str]) -> Iterator[str]:
    for value in sorted(found - set(asked.choices)):
        yield f"{asked.name}: the table has {value!r}, which the form cannot send"
    for value in sorted(set(asked.choices) - found):
        yield f"{asked.name}: the form offers {value!r}, which the table does not have"


def ranges_disagree(asked: NumberInput, known: pd.Series) -> Iterator[str]:
    if known.min() < asked.lowest or known.max() > asked.highest:
        yield (
            f"{asked.name}: the form takes {asked.lowest} to {asked.highest}, "
            f"but the table goes from {known.min():g} to {known.max():g}"
        )
    if asked.whole and (known != known.round()).any():
        odd = known[known != known.round()].iloc[0]
        yield f"{asked.name}: the form takes whole numbers, but the table has {odd:g}"


def target(model: Model, column: pd.Series) -> pd.Series:
    recipe = model.learns
    if model.kind == "amount":
        return pd.to_numeric(column)
    found = set(column.astype(str))
    if model.kind == "classes":
        known = list(recipe.classes)
        if found != set(known):
            raise Disagreement(f"{model.name}: the classes are {known}, but {recipe.target} has {sorted(found)}")
        return column.astype(str).map(known.index)
    if recipe.yes not in found or len(found) != 2:
        raise Disagreement(
            f"{model.name}: {recipe.target} must be {recipe.yes!r} or one other value; it has {sorted(found)}"
        )
    return (column.astype(str) == recipe.yes).astype(int)
