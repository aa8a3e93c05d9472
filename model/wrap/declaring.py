"""A declaration for a wrapped model, written from the table's columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from model.declare.inputs import UNKNOWN_WORDS
from model.learn.table import texts

# Whole numbers with no more different values than this are choices.
FEWEST_NUMBERS = 10
YES = ("yes", "true", "1", "y", "t", "positive")


def declaration_for(
    name: str,
    table: Path,
    target: str,
    columns: Sequence[str],
    data: pd.DataFrame,
    labels: Sequence[str],
    yes: str | None,
) -> str:
    """The text of a declaration: a field for each column, and words that say what is known."""
    fields = [f"        {column!r}: {field_for(column, data[column])}," for column in columns]
    kind = "amount" if not labels else "probability" if len(labels) == 2 else "classes"
    about = (
        f"yes={yes!r}, "
        if kind == "probability"
        else f"classes={dict(zip(labels, labels, strict=True))!r}, "
        if labels
        else ""
    )
    example = {c: first_answer(data[c]) for c in columns}
    rows = f"{{rows}} rows of {table.name}".replace("{{", "{").replace("}}", "}")
    said = f"{target} “{yes}”" if kind == "probability" else target
    words: Mapping[str, str] = {
        "title": target,
        "question": f"Is {said}?" if kind == "probability" else f"Which {target}?" if labels else f"How much {target}?",
        "heading": f"Estimate {said}",
        "lead": f"From {rows}. Nothing you enter is stored.",
        "button": "Estimate",
        "those": "rows with these answers",
        "yes": f"had {said}" if kind == "probability" else "is",
        "no": "had another",
        "outcome": said,
        "amount": target,
        "warning": "Nobody has said yet what this may be used for. Do not decide about anyone by it.",
        "data_line": rows,
        "source": table.name,
        "one": "row",
        "many": "rows",
        "another": "Another row",
    }
    spoken = "\n".join(f"        {key}={value!r}," for key, value in words.items())
    return f'''"""A model that was fitted elsewhere."""

from pathlib import Path

from wtforms import Form

from model.declare import ChoiceField, Example, Model, NumberField, Words, Wrapped

WrappedForm = type(
    "WrappedForm",
    (Form,),
    {{
{chr(10).join(fields)}
    }},
)

MODEL = Model(
    name={name!r},
    kind={kind!r},
    form=WrappedForm,
    fieldsets={{"The {words["one"]}": {tuple(columns)!r}}},
    recipe=Wrapped(table=Path({str(table.resolve())!r}), target={target!r}, {about}smallest_bin=50),
    examples=[Example("The usual answers", {example!r})],
    words=Words(
{spoken}
        things=True,
    ),
)
'''


def field_for(name: str, column: pd.Series) -> str:
    label = name.replace("_", " ").strip()
    label = label[:1].upper() + label[1:]
    known = column.dropna()
    about: dict[str, Any] = {"thing": f"the value of {label}", "changeable": True}
    if len(known) < len(column):
        about["may_be_unknown"] = True
    if is_choice(known):
        choices = {v: v for v in sorted(set(texts(known)), key=lambda v: (len(v), v) if v.isdigit() else (0, v))}
        if about.get("may_be_unknown") and UNKNOWN_WORDS & {v.casefold() for v in choices}:
            del about["may_be_unknown"]
        return call("ChoiceField", label, plural=f"values of {label}", choices=choices, **about)
    whole = bool((known % 1 == 0).all())
    ends = tuple(int(end) if whole else float(end) for end in (known.min(), known.max()))
    if ends[0] == ends[1]:
        ends = (ends[0], ends[1] + 1)
    middle = known.quantile(0.5, interpolation="nearest")
    return call(
        "NumberField", label, between=ends, like=f"{int(middle) if whole else float(middle):g}", whole=whole, **about
    )


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


def call(field: str, label: str, **about: Any) -> str:
    return f"{field}({label!r}, {', '.join(f'{key}={value!r}' for key, value in about.items())})"


def choose_yes(labels: Sequence[str], target: pd.Series, asked: str | None) -> str:
    """What counts as yes: what is asked for, what means yes, or else the rarer."""
    if asked is not None:
        return asked
    meant = [label for label in labels if label.casefold() in YES]
    counts = texts(target).value_counts()
    return meant[0] if meant else min(labels, key=lambda label: int(counts.get(label, 0)))
