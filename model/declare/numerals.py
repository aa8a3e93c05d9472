"""How people write numbers, in any language, with a unit beside them or without; and how a number is told with its unit."""

from __future__ import annotations

import math
import re
from typing import Any

# Longer than any number written out, 5e-324 among them; keeps int() and the regular expression from being fed a novel.
LONGEST_NUMBER = 400
NUMBER = re.compile(r"[+-]?(?:(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?")
# A comma that can part no thousands is a decimal one.
DECIMAL_COMMA = re.compile(r"([+-]?)(0*|\d+(?=,(?!\d{3}(?!\d))))[,](\d+(?:[eE][+-]?\d{1,3})?)")
# Full stops part thousands where a decimal comma or another of them follows; spaces and apostrophes part nothing else.
DOTTED = re.compile(r"[+-]?\d{1,3}(?:(?:\.\d{3})+(?=,\d)|(?:\.\d{3}){2,}$)")
PARTED = re.compile(r"[+-]?\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)|[+-]?\d{1,3}(?:['’]\d{3})+(?!\d)")
QUOTES = "\"'“”‘’"
# Decimal and thousands marks and signs of other scripts, as ASCII has them; \d and float() take their digits.
MARKS = str.maketrans({"٫": ".", "٬": ",", "．": ".", "，": ",", "−": "-", "－": "-", "＋": "+"})


def plain(raw: Any) -> str:
    """The text of a raw answer without the space and quotes around it."""
    text = raw if isinstance(raw, str) else str(raw)
    return text.strip().strip(QUOTES).strip()


def read_number(said: str, unit: str = "") -> float:
    """The number that a text says, in any of the ways in which people write one, with its unit or without; else NaN."""
    text = plain(said.translate(MARKS))
    if "," not in text and NUMBER.fullmatch(text):
        return float(text)
    for own in filter(None, (unit, unit.removesuffix("s"))):
        if text.casefold().endswith(own.casefold()) or text.startswith(own):
            text = (text[len(own) :] if text.startswith(own) else text[: -len(own)]).strip()
            break
    for parted, marks in (PARTED, " \u00a0\u202f'’"), (DOTTED, "."):
        if match := parted.match(text):
            text = match[0].translate(dict.fromkeys(map(ord, marks))) + text[match.end() :]
    if comma := DECIMAL_COMMA.fullmatch(text):
        text = f"{comma[1]}{comma[2]}.{comma[3]}"
    return float(text.replace(",", "")) if NUMBER.fullmatch(text) else math.nan


def written(number: str) -> str:
    """A number as pages tell it, with a minus where computers have a hyphen."""
    return number.replace("-", "−")


def of_unit(number: str, unit: str) -> str:
    return f"{number} {unit.removesuffix('s') if number == '1' else unit}".strip()


def in_parts(number: float, parts: int, unit: str) -> str:
    """A number under 1 in whole parts of one: “2 months” for 0.1667 years; “about” where it lies between two."""
    whole = max(1, round(number * parts))
    # The table writes four decimals of a year.
    told = of_unit(str(whole), unit)
    return told if abs(number - whole / parts) < 0.0001 else f"about {told}"
