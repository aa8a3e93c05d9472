"""How a declaration reads its table, a column a line. Nothing here needs pandas until the table is read."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.declare.inputs import few

if TYPE_CHECKING:
    import pandas as pd

# What stands in a table for no answer, in any case.
MISSING = ("", "?", "-", "na", "n/a", "#n/a", "nan", "<na>", "null", "unknown", "i don't know", "i don’t know")
OTHER = "Other"
# A number below 0, as accounts have it.
IN_BRACKETS = r"^\((.*)\)$"
# What parts thousands beside a full stop or a comma.
SPACES = r"[\s'’\u00a0\u202f]"
# By its decimal mark, how a number is written: what parts thousands has three figures behind it, and no 0 before it. In India
# a comma also parts lakhs.
WRITTEN = {
    ".": re.compile(r"[+-]?(?:(?:\d+|[1-9]\d{0,2}(?:,\d{2,3})*,\d{3})(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"),
    ",": re.compile(r"[+-]?(?:(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+)(?:,\d*)?|,\d+)(?:[eE][+-]?\d+)?"),
}
OTHER_MARK = {".": ",", ",": "."}


def read_with(decimal: str, text: str) -> float:
    """The number that is written with this decimal mark, or can only be written with the other; else NaN.

    Among prices like “1.234,50” a “1234.5” is no 12345, since no full stop parts thousands there.
    """
    bare = re.sub(SPACES, "", text).replace("−", "-")
    for mark in decimal, OTHER_MARK[decimal]:
        if WRITTEN[mark].fullmatch(bare):
            return float(bare.replace(OTHER_MARK[mark], "").replace(mark, "."))
    return math.nan


@dataclass(frozen=True)
class Reader:
    """A column of the table, by its heading there."""

    column: str
    # What besides blank, ?, -, NA, null and unknown stands for no answer.
    missing: tuple[str, ...] = ()
    # Whether a row without it is left out.
    required: bool = False

    def known(self, raw: pd.Series) -> pd.Series:
        """The texts without space around them, None where there is no answer."""
        marks = {*MISSING, *(mark.casefold() for mark in self.missing)}
        return each(raw, lambda texts: texts.where(~texts.str.casefold().isin(marks), None))

    def read(self, raw: pd.Series) -> pd.Series:
        raise NotImplementedError

    def answer(self, cell: str) -> Any:
        """One cell of a file that is written as the table is; None where there is no answer, itself where it is no such cell."""
        text = cell.strip()
        return None if text.casefold() in {*MISSING, *map(str.casefold, self.missing)} else self.answer_to(text)

    def answer_to(self, text: str) -> Any:
        return text


@dataclass(frozen=True)
class Numbers(Reader):
    """Numbers, as the table writes them: “$1,200”, “12 %”, “2,8” where the decimal mark is a comma."""

    # What stands before or after each number: "$", "kg".
    signs: tuple[str, ...] = ()
    decimal: str = "."

    def read(self, raw: pd.Series) -> pd.Series:
        return each(self.known(raw), self._parse).astype(float)

    def _parse(self, texts: pd.Series) -> pd.Series:
        import pandas as pd

        text = texts[texts != ""].str.replace(IN_BRACKETS, r"-\1", regex=True)
        for sign in self.signs:
            text = text.str.replace(sign, "", n=1, regex=False)
        numbers = pd.Series([read_with(self.decimal, one) for one in text], text.index, dtype=float)
        if numbers.isna().any():
            odd = texts[numbers.index[numbers.isna()]].tolist()
            raise ValueError(f"{self.column}: {few(odd)} is no number. If it stands for no answer, add it to “missing”")
        return numbers.reindex(texts.index)

    def answer_to(self, text: str) -> Any:
        bare = re.sub(IN_BRACKETS, r"-\1", text)
        for sign in self.signs:
            # Once: “5 mm” are not 5 m.
            bare = bare.replace(sign, "", 1)
        number = read_with(self.decimal, bare)
        return text if number != number else number


@dataclass(frozen=True)
class Choices(Reader):
    """Texts or codes. Spellings that differ in capitals or space alone count as the commonest of them."""

    # Where it is given, whatever else the table has counts as one choice more; “” leaves it out.
    keep: tuple[str, ...] = ()
    others: str = OTHER

    def read(self, raw: pd.Series) -> pd.Series:
        text = self.known(raw)
        if all(re.fullmatch(r"-?\d+(\.0+)?", one) for one in text.dropna().unique()):
            # How a program writes the code 1 in a column with gaps.
            text = each(text, lambda texts: texts.str.replace(r"\.0+$", "", regex=True))
        counts = text.value_counts()
        spelt = {letters(one): one for one in self.keep or sorted(counts.index, key=lambda one: (counts[one], one))}
        others = self.others if self.keep else ""
        return each(text, lambda texts: texts.map(lambda one: spelt.get(letters(one), others) if one else ""))

    def answer_to(self, text: str) -> Any:
        code = text.removesuffix(".0") if re.fullmatch(r"-?\d+\.0", text) else text
        return {letters(one): one for one in self.keep}.get(letters(code), self.others) if self.keep else code


# How long ago a day is may be told so, in full: the months that one of these has.
MONTHS_OF = {"months": 1, "years": 12}


@dataclass(frozen=True)
class Dates(Reader):
    """Days: their year, their month from 1, their weekday from 1 for Monday, or their hour; or how many days, full months or
    full years they are before another.

    Without another day they are counted from 1970 on, as an order needs it.
    """

    part: str = "year"
    # As strptime has it: "%d.%m.%Y".
    format: str = "ISO8601"
    until: str = ""

    def read(self, raw: pd.Series) -> pd.Series:
        import pandas as pd

        days = pd.to_datetime(self.known(raw), format=self.format, errors="coerce", utc=True)
        if self.part == "days":
            day = pd.Timestamp(self.until or "1970-01-01", tz="UTC")
            return (day - days.dt.normalize()).dt.days.astype(float) * (1 if self.until else -1)
        if self.part in MONTHS_OF:
            return (full_months(pd.Timestamp(self.until), days.dt) // MONTHS_OF[self.part]).astype(float)
        if self.part == "year":
            return days.dt.year.astype(float)
        if self.part == "hour":
            return (days.dt.hour + days.dt.minute / 60).round(2)
        numbers = days.dt.month if self.part == "month" else days.dt.day_of_week + 1
        return numbers.map(lambda number: "" if number != number else str(int(number))).astype(object)

    def answer_to(self, text: str) -> Any:
        try:
            # A workbook's days come so, however the table writes its own.
            iso = self.format == "ISO8601" or bool(re.match(r"\d{4}-\d\d-\d\d", text))
            moment = datetime.fromisoformat(text) if iso else datetime.strptime(text, self.format)  # noqa: DTZ007
        except ValueError:
            return text
        day = (moment.astimezone(UTC) if moment.tzinfo else moment).date()
        if self.part == "days":
            return (date.fromisoformat(self.until or "1970-01-01") - day).days * (1 if self.until else -1)
        if self.part in MONTHS_OF:
            return full_months(date.fromisoformat(self.until), day) // MONTHS_OF[self.part]
        hour = round((moment.astimezone(UTC) if moment.tzinfo else moment).hour + moment.minute / 60, 2)
        return {"year": day.year, "month": str(day.month), "weekday": str(day.isoweekday()), "hour": hour}[self.part]


def full_months(until: Any, since: Any) -> Any:
    """How many months have wholly gone by from one day to another; of many days at once too."""
    return 12 * (until.year - since.year) + until.month - since.month - (until.day < since.day)


def each(column: pd.Series, read: Callable[[pd.Series], pd.Series]) -> pd.Series:
    """The column with each distinct text read once; None is read as “”."""
    import pandas as pd

    codes, distinct = pd.factorize(column.where(column.notna(), ""))
    texts = pd.Series(distinct, dtype=object).astype(str).str.strip().astype(object)
    return read(texts).take(codes).set_axis(column.index)


def letters(text: str) -> str:
    return " ".join(text.casefold().split())


class Tidied:
    """A table that is read when the model is trained: by its name a column for each input, and the target."""

    __name__ = "Tidied"

    def __init__(self, path: str | Path, /, **columns: Reader) -> None:
        self.path = Path(path)
        self.columns: Mapping[str, Reader] = columns

    def __call__(self) -> pd.DataFrame:
        from .source import read_source

        return self.tidy(read_source(self.path)[0])

    def tidy(self, raw: pd.DataFrame) -> pd.DataFrame:
        """The columns as they are declared, without the rows that lack what is required."""
        import pandas as pd

        strange = [reader.column for reader in self.columns.values() if reader.column not in raw.columns]
        if strange:
            has = ", ".join(map(str, raw.columns))
            raise ValueError(f"{self.path.name} has no column {few(strange)}. It has: {has}")
        needed = {name: reader for name, reader in self.columns.items() if reader.required}
        for reader in needed.values():
            raw = raw[reader.known(raw[reader.column]).notna()]
        table = pd.DataFrame({name: reader.read(raw[reader.column]) for name, reader in self.columns.items()})
        lacking = (table[[*needed]].isna() | (table[[*needed]] == "")).any(axis=1)
        return table[~lacking].reset_index(drop=True)
