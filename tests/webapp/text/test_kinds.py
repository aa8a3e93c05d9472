"""How the kinds of answer are put into words."""

from __future__ import annotations

import pytest

from webapp.text.kinds import kind_of

from tests.payloads import get_model

AS_OFTEN = "To say “{}” of all would be right as often."


@pytest.mark.parametrize(
    ("accuracy", "base_rate", "more"),
    [
        (0.9828, 0.0172, " " + AS_OFTEN.format("no")),
        (0.97, 0.98, " " + AS_OFTEN.format("yes")),
        (0.85, 0.24, ""),
    ],
)
def test_being_right_as_often_as_one_answer_for_all_is_no_merit_and_that_is_said(
    accuracy: float, base_rate: float, more: str
) -> None:
    said = kind_of(get_model("titanic")).accuracy({"accuracy": accuracy, "base_rate": base_rate})
    assert said == f"Right about {round(accuracy * 100)} of 100 passengers that it had not seen.{more}"
