"""A declaration for a wrapped model, written from the table's columns."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import chain
from keyword import iskeyword
from pathlib import Path
from typing import Any

import pandas as pd

from model.declare.inputs import UNKNOWN_WORDS
from model.draft.declaration import flat, imported, pairs, spoken, text, value_of, wrapped
from model.draft.draft import Draft, Wishes
from model.draft.names import label_of, safe_name, unit_of
from model.draft.outcomes import HowMuch, OneOf, Target, YesOrNo
from model.draft.tidied import Choices
from model.learn.table import texts

# Whole numbers with no more different values than this are choices.
FEWEST_NUMBERS = 10
YES = ("yes", "true", "1", "y", "t", "positive")


def draft_of(name: str, table: Path, target: str, labels: Sequence[str], yes: str | None) -> Draft:
    """What the neutral words speak of."""
    about = safe_name(target, ()), label_of(target), Choices(target)
    said: Target = HowMuch(*about, unit=unit_of(target))
    if yes is not None:
        said = YesOrNo(*about, yes=yes)
    elif labels:
        said = OneOf(*about, classes=dict(zip(labels, labels, strict=True)))
    return Draft(name, table, said, (), Wishes(), 0)


def declaration_for(
    draft: Draft, folder: Path, columns: Sequence[str], data: pd.DataFrame, labels: Sequence[str]
) -> str:
    """The text of a declaration: a field for each column; its words stand in a file beside it."""
    form = "".join(part.capitalize() for part in draft.name.split("_")) + "Form"
    fields = {column: field_for(column, data[column]) for column in columns}
    told = chain.from_iterable(
        flat(f"{name}={{", pairs(value), "}") if isinstance(value, dict) else [f"{name}={value_of(value)}"]
        for name, value in {**draft.target.answers, **draft.target.measured(len(data))}.items()
    )
    place = text(os.path.relpath(draft.path.resolve(), folder.resolve()).replace(os.sep, "/"))
    table = f"table=Path(__file__).parent / {place}"
    # A name that Python does not take stands in quotation marks, after the form.
    plain = [name for name in fields if name.isidentifier() and not iskeyword(name)]
    inside = [wrapped(f"    {name} = {fields[name][0]}(", fields[name][1], ")", 4, always=True) for name in plain]
    after = [
        wrapped(f"setattr({form}, {text(name)}, {kind}(", says, "))", 0, always=True)
        for name, (kind, says) in fields.items()
        if name not in plain
    ]
    target = draft.target.source
    example = {column: first_answer(data[column]) for column in columns}
    return "\n".join([
        f'"""{spoken(draft.target.label)}, as a model says that was fitted elsewhere."""',
        "",
        "from pathlib import Path",
        "",
        "from wtforms import Form",
        "",
        *imported("model.declare", {"Example", "Model", "Words", "Wrapped", *(kind for kind, _ in fields.values())}),
        "",
        "",
        f"class {form}(Form):",
        *(chain.from_iterable(inside) if inside else ["    pass"]),
        "",
        *chain.from_iterable(after),
        "",
        "MODEL = Model(",
        f'    name="{draft.name}", kind="{draft.target.kind}", form={form},',
        *wrapped(f'    fieldsets={{"The {draft.one}": (', map(text, columns), ")},"),
        *wrapped("    recipe=Wrapped(", [table, f"target={text(target)}", *told], "),"),
        "    examples=[",
        *wrapped('        Example("The usual answers", {', pairs(example), "}),", 8),
        "    ],",
        '    words=Words.from_file(Path(__file__).with_suffix(".words.toml")),',
        ")",
        "",
    ])  # fmt: skip


def field_for(name: str, column: pd.Series) -> tuple[str, list[str]]:
    """The kind of a column's field, and what it is told."""
    label, known = label_of(name), column.dropna()
    says = [text(label), f"thing={text(f'the value of {label}')}"]
    unknown = ["may_be_unknown=True"] if len(known) < len(column) else []
    if is_choice(known):
        choices = {v: v for v in sorted(set(texts(known)), key=lambda v: (len(v), v) if v.isdigit() else (0, v))}
        if UNKNOWN_WORDS & {v.casefold() for v in choices}:
            unknown = []
        says += [f"plural={text(f'values of {label}')}", *flat("choices={", pairs(choices), "}")]
        return "ChoiceField", [*says, "changeable=True", *unknown]
    whole = bool((known % 1 == 0).all())
    low, high = (int(end) if whole else float(end) for end in (known.min(), known.max()))
    middle = known.quantile(0.5, interpolation="nearest")
    says += ["whole=True"] if whole else []
    says += [f"unit={text(unit)}"] if (unit := unit_of(name)) else []
    says += [f"between=({low}, {high + (low == high)})", f'like="{int(middle) if whole else float(middle):g}"']
    return "NumberField", [*says, "changeable=True", *unknown]


def is_choice(known: pd.Series) -> bool:
    if not pd.api.types.is_numeric_dtype(known) or pd.api.types.is_bool_dtype(known):
        return True
    return bool((known % 1 == 0).all()) and known.nunique() <= FEWEST_NUMBERS


def first_answer(column: pd.Series) -> Any:
    known = column.dropna()
    if is_choice(known):
        return str(texts(known).mode().iloc[0])
    middle = float(known.quantile(0.5, interpolation="nearest"))
    return int(middle) if middle.is_integer() and (known % 1 == 0).all() else middle


def choose_yes(labels: Sequence[str], target: pd.Series, asked: str | None) -> str:
    """What counts as yes: what is asked for, what means yes, or else the rarer."""
    if asked is not None:
        return asked
    meant = [label for label in labels if label.casefold() in YES]
    counts = texts(target).value_counts()
    return meant[0] if meant else min(labels, key=lambda label: int(counts.get(label, 0)))
