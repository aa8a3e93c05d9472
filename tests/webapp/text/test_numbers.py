"""How amounts are written."""

from __future__ import annotations

from typing import Any

import pytest

from model.declare.words import Words
from webapp.text.curves import draw_curve
from webapp.text.numbers import amount, figure, signed_figure


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


def test_a_figure_of_large_amounts_is_told_in_whole_numbers() -> None:
    assert [figure(one) for one in (0.46261, 99.5, 274_903.2)] == ["0.4626", "99.5000", "274,903"]
    assert [signed_figure(one) for one in (0.0097, -126_980.0)] == ["+0.0097", "−126,980"]


def test_millions_along_a_curve_are_written_out() -> None:
    drawn = draw_curve([800_000, 3_390_000], [1, 2], (1, 2), None, str)
    assert [tick.text for tick in drawn.across] == ["1000000", "2000000", "3000000"]
