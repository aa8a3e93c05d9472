"""Wrapped models behind the pages, the API and scored files, measured by fresh fits, by unseen rows, or not at all."""

from __future__ import annotations

import csv
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import joblib
import lightgbm
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from flask import g
from flask.testing import FlaskClient
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from model.declare.model import Model
from model.learn.check import check
from model.predict.catalog import Catalog
from webapp import create_app
from webapp.commands.main import main
from webapp.http.addresses import texts

from tests.model.wrap.conftest import estimates_of
from tests.model.wrap.pairs import PAIRS, people
from tests.page import Page, page_of
from tests.payloads import SETTINGS, example
from tests.processes import run

pytestmark = pytest.mark.slow
# By their names, what is wrapped: a kind of answer, and one of the pairs.
WRAPPED: Mapping[str, tuple[str, str]] = {
    "boosted": ("probability", "LGBMClassifier with its own categories"),
    "forest": ("classes", "RandomForestClassifier, three classes"),
    "pay": ("amount", "HistGradientBoostingRegressor(loss='poisson')"),
    "curved": ("probability", "SplineTransformer"),
    "straight": ("amount", "Ridge"),
}
each = pytest.mark.parametrize("name", [*WRAPPED, "native"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the command itself has put them, and what it said beside each."""
    place = tmp_path_factory.mktemp("wrapped")
    for name, (kind, pair) in WRAPPED.items():
        X, y = people(kind, gaps=True, categories=PAIRS[pair].categories)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            joblib.dump(PAIRS[pair].make().fit(X, y), place / f"{name}.joblib")
        X.assign(pay=y).to_csv(place / f"{name}.csv", index=False)
        wrap(place, f"{name}.joblib", f"{name}.csv")
    X, y = people("probability", gaps=True, categories=True)
    fitted = lightgbm.LGBMClassifier(n_estimators=20, verbose=-1).fit(X, (y == "much").astype(int))
    fitted.booster_.save_model(place / "native.txt")
    wrap(place, "native.txt", "boosted.csv")
    return place


def wrap(place: Path, file: str, table: str, *more: str) -> str:
    order = [
        "wrap",
        str(place / file),
        "--data",
        str(place / table),
        "--target",
        "pay",
        "--folder",
        str(place / "mine"),
    ]
    done = CliRunner().invoke(main, [*order, *more])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[FlaskClient]:
    app = create_app(SETTINGS | {"MODEL_FOLDERS": (folder / "mine",), "MODELS": (*WRAPPED, "native")})

    @app.before_request
    def take_any_token() -> None:
        g.csrf_valid = True

    with app.test_client() as client:
        yield client


def model_of(client: FlaskClient, name: str) -> Model:
    model: Model = client.application.extensions["models"][name]
    return model


def page(client: FlaskClient, path: str, **query: Any) -> Page:
    response = client.get(path, query_string=query)
    assert response.status_code == 200
    return page_of(response)


def answered(client: FlaskClient, name: str, **changes: Any) -> dict[str, Any]:
    model = model_of(client, name)
    return {**texts(model, example(model)), **changes}


@each
def test_every_page_is_there(client: FlaskClient, name: str) -> None:
    query = answered(client, name)
    page(client, f"/{name}")
    result, card = page(client, f"/{name}/result", **query), page(client, f"/{name}/card")
    page(client, f"/{name}/compare", **query, new_age="20")
    page(client, f"/{name}/batch")
    assert "What moved the number" in result.text
    assert f"It came as {name}.{'txt' if name == 'native' else 'joblib'}" in card.text
    no_sum = "This model has no sum to show"
    assert (no_sum in result.text) == (no_sum in card.text) == (name not in ("curved", "straight"))


@each
def test_an_unknown_answer_goes_to_the_model_as_missing(client: FlaskClient, name: str) -> None:
    result = page(client, f"/{name}/result", **answered(client, name, hours="unknown", job="unknown"))
    assert "I don’t know" in result.text
    sent = {**answered(client, name), "hours": None}
    answer = client.post(f"/api/models/{name}/predict?explain=1", json=sent)
    assert answer.status_code == 200
    assert answer.json["unknown"] == ["hours"]
    (about,) = answer.json["unknown_answers"]
    assert about["low"] < about["high"]


@each
def test_a_file_says_what_the_api_says(client: FlaskClient, name: str, folder: Path, tmp_path: Path) -> None:
    X, _ = people("probability", gaps=True)
    X.head(50).to_csv(tmp_path / "in.csv", index=False)
    order = ["score", name, str(tmp_path / "in.csv"), str(tmp_path / "out.csv")]
    done = CliRunner(env={"LIKELY_MODEL_FOLDERS": str(folder / "mine")}).invoke(main, order)
    assert done.exit_code == 0, done.output
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        asked = {one: row[one] or None for one in ("age", "hours", "sex", "job")}
        answer = client.post(f"/api/models/{name}/predict", json=asked).json
        flat = {f"{number}_{label}": one[number] for label, one in answer.get("classes", {}).items() for number in one}
        for column, value in (
            flat or {n: answer[n] for n in ("probability", "amount", "low", "high") if n in answer}
        ).items():
            assert float(row[column]) == pytest.approx(value, abs=1e-12)


def test_a_chances_smallest_change_crosses_one_half(client: FlaskClient) -> None:
    answer = client.post("/api/models/boosted/predict?explain=1", json=answered(client, "boosted")).json
    assert answer["would_change"]
    assert all((one["estimate"] > 0.5) != (answer["probability"] > 0.5) for one in answer["would_change"])
    assert answer["arithmetic"] == []


def test_figures_come_from_fresh_fits_and_ranges_from_samples(client: FlaskClient) -> None:
    card = page(client, "/boosted/card").text
    assert "fresh fits of it learnt from four fifths each" in card
    assert "Fresh models were fitted to several samples" in card
    estimate = client.post("/api/models/boosted/predict", json=answered(client, "boosted")).json
    assert 0 < estimate["low"] < estimate["probability"] < estimate["high"] < 1


def test_an_amounts_range_comes_from_errors_by_its_fifth(client: FlaskClient) -> None:
    figures = client.get("/api/models/pay").json["figures"]
    assert 0.75 < figures["range_holds"] < 0.85
    assert "in each fifth of the estimates" in page(client, "/pay/card").text


def test_what_cannot_be_fitted_anew_has_no_honest_figure_and_no_range(client: FlaskClient) -> None:
    card, result = page(client, "/native/card"), page(client, "/native/result", **answered(client, "native"))
    assert "No honest figure is known." in card.text
    assert "Nobody knows. The model could not be fitted anew" in result.text
    estimate = client.post("/api/models/native/predict", json=answered(client, "native")).json
    assert estimate["low"] == estimate["probability"] == estimate["high"]


def test_unseen_rows_give_figures_as_whoever_wraps_it_claims(folder: Path) -> None:
    said = wrap(folder, "native.txt", "boosted.csv", "--unseen", str(folder / "boosted.csv"), "--name", "claimed")
    assert "log loss" in said
    app = create_app(SETTINGS | {"MODEL_FOLDERS": (folder / "mine",), "MODELS": ("claimed",)})
    assert "as whoever wrapped the model says, it had not seen" in page_of(app.test_client().get("/claimed/card")).text


def test_the_files_are_checked_and_a_changed_one_is_found(folder: Path) -> None:
    catalog = Catalog([folder / "mine"])
    lines = list(check(catalog["forest"]))
    assert any(line.startswith("arrays: checksum holds") for line in lines)
    assert any("it differed from forest.joblib by at most" in line for line in lines)


def test_nothing_that_is_served_holds_a_row(folder: Path) -> None:
    files = {
        path.name for path in (folder / "mine").rglob("*") if path.is_file() and path.suffix not in (".pyc", ".part")
    }
    served = {f"{name}.{end}" for name in (*WRAPPED, "native") for end in ("py", "words.toml", "json")}
    assert {name for name in files if not name.startswith("claimed.")} == served | {
        f"{n}.npz" for n in ("boosted", "forest", "pay", "native")
    }


def test_serving_needs_no_library_that_learns(folder: Path) -> None:
    script = (
        f"import sys; from pathlib import Path; from model.predict.catalog import Catalog; c = Catalog([Path({str(folder / 'mine')!r})]); "
        "c.load(); print(sorted({n.split('.')[0] for n in sys.modules} & {'sklearn', 'pandas', 'lightgbm', 'scipy', 'joblib', 'treelite'}))"
    )
    done = run("-c", script)
    assert done.stdout.strip() == "[]", done.stderr


def test_wrapping_again_what_has_not_changed_leaves_the_files(folder: Path) -> None:
    before = (folder / "mine" / "trained" / "straight.json").read_bytes()
    wrap(folder, "straight.joblib", "straight.csv")
    assert (folder / "mine" / "trained" / "straight.json").read_bytes() == before


def test_a_forest_of_many_leaves_is_walked_node_by_node(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from model.wrap import trees, wrapping

    monkeypatch.setattr(trees, "MOST_MASKS", 0)
    order = wrapping.Order(folder / "forest.joblib", folder / "forest.csv", "pay", folder / "walked", "forest")
    wrapping.wrap(order)
    X, _ = people("classes", gaps=True)
    walked, masked = (Catalog([folder / place]).predictor("forest") for place in ("walked", "mine"))
    assert walked.card.engine["program"]["layout"] == "nodes"
    assert np.array_equal(estimates_of(walked, X), estimates_of(masked, X))


def test_yes_is_what_is_asked_for(folder: Path) -> None:
    for yes in ("much", "little"):
        wrap(folder, "curved.joblib", "curved.csv", "--yes", yes, "--name", yes, "--folder", str(folder / "both"))
    catalog, (X, _) = Catalog([folder / "both"]), people("probability", gaps=True)
    much, little = (estimates_of(catalog.predictor(yes), X) for yes in ("much", "little"))
    assert much == pytest.approx(1 - little, abs=1e-12)


def test_an_input_that_the_model_takes_no_notice_of_changes_nothing(folder: Path) -> None:
    X, y = people("probability", gaps=False)
    steps = make_column_transformer((StandardScaler(), ["age"]))
    joblib.dump(make_pipeline(steps, LogisticRegression()).fit(X, y), folder / "age.joblib")
    wrap(folder, "age.joblib", "boosted.csv")
    client = create_app(SETTINGS | {"MODEL_FOLDERS": (folder / "mine",), "MODELS": ("age",)}).test_client()
    asked = {"age": 20, "hours": 40, "sex": "Male", "job": "clerk"}
    answer = client.post("/api/models/age/predict?explain=1", json=asked)
    assert answer.status_code == 200
    assert [list(one["answers"]) for one in answer.json["would_change"]] == [["age"]]


def test_an_amount_that_an_answer_does_not_move_has_a_level_curve(folder: Path) -> None:
    X, y = people("amount", gaps=False)
    steps = make_column_transformer((StandardScaler(), ["age"]))
    joblib.dump(make_pipeline(steps, Ridge()).fit(X, y), folder / "level.joblib")
    wrap(folder, "level.joblib", "straight.csv")
    client = create_app(SETTINGS | {"MODEL_FOLDERS": (folder / "mine",), "MODELS": ("level",)}).test_client()
    page = page_of(client.get("/level/curves", query_string={"age": 20, "hours": 40, "sex": "Male", "job": "clerk"}))
    curves = [curve.attributes["points"].split() for curve in page.root.all("polyline")]
    assert [len({point.split(",")[1] for point in curve}) == 1 for curve in curves] == [False, True]


def test_words_that_were_edited_stay_and_another_model_does_not_take_their_place(folder: Path) -> None:
    declared, words = folder / "mine" / "straight.py", folder / "mine" / "straight.words.toml"
    before = declared.read_text()
    words.write_text(words.read_text().replace('title = "Pay"', 'title = "What people are paid"'))
    wrap(folder, "straight.joblib", "straight.csv")
    assert "What people are paid" in words.read_text()
    declared.write_text(before)
    order = [str(folder / "boosted.joblib"), "--data", str(folder / "boosted.csv"), "--target", "pay"]
    done = CliRunner().invoke(main, ["wrap", *order, "--folder", str(folder / "mine"), "--name", "straight"])
    assert done.exit_code == 1
    assert "straight.py declares another model" in done.output


def test_a_table_without_the_target_is_refused(folder: Path) -> None:
    pd.DataFrame({"age": [1]}).to_csv(folder / "short.csv", index=False)
    order = ["wrap", str(folder / "pay.joblib"), "--data", str(folder / "short.csv"), "--target", "pay"]
    done = CliRunner().invoke(main, order)
    assert done.exit_code == 1
    assert "The table has no column 'pay'. It has: age" in done.output
