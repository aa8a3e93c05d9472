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


def test_of_several_kinds_it_is_not_said_that_yes_of_all_would_be_right_as_often() -> None:
    """Of twelve months, to be right about 47 of 100 is far more than any one of them would be."""
    said = kind_of(get_model("iris")).accuracy({"accuracy": 0.4744, "log_loss": 1.362})
    assert said == "Right about 47 of 100 flowers that it had not seen."
