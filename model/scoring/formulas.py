"""Text that a spreadsheet would run as a formula when it opens a CSV file.

A formula can read the other cells of whoever opens the file and send them away. An apostrophe in
front makes it text; a number is left as it is.
"""

from __future__ import annotations

import re

import polars as pl

START = r"^[=+\-@\t\r]"
NUMBER = r"^[+-][\d.,]*\d[\d.,]*([eE][+-]?\d+)?$"


def is_formula(text: str) -> bool:
    return bool(re.match(START, text)) and not re.match(NUMBER, text)


def safe(text: str) -> str:
    return f"'{text}" if is_formula(text) else text


def safe_columns(frame: pl.DataFrame) -> pl.DataFrame:
    """The table with every formula in it made text."""
    risky = [cells.name for cells in frame if texts_of(cells).str.contains(START).any()]
    return frame.with_columns(safe_cells(pl.col(name).cast(pl.String)).alias(name) for name in risky)


def texts_of(cells: pl.Series) -> pl.Series:
    """The texts in a column; of categories, each one once."""
    if isinstance(cells.dtype, pl.Categorical):
        return cells.dtype.categories.to_series()
    if isinstance(cells.dtype, pl.Enum):
        return cells.dtype.categories
    return cells if cells.dtype == pl.String else pl.Series([], dtype=pl.String)


def safe_cells(cells: pl.Expr) -> pl.Expr:
    formula = cells.str.contains(START) & ~cells.str.contains(NUMBER)
    return pl.when(formula).then(pl.lit("'") + cells).otherwise(cells)
