"""Slopes and curves over a number's logarithm: learnt, compiled exactly, and the same by page, program and file."""

from __future__ import annotations

import csv
import math
import random
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from model.declare.model import Model
from model.learn.check import check
from model.learn.train import train
from model.predict.catalog import declared_in
from webapp import create_app

from tests.page import page_of
from tests.payloads import SETTINGS
from tests.processes import likely
from tests.toys import Row, write_toy

pytestmark = pytest.mark.slow

BLOCKS = '(Curve("clouds", knots=(0, 4, 8)), Table("wind"))'
SLOPE, CURVE = '(Slope("clouds", log=True),)', '(Curve("clouds", knots=(1, 10, 1000), straight=True, log=True),)'
EITHER = '(Curve("clouds", knots=(1, 10, 1000), straight=True),)'
WAYS = {
    "a slope": f"(Candidate({SLOPE}),)",
    "a curve": f"(Candidate({CURVE}),)",
    "either": f'(Candidate({EITHER}, name="plain"), Candidate(on_logarithms({EITHER}, "clouds"), name="over logarithms"))',
}


def ten_times_as_much_rain(rows: list[Row]) -> list[Row]:
    """Each tenfold of the clouds, of which there are now up to 1,000, adds as much to the odds of rain."""
    dice = random.Random(4)
    made = []
    for row in rows:
        clouds = round(1000 ** dice.random(), 3)
        chance = 1 / (1 + math.exp(3 - 2 * math.log10(clouds)))
        made.append({**row, "clouds": str(clouds), "rain": "yes" if dice.random() < chance else "no"})
    return made


def declared(folder: Path, candidates: str) -> Model:
    def change(model: str) -> str:
        model = model.replace(f"(Candidate({BLOCKS}),)", candidates).replace("Curve, ", "Curve, Slope, on_logarithms, ")
        return model.replace("whole=True, between=(0, 8)", "between=(1, 1000)")

    return declared_in(write_toy(folder, change, ten_times_as_much_rain) / "toy.py")


@pytest.fixture(params=["a slope", "a curve"])
def model(request: pytest.FixtureRequest, tmp_path: Path) -> Model:
    model = declared(tmp_path, WAYS[request.param])
    train(model)
    return model


@pytest.fixture
def client(model: Model) -> FlaskClient:
    return create_app(SETTINGS | {"MODEL_FOLDERS": (model.card_path.parents[1],)}).test_client()


def estimate(client: FlaskClient, clouds: float) -> float:
    answer = client.post("/api/models/toy/predict", json={"clouds": clouds, "wind": "W"})
    chance: float = answer.get_json()["probability"]
    return chance


def logit(chance: float) -> float:
    return math.log(chance / (1 - chance))


def test_the_card_says_what_the_pickle_says(model: Model) -> None:
    (agreement,) = [line for line in check(model) if line.startswith("agreement")]
    assert "over all rows" in agreement


def test_between_two_knots_each_times_as_much_adds_as_many_points(client: FlaskClient) -> None:
    first, second, third = (logit(estimate(client, clouds)) for clouds in (1.5, 3, 6))
    assert second - first == pytest.approx(third - second, abs=1e-9)
    assert second - first > 0.1


def test_a_file_says_what_the_program_is_told(client: FlaskClient, model: Model, tmp_path: Path) -> None:
    asked, scored = tmp_path / "asked.csv", tmp_path / "scored.csv"
    asked.write_text("clouds,wind\n1,W\n7.25,N\n900,S\n")
    done = likely("score", "toy", str(asked), str(scored), LIKELY_MODEL_FOLDERS=str(model.card_path.parents[1]))
    assert done.returncode == 0, done.stderr
    with scored.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["probability"]) for row in rows] == pytest.approx(
        [estimate(client, float(row["clouds"])) for row in rows], abs=1e-12
    )


def test_the_card_says_that_the_points_go_with_the_logarithm(client: FlaskClient) -> None:
    page = page_of(client.get("/toy/card"))
    assert "between two lines the points go in proportion to the number’s logarithm" in page.text
    assert "straight line" not in page.text


def test_the_result_and_its_curves_are_there(client: FlaskClient) -> None:
    for page in ("result", "curves"):
        assert client.get(f"/toy/{page}?clouds=7.25&wind=W").status_code == 200


def test_cross_validation_puts_a_number_on_its_logarithm_where_that_tells_more(tmp_path: Path) -> None:
    assert train(declared(tmp_path, WAYS["either"])).recipe.chosen == "over logarithms"
