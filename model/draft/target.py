"""What is to be told: which kind of answer the target's column holds, what counts as yes, and in which order."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pandas as pd

from model.declare.inputs import few as some
from model.files.dialect import Unusable

from . import names
from .columns import FEWEST_ROWS
from .numerals import read_numerals
from .order import put_in_order
from .outcomes import HowMuch, OneOf, Target, YesOrNo
from .source import counted
from .tidied import OTHER, Choices, Numbers, Reader, letters

YES = ("yes", "true", "y", "t", "positive", "pos", "bad", "ja", "oui", "sí")
MOST_CLASSES = 20
FEW_NUMBERS = 10


def look_at_target(raw: pd.Series, yes: str | None, kind: str, comma: bool) -> Target:
    """What the target tells, of the kind that is asked for if one is."""
    heading = str(raw.name)
    reader = Choices(heading, required=True)
    counts = reader.read(raw).loc[lambda text: text != ""].value_counts()
    if len(counts) < 2:
        only = f"“{counts.index[0]}” alone" if len(counts) else "nothing"
        raise Unusable(f"The target {heading} has {only} in it, so there is nothing to tell apart")
    # Of an amount the unit stands beside it; “failed in 30 days” counts no days.
    found = YesOrNo(names.safe_name(heading, ()), names.label_of(heading, with_unit=True), reader)
    numerals = read_numerals(heading, Reader(heading).known(raw).dropna().astype(str), comma)
    looks_like_amount = numerals is not None and len(counts) > 2 and not are_kinds(numerals.reader, counts)
    is_amount = yes is None and {"amount": True, "classes": False}.get(kind, looks_like_amount)
    if not is_amount and (yes is not None or len(counts) == 2):
        return yes_or_no(found, counts, yes)
    if is_amount:
        if not numerals:
            raise Unusable(f"--kind: {heading} is no amount. It has {some(list(counts.index), 3)}")
        unit = (numerals.reader.signs or [names.unit_of(heading)])[0]
        reader_of_numbers = replace(numerals.reader, required=True)
        spread = float(reader_of_numbers.read(raw).std()) or 1.0
        decimals = max(0, 2 - math.floor(math.log10(spread)))
        return HowMuch(
            found.name,
            names.label_of(heading),
            reader_of_numbers,
            warnings=numerals.warnings,
            unit=unit,
            decimals=decimals,
        )
    if len(counts) > MOST_CLASSES:
        raise Unusable(
            f"The target {heading} has {len(counts):,} different texts, like {some(list(counts.index), 3)}. "
            f"It must have two values, 3 to {MOST_CLASSES} texts, or numbers; or say which text counts as yes with --yes"
        )
    return with_classes(found, counts, numerals is not None)


def are_kinds(reader: Numbers, counts: pd.Series) -> bool:
    """Whether numbers are so few, and each so common, that they are rather names of kinds."""
    whole = all(re.fullmatch(r"-?\d+", value) for value in counts.index)
    return whole and not reader.signs and len(counts) <= FEW_NUMBERS and bool(counts.min() >= FEWEST_ROWS)


def yes_or_no(found: YesOrNo, counts: pd.Series, yes: str | None) -> Target:
    """One text against the other, or against all others: the one that is asked for, that says yes, or the rarer."""
    by_letters = {letters(value): value for value in counts.index}
    guess = ""
    if yes is None:
        says = [by_letters[word] for word in YES if word in by_letters]
        says += [by_letters["1"]] if by_letters.keys() in ({"0", "1"}, {"-1", "1"}) else []
        says += [value for value in counts.index if value[0] in ">≥"]
        meant = [*says, counts.index[-1]][0]
        guess = f"“{meant}” counts as yes{'' if says else ', since it is the rarer'}"
    elif letters(yes) not in by_letters:
        raise Unusable(f"--yes: {found.source} has no {yes!r}. It has {some(list(counts.index), 10)}")
    else:
        meant = by_letters[letters(yes)]
    if (fewest := min(counts[meant], counts.sum() - counts[meant])) < FEWEST_ROWS:
        raise Unusable(
            f"The target {found.source} has {counted(int(fewest), 'row')} of one answer; each needs {FEWEST_ROWS} at least"
        )
    if len(counts) > 2:
        reader = Choices(found.source, required=True, keep=(meant,))
        return replace(found, reader=reader, yes=meant, guess=f"all but “{meant}” count as no")
    no = next(value for value in counts.index if value != meant)
    return replace(found, yes=meant, no=no, coded={meant, no} == {"0", "1"}, guess=guess)


def with_classes(found: YesOrNo, counts: pd.Series, are_numbers: bool) -> Target:
    """Texts as classes in their order; those of fewer than ten rows are one, or are left out if they are still few."""
    values, ordered = put_in_order(list(counts.index), found.source)
    rare = [one for one in values if counts[one] < FEWEST_ROWS]
    kept = [one for one in values if one not in rare]
    if len(kept) < 2:
        raise Unusable(f"The target {found.source} has fewer than {FEWEST_ROWS} rows of nearly every text")
    guess, reader = "the order" if ordered else "", found.reader
    if are_numbers:
        guess = f"{len(counts)} numbers are taken for kinds; --kind amount takes them for an amount"
    if rare:
        joined = counts[rare].sum() >= FEWEST_ROWS
        others = OTHER if joined else ""
        reader = Choices(found.source, required=True, keep=tuple(kept), others=others)
        guess = f"{some(rare)} {'count as Other' if joined else 'left out'}, with fewer than {FEWEST_ROWS} rows{' each' if rare[1:] else ''}"
        kept += [OTHER] if joined else []
    if len(kept) == 2:
        return replace(found, reader=reader, yes=min(kept, key=lambda one: counts.get(one, 0)), guess=guess)
    return OneOf(found.name, found.label, reader, guess, classes={one: one for one in kept})
