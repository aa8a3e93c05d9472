"""What a column is: numbers, choices, days, or nothing that a form could ask for."""

from __future__ import annotations

import calendar
import contextlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

import numpy as np
import pandas as pd

from model.declare.inputs import first_upper

from . import names
from .numerals import read_numerals
from .order import put_in_order
from .source import counted
from .tidied import OTHER, Choices, Dates, Reader, letters

MOST_CHOICES = 30
# Of a column whose “Other” would have more of the rows than this, nothing can be learnt.
MOST_OTHER = 0.9
FEWEST_ROWS = 10
# Of ids some may stand in two rows.
MOSTLY = 0.9
# Whole numbers of which each occurs often get points each.
FEW_NUMBERS = 12
PAIRS = [("no", "yes"), ("false", "true"), ("0", "1"), ("n", "y"), ("f", "t"), ("off", "on")]
DATE_FORMATS = (
    "ISO8601",
    "%d.%m.%Y",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%Y/%m/%d",
    "%d-%m-%Y",
    "%d %b %Y",
    "%b %d, %Y",
    "%d.%m.%y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%d %B %Y",
    "%B %d, %Y",
    "%Y%m%d",
    "%m/%d/%Y %H:%M",
    "%d/%m/%Y %H:%M",
    "%d.%m.%Y %H:%M",
    "%H:%M",
    "%H:%M:%S",
)
LOOKS_LIKE_A_DATE = (
    r"\d{4}-\d{1,2}-\d{1,2}.*|\d{1,4}[./-]\d{1,2}[./-]\d{2,4}.*|\d{1,2}[ -][A-Za-z]{3,9}[ ,-]{1,2}\d{2,4}"
    r"|\w{3,9} \d{1,2}, \d{4}|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])|\d{1,2}:\d\d(?::\d\d)?"
)
PHONE = r"\+?\(?\d[\d\s()/.-]{5,}\d"
# From this skewness on a number is tried on its logarithm, if that has less than half as much.
SKEWED = 1.0
CODES_FOR_MISSING = (-9, -99, -999, -9999, -1, 99, 999, 9999, 99999)


@dataclass(frozen=True)
class Asked:
    """What the form asks of a number: its range, and how its points run between these knots."""

    lowest: float
    highest: float
    like: str
    whole: bool
    unit: str
    knots: tuple[float, ...]
    # Whether each number gets points of its own.
    each: bool = False
    # Whether its logarithm is spread more evenly than the number itself.
    skewed: bool = False


@dataclass(frozen=True)
class Column:
    """A column of the table that becomes an input."""

    name: str
    label: str
    reader: Reader
    # Of numbers what the form asks; of choices their values with their labels.
    asked: Asked | Mapping[str, str]
    # The share of rows that lack it.
    missing: float = 0.0
    ordered: bool = False
    # What was guessed, and what somebody should look at.
    guesses: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        return self.reader.column

    @property
    def is_number(self) -> bool:
        return isinstance(self.asked, Asked)

    @property
    def choices(self) -> Mapping[str, str]:
        assert not isinstance(self.asked, Asked)
        return self.asked

    @property
    def numbers(self) -> Asked:
        assert isinstance(self.asked, Asked)
        return self.asked


class NotAsked(ValueError):
    """A column that becomes no input; the text says why."""


def look_at(raw: pd.Series, *, keep: bool, comma: bool, latest: str) -> list[Column]:
    """The inputs that a column becomes, or NotAsked. One that is to be kept is dropped only where nothing is in it."""
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
    is_phone = names.is_called(heading, "phone|tel|mobile|fax") or texts.str.contains(r"[\s()+/-]").mean() > 0.5
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


