"""Columns of choices: their order, their labels, and which of them are too rare to stand alone."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from model.declare.inputs import first_upper

from . import names
from .columns import FEWEST_ROWS, Column, NotAsked, nearly_constant
from .order import put_in_order
from .tidied import OTHER, Choices, letters

MOST_CHOICES = 30
# Of a column whose “Other” would have more of the rows than this, nothing can be learnt.
MOST_OTHER = 0.9
PAIRS = [("no", "yes"), ("false", "true"), ("0", "1"), ("n", "y"), ("f", "t"), ("off", "on")]


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
    label, missing = names.label_of(reader.column, with_unit=True), float((texts == "").mean())
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
    return {value: first_upper(value) if is_words(value) else value for value in values}


def is_words(value: str) -> bool:
    """Whether it is written in small letters alone, in one word or some: a capital or a digit may mean something."""
    return value.islower() and all(word.isalpha() for word in value.split())
