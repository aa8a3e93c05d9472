"""Whether a form should ask for a column, and as what: numbers, choices or days."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from . import names
from .choices import MOST_CHOICES, look_at_choices
from .columns import Column, NotAsked
from .days import LOOKS_LIKE_A_DATE, date_format, look_at_days
from .numbers import look_at_numbers
from .numerals import read_numerals
from .tidied import Choices, Reader

# Of ids some may stand in two rows.
MOSTLY = 0.9
PHONE = r"\+?\(?\d[\d\s()/.-]{5,}\d"


def look_at(raw: pd.Series, *, keep: bool, comma: bool, latest: str) -> list[Column]:
    """The inputs that a column becomes, or NotAsked. One that is to be kept is dropped only where nothing can be asked of it."""
    heading = str(raw.name)
    known = Reader(heading).known(raw)
    texts = known.dropna().astype(str)
    distinct = texts.unique()
    if not len(distinct):
        raise NotAsked("no row has it")
    if len(distinct) == 1:
        raise NotAsked(f"“{distinct[0]}” {'in every row' if len(texts) == len(raw) else 'or nothing in every row'}")
    if form := date_format(texts):
        return look_at_days(raw, form, latest)
    numerals = read_numerals(heading, texts, comma)
    if not keep and (why := no_question(heading, texts, numerals is not None)):
        raise NotAsked(why)
    codes = any(re.fullmatch(r"0\d+", one) for one in distinct)
    if numerals and not codes and not is_code(heading, distinct):
        return [look_at_numbers(numerals.reader, numerals.reader.read(raw), numerals.warnings, numerals.reader.signs)]
    return [look_at_choices(Choices(heading), raw)]


def is_code(heading: str, distinct: np.ndarray[Any, Any]) -> bool:
    """Whether whole numbers are rather names of kinds: two of them, or few under a heading that says so."""
    if not all(re.fullmatch(r"-?\d+(\.0+)?", one) for one in distinct):
        return False
    says = names.is_called(heading, f"{names.CODES}|{names.SENSITIVE}") and not names.is_called(heading, "age")
    return len(distinct) == 2 or (len(distinct) <= MOST_CHOICES and says)


def no_question(heading: str, texts: pd.Series, are_numbers: bool) -> str:
    """Why a form should not ask for it; empty where it may."""
    share = texts.nunique() / len(texts)
    if share > MOSTLY and names.ends_in(heading, names.IDS) and not texts.str.fullmatch(r"[+-]?\d*[.,]\d+").any():
        return "all different" if share == 1 else "nearly all different"
    is_called_so = names.is_called(heading, "phone|tel|mobile|fax")
    if share > 0.5 and not is_called_so and not are_numbers and texts.str.fullmatch(LOOKS_LIKE_A_DATE).mean() > MOSTLY:
        return "days that are written in several ways"
    is_phone = is_called_so or texts.str.contains(r"[\s()+/-]").mean() > 0.5
    if share > 0.5 and is_phone and texts.str.fullmatch(PHONE).mean() > 0.9:
        return "telephone numbers"
    if are_numbers:
        steps = np.diff(pd.to_numeric(texts, errors="coerce"))
        return "counts the rows" if len(steps) and (steps == 1).all() else ""
    for what, pattern in [("e-mail addresses", r"[^@\s]+@[^@\s]+\.\w+"), ("web addresses", r"https?://\S+")]:
        if texts.str.fullmatch(pattern).mean() > 0.9:
            return what
    if share > 0.3 and heading.lower() in names.PEOPLE:
        return "names"
    if share > 0.5 and texts.str.count(r"\s+").mean() >= 3:
        return "free text"
    if share > 0.5 and texts.nunique() > MOST_CHOICES:
        return "all different" if share == 1 else "nearly all different"
    return ""
