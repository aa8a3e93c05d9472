"""The committed models are as good as promised, by figures that training wrote and nobody else."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split

from model.declare.model import Model
from model.evaluate.shares import Share
from model.learn.kinds import kind_of
from model.learn.train import report
from model.predict.card_file import read_card, read_content

from tests.payloads import MODELS, each_model, get_model

LEARNED = [model for model in MODELS if model.name != "food"]
each_learned = pytest.mark.parametrize("model", LEARNED, ids=lambda model: str(model.name))
BOOSTED, TUTORIAL, LIGHTGBM = "Gradient boosting", "The tutorial’s recipe", "LightGBM"


def card(name: str) -> dict[str, Any]:
    return read_content(get_model(name).card_path)


def figures(name: str) -> dict[str, Any]:
    evaluation = card(name)["evaluation"]
    return {**evaluation, **evaluation["figures"]}


def compared(name: str, other: str, kept: int = 0) -> dict[str, float]:
    """The means over the seeds of folds of another model, or with no name of the model itself."""
    contest = figures(name)["contests"][kept]
    return {figure: one["mean"] for figure, one in (contest["others"][other] if other else contest["own"]).items()}


def ahead(name: str, other: str, kept: int = 0) -> dict[str, float]:
    found: dict[str, float] = figures(name)["contests"][kept]["ahead"][other]["log_loss"]
    return found


def test_census_reaches_its_log_loss_within_a_third_of_a_per_cent_of_boosting() -> None:
    assert compared("census", "")["log_loss"] <= 0.3475
    assert compared("census", "")["log_loss"] <= 1.003 * compared("census", LIGHTGBM)["log_loss"]


def test_census_means_what_it_says() -> None:
    line = figures("census")["line"]
    assert figures("census")["calibration_error"] <= 0.005
    assert line["slope"]["low"] < 1 < line["slope"]["high"]
    assert line["intercept"]["low"] < 0 < line["intercept"]["high"]


def test_iris_reaches_its_log_loss() -> None:
    assert compared("iris", "")["log_loss"] <= 0.056


@pytest.mark.parametrize("name", ["census", "titanic", "housing"])
def test_a_challenger_is_as_good_and_smaller_than_people_would_notice(name: str) -> None:
    challenger = card(name)["challenger"]
    assert challenger["lead"]["low"] <= 0
    assert get_model(name).challenger_path.stat().st_size < 500_000


def test_the_irises_have_no_challenger_since_none_is_as_good() -> None:
    assert "challenger" not in card("iris")
    assert ahead("iris", LIGHTGBM)["low"] > 0


def test_where_tickets_are_kept_together_nobody_is_ahead_of_titanic() -> None:
    for other in (LIGHTGBM, BOOSTED):
        assert ahead("titanic", other, kept=1)["value"] > 0


def test_census_learned_from_everyone() -> None:
    assert card("census")["data"]["rows"] == 48_842


def test_titanic_reaches_its_log_loss() -> None:
    assert figures("titanic")["log_loss"] <= 0.44
    assert figures("titanic")["auc"] >= 0.85
    assert card("titanic")["data"]["rows"] == 1_309


@pytest.mark.parametrize("name", ["census", "titanic"])
def test_each_chance_is_better_than_the_tutorials(name: str) -> None:
    assert ahead(name, TUTORIAL)["low"] > 0
    assert figures(name)["auc"] > compared(name, TUTORIAL)["auc"]


def test_the_range_of_a_price_holds_what_it_says() -> None:
    """Whole towns held out."""
    assert 0.78 <= figures("housing")["range_holds"] <= 0.82


def test_the_price_is_better_than_the_tutorials() -> None:
    assert figures("housing")["rmse"] < compared("housing", TUTORIAL)["rmse"]


def test_iris_is_right_97_times_of_100_on_the_tutorials_split() -> None:
    """Learned from the training part alone, and asked about the other."""
    model = get_model("iris")
    iris = load_iris(as_frame=True)
    learned, asked, kinds, expected = train_test_split(iris.data, iris.target, random_state=12)
    for part in (learned, asked):
        part.columns = list(model.input)
    candidate = next(one for one in model.learns.candidates if one.name == card("iris")["recipe"]["chosen"])
    fitted = kind_of(model).estimator(model, candidate).fit(learned, kinds)
    assert (fitted.predict(asked) == expected).mean() >= 0.97


def test_iris_is_right_97_times_of_100_out_of_fold() -> None:
    assert figures("iris")["accuracy"] >= 0.97


def test_food_reaches_its_figures() -> None:
    assert figures("food")["auc"] >= 0.99
    # On photos that it was not fitted to, where one of ten shows food.
    assert figures("food")["right_yes"] >= 0.94
    assert figures("food")["right_no"] >= 0.99


# -- the figures add up --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["census", "titanic", "iris"])
def test_everyone_is_in_the_confusion_matrix_once(name: str) -> None:
    matrix = figures(name)["confusion"]
    right = sum(matrix[number][number] for number in range(len(matrix)))
    assert sum(map(sum, matrix)) == card(name)["data"]["rows"]
    assert right / card(name)["data"]["rows"] == pytest.approx(figures(name)["accuracy"], abs=1e-5)


@pytest.mark.parametrize("name", ["census", "titanic"])
def test_everyone_is_in_one_bin_of_the_calibration(name: str) -> None:
    bins = figures(name)["calibration"]
    assert sum(one["people"] for one in bins) == card(name)["data"]["rows"]
    assert [bins[0]["start"], bins[-1]["end"]] == [0, 1]
    for left, right in pairwise(bins):
        assert left["end"] == right["start"]
    for one in bins:
        assert one["people"] >= get_model(name).learns.smallest_bin
        assert one["start"] <= one["estimated"] <= one["end"]
        assert one["low"] <= one["observed"] <= one["high"]


@pytest.mark.parametrize("name", ["census", "titanic"])
def test_the_curve_of_false_alarms_rises_from_corner_to_corner(name: str) -> None:
    curve = figures(name)["roc"]
    assert curve[-1] == [1.0, 1.0]
    assert curve[0][0] == 0
    assert curve == sorted(curve)
    assert [found for _, found in curve] == sorted(found for _, found in curve)


@pytest.mark.parametrize("name", ["census", "titanic"])
def test_every_group_of_people_has_its_figures(name: str) -> None:
    model = get_model(name)
    for asked, edges in model.learns.groups.items():
        rows = [row for row in figures(name)["groups"] if row["input"] == asked]
        assert sum(row["people"] for row in rows) <= card(name)["data"]["rows"]
        assert len(rows) == (len(edges) + 1 if edges else len(model.input[asked].choices))  # type: ignore[attr-defined]
        for row in rows:
            assert row["gap_low"] <= row["gap"] <= row["gap_high"]


@each_learned
def test_what_was_chosen_was_chosen_inside_the_folds(model: Model) -> None:
    chosen = figures(model.name)["chosen_in_folds"]
    assert sum(chosen.values()) == 10
    assert set(chosen) <= {candidate.name for candidate in model.learns.candidates}


@each_learned
def test_the_report_shows_the_model_beside_what_it_is_measured_against(model: Model) -> None:
    text = report(model, read_card(model.card_path))
    assert f"version {card(model.name)['version']}" in text
    assert BOOSTED in text
    assert (TUTORIAL in text) == bool(model.learns.tutorial)


@each_model
def test_the_scorecard_says_what_it_was_made_with(model: Model) -> None:
    made = card(model.name)
    assert made["kind"] == model.kind
    assert len(made["version"]) == 8
    assert len(made["pickle"]) == 64
    assert {"python", "scikit-learn", "numpy", "joblib"} <= set(made["libraries"])


def test_a_share_of_nobody_could_be_anything() -> None:
    nobody = Share(0, 0)
    assert (nobody.value, nobody.low, nobody.high) == (0, 0, 1)
