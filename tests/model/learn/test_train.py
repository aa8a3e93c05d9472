"""Training again leaves what has not changed, and a training that fails leaves the old files whole."""

from __future__ import annotations

import datetime
from base64 import b64decode
from dataclasses import replace
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest

from model.declare.model import Model
from model.declare.recipe import Candidate, Table
from model.learn.artefacts import NotWritten, digest
from model.learn.check import check
from model.learn.train import report, tabulate, train
from model.predict.card_file import read_content
from model.predict.catalog import declared_in
from model.predict.evaluation import Contest, Ranged, Spread
from webapp.commands.progress import progress

from tests.payloads import get_model
from tests.processes import likely
from tests.toys import write_toy
from tests.trained import copied, dated


def files(model: Model) -> dict[str, bytes]:
    folder = model.card_path.parent
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.stem == model.name}


def in_numbers(engine: dict[str, Any]) -> dict[str, Any]:
    """An engine whose vectors can be compared: what is nothing but rounding differs from processor to processor."""
    terms = [
        {**term, "spread": np.frombuffer(b64decode(term["spread"]), "<f4").round(7).tolist()}
        if "spread" in term
        else term
        for term in engine.get("terms", ())
    ]
    return {**engine, "terms": terms}


@pytest.mark.parametrize("name", ["food", pytest.param("iris", marks=pytest.mark.slow)])
def test_training_again_leaves_the_files_as_they_are(tmp_path: Path, name: str) -> None:
    model = copied(name, tmp_path)
    # Another pickle of the same numbers: what pickling writes may depend on what was unpickled before.
    joblib.dump(joblib.load(model.pickle_path), model.pickle_path, compress=1)
    dated(model, trained="2001-01-01", pickle=digest(model.pickle_path))
    before = files(model)
    train(model)
    assert files(model) == before


@pytest.mark.slow
@pytest.mark.parametrize("name", ["housing", "titanic"])
def test_training_again_gives_the_same_model_whatever_it_is_measured_by(tmp_path: Path, name: str) -> None:
    """With one seed of folds and no refits it is measured less, in a tenth of the time; what answers is the same."""
    model = copied(name, tmp_path)
    before = read_content(model.card_path)
    recipe = replace(model.learns, seeds=1, other_seeds=1, refits=0)
    train(replace(model, recipe=recipe))
    after = read_content(model.card_path)
    for part in ("data", "observed", "background"):
        assert after[part] == before[part], part
    assert in_numbers(after["engine"]) == in_numbers(before["engine"])
    # The new pickle agrees with them on every row; its bytes may depend on what was unpickled before.
    assert list(check(model))


@pytest.mark.slow
def test_where_boosted_trees_do_much_better_training_says_how_to_serve_them(tmp_path: Path) -> None:
    """It rains under few clouds with one wind and under many with another, which points that add up cannot tell."""
    toy = declared_in(write_toy(tmp_path) / "toy.py")
    table = pd.read_csv(tmp_path / "toy.csv")
    together = (table["clouds"] > 4) ^ table["wind"].isin(["N", "E"])
    recipe = replace(toy.learns, table=lambda: table.assign(rain=np.where(together, "yes", "no")), tutorial=())
    pairless = replace(toy, recipe=replace(recipe, candidates=(Candidate((Table("wind"),)),)))
    assert "Gradient boosting does much better here" in report(pairless, train(pairless))
    assert "much better" not in report(toy, train(toy))
    # What loses more than whoever gives everybody the same chances is no better way.
    card = train(pairless)
    coin = replace(card.evaluation, figures={**card.evaluation.figures, "base_rate": 1.0})
    assert "much better" not in report(pairless, replace(card, evaluation=coin))


@pytest.mark.parametrize("seeds", [1, 10])
def test_figures_of_large_amounts_stand_in_columns_of_their_own(seeds: int) -> None:
    own = {"rmse": Spread(122544.31, 120000, 130000.4), "mean_error": Spread(16660.2, 16000, 17000)}
    ahead = {"Gradient boosting": {"rmse": Ranged(477.6, -173.5, 1128.7)}}
    contest = Contest("", seeds, seeds, own, {"Gradient boosting": own}, ahead)
    _, heads, first, second, apart = tabulate(contest, ["rmse", "mean_error"])
    assert heads.split() == ["rmse", "mean", "error"]
    spans = [" (120,000-130,000)", " (16,000-17,000)"] if seeds > 1 else ["", ""]
    assert " ".join(first.split()) == f"Likely 122,544{spans[0]} 16,660{spans[1]}"
    assert len(heads) == len(first) == len(second)
    assert apart == "  against Gradient boosting, rmse: +478 (-174 to +1,129), a tie"


def test_training_replaces_a_pickle_that_was_changed(tmp_path: Path) -> None:
    model = copied("food", tmp_path)
    model.pickle_path.write_bytes(b"")
    train(model)
    assert list(check(model))


@pytest.mark.parametrize("failing", ["food.joblib", "food.json"])
def test_a_training_that_fails_at_the_end_leaves_the_old_files_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    model = copied("food", tmp_path)
    # An older training, whose scorecard and pickle both differ from what is to come.
    model.pickle_path.write_bytes(b"an older pickle")
    dated(model, version="00000000")
    before = {path.name: path.read_bytes() for path in model.card_path.parent.iterdir()}
    replace_file = Path.replace

    def fail(path: Path, target: Path) -> Path:
        if target.name == failing and path.suffix == ".part":
            raise OSError(28, "No space left on device")
        return replace_file(path, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(NotWritten, match="trained: No space left on device"):
        train(model)
    assert {path.name: path.read_bytes() for path in model.card_path.parent.iterdir()} == before


def test_a_first_training_that_fails_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = replace(get_model("food"), folder=tmp_path)
    monkeypatch.setattr("model.learn.artefacts.write_card", lambda part, content: part.rename(tmp_path / "none"))
    with pytest.raises(NotWritten, match="No such file"):
        train(model)
    assert list((tmp_path / "trained").iterdir()) == []


def test_a_folder_that_cannot_be_written_to_is_named_before_anything_is_learned(tmp_path: Path) -> None:
    (write_toy(tmp_path) / "trained").write_text("a file where the folder should be")
    result = likely("train", "toy", LIKELY_MODEL_FOLDERS=str(tmp_path))
    assert result.returncode == 1
    assert f"Error: Training cannot write to the folder {tmp_path / 'trained'}" in result.stderr
    assert "Traceback" not in result.stderr


def test_training_again_keeps_the_date_where_nothing_else_changed(tmp_path: Path) -> None:
    model = copied("food", tmp_path)
    dated(model, trained="2001-01-01")
    assert train(model).trained == "2001-01-01"


def test_training_again_takes_todays_date_where_something_changed(tmp_path: Path) -> None:
    model = copied("food", tmp_path)
    dated(model, trained="2001-01-01", version="00000000")
    assert train(model).trained == datetime.datetime.now(datetime.UTC).date().isoformat()


def test_training_makes_the_files_where_there_are_none(tmp_path: Path) -> None:
    model = replace(get_model("food"), folder=tmp_path)
    train(model)
    assert {path.name for path in (tmp_path / "trained").iterdir()} == {"food.joblib", "food.json"}


def test_off_a_terminal_progress_is_told_in_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("webapp.commands.progress.SECONDS_BETWEEN_LINES", 0)
    with progress("toy", 3) as advance:
        for _ in range(3):
            advance("a fold")
    assert capsys.readouterr().err == (
        "toy: 1 of 3 steps, about 0 seconds left\ntoy: 2 of 3 steps, about 0 seconds left\n"
    )
