"""Trees as the model itself: taken where no sum does nearly as well, and served without the library that grew them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version
from itertools import product
from pathlib import Path
from typing import Any

import joblib
import pytest
from flask.testing import FlaskClient

from model.declare.model import Model
from model.declare.recipe import Trees
from model.learn.check import check
from model.learn.kinds import kind_of
from model.learn.table import read_table
from model.learn.train import report, train
from model.predict.catalog import Catalog, declared_in
from webapp import create_app

from tests.page import page_of
from tests.payloads import SETTINGS
from tests.toys import MODEL, write_toy

# Each test trains a model of its own.
pytestmark = pytest.mark.slow

# Whether it rains hangs on the clouds at a new moon, and else on the wind, which points that add up cannot tell.
TOGETHER = (
    MODEL.replace("tutorial=", 'unknown="learnt", folds=3, inner_folds=2, tutorial=')
    .replace('Table("wind"))),', 'Table("wind"), Table("moon"))), Trees(leaves=16, rounds=150, ridge=1.0),')
    .replace("Recipe, Table", "Recipe, Table, Trees")
    .replace('("clouds", "wind")}', '("clouds", "wind", "moon")}')
    .replace('"wind": "W"}', '"wind": "W", "moon": "new"}')
    .replace(
        "\n\nMODEL = ",
        """    moon = ChoiceField("The moon", thing="the moon", plural="moons", choices={"new": "New", "full": "Full"})


MODEL = """,
        1,
    )
)
ANSWERS = {"clouds": 7, "wind": "W", "moon": "new"}
KINDS = {
    "probability": "",
    "classes": 'classes={"yes": "Rain", "no": "None", "snow": "Snow"},',
    "amount": 'range_by="residuals",',
}


def days_together(kind: str, seed: int) -> list[dict[str, str]]:
    dice, rows = random.Random(seed), []
    for day in range(900):
        clouds, wind, moon = day % 9, dice.choice("NESW?"), dice.choice(["new", "full"])
        likely = clouds > 4 if moon == "new" else wind in "NE" and clouds > 1
        so = likely if dice.random() < 0.9 else not likely
        told = "yes" if so else dice.choice(["no", "snow"]) if kind == "classes" else "no"
        rain = f"{(30 if so else 10) + dice.random():.2f}" if kind == "amount" else told
        rows.append({"clouds": str(clouds), "wind": wind, "moon": moon, "rain": rain})
    return rows


def declare(folder: Path, kind: str, seed: int = 3) -> Model:
    def changed(text: str) -> str:
        text = TOGETHER.replace('yes="yes",', KINDS[kind] or 'yes="yes",').replace('"probability"', f'"{kind}"')
        return text.replace('yes="had rain",\n        no="did not",', "") if kind != "probability" else text

    return declared_in(write_toy(folder, changed, lambda _: days_together(kind, seed)) / "toy.py")


@pytest.fixture(params=KINDS)
def together(request: pytest.FixtureRequest, tmp_path: Path) -> Model:
    model = declare(tmp_path, request.param)
    assert "No sum came near boosted trees" in report(model, train(model))
    return model


def served(folder: Path) -> FlaskClient:
    return create_app(SETTINGS | {"MODEL_FOLDERS": (folder,)}).test_client()


def test_trees_are_taken_where_answers_only_tell_something_together(together: Model, tmp_path: Path) -> None:
    card = Catalog([tmp_path]).predictor("toy").card
    assert card.recipe.chosen == "boosted trees of 16 leaves, 150 rounds"
    assert card.evaluation.chosen_in_folds == {card.recipe.chosen: 3}
    assert "agreement: card and pickle differ by at most" in "\n".join(check(together))
    client = served(tmp_path)
    shown = page_of(client.get("/toy/card")).text
    assert "This model has no sum to show" in shown
    assert "Boosting, as decision trees (LightGBM)" in shown
    assert f"lightgbm {version('lightgbm')}" in shown
    assert "The model was given it as missing" in shown
    result = page_of(client.get("/toy/result", query_string=ANSWERS)).text
    assert "What moved the number" in result
    assert "Add ?explain=1 to the address for what moved the number." in result
    assert "How sure is this?" in result
    assert "Nobody knows" not in result


def test_the_api_says_what_the_pickle_says_of_every_row_also_of_what_is_missing(
    together: Model, tmp_path: Path
) -> None:
    table, _ = read_table(together)
    X = table[list(together.input)]
    kind = kind_of(together)
    said = kind.answers(kind.predict(joblib.load(together.pickle_path), X))
    client = served(tmp_path)
    for at in range(0, 60, 7):
        answers = {name: "unknown" if value != value else value for name, value in X.iloc[at].items()}
        told = client.post("/api/models/toy/predict", json={**answers, "clouds": int(answers["clouds"])}).json
        numbers = (
            [told["amount"]]
            if "amount" in told
            else [told["probability"]]
            if "probability" in told
            else [told["classes"][label]["probability"] for label in together.learns.classes.values()]
        )
        assert numbers == pytest.approx(said[at].tolist(), abs=1e-12)


def test_the_range_of_trees_mostly_holds_what_trees_say_that_learnt_from_other_days(tmp_path: Path) -> None:
    mine, other = ([*told_of(declare(tmp_path / str(seed), "probability", seed))] for seed in (3, 4))
    held = [one["low"] <= another["probability"] <= one["high"] for one, another in zip(mine, other, strict=True)]
    assert all(one["low"] < one["probability"] < one["high"] for one in mine)
    assert sum(held) >= 0.75 * len(held)


def told_of(model: Model) -> Iterator[dict[str, Any]]:
    """What a model says, once trained, of each sort of day."""
    train(model)
    client = served(model.pickle_path.parents[1])
    for clouds, wind, moon in product(range(0, 9, 2), [*"NESW", "unknown"], ["new", "full"]):
        asked = {"clouds": clouds, "wind": wind, "moon": moon}
        yield client.post("/api/models/toy/predict", json=asked).json


def test_of_trees_alone_the_better_are_taken_and_none_stand_beside_them(tmp_path: Path) -> None:
    declared = declare(tmp_path, "probability")
    offered = (Trees(leaves=2, rounds=5), Trees(leaves=16, rounds=150, ridge=1.0))
    card = train(replace(declared, recipe=replace(declared.learns, candidates=offered, seeds=2)))
    assert card.recipe.chosen == "boosted trees of 16 leaves, 150 rounds"
    assert card.challenger is None
    shown = page_of(served(tmp_path).get("/toy/result", query_string=ANSWERS)).text
    assert "Another kind of model" not in shown
    assert "Other kinds of models" not in shown


def test_a_sum_is_kept_where_trees_are_on_offer_and_hardly_better(tmp_path: Path) -> None:
    toy = declared_in(write_toy(tmp_path) / "toy.py")
    offered = (*toy.learns.candidates, Trees(leaves=8, rounds=60))
    card = train(replace(toy, recipe=replace(toy.learns, candidates=offered, unknown="learnt", folds=3, inner_folds=2)))
    assert card.engine["name"] == "tables"


def test_training_asks_for_other_trees_where_those_on_offer_did_not_come_near(tmp_path: Path) -> None:
    declared = declare(tmp_path, "probability")
    offered = (*declared.learns.candidates[:1], Trees(leaves=2, rounds=1))
    declared = replace(declared, recipe=replace(declared.learns, candidates=offered))
    told = report(declared, train(declared))
    assert "Gradient boosting does much better here" in told
    assert "put Trees() among its candidates" not in told
    assert "None of the Trees(...) among its candidates came near that" in told
