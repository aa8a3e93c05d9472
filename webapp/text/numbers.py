"""How numbers are written: out of 100, as an amount, as a date. Never 0 and never 100 out of 100."""

from __future__ import annotations

import datetime
import re

from model.declare.inputs import first_upper
from model.declare.words import Words

from .dots import hundredths

# From here on a figure is told in whole numbers.
WHOLE_FROM = 100


def ended(text: str) -> str:
    """A label as a sentence: with a full stop, unless it asks."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def out_of_100(chance: float) -> str:
    """The number of a sentence: “23”, “fewer than 1”, “more than 99”."""
    if chance < 0.01:
        return "fewer than 1"
    if chance > 0.99:
        return "more than 99"
    return str(hundredths(chance))


def percent(chance: float) -> str:
    if chance < SMALL:
        return f"{in_100(chance)}%"
    if chance > 0.99:
        return "over 99%"
    return f"{hundredths(chance)}%"


def chance(value: float, places: int = 1) -> str:
    """A chance out of 100 with decimals, as the card's tables have it; what is only nearly 0 or 100 says so."""
    text = decimals(value * 100, places)
    if 0 < value < 1 and float(text) in (0, 100):
        least = 10**-places
        return f"under {least:g}" if value < 0.5 else f"over {100 - least:g}"
    return text


def thousands(number: float) -> str:
    return f"{number:,.0f}"


def counted(number: int, one: str, many: str) -> str:
    """A number with what it counts: “1 case”, “1,200 cases”, “no cases”."""
    return f"{f'{number:,}' if number else 'no'} {one if number == 1 else many}"


def decimals(number: float, places: int = 2) -> str:
    text = f"{number:.{places}f}"
    # What rounds to nought has no sign.
    return text if text[0] != "-" else text.replace("-", "−" if float(text) else "")


def of_100(share: float, places: int = 1) -> str:
    """A share that was counted, which may be 0 or 100."""
    return decimals(share * 100, places)


def signed(number: float, places: int = 2) -> str:
    """With its sign, so that too high and too low cannot be confused: “+1.5”, “−0.2”, “0.0”."""
    if round(number, places) == 0:
        return decimals(0, places)
    return f"{number:+.{places}f}".replace("-", "−")


def figure(number: float) -> str:
    """A figure of the card with four decimals; a large one, which counts an amount, in whole numbers, as training prints it."""
    return decimals(number, 4) if abs(number) < WHOLE_FROM else f"{number:,.0f}".replace("-", "−")


def signed_figure(number: float) -> str:
    return signed(number, 4) if abs(number) < WHOLE_FROM else f"{number:+,.0f}".replace("-", "−")


def brief(number: float) -> str:
    """A number in no more than three digits, without needless noughts: “7.98”, “1”."""
    return f"{number:.3g}".replace("-", "−")


def day(text: str) -> str:
    """21 November 2026, from 2026-11-21."""
    date = datetime.date.fromisoformat(text)
    return f"{date.day} {date:%B %Y}"


def ordinal_day(number: int) -> str:
    """A day that is counted from the year 1, as records have it."""
    return day(datetime.date.fromordinal(number).isoformat())


def moment(when: datetime.datetime) -> str:
    """A time as in "3 May 2026, 14:05 UTC"."""
    there = when.astimezone(datetime.UTC)
    return f"{there.day} {there:%B %Y, %H:%M} UTC"


# A chance under this is said out of 1,000, where it is a whole number again.
SMALL = 0.01
# A range that reaches this far is not said out of 1,000.
FAR = 0.1


# Text is looked up quicker than it is made, and a result has dozens of these numbers.
WHOLE = tuple(map(str, range(101)))


def in_100(chance: float) -> str:
    """The number where “out of 100” stands elsewhere: “23”, “0.3”, “more than 99”."""
    if chance < SMALL:
        return f"{chance * 100:.1f}" if chance >= 0.0005 else "under 0.1"
    return "more than 99" if chance > 0.99 else WHOLE[hundredths(chance)]


def in_1000(chance: float) -> str:
    return str(round(chance * 1000)) if chance >= 0.0005 else "fewer than 1"


def about(chance: float) -> str:
    """The start of a sentence: “About 23 of 100”, “About 3 of 1,000”, “More than 99 of 100”."""
    small = chance < SMALL
    words = in_1000(chance) if small else out_of_100(chance)
    return f"{f'About {words}' if words.isdecimal() else first_upper(words)} of {'1,000' if small else '100'}"


def about_rest(chance: float) -> str:
    """The other part of the hundred, or the thousand, so that the two always add up."""
    if chance < 0.0005:
        return "More than 999"
    if chance < SMALL:
        return f"About {1000 - round(chance * 1000)}"
    if chance > 0.99:
        return "Fewer than 1"
    return f"About {100 - hundredths(chance)}"


def between(low: float, high: float) -> str:
    """Which chances lie between two ends: “20 to 30”, “under 10”, “90 or more”."""
    least, most = hundredths(low), hundredths(high)
    if least == 0:
        return f"under {most}"
    return f"{least} or more" if most == 100 else f"{least} to {most}"


def amount(value: float, words: Words) -> str:
    """An amount in the model's unit: $31,400 for 31.4 thousand, −$400 for what is owed."""
    if words.thousand:
        text = f"{words.before_unit}{round(abs(value), 1) * 1000:,.0f}"
    else:
        text = f"{words.before_unit}{abs(value):,.{words.decimals}f}{words.after_unit}"
    # What rounds to nought has no sign.
    return f"−{text}" if value < 0 and re.search("[1-9]", text.removesuffix(words.after_unit)) else text


def points(value: float) -> str:
    """Points with the six digits that the scorecard keeps, so that they add up by hand."""
    return f"{value:+.6f}".replace("-", "−")


def unsigned(value: float) -> str:
    return f"{value:.6f}".replace("-", "−")
