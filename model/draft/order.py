"""Choices that are in an order: answers of a questionnaire, sizes, grades, ranges like “<5, 5, 6, 10+”."""

import calendar
import re
from collections.abc import Sequence

from .names import is_called
from .tidied import letters

SCALES = [
    scale.split(", ")
    for scale in (
        "strongly disagree, disagree, somewhat disagree, neutral, neither agree nor disagree, undecided, somewhat agree, "
        "agree, strongly agree",
        "very dissatisfied, dissatisfied, neutral, satisfied, very satisfied",
        "very unlikely, unlikely, neutral, likely, very likely",
        "never, almost never, rarely, seldom, occasionally, sometimes, often, frequently, usually, almost always, always",
        "none, very low, low, medium, moderate, middle, average, high, very high",
        "terrible, very bad, very poor, bad, poor, fair, ok, medium, average, good, very good, excellent, premium, ideal",
        "none, no, trace, mild, moderate, severe, very severe, critical",
        "xxs, xs, s, m, l, xl, xxl, xxxl",
        "tiny, small, medium, large, huge",
        "short, medium, long, tall",
        "first, second, third, fourth, fifth",
        "1st, 2nd, 3rd, 4th, 5th",
        "i, ii, iii, iv, v",
        "preschool, none, primary, elementary, middle, secondary, high school, some college, college, bachelor, bachelors, "
        "graduate, tertiary, master, masters, postgraduate, doctorate, phd",
        "not at all, slightly, somewhat, moderately, very, extremely",
        "young, middle-aged, old",
        "cold, cool, mild, warm, hot",
        "slow, medium, fast",
        "much less, less, same, more, much more",
    )
]
# Days and months are listed as a calendar has them; as choices, the last is as near to the first as to any other.
CALENDARS = [
    [name.casefold() for name in names]
    for names in ([*calendar.day_name], [*calendar.day_abbr], [*calendar.month_name][1:], [*calendar.month_abbr][1:])
]
BELOW = r"<|<=|≤|under |below |less than |up to |to "
ABOVE = r"\+|\s*(?:and|or) (?:over|above|more|older)|\s*plus"
NUMBER = r"[$€£]?\s*(-?\d[\d,]*(?:\.\d+)?)\s*(k|m)?"
RANGE = re.compile(
    rf"(?P<below>{BELOW})?(?P<above>>|>=|≥|over |above |more than )?\s*{NUMBER}"
    rf"(?:\s*(?:-|–|to|\.\.)\s*{NUMBER}|(?P<more>{ABOVE}))?(?:\s*[a-z%]+)?"
)


def put_in_order(values: Sequence[str], heading: str) -> tuple[list[str], bool]:
    """The choices as a page should list them, and whether they are in an order in which some are further apart."""
    found = {letters(value).replace("_", " "): value for value in values}
    for scale in (*SCALES, *CALENDARS):
        if len(found) > 2 and found.keys() <= set(scale):
            return [found[one] for one in scale if one in found], scale not in CALENDARS
    if len(found) == 2:
        for scale in SCALES[4:6], SCALES[7:8], SCALES[8:9]:
            if found.keys() <= set(scale[0]):
                return [found[one] for one in scale[0] if one in found], False
    if all(re.match(r"\d+[.):] *\D", value) for value in values):
        # Numbered for a list, which says nothing of how far they are apart.
        return sorted(values, key=lambda value: int(re.split(r"\D", value)[0])), False
    places = {value: place_of(letters(value)) for value in values}
    if all(places.values()):
        in_ranges = sum(not re.fullmatch(r"-?\d+(\.\d+)?", value) for value in values)
        return sorted(values, key=lambda value: places[value] or (0.0, 0)), len(values) > 2 and in_ranges > 0
    if is_called(heading, "grade|rating|mark|score") and all(re.fullmatch(r"[A-H][1-9+-]?", one) for one in values):
        return sorted(values, key=lambda one: (one[0], "+ -123456789".index(one[1:] or " "))), True
    return sorted(values, key=str.casefold), False


def place_of(text: str) -> tuple[float, int] | None:
    """Where a range begins: “<5” before 5, “10+” after 10."""
    match = RANGE.fullmatch(text)
    if not match:
        return None
    number = float(match[3].replace(",", "")) * {"k": 1e3, "m": 1e6}.get(match[4] or "", 1.0)
    return number, -1 if match["below"] else 1 if match["above"] or match["more"] else 0
