"""Food or not: three photos that anyone can get, and how common food is among one's own."""

from __future__ import annotations

import math
from importlib import resources

import pytest
from flask.testing import FlaskClient

from model.declare.reading import read_answers

from tests import photos
from tests.page import page_of
from tests.payloads import get_model, get_predictor, photo

SAMPLES = resources.files("sklearn.datasets.images")
SIGHT = "0.110674_0.0701827_0.210206_985-0.3689_947-0.0600_309-0.0400_108-0.0314_310-0.0240"


def chance(data: bytes, **more: object) -> float:
    answers, faults = read_answers(get_model("food").inputs, {"photo": data, **more})
    assert not faults
    return get_predictor("food").values(answers)[0]


def test_a_daisy_and_a_palace_are_no_food_and_coffee_is() -> None:
    assert chance((SAMPLES / "flower.jpg").read_bytes()) <= 0.30
    assert chance((SAMPLES / "china.jpg").read_bytes()) <= 0.05
    assert chance(photos.COFFEE.read_bytes()) >= 0.90


def test_the_odds_follow_how_common_food_is() -> None:
    def odds(common: float) -> float:
        answers, _ = read_answers(get_model("food").inputs, {"photo": SIGHT, "common": common})
        value = get_predictor("food").values(answers)[0]
        return math.log(value / (1 - value))

    for common in (1, 10, 37.5, 99):
        assert odds(common) - odds(50) == pytest.approx(math.log(common / (100 - common)), abs=1e-9)


def test_an_address_without_it_takes_the_plain_answer(client: FlaskClient) -> None:
    without = client.get("/food/result", query_string={"photo": SIGHT})
    named = client.get("/food/result", query_string={"photo": SIGHT, "common": "10"})
    assert without.status_code == named.status_code == 200
    assert page_of(without).number == page_of(named).number
    common = client.get("/food/result", query_string={"photo": SIGHT, "common": "50"})
    assert page_of(common).number != page_of(named).number


def test_the_form_asks_it_with_the_plain_answer_filled_in(client: FlaskClient) -> None:
    (field,) = page_of(client.get("/food")).root.all("input", id="common")
    assert field.attributes["value"] == "10"
    refused = client.post("/food", data={"photo": photo(), "common": "0"})
    assert refused.status_code == 422
    assert "How many of 100 photos show food must be from 1 to 99" in page_of(refused).text


def test_the_card_has_figures_by_kind_of_photos_that_were_not_used_to_fit_it(client: FlaskClient) -> None:
    text = page_of(client.get("/food/card")).text
    assert "none of these was used to fit it" in text
    given = get_model("food").recipe
    for name, many, so, yes in given.kinds:  # type: ignore[union-attr]
        assert name[:1].upper() + name[1:] in text
        assert f"{100 * (yes if so else many - yes) / many:.1f}" in text
    figures = given.figures  # type: ignore[union-attr]
    assert figures["yes"] == sum(many for _, many, so, _ in given.kinds if so)  # type: ignore[union-attr]
    assert figures["rows"] == sum(many for _, many, *_ in given.kinds)  # type: ignore[union-attr]
