"""Columns of days: how they are written, and the numbers and choices that they become."""

from __future__ import annotations

import calendar
import contextlib
from dataclasses import replace

import pandas as pd

from model.declare.inputs import first_upper

from . import names
from .columns import Column, NotAsked
from .numbers import look_at_numbers
from .source import counted
from .tidied import Dates

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
# So many days ago, as it is of the middle row, is told in full years, or in full months.
LONG, NOT_LONG = 10 * 365, 365
# A moment that says how far its clock is from UTC, by which it is read.
ZONED = r":\d\d.*(?:Z|[+-]\d\d:?\d\d)$"
LOOKS_LIKE_A_DATE = (
    r"\d{4}-\d{1,2}-\d{1,2}.*|\d{1,4}[./-]\d{1,2}[./-]\d{2,4}.*|\d{1,2}[ -][A-Za-z]{3,9}[ ,-]{1,2}\d{2,4}"
    r"|\w{3,9} \d{1,2}, \d{4}|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])|\d{1,2}:\d\d(?::\d\d)?"
)


def date_format(texts: pd.Series) -> str:
    """How days are written, if these are days."""
    some = texts.drop_duplicates().head(2_000)
    if some.str.fullmatch(LOOKS_LIKE_A_DATE).mean() < 0.98:
        return ""
    for form in DATE_FORMATS:
        if pd.to_datetime(some, format=form, errors="coerce", utc=True).notna().mean() >= 0.98:
            return form
    return ""


def count_in(days: pd.Series) -> str:
    """What people know how long ago something was in: hardly anybody knows the days since they were born."""
    usual = days.median()
    return "years" if usual >= LONG else "months" if usual >= NOT_LONG else "days"


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
        part = count_in(replace(reader, part="days", until=latest).read(raw))
        counted_in = part if part == "days" else f"full {part}"
        reader, guesses = replace(reader, part=part, until=latest), (*guesses, f"{counted_in} until {latest}")
        found = look_at_numbers(reader, reader.read(raw), warnings)
        asked, label = replace(found.numbers, unit=part), f"{first_upper(counted_in)} from {label} to {latest}"
        return [replace(found, name=part, label=label, asked=asked, guesses=guesses)]
    parts: list[Column] = []
    if ":" in form or form == "ISO8601":
        with contextlib.suppress(NotAsked):
            hours = replace(reader, part="hour")
            found = look_at_numbers(hours, hours.read(raw), warnings)
            said = "hour" if ":" not in form or "%d" in form else ""
            # Moments of several zones have the hours of none of them.
            zone = " (UTC)" if reader.known(raw).dropna().str.contains(ZONED).any() else ""
            label_of_hour = f"{label}, hour{zone}" if said else label
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
