"""Drafts of tables that a test makes up, a column a keyword."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from model.draft.columns import Column
from model.draft.draft import Draft, Wishes
from model.draft.survey import make_draft

Make = Callable[[int], object] | Sequence[object]
ROWS = 400


def table_of(rows: int = ROWS, /, **columns: Make) -> pd.DataFrame:
    """A table of texts; a column is a function of a row’s number, or some values over and over."""
    made = {
        name.replace("__", " "): [str(make(row) if callable(make) else make[row % len(make)]) for row in range(rows)]
        for name, make in columns.items()
    }
    return pd.DataFrame(made, dtype=object)


def outcome(row: int) -> str:
    """A target that no other column tells."""
    return "yes" if random.Random(row).random() < 0.4 else "no"


def amounts(row: int) -> str:
    return f"{100 * random.Random(row + 7).random():.2f}"


def draft_of(
    table: pd.DataFrame | None = None,
    /,
    *,
    target: str = "outcome",
    wishes: dict[str, Any] | None = None,
    **columns: Make,
) -> Draft:
    """The draft of a table with a target, and an input that is always good."""
    if table is None:
        table = table_of(**{"outcome": outcome, "length": amounts} | columns)
    return make_draft("people", Path("people.csv"), table, target, Wishes(**wishes or {}))


def column_of(name: str, /, **columns: Make) -> Column:
    """The one input that becomes of the last column."""
    found = {column.name: column for column in draft_of(**columns).columns}
    assert name in found, f"{name} was dropped"
    return found[name]


def why_dropped(**columns: Make) -> str:
    """Why the last of these columns is dropped."""
    return draft_of(**columns).dropped[[*columns][-1].replace("__", " ")]
