"""Curves of how the number goes with each number among the answers."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from model.declare.model import Model
from model.declare.number import NumberInput

from tests.page import page_of
from tests.payloads import MODELS, asked, each_typed_model, example, get_predictor, passenger, person

CENSUS, TITANIC = MODELS[0], MODELS[1]


@each_typed_model
def test_every_number_has_a_curve_through_the_one_asked_about(client: FlaskClient, model: Model) -> None:
    page = page_of(client.get(f"/{model.name}/curves", query_string=asked(model)))
    numbers = [one for one in model.inputs if isinstance(one, NumberInput)]
    pictures = page.root.all("svg", class_="plot")
    assert len(pictures) == len(numbers)
    for number, picture in zip(numbers, pictures, strict=True):
        (curve,), (own,) = picture.all("polyline"), picture.all("circle")
        points = [tuple(map(float, point.split(","))) for point in curve.attributes["points"].split()]
        assert (float(own.attributes["cx"]), float(own.attributes["cy"])) in points
        assert number.words(example(model)[number.name]) in picture.attributes["aria-label"]


def test_the_table_beside_a_curve_has_what_the_model_says(client: FlaskClient) -> None:
    page = page_of(client.get("/census/curves", query_string=asked(CENSUS)))
    rows = {row.all("th")[0].text: row.all("td")[0].text for row in page.root.all("table")[0].all("tr")[1:]}
    assert "52 years" in rows
    for words, number in rows.items():
        chance = get_predictor("census").values(example(CENSUS) | {"age": int(words.split()[0])})[0]
        expected = (
            f"{int(100 * chance + 0.5)} out of 100" if chance >= 0.01 else f"about {round(1000 * chance)} in 1,000"
        )
        assert number == expected


def test_an_unknown_number_has_a_curve_without_a_mark(client: FlaskClient) -> None:
    page = page_of(client.get("/titanic/curves", query_string=passenger(age="unknown")))
    age, brothers, _ = page.root.all("svg", class_="plot")
    assert age.all("circle") == []
    assert len(brothers.all("circle")) == 1


def test_the_script_gets_the_curves_as_a_piece(client: FlaskClient) -> None:
    piece = client.get("/titanic/curves", query_string=passenger(), headers={"X-Fragment": "1"})
    assert "<html" not in piece.text
    assert piece.text.strip() in client.get("/titanic/curves", query_string=passenger()).text
    assert piece.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("path", "status"), [("/food/curves", 422), ("/census/curves", 422)])
def test_where_there_is_nothing_to_draw_that_is_said(client: FlaskClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_a_wrong_answer_leads_to_the_form(client: FlaskClient) -> None:
    page = page_of(client.get("/census/curves", query_string=person(age="12")))
    assert page.summary == ["Age must be from 17 to 90. The census data has no one outside that range"]
