"""Rows that must not be shown are in no file that serving reads, and no page tells of fewer than ten of them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from model.evaluate.told import Crowd, tell_classes
from model.learn.train import train
from model.predict.agreement import find_rarest
from model.predict.catalog import declared_in
from model.predict.predictor import Predictor
from webapp import create_app

from tests.page import page_of
from tests.payloads import SETTINGS
from tests.toys import MODEL, days, write_table, write_toy

# Each test drafts a model of its own.
pytestmark = pytest.mark.slow

PRIVATE = MODEL.replace("smallest_bin=20,", 'smallest_bin=20, unknown="learnt", shows_rows=False, groups={"wind": ()},')


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_toy(tmp_path_factory.mktemp("private"), lambda text: PRIVATE)
    declared = declared_in(folder / "toy.py")
    train(declared)
    # The table is away: whatever is served comes from what training wrote.
    (folder / "toy.csv").unlink()
    return folder


@pytest.fixture(scope="module")
def private(folder: Path) -> Iterator[FlaskClient]:
    app = create_app(SETTINGS | {"MODEL_FOLDERS": (folder,), "MODELS": ("toy",)})
    with app.test_client() as client:
        yield client


PAGES = ["/", "/toy", "/toy/result?clouds=7&wind=W", "/toy/result?clouds=7&wind=unknown", "/toy/card", "/toy/batch"]
PAGES += ["/toy/compare?clouds=7&wind=W", "/api/models/toy"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_without_the_rows(private: FlaskClient, path: str) -> None:
    assert private.get(path).status_code == 200


def test_a_card_explains_no_model_that_it_was_not_compared_with(private: FlaskClient) -> None:
    text = page_of(private.get("/toy/card")).text
    assert "Gradient boosting (scikit-learn’s) adds up hundreds of small decision trees" in text
    assert "LightGBM and gradient boosting" not in text


def test_training_writes_no_file_of_people(folder: Path) -> None:
    assert {path.suffix for path in (folder / "trained").iterdir()} == {".json", ".joblib"}
    card = json.loads((folder / "trained" / "toy.json").read_text(encoding="utf-8"))
    assert card["data"]["people"] is None
    assert card["engine"]["people"]["answers"] == []


def test_a_result_tells_of_no_single_row_and_says_what_an_unknown_answer_is(private: FlaskClient) -> None:
    shown = page_of(private.get("/toy/result?clouds=7&wind=unknown")).text
    assert "close answers" not in shown
    assert "The model learnt from the days in the data that lack it as well." in shown


def test_a_line_may_be_drawn_and_the_nearest_estimates_are_told_in_parts(private: FlaskClient, folder: Path) -> None:
    assert "it finds" in page_of(private.get("/toy/card?above=41")).text
    told = json.loads((folder / "trained" / "toy.json").read_text(encoding="utf-8"))["evaluation"]["told"]
    assert all(part["so"]["people"] >= 100 for part in told["record"])
    raised = [line["found"]["yes"] + line["false_alarms"]["yes"] for line in told["lines"]]
    assert all(one == other or one - other >= 10 for one, other in pairwise(raised))
    assert "Can you trust it?" in page_of(private.get("/toy/result?clouds=7&wind=W")).text


def test_no_line_has_fewer_than_ten_on_either_side(folder: Path) -> None:
    told = json.loads((folder / "trained" / "toy.json").read_text(encoding="utf-8"))["evaluation"]["told"]
    shares = [line[name] for line in told["lines"] + told["cuts"] for name in ("found", "false_alarms")]
    counts = [count for share in shares for count in (share["yes"], share["people"] - share["yes"])]
    assert counts
    assert not [count for count in counts if 0 < count < 10]


def test_no_row_of_the_table_stands_for_everybody(folder: Path) -> None:
    """Rows are made up, each answer by itself; a number is an average of neighbours."""
    card = json.loads((folder / "trained" / "toy.json").read_text(encoding="utf-8"))
    assert len(card["background"]["rows"]) == 32
    assert sum(card["background"]["weights"]) == pytest.approx(1)


def test_the_card_still_tells_how_good_the_model_is(private: FlaskClient) -> None:
    shown = page_of(private.get("/toy/card")).text
    for told in (
        "Is 20 out of 100 really 20 out of 100?",
        "What follows from saying yes above an estimate",
        "By group, out of 100",
    ):
        assert told in shown


def test_no_count_under_ten_is_kept(tmp_path: Path) -> None:
    rows = [{"clouds": str(at % 9), "wind": "W", "rain": "yes" if at % 9 > 4 else "no"} for at in range(300)]
    rows = [row | ({"wind": "NES"[at % 3]} if at < 21 else {}) for at, row in enumerate(rows)]
    folder = write_toy(tmp_path, lambda text: PRIVATE.replace("may_be_unknown=True", "may_be_unknown=False"))
    write_table(folder, rows)
    card = train(declared_in(folder / "toy.py"))
    assert card.observed["wind"].counts == {"N": 0, "E": 0, "S": 0, "W": 279}
    predictor = Predictor(declared_in(folder / "toy.py"), card)
    rarest = find_rarest(predictor, {"clouds": 4, "wind": "N"})
    assert rarest is not None
    assert rarest.some is None
    assert [group.people for group in card.evaluation.groups] == [279]
    assert not [count for row in card.evaluation.confusion for count in row if 0 < count < 10]
    assert [one.people for one in card.evaluation.calibration if one.people < 10] == []


@pytest.mark.parametrize("rows", [60, 130, 200])
def test_no_drawing_of_a_small_table_has_a_step_for_fewer_than_ten(rows: int, tmp_path: Path) -> None:
    table = [{"clouds": str(at % 9), "wind": "NESW"[at * 7 % 4]} for at in range(rows)]
    table = [row | {"rain": "yes" if int(row["clouds"]) + at * 11 % 5 > 5 else "no"} for at, row in enumerate(table)]
    folder = write_toy(tmp_path, lambda text: PRIVATE.replace("smallest_bin=20", "smallest_bin=5"))
    write_table(folder, table)
    train(declared_in(folder / "toy.py"))
    told = json.loads((folder / "trained" / "toy.json").read_text(encoding="utf-8"))["evaluation"]
    so = sum(row["rain"] == "yes" for row in table)
    ends = [(line["false_alarms"]["yes"], line["found"]["yes"]) for line in told["told"]["lines"]]
    # The curve goes from nobody to everybody by the lines that are told, and by no other.
    drawn = [(round(alarms * (rows - so)), round(found * so)) for alarms, found in told["roc"]]
    assert drawn == ([(0, 0), *reversed(ends), (rows - so, so)] if ends else [])
    steps = [count for one, other in pairwise(drawn) for count in (other[0] - one[0], other[1] - one[1])]
    bins = [(one["people"], round(one["people"] * one["observed"])) for one in told["calibration"]]
    steps += [count for people, yes in bins for count in (yes, people - yes)]
    steps += [count for row in told["confusion"] for count in row]
    parts = [(part["so"]["people"], part["so"]["yes"]) for part in told["told"]["record"]]
    groups = [
        (one["people"], round(one["people"] * one[share])) for one in told["groups"] for share in ("observed", "right")
    ]
    groups += [(one["people"], round(one["people"] * one["observed"])) for one in told["pairs"]["worst"]]
    steps += [count for people, yes in [*parts, *groups] for count in (yes, people - yes)]
    assert steps
    assert not [count for count in steps if 0 < count < 10]
    assert {one["above"] for one in told["decisions"]} <= {line["above"] for line in told["told"]["lines"]}
    client = create_app(SETTINGS | {"MODEL_FOLDERS": (folder,), "MODELS": ("toy",)}).test_client()
    page = client.get("/toy/card")
    assert page.status_code == 200
    curves = [line.attributes["points"] for line in page_of(page).root.all("polyline", class_="curve")]
    assert max((len(points.split()) for points in curves), default=0) <= max(len(drawn), len(told["curve"]), 1)
    assert client.get("/toy/result?clouds=7&wind=W").status_code == 200


def test_no_part_is_the_furthest_off_where_all_are_told_together(tmp_path: Path) -> None:
    table = [{"clouds": str(at % 9), "wind": "NESW"[at * 7 % 4]} for at in range(40)]
    table = [row | {"rain": "yes" if int(row["clouds"]) + at * 11 % 5 > 5 else "no"} for at, row in enumerate(table)]
    folder = write_toy(tmp_path, lambda text: PRIVATE.replace("smallest_bin=20", "smallest_bin=5"))
    write_table(folder, table)
    card = train(declared_in(folder / "toy.py"))
    assert len(card.evaluation.calibration) == 1
    shown = page_of(
        create_app(SETTINGS | {"MODEL_FOLDERS": (folder,), "MODELS": ("toy",)}).test_client().get("/toy/card")
    )
    assert "All together: 40 days got" in shown.text
    assert "Furthest off" not in shown.text


def test_of_what_is_rare_the_card_has_several_parts_and_lines_all_of_ten_at_least(tmp_path: Path) -> None:
    dice = random.Random(5)
    days = [{"clouds": str(at % 9), "wind": "NESW"[at * 7 % 4]} for at in range(4_000)]
    rain = {"0": 0.003, "1": 0.003, "7": 0.06, "8": 0.25}
    rows = [day | {"rain": "yes" if dice.random() < rain.get(day["clouds"], 0.015) else "no"} for day in days]
    folder = write_toy(tmp_path, lambda text: PRIVATE)
    write_table(folder, rows)
    evaluation = train(declared_in(folder / "toy.py")).evaluation
    parts = [(one.high, one.people, round(one.people * one.observed)) for one in evaluation.calibration]
    assert len([high for high, _, _ in parts if high <= 0.05]) >= 2
    assert min(line["above"] for line in evaluation.told["lines"]) < 0.05
    assert not [yes for _, people, yes in parts if 0 < yes < 10 or 0 < people - yes < 10]


def test_a_kind_is_told_only_where_ten_were_right_and_ten_wrong_or_none() -> None:
    confusion = [[30, 12, 0], [3, 40, 0], [0, 0, 8]]
    outcomes = [number for number, row in enumerate(confusion) for _ in range(sum(row))]
    crowd = Crowd([[chance] * len(outcomes) for chance in (0.5, 0.3, 0.2)], outcomes)
    told = tell_classes(crowd, ["setosa", "versicolor", "virginica"], confusion)
    assert [(kind["label"], kind["right"]) for kind in told["kinds"]] == [("setosa", {"yes": 30, "people": 42})]
    shares = [one["observed"] for one in told["named"]]
    # Of the five parts the middle one, in which four were right, is left out.
    assert [(one["yes"], one["people"]) for one in shares] == [(19, 19), (18, 18), (0, 18), (0, 19)]


def test_the_rows_are_shown_where_the_declaration_says_so(tmp_path: Path) -> None:
    folder = write_toy(tmp_path, lambda text: PRIVATE)
    toy = declared_in(folder / "toy.py")
    assert train(replace(toy, recipe=replace(toy.learns, shows_rows=True))).data.people
    assert toy.people_path.is_file()


def test_the_middle_and_the_ends_of_a_number_are_rounded_so_that_they_are_nobodys_own(tmp_path: Path) -> None:
    folder = write_toy(tmp_path, lambda text: PRIVATE.replace("whole=True, between", "between"))
    write_table(folder, [row | {"clouds": f"{int(row['clouds']) % 8 + 1 / 3:.6f}"} for row in days()])
    card = train(declared_in(folder / "toy.py"))
    # The range is 7, so that three digits after the point are left of 3.333333.
    assert card.observed["clouds"].middle == 3.333
    # And its ends are rounded outwards, from 0.333333 and 7.333333.
    assert (card.observed["clouds"].lowest, card.observed["clouds"].highest) == (0.33, 7.34)
