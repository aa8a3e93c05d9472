"""Ends of ranges that give nobody away."""

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal


def round_out(number: float, reach: float, up: bool) -> float:
    """An end of a range, to three figures of its reach, so that it is nobody’s own number; but never beyond 0."""
    for size in (reach / 100, abs(number)):
        step = Decimal(1).scaleb(math.floor(math.log10(size or 1)))
        end = float((Decimal(repr(number)) / step).to_integral_value(ROUND_CEILING if up else ROUND_FLOOR) * step)
        if end * number > 0:
            return end
    return number
