"""What is to be told: which kind of answer the target's column holds, what counts as yes, and in which order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from model.declare.inputs import few
from model.declare.model import Kind
from model.files.dialect import Unusable

from . import names
from .columns import FEWEST_ROWS
from .numerals import read_numerals
from .order import put_in_order
from .tidied import OTHER, Choices, Reader, letters

YES = ("yes", "true", "y", "t", "positive", "pos", "bad")
MOST_CLASSES = 20
FEW_NUMBERS = 10


@dataclass(frozen=True)
class Target:
    """The column that the model tells."""

    name: str
    label: str
    reader: Reader
    kind: Kind
    # What counts as yes, and how a page says it; or the classes with their labels; or what an amount counts.
    yes: str = ""
    no: str = ""
    classes: Mapping[str, str] | None = None
    unit: str = ""
    # Whether 1 stands for yes.
    coded: bool = False
    guess: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        return self.reader.column


def look_at_target(raw: pd.Series, yes: str | None, comma: bool) -> Target:
    heading = str(raw.name)
    reader = Choices(heading, required=True)
    texts = reader.read(raw)
    counts = texts[texts != ""].value_counts()
    if len(counts) < 2:
        only = f"“{counts.index[0]}” alone" if len(counts) else "nothing"
        raise Unusable(f"The target {heading} has {only} in it, so there is nothing to tell apart")
    found = Target(names.safe_name(heading, ()), names.label_of(heading), reader, "probability")
    if yes is not None:
        meant = {letters(value): value for value in counts.index}.get(letters(yes))
        if meant is None:
            raise Unusable(f"--yes: {heading} has no {yes!r}. It has {few(list(counts.index), 10)}")
        if len(counts) > 2:
            reader = replace(reader, keep=(meant,))
            return replace(found, reader=reader, yes=meant, guess=f"all but “{meant}” count as no")
        no = next(value for value in counts.index if value != meant)
        return replace(found, yes=meant, no=no, coded=set(counts.index) == {"0", "1"} and yes == "1")
    if len(counts) == 2:
        coded = set(counts.index) == {"0", "1"}
        says = guess_yes(counts)
        no = next(value for value in counts.index if value != says)
        return replace(found, yes=says, no=no, coded=coded, guess=why_yes(counts))
    if numerals := read_numerals(heading, Reader(heading).known(raw).dropna().astype(str), comma):
        numbers = numerals.reader.read(raw)
        whole = bool((numbers.dropna() % 1 == 0).all())
        signs = numerals.reader.signs
        if not (whole and not signs and len(counts) <= FEW_NUMBERS and counts.min() >= FEWEST_ROWS):
            unit = (signs or [names.unit_of(heading)])[0]
            reader_of_numbers = replace(numerals.reader, required=True)
            return replace(found, kind="amount", reader=reader_of_numbers, unit=unit, warnings=numerals.warnings)
        ordered = sorted(counts.index, key=float)
        guess = f"{len(counts)} whole numbers are taken for kinds"
        return replace(found, kind="classes", classes={one: one for one in ordered}, guess=guess)
    if len(counts) > MOST_CLASSES:
        raise Unusable(
            f"The target {heading} has {len(counts):,} different texts, like {few(list(counts.index), 3)}. "
            f"It must have two values, 3 to {MOST_CLASSES} texts, or numbers; or say which text counts as yes with --yes"
        )
    return with_classes(found, counts)


def with_classes(found: Target, counts: pd.Series) -> Target:
    """Texts as classes in their order; those of fewer than ten rows are one, or are left out if they are still few."""
    values, ordered = put_in_order(list(counts.index), found.source)
    rare = [one for one in values if counts[one] < FEWEST_ROWS]
    kept = [one for one in values if one not in rare]
    if len(kept) < 2:
        raise Unusable(f"The target {found.source} has fewer than {FEWEST_ROWS} rows of nearly every text")
    guess, reader = "the order" if ordered else "", found.reader
    if rare:
        joined = counts[rare].sum() >= FEWEST_ROWS
        others = OTHER if joined else ""
        reader = Choices(found.source, required=True, keep=tuple(kept), others=others)
        guess = f"{few(rare)} {'count as Other' if joined else 'left out'}, with fewer than {FEWEST_ROWS} rows each"
        kept += [OTHER] if joined else []
    if len(kept) == 2:
        return replace(found, reader=reader, yes=min(kept, key=lambda one: counts.get(one, 0)), guess=guess)
    return replace(found, kind="classes", reader=reader, classes={one: one for one in kept}, guess=guess)


def guess_yes(counts: pd.Series) -> str:
    """Of two values the one that says yes, or else the rarer."""
    by_letters = {letters(value): value for value in counts.index}
    says = [by_letters[word] for word in YES if word in by_letters]
    above = [value for value in counts.index if re.match(r"[>≥]", value)]
    coded = [by_letters["1"]] if by_letters.keys() in ({"0", "1"}, {"-1", "1"}) else []
    return str([*says, *coded, *above, counts.index[-1]][0])


def why_yes(counts: pd.Series) -> str:
    yes = guess_yes(counts)
    if letters(yes) in YES or by_sign(yes):
        return f"“{yes}” counts as yes"
    return f"“{yes}” counts as yes, since it is the rarer"


def by_sign(yes: str) -> bool:
    return yes == "1" or yes[0] in ">≥"


def spoken(target: Target, value: str) -> str:
    """A value of the target as a sentence has it: itself, but yes for a 1 that has a 0 beside it."""
    return {"1": "yes", "0": "no"}.get(value, value) if target.coded else value