def look_at_numbers(
    reader: Reader, numbers: pd.Series, warnings: tuple[str, ...], signs: tuple[str, ...] = ()
) -> Column:
    known = numbers.dropna()
    counts = known.value_counts()
    if len(known) - counts.iloc[0] < FEWEST_ROWS:
        raise NotAsked(nearly_constant(counts, f"{counts.index[0]:g}"))
    heading, whole = reader.column, bool((known % 1 == 0).all())
    lowest, highest = float(known.min()), float(known.max())
    if not whole:
        reach = highest - lowest
        lowest, highest = round_out(lowest, reach, up=False), round_out(highest, reach, up=True)
    each = whole and len(counts) == highest - lowest + 1 <= FEW_NUMBERS and bool(counts.min() >= FEWEST_ROWS)
    middle = float(known.quantile(0.5, interpolation="nearest"))
    unit = [*signs, names.unit_of(heading)][0]
    asked = Asked(lowest, highest, plain(middle), whole, unit, knots_of(known, lowest, highest), each, is_skewed(known))
    guesses = [f"{unit}, from the heading"] if unit and not signs else []
    warnings = (*warnings, *filter(None, [suspicious(counts)]))
    label, missing = names.label_of(heading), float(numbers.isna().mean())
    return Column("", label, reader, asked, missing, guesses=tuple(guesses), warnings=warnings)


def nearly_constant(counts: pd.Series, commonest: str) -> str:
    others = int(counts.sum() - counts.max())
    return f"only {counted(others, 'row')} with another answer than {commonest}"


def round_out(number: float, reach: float, up: bool) -> float:
    """An end of a range, to three figures of its reach, so that it is nobody’s own number; but never beyond 0."""
    for size in (reach / 100, abs(number)):
        step = Decimal(1).scaleb(math.floor(math.log10(size or 1)))
        end = float((Decimal(repr(number)) / step).to_integral_value(ROUND_CEILING if up else ROUND_FLOOR) * step)
        if end * number > 0:
            return end
    return number


def knots_of(known: pd.Series, lowest: float, highest: float) -> tuple[float, ...]:
    """The ends, and quantiles between them that differ: fewer of few rows."""
    shares = (0.1, 0.5, 0.9) if len(known) < 300 else (0.05, 0.275, 0.5, 0.725, 0.95)
    inner = {float(plain(number)) for number in known.quantile(shares, interpolation="nearest")}
    return (lowest, *sorted(number for number in inner if lowest < number < highest), highest)


def is_skewed(known: pd.Series) -> bool:
    if known.min() <= 0 or known.skew() < SKEWED:
        return False
    return bool(abs(np.log(known).skew()) < known.skew() / 2)


def suspicious(counts: pd.Series) -> str:
    """Of a code such as 999, far from all other numbers, what it may mean; empty where there is none."""
    for end in (counts.index.min(), counts.index.max()):
        others = counts.drop(end).index
        gap = min(abs(end - other) for other in others)
        reach = others.max() - others.min()
        if end in CODES_FOR_MISSING and (gap > reach / 2 or (end < 0 <= others.min())):
            return f"{plain(end)} stands in {counts[end]:,} rows: if it means no answer, add it to “missing”"
    return ""


def look_at_choices(reader: Choices, raw: pd.Series) -> Column:
    """Choices in their order; beyond 30 the commonest 29, and whatever has fewer than 10 rows, are “Other”."""
    texts = reader.read(raw)
    counts = texts[texts != ""].value_counts()
    values, ordered = put_in_order(list(counts.index), reader.column)
    guesses: list[str] = ["the order"] if ordered else []
    if rest := too_rare(counts, ordered):
        kept = tuple(one for one in values if one not in rest)
        reader, ordered, values = replace(reader, keep=kept), False, [*kept, OTHER]
        guesses = [f"{len(rest)} of {len(counts)} choices count as Other"]
        if len(rest) > MOST_CHOICES and counts[list(rest)].sum() > MOST_OTHER * counts.sum():
            raise NotAsked(f"{len(counts):,} choices, nearly all of them rare")
    if len(values) < 2 or counts.sum() - counts.max() < FEWEST_ROWS:
        raise NotAsked(nearly_constant(counts, f"“{counts.index[0]}”"))
    label, missing = names.label_of(reader.column), float((texts == "").mean())
    return Column("", label, reader, labelled(values, reader.column), missing, ordered, tuple(guesses))


