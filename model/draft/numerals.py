"""Numbers that a table writes as text: with a currency, a unit, a per cent sign, thousands, a decimal comma."""

import math
import re
from dataclasses import dataclass

import pandas as pd

from model.declare.inputs import few

from .source import counted
from .tidied import IN_BRACKETS, SPACES, WRITTEN, Numbers, read_with

CURRENCY = r"[$€£¥₹]|USD|EUR|GBP|CHF|Rs\.?"
NUMERAL = (
    rf"[+\-−]?(?P<before>{CURRENCY})?\s*(?P<number>[+\-−]?\s*(?:\d[\d.,]*(?:{SPACES}\d{{3}})*(?:[.,]\d+)?|[.,]\d+)(?:[eE][+-]?\d+)?)\s*"
    rf"(?P<after>{CURRENCY}|%|‰|[A-Za-zµ°²³]+(?:/[A-Za-z²³]+)?)?"
)
THOUSANDS = r"[+\-−]?[1-9]\d{{0,2}}(?:{mark}\d{{3}})+"
# So many cells may be no numbers, of so many kinds.
STRAY, KINDS_OF_STRAY = 0.02, 3
# More of them, such as “<5”, where the others are so many different numbers that they can be nothing else.
MOST_STRAY, ENOUGH_NUMBERS = 0.5, 20


@dataclass(frozen=True)
class Numerals:
    reader: Numbers
    warnings: tuple[str, ...] = ()


def read_numerals(heading: str, texts: pd.Series, comma: bool) -> Numerals | None:
    """How to read these texts as numbers; None where they are none. Whether a comma is decimal may be the table's habit."""
    distinct = texts.drop_duplicates()
    # Whoever keeps accounts writes (1,200) for what is below 0.
    parts = distinct.str.replace(IN_BRACKETS, r"-\1", regex=True).str.extract(rf"^{NUMERAL}$")
    stray = distinct[parts["number"].isna()]
    known = len(distinct) - len(stray)
    most = MOST_STRAY if known > ENOUGH_NUMBERS else STRAY
    if len(stray) > KINDS_OF_STRAY or not known or texts.isin(stray).mean() > most:
        return None
    parts = parts.dropna(subset=["number"])
    signs = sorted({*parts["before"].dropna(), *parts["after"].dropna()}, key=len, reverse=True)
    if len(signs) > 1:
        return None
    numbers = parts["number"]
    decimal = decimal_mark(numbers, comma)
    if any(math.isnan(read_with(decimal, one)) for one in numbers):
        return None
    reader = Numbers(heading, missing=tuple(stray), signs=tuple(signs), decimal=decimal)
    warnings = []
    if len(stray):
        odd = ", ".join(f"“{one}”" for one in stray)
        warnings.append(f"{odd} in {counted(int(texts.isin(stray).sum()), 'row')} counts as no answer")
    bare = numbers.str.replace(SPACES, "", regex=True).str.replace("−", "-")
    others = distinct[numbers.index[~bare.str.fullmatch(WRITTEN[decimal].pattern)]]
    if len(others):
        mark, rows = {".": "comma", ",": "point"}[decimal], counted(int(texts.isin(others).sum()), "row")
        warnings.append(
            f"{few(others.tolist(), 3)} in {rows} counts as written with a decimal {mark}, unlike the others"
        )
    return Numerals(reader, tuple(warnings))


def decimal_mark(numbers: pd.Series, comma: bool) -> str:
    """A comma where it stands after a full stop or before other than three figures, or the table is in that habit."""
    commas = numbers[numbers.str.contains(",", regex=False)]
    if says_comma(numbers) or (comma and len(commas) and commas.str.fullmatch(r"[^.,]*,\d+").all()):
        return ","
    groups = numbers.str.fullmatch(THOUSANDS.format(mark=r"\."))
    return "," if comma and groups.any() and (groups | ~numbers.str.contains(".", regex=False)).all() else "."


def says_comma(numbers: pd.Series) -> bool:
    """Whether these numbers can only have a decimal comma."""
    commas = numbers[numbers.str.contains(",", regex=False)]
    grouped = commas.str.fullmatch(THOUSANDS.format(mark=",") + r"(?:\.\d*)?")
    return (
        len(commas) > 0
        and float((~grouped).mean()) > STRAY
        and bool(commas.str.fullmatch(r"[+\-−]?[\d.\s]*,\d+").all())
    )


def has_decimal_commas(raw: pd.DataFrame) -> bool:
    """Whether some column of the table says so."""
    for heading in raw.columns:
        found = raw[heading].drop_duplicates().head(1_000).str.extract(rf"^{NUMERAL}$")["number"].dropna()
        if re.search(",", " ".join(found)) and says_comma(found):
            return True
    return False
