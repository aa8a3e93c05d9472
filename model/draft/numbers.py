"""Columns of numbers: between which ends the form asks for them, and where their curves bend."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd

from model.evaluate.rounding import round_out

from . import names
from .columns import FEWEST_ROWS, Asked, Column, NotAsked, nearly_constant
from .tidied import Reader

# Whole numbers of which each occurs often get points each.
FEW_NUMBERS = 12
# From this skewness on a number is tried on its logarithm, if that has less than half as much.
SKEWED = 1.0
CODES_FOR_MISSING = (-9, -99, -999, -9999, -1, 99, 999, 9999, 99999)


def look_at_numbers(
    reader: Reader, numbers: pd.Series, warnings: tuple[str, ...], signs: tuple[str, ...] = ()
) -> Column:
    known = numbers.dropna()
    counts = known.value_counts()
    if len(known) - counts.iloc[0] < FEWEST_ROWS:
        raise NotAsked(nearly_constant(counts, f"{counts.index[0]:g}"))
    heading, whole = reader.column, bool((known % 1 == 0).all())
    lowest, highest = float(known.min()), float(known.max())
    reach = highest - lowest
    lowest, highest = round_out(lowest, reach, up=False), round_out(highest, reach, up=True)
    each = whole and len(counts) == highest - lowest + 1 <= FEW_NUMBERS and bool(counts.min() >= FEWEST_ROWS)
    middle = float(known.quantile(0.5, interpolation="nearest"))
    unit = [*signs, names.unit_of(heading)][0]
    asked = Asked(lowest, highest, plain(middle), whole, unit, knots_of(known, lowest, highest), each, is_skewed(known))
    guesses = [f"{unit}, from the heading"] if unit and not signs else []
    warnings = (*warnings, *suspicious(counts))
    label, missing = names.label_of(heading), float(numbers.isna().mean())
    return Column("", label, reader, asked, missing, guesses=tuple(guesses), warnings=warnings)


def knots_of(known: pd.Series, lowest: float, highest: float) -> tuple[float, ...]:
    """The ends, and quantiles between them that differ: fewer of few rows."""
    shares = (0.1, 0.5, 0.9) if len(known) < 300 else (0.05, 0.275, 0.5, 0.725, 0.95)
    inner = {float(plain(number)) for number in known.quantile(shares, interpolation="nearest")}
    return (lowest, *sorted(number for number in inner if lowest < number < highest), highest)


def is_skewed(known: pd.Series) -> bool:
    if known.min() <= 0 or known.skew() < SKEWED:
        return False
    return bool(abs(np.log(known).skew()) < known.skew() / 2)


def suspicious(counts: pd.Series) -> list[str]:
    """Of codes such as 999, far from all other numbers, what they may mean."""
    codes = [end for end in dict.fromkeys([counts.index.min(), counts.index.max()]) if end in CODES_FOR_MISSING]
    others = counts.drop(codes).index
    found = []
    for code in codes:
        # Of two codes each is far from what is left, and not from the other.
        rest = others if len(others) else counts.drop(code).index
        gap, reach = min(abs(code - other) for other in rest), rest.max() - rest.min()
        if gap > reach / 2 or (code < 0 <= rest.min()):
            found.append(f"{plain(code)} stands in {counts[code]:,} rows: if it means no answer, add it to “missing”")
    return found


def plain(number: float) -> str:
    """As a person types it."""
    return str(int(number)) if number == int(number) else format(Decimal(f"{number:.6g}"), "f")
