"""Looking at a whole table: every column by itself, and what columns have to do with one another and with the target."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from model.declare.inputs import few, first_upper
from model.files.dialect import Unusable
from model.files.headings import simplify

from . import names
from .asking import look_at
from .columns import Column, NotAsked
from .days import date_format
from .draft import Draft, Wishes, tidied
from .examples import make_examples
from .numerals import has_decimal_commas, read_numerals
from .outcomes import Target
from .rough import name_strongest
from .target import look_at_target
from .tidied import Choices, Dates, Reader

# Fewer cases than this for each coefficient call for a stronger ridge.
CASES_A_COEFFICIENT = 10
FEWEST_IN_A_GROUP = 30
# From this share of copied rows on they are told, if shuffled columns make far fewer.
COPIED, MORE_THAN_CHANCE = 0.05, 2
AGES = (18, 25, 35, 45, 55, 65, 75)
NO_PREFIX = {"is", "has", "was", "no", "num", "number", "total", "avg", "the", "of", "n", "in"}


def make_draft(
    name: str, path: Path, raw: pd.DataFrame, target: str, wishes: Wishes, notes: Sequence[str] = ()
) -> Draft:
    """The draft of a declaration for a table of texts; Unusable where nothing can be learnt from it."""
    heading, wishes = heading_of(raw, target, "--target"), with_headings(raw, wishes)
    comma = has_decimal_commas(raw)
    told = look_at_target(raw[heading], wishes.yes, wishes.kind, comma)
    outcome = told.reader.read(raw[heading])
    rows = raw[outcome.notna() & (outcome != "")]
    for needed in filter(None, (wishes.weights, wishes.group, wishes.order_by)):
        rows = rows[Reader(needed).known(rows[needed]).notna()]
    rows = rows.reset_index(drop=True)
    columns, dropped, kept = look_at_all(rows, told, wishes, comma)
    if not columns:
        keep = "; --keep keeps one all the same" if kept else ""
        raise Unusable(f"{path.name} has no column but {heading} that a form could ask for{keep}")
    if left := len(raw) - len(rows):
        notes = [*notes, f"{left:,} of {len(raw):,} rows lack {heading} or another answer, and are left out"]
    beside = {option: (names.safe_name(getattr(wishes, option), [told.name, *(one.name for one in columns)]), reader)
              for option, reader in read_beside(rows, wishes, comma).items()}  # fmt: skip
    draft = Draft(name, path, told, tuple(columns), wishes, len(rows), dropped, kept, beside=beside)
    table = tidied(draft, raw)
    outcome = told.as_number(table[told.name])
    told = told.looked_at({one.name: one for one in columns}, table, outcome)
    draft = replace(draft, target=told)
    about: dict[str, Any] = {
        "leaks": {one.source: why for one in columns if (why := suspect(told, one, table[one.name], outcome))},
        "groups": {one.name: edges_of(one, table[one.name]) for one in columns
                   if names.is_called(one.source, names.SENSITIVE)},
        "fieldsets": part(columns, draft.one),
        "examples": make_examples(draft, table, outcome),
        "is_small": are_few(told, outcome, columns),
        "notes": (*notes, *repeated(rows, wishes), *copied(rows, wishes), *name_strongest(
            {one.name: one for one in columns}, table, outcome, told.classes is not None)),
    }  # fmt: skip
    return replace(draft, **about)


def look_at_all(
    rows: pd.DataFrame, told: Target, wishes: Wishes, comma: bool
) -> tuple[list[Column], dict[str, str], frozenset[str]]:
    """The inputs in the order of the table, why each other column is none, and which of those --keep would bring back."""
    inputs: list[Column] = []
    dropped: dict[str, str] = {}
    kept: set[str] = set()
    latest = latest_day(rows)
    beside = {
        wishes.weights: "the weights",
        wishes.group: "the groups of the folds",
        wishes.order_by: "the folds’ order",
    }
    seen: dict[tuple[int, ...], str] = {}
    for heading in rows.columns:
        if heading == told.source:
            continue
        keep = heading in wishes.keep
        try:
            if heading in beside:
                raise NotAsked(beside[heading])
            if heading in wishes.drop and not keep:
                raise NotAsked("as asked")
            if not keep and is_repeated_id(rows, heading):
                raise NotAsked("an id that repeats")
            found = look_at(rows[heading], keep=keep, comma=comma, latest=latest)
            same = None if keep else twin(rows[heading], seen)
            if same:
                raise NotAsked(f"says the same as {same}")
        except NotAsked as why:
            dropped[str(heading)] = str(why)
            if heading not in beside and heading not in wishes.drop and could_be_kept(rows[heading], comma, latest):
                kept.add(str(heading))
            continue
        for one in found:
            taken = [told.name, *(other.name for other in inputs)]
            name = names.safe_name(f"{heading} {one.name}".strip(), taken)
            label = names.distinct_label(one.label, [other.label for other in inputs])
            inputs.append(replace(one, name=name, label=label))
    return inputs, dropped, frozenset(kept)


def could_be_kept(column: pd.Series, comma: bool, latest: str) -> bool:
    try:
        return bool(look_at(column, keep=True, comma=comma, latest=latest))
    except NotAsked:
        return False


def twin(column: pd.Series, seen: dict[tuple[int, ...], str]) -> str:
    """A column before this one that says the same, if in other words; of many numbers, in the same."""
    codes, values = pd.factorize(column)
    told = tuple(codes) if len(values) <= len(column) / 2 else tuple(map(hash, column))
    return seen.get(told) or (seen.setdefault(told, str(column.name)) and "")


def is_repeated_id(rows: pd.DataFrame, heading: str) -> bool:
    """Whether it says whose rows these are, and somebody has several."""
    counts = rows[heading].loc[lambda text: text != ""].value_counts()
    return names.ends_in(heading, names.SUBJECTS) and len(counts) > 10 and counts.mean() >= 1.2


def repeated(rows: pd.DataFrame, wishes: Wishes) -> Iterable[str]:
    for heading in rows.columns:
        if not wishes.group and is_repeated_id(rows, heading):
            yield f"{heading} repeats: --group {heading} keeps its rows in one fold, and the figures honest"


def copied(raw: pd.DataFrame, wishes: Wishes) -> Iterable[str]:
    """Rows that are there more often than so many columns would agree by chance."""
    copies = int(raw.duplicated().sum())
    if copies < COPIED * len(raw) or wishes.group:
        return
    # Each column by itself is as it was.
    shuffled = pd.DataFrame(
        {at: raw.iloc[:, at].sample(frac=1, random_state=at).to_numpy() for at in range(raw.shape[1])}
    )
    if copies > MORE_THAN_CHANCE * int(shuffled.duplicated().sum()):
        yield (
            f"{copies:,} of {len(raw):,} rows repeat another in every column: if they are the same case, leave all but one out, "
            "or the figures are too good, since one is told by the other"
        )


def heading_of(raw: pd.DataFrame, asked: str, option: str) -> str:
    """The column that is meant, in any case and with any of the marks between its words."""
    meant = {form(str(heading)): str(heading) for form in (names.apart, simplify) for heading in raw.columns}
    found = asked if asked in raw.columns else meant.get(simplify(asked)) or meant.get(names.apart(asked))
    if found is None:
        raise Unusable(f"{option}: there is no column {asked!r}. There are: {', '.join(map(str, raw.columns))}")
    return found


def with_headings(raw: pd.DataFrame, wishes: Wishes) -> Wishes:
    single: dict[str, Any] = {option: heading_of(raw, asked, f"--{option.replace('_', '-')}")
              for option in ("weights", "group", "order_by") if (asked := getattr(wishes, option))}  # fmt: skip
    several: dict[str, Any] = {option: tuple(heading_of(raw, one, f"--{option}") for one in getattr(wishes, option))
               for option in ("keep", "drop")}  # fmt: skip
    return replace(wishes, **single, **several)


def read_beside(rows: pd.DataFrame, wishes: Wishes, comma: bool) -> dict[str, Reader]:
    """How the columns are read that training asks for beside the inputs."""
    found: dict[str, Reader] = {}
    if wishes.group:
        found["group"] = Choices(wishes.group, required=True)
    for option in ("weights", "order_by"):
        if heading := getattr(wishes, option):
            texts = Reader(heading).known(rows[heading]).dropna().astype(str)
            numerals = read_numerals(heading, texts, comma)
            if form := date_format(texts):
                found[option] = Dates(heading, required=True, part="days", format=form)
            elif numerals:
                found[option] = replace(numerals.reader, required=True)
            else:
                raise Unusable(
                    f"--{option.replace('_', '-')}: {heading} has {few(texts.unique().tolist(), 3)}, no numbers"
                )
    return found


def latest_day(rows: pd.DataFrame) -> str:
    """The last day in the table, until which ages are counted; today where it has no days but of births and starts."""
    days = []
    for heading in rows.columns:
        texts = Reader(str(heading)).known(rows[heading]).dropna().astype(str)
        if len(texts) and not names.is_called(str(heading), names.BORN) and (form := date_format(texts)):
            days.append(pd.to_datetime(texts, format=form, errors="coerce", utc=True).max())
    return str(max(days, default=pd.Timestamp.now(tz="UTC")).date())


def suspect(told: Target, column: Column, values: pd.Series, outcome: pd.Series) -> str:
    """Why an input may know the answer only because it was written down after it; empty where it does not."""
    if names.is_called(column.source, names.AFTERWARDS):
        return "its name says that it comes after the outcome"
    return told.too_good(column, values, outcome)


def are_few(told: Target, outcome: pd.Series, columns: Sequence[Column]) -> bool:
    """Whether there are few cases for so many coefficients; of yes and no and of classes the rarest counts."""
    coefficients = sum(len(one.numbers.knots if one.is_number else one.choices) - 1 for one in columns)
    return bool(told.cases(outcome) < CASES_A_COEFFICIENT * coefficients)


def edges_of(column: Column, numbers: pd.Series) -> tuple[float, ...]:
    """Where a number's groups part, each of them of enough rows; nowhere for choices."""
    if not column.is_number:
        return ()
    is_age = names.is_called(column.source, "age") and numbers.max() > AGES[0]
    edges: list[float] = []
    for edge in AGES if is_age else numbers.quantile([0.25, 0.5, 0.75], interpolation="nearest").unique():
        within = (numbers < edge) & (numbers >= (edges[-1] if edges else float("-inf")))
        if within.sum() >= FEWEST_IN_A_GROUP and (numbers >= edge).sum() >= FEWEST_IN_A_GROUP:
            edges.append(edge)
    return tuple(edges)


def part(columns: Sequence[Column], one: str) -> Mapping[str, tuple[str, ...]]:
    """The inputs under headings: those whose names begin with one word together, the others first."""
    prefix = {column.name: column.name.partition("_")[0] for column in columns}
    sources: dict[str, set[str]] = {}
    for column in columns:
        sources.setdefault(prefix[column.name], set()).add(column.source)
    counts = Counter(word for name, word in prefix.items() if word != name and word not in NO_PREFIX)
    found: dict[str, tuple[str, ...]] = {f"The {one}": ()}
    for column in columns:
        word = prefix[column.name]
        alone = counts[word] < 2 or counts[word] == len(columns)
        # A day's year, month and weekday stand under its whole name.
        whole = names.label_of(column.source) if len(sources[word]) == 1 else first_upper(word)
        heading = f"The {one}" if alone else whole
        found[heading] = (*found.get(heading, ()), column.name)
    return {heading: inputs for heading, inputs in found.items() if inputs}
