"""Texts that cannot be answers to an input, found many at once.

What is found is surely refused, and just so. Whatever is left is read one by one, as the form reads it: every text with a
letter beyond ASCII is, since only Python knows which of those are alike.
"""

from __future__ import annotations

import re
from string import ascii_lowercase, punctuation

import polars as pl

from model.declare.choice import ChoiceInput
from model.declare.inputs import Input
from model.declare.number import NumberInput
from model.declare.numerals import QUOTES

# What Python takes for space.
SPACE = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
# A choice's number with what a program put behind it.
CODE = r"\.0+$"
SIMPLE = r"^[+-]?[0-9]{1,300}(\.[0-9]{1,50})?$"
# What may be in a number, or around it.
IN_NUMBERS = "+-.,e'\""


def find_misfits(asked: Input, texts: pl.Series) -> dict[str, pl.Series]:
    """For some of the codes with which the input refuses a text: of each text whether it is surely refused so."""
    if type(asked) is ChoiceInput:
        found = {"not_offered": is_no_choice(asked)}
    elif type(asked) is NumberInput:
        found = find_no_numbers(asked)
    else:
        return {}
    table = pl.DataFrame({"text": texts}).with_columns(plain=strip(pl.col("text")).str.to_lowercase())
    is_ascii = pl.col("text").str.len_bytes() == pl.col("text").str.len_chars()
    return table.select((is_ascii & one).fill_null(False).alias(code) for code, one in found.items()).to_dict()


def is_no_choice(asked: ChoiceInput) -> pl.Expr:
    known = [*asked.values_by_text, *asked.words_for_none, ""]
    return ~(pl.col("plain").is_in(known) | pl.col("plain").str.contains(CODE))


def find_no_numbers(asked: NumberInput) -> dict[str, pl.Expr]:
    text, plain = pl.col("text"), pl.col("plain")
    is_simple, number = text.str.contains(SIMPLE), text.cast(pl.Float64, strict=False)
    is_whole = number == number.floor() if asked.whole else pl.lit(True)
    is_outside = is_simple & is_whole & ~number.is_between(asked.lowest, asked.highest)
    # What stands in a number, at one of its ends, is its unit and nothing else.
    unit = asked.unit.lower()
    ends = [end for end in (unit, unit.removesuffix("s")) if end]
    has_unit = pl.any_horizontal(
        pl.lit(False), *[plain.str.starts_with(end) | plain.str.ends_with(end) for end in ends]
    )
    is_strange = plain.str.contains(all_but(IN_NUMBERS)) & ~has_unit | plain.str.contains(all_but(IN_NUMBERS + unit))
    is_none = plain.is_in([*asked.words_for_none])
    found = {"not_a_number": is_strange & ~is_none, "out_of_range": is_outside}
    return {**found, "not_whole": is_simple & ~is_whole} if asked.whole else found


def all_but(letters: str) -> str:
    """A pattern for any other small letter or mark."""
    return f"[{re.escape(''.join([letter for letter in ascii_lowercase + punctuation if letter not in letters]))}]"


def strip(text: pl.Expr) -> pl.Expr:
    """As `plain` does it."""
    return text.str.strip_chars(SPACE).str.strip_chars(QUOTES).str.strip_chars(SPACE)
