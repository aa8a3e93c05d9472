"""Another kind of model beside the one that answers: written down exactly, and asked when somebody wants it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model.learn.challenger import compile_challenger, is_as_good, reach_around, tell_apart
from model.learn.check import records
from model.learn.references import LIGHTGBM, SETTINGS, Tuned, fit_reference, predict_with, prepare
from model.learn.table import rows_of
from model.predict.card import Challenger as Card
from model.predict.card_file import Tampered
from model.predict.challenger import Challenger
from model.predict.evaluation import Ranged

from tests.payloads import get_model, get_predictor

NONE = Ranged(0, -1, 1)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Challenger, Tuned]:
    model = replace(get_model("titanic"), folder=tmp_path_factory.mktemp("models"))
    model.card_path.parent.mkdir()
    tuned = Tuned(model, LIGHTGBM, guest=False)
    tuned.best = prepare(model, LIGHTGBM, SETTINGS[LIGHTGBM][1], guest=False)
    about, raw = compile_challenger(model, tuned, rows_of(model))
    model.challenger_path.write_bytes(raw)
    card = Card(file=hashlib.sha256(raw).hexdigest(), lead=NONE, **about)
    return Challenger(model, card, get_predictor("titanic").engine), tuned


def test_it_says_what_lightgbm_says_of_every_row(compiled: tuple[Challenger, Tuned]) -> None:
    challenger, tuned = compiled
    rows = rows_of(challenger.model)
    expected = predict_with(fit_reference(tuned, rows), rows)[:, 1]
    got = np.array(challenger.predict(records(rows.answers, challenger.engine.averaged)))[:, 0]
    assert np.abs(got - expected).max() < 1e-12


def test_a_row_alone_is_told_exactly_what_it_is_told_among_others(compiled: tuple[Challenger, Tuned]) -> None:
    challenger, _ = compiled
    rows = records(rows_of(challenger.model).answers, challenger.engine.averaged)[:100]
    assert [challenger.values(row) for row in rows] == challenger.predict(rows)


def test_an_unknown_answer_is_averaged_over_the_people_as_the_models_is(compiled: tuple[Challenger, Tuned]) -> None:
    challenger, _ = compiled
    answers = get_predictor("titanic").example_values and dict(get_model("titanic").examples[0].answers) | {
        "port": None
    }
    each = {port: challenger.values({**answers, "port": port})[0] for port in ("S", "C", "Q")}
    assert min(each.values()) <= challenger.values(answers)[0] <= max(each.values())


def test_a_file_that_was_changed_is_refused(compiled: tuple[Challenger, Tuned], tmp_path: Path) -> None:
    challenger, _ = compiled
    other = Challenger(challenger.model, replace(challenger.card, file="0" * 64), challenger.engine)
    with pytest.raises(Tampered):
        other.values(dict(get_model("titanic").examples[0].answers))


def test_only_a_model_that_is_not_surely_worse_may_challenge() -> None:
    model = get_model("titanic")
    assert is_as_good({"log_loss": {"value": 0.1, "low": -0.1, "high": 0.3}}, model)
    assert not is_as_good({"log_loss": {"value": 0.1, "low": 0.05, "high": 0.3}}, model)


def test_who_was_right_is_counted_where_the_two_differ() -> None:
    own, other = np.full(400, 0.4), np.where(np.arange(400) < 200, 0.5, 0.42)
    so = (np.arange(400) % 2 == 0).astype(int)
    said = [np.column_stack([1 - one, one]) for one in (own, other)]
    found = tell_apart(so, *said)
    assert found["differ"] == 0.5
    (case,) = found["cases"]
    assert case["higher"]
    assert (case["people"], case["own"], case["other"]) == (200, pytest.approx(0.4), pytest.approx(0.5))
    assert case["observed"]["value"] == 0.5


def test_the_reach_holds_a_third_kind_in_8_of_10_cases_of_each_tenth() -> None:
    dice = np.random.default_rng(0)
    score = dice.normal(size=5_000)
    apart = dice.normal(0, 0.1 + 0.2 * (score > 0))
    said = [1 / (1 + np.exp(-one)) for one in (score, score + apart)]
    (table,) = reach_around(*(np.column_stack([1 - one, one]) for one in said))["ranges"]
    tenth = np.searchsorted(table["edges"], said[0], side="right")
    held = np.abs(apart) <= np.array(table["reach"])[tenth]
    assert [held[tenth == at].mean() for at in range(10)] == pytest.approx([0.8] * 10, abs=0.01)
