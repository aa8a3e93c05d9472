"""How amounts are written."""

from __future__ import annotations

from typing import Any

import pytest

from model.declare.words import Words
from webapp.text.numbers import amount


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (-64, {"before_unit": "$", "decimals": 0}, "−$64"),
        (-1234.5, {"after_unit": " km", "decimals": 1}, "−1,234.5 km"),
        (-0.4, {"before_unit": "€", "decimals": 0}, "€0"),
        (64, {"before_unit": "$"}, "$64.00"),
        (-2.5, {"before_unit": "$", "after_unit": ",000"}, "−$2,500"),
    ],
)
def test_the_sign_of_an_amount_stands_before_its_unit(value: float, unit: dict[str, Any], text: str) -> None:
    words = Words(title="", question="", heading="", lead="", button="", those="", **unit)
    assert amount(value, words) == text