def too_rare(counts: pd.Series, ordered: bool) -> set[str]:
    """The choices, commonest first, that are to be one: none of a few in an order, or else at least ten rows together."""
    if ordered and len(counts) <= MOST_CHOICES:
        return set()
    common = counts[counts >= FEWEST_ROWS]
    most = MOST_CHOICES if len(common) == len(counts) <= MOST_CHOICES else MOST_CHOICES - 1
    rest = list(counts.index[min(len(common), most) :])
    if rest:
        rest += [one for one in counts.index if letters(one) == letters(OTHER) and one not in rest]
        others = [one for one in counts.index if one not in rest]
        while others and counts[rest].sum() < FEWEST_ROWS:
            rest.append(others.pop())
    return set(rest)


def labelled(values: list[str], heading: str) -> dict[str, str]:
    """Each choice with what the page says for it: itself, but Yes and No where they stand for that."""
    for no, yes in PAIRS:
        found = {letters(value): value for value in values}
        if found.keys() == {no, yes} and not (no == "0" and names.is_called(heading, "sex|gender")):
            return {found[no]: "No", found[yes]: "Yes"}
    return {value: first_upper(value) if value.isalpha() and value.islower() else value for value in values}


def date_format(texts: pd.Series) -> str:
    """How days are written, if these are days."""
    some = texts.drop_duplicates().head(2_000)
    if some.str.fullmatch(LOOKS_LIKE_A_DATE).mean() < 0.98:
        return ""
    for form in DATE_FORMATS:
        if pd.to_datetime(some, format=form, errors="coerce", utc=True).notna().mean() >= 0.98:
            return form
    return ""


def look_at_days(raw: pd.Series, form: str, latest: str) -> list[Column]:
    """Of a day of birth or of a start how long ago it was; of others the year, the month and the weekday."""
    heading = str(raw.name)
    guesses = (f"{form}, though the day may come first",) if form == "%m/%d/%Y" else ()
    reader = Dates(heading, format=form)
    years, label = reader.read(raw), names.label_of(heading)
    missing = float(years.isna().mean())
    stray = int(years.isna().sum() - reader.known(raw).isna().sum())
    warnings = (f"{counted(stray, 'cell')} without a day, taken for no answer",) if stray else ()
    if names.is_called(heading, names.BORN):
        reader, guesses = replace(reader, part="days", until=latest), (*guesses, "days until the table’s last day")
        found = look_at_numbers(reader, reader.read(raw), warnings)
        asked = replace(found.numbers, unit="days")
        return [replace(found, name="days", label=f"Days from {label} to {latest}", asked=asked, guesses=guesses)]
    parts: list[Column] = []
    if ":" in form or form == "ISO8601":
        with contextlib.suppress(NotAsked):
            hours = replace(reader, part="hour")
            found = look_at_numbers(hours, hours.read(raw), warnings)
            said = "hour" if ":" not in form or "%d" in form else ""
            label_of_hour = f"{label}, hour" if said else label
            parts = [
                replace(found, name=said, label=label_of_hour, asked=replace(found.numbers, unit=""), guesses=guesses)
            ]
    if "%d" not in form and form != "ISO8601":
        if parts:
            return parts
        raise NotAsked("the same time in nearly every row")
    with contextlib.suppress(NotAsked):
        found = look_at_numbers(reader, years, warnings)
        parts.insert(0, replace(found, name="year", label=f"{label}, year", guesses=guesses))
    for part, words in ("month", calendar.month_name), ("weekday", ["", *calendar.day_name]):
        found_in = set(replace(reader, part=part).read(raw)) - {""}
        if len(found_in) > 1:
            choices = {number: words[int(number)] for number in sorted(found_in, key=int)}
            parts.append(
                Column(part, f"{label}, {part}", replace(reader, part=part), choices, missing, guesses=guesses)
            )
    if not parts:
        raise NotAsked("its days are all in one year, one month and on one weekday")
    return parts


def plain(number: float) -> str:
    """As a person types it."""
    return str(int(number)) if number == int(number) else format(Decimal(f"{number:.6g}"), "f")
