"""What moved a number: steps that lead from the average to the estimate, whatever the engine."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier

from model.declare.reading import Answers
from model.predict.catalog import Catalog
from model.predict.predictor import Predictor
from model.predict.steps import MOST_STEPS, explain_steps
from model.predict.steps import Path as Steps
from model.wrap import wrapping
from model.wrap.measuring import Measured

from tests.payloads import each_typed_model, example, get_predictor, person

EXACT = 1e-9


def anybody(predictor: Predictor, number: int) -> Iterator[Answers]:
    dice = random.Random(5)
    for _ in range(number):
        yield {
            asked.name: None
            if asked.may_be_unknown and dice.random() < 0.2
            else dice.choice(list(asked.list_values(200)))
            for asked in predictor.model.inputs
        }


def assert_adds_up(predictor: Predictor, answers: Answers, path: Steps | None) -> None:
    assert path is not None
    now = path.average
    for step in path.all:
        assert step.before == now
        now = step.after
    values = predictor.values(answers)
    assert now == pytest.approx(values[predictor.focus(answers)], abs=EXACT)
    assert sorted(one.name for step in path.all for one in step.inputs) == sorted(answers)


@each_typed_model
def test_the_steps_add_up_from_the_average_to_the_estimate_for_anybody(model: Any) -> None:
    predictor = get_predictor(model.name)
    for answers in anybody(predictor, 40):
        assert_adds_up(predictor, answers, explain_steps(predictor, answers))


@each_typed_model
def test_they_start_from_what_is_usual_in_the_data(model: Any) -> None:
    predictor, evaluation = get_predictor(model.name), get_predictor(model.name).card.evaluation
    answers = example(model)
    path = explain_steps(predictor, answers)
    assert path is not None
    if model.kind == "amount":
        assert path.average == pytest.approx(22.53, abs=0.1)
    else:
        rates = evaluation.base_rates or [evaluation.figures["base_rate"]]
        assert path.average == pytest.approx(rates[predictor.focus(answers)], abs=0.01)


def test_what_matters_most_is_named_even_where_it_is_the_usual_answer() -> None:
    """Being married is the commonest answer, and moves the number more than any other."""
    predictor = get_predictor("census")
    answers = {**person(status="Married-civ-spouse", age=52, hours=45)}
    path = explain_steps(predictor, {name: predictor.model.input[name].read(raw) for name, raw in answers.items()})
    assert path is not None
    assert path.steps[0].inputs[0].name == "status"


def test_the_next_step_is_the_one_that_moves_the_average_most() -> None:
    """Worked out anew: every answer is tried at every turn."""
    predictor = get_predictor("titanic")
    rows, weights = predictor.background
    answers = example(predictor.model)
    path = explain_steps(predictor, answers)
    assert path is not None

    def average(names: set[str]) -> float:
        own = [{**row, **{name: answers[name] for name in names}} for row in rows]
        return float(np.dot(weights, predictor.predict(own)[0]))

    put: set[str] = set()
    for step in path.steps:
        now = average(put)
        tried = {name: average({*put, name}) - now for name in set(answers) - put}
        (asked,) = step.inputs
        assert step.before == pytest.approx(now, abs=EXACT)
        assert step.shift == pytest.approx(tried[asked.name], abs=EXACT)
        assert abs(step.shift) == pytest.approx(max(map(abs, tried.values())), abs=EXACT)
        put.add(asked.name)


def test_asking_twice_gives_the_same_steps() -> None:
    predictor = get_predictor("census")
    for answers in anybody(predictor, 5):
        assert explain_steps(predictor, answers) == explain_steps(predictor, answers)


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Predictor:
    """A forest with 30 inputs, of which five matter, wrapped; how good it is has tests of its own."""
    folder = tmp_path_factory.mktemp("wide")
    dice = np.random.default_rng(1)
    X = pd.DataFrame(dice.normal(size=(400, 30)).round(3), columns=[f"n{at}" for at in range(30)])
    y = np.where(X["n0"] + X["n1"] - X["n2"] + X["n3"] * X["n4"] > 0, "yes", "no")
    forest = RandomForestClassifier(100, max_depth=6, random_state=0).fit(X.mask(X.abs() > 2.5), y)
    joblib.dump(forest, folder / "wide.joblib")
    X.mask(X.abs() > 2.5).assign(so=y).to_csv(folder / "wide.csv", index=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wrapping, "measure", lambda *asked: Measured({"figures": {}}, None, "nothing", ""))
        wrapping.wrap(wrapping.Order(folder / "wide.joblib", folder / "wide.csv", "so", folder / "mine", "wide"))
    return Catalog([folder / "mine"]).predictor("wide")


@pytest.mark.slow
def test_a_wrapped_forest_with_thirty_inputs_has_steps_that_add_up(wide: Predictor) -> None:
    assert len(wide.model.inputs) == 30
    for answers in anybody(wide, 10):
        path = explain_steps(wide, answers)
        assert_adds_up(wide, answers, path)
        assert path is not None
        assert 3 <= len(path.steps) <= MOST_STEPS


@pytest.mark.slow
def test_an_estimate_with_its_range_asks_the_trees_once(wide: Predictor, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, run = [], wide.engine.run  # type: ignore[attr-defined]
    monkeypatch.setitem(wide.engine.__dict__, "run", lambda coded: asked.append(coded) or run(coded))
    wide.estimates(dict.fromkeys(wide.model.input, 0.1))
    assert len(asked) == 1


@pytest.mark.slow
def test_what_matters_to_the_forest_comes_first(wide: Predictor) -> None:
    answers = dict.fromkeys(wide.model.input, 0.1) | {"n2": 2.0}
    path = explain_steps(wide, answers)
    assert path is not None
    assert path.steps[0].inputs[0].name == "n2"


@pytest.mark.slow
def test_a_tree_takes_a_tenth_of_a_second_at_most_with_unknown_answers_too(wide: Predictor) -> None:
    answers: Answers = dict.fromkeys(wide.model.input, 0.1)
    times = []
    for at in range(3):
        unknown = answers | {f"n{at}": None} if wide.model.input[f"n{at}"].may_be_unknown else answers
        wide.averages.clear()
        start = time.process_time()
        explain_steps(wide, unknown)
        times.append(time.process_time() - start)
    assert min(times) < 0.1


@pytest.mark.slow
def test_no_row_of_a_table_that_may_not_be_shown_stands_for_everybody(wide: Predictor) -> None:
    table = pd.read_csv(wide.model.learns.path or Path())
    rows, _ = wide.background
    whole = {tuple(row) for row in table[list(wide.model.input)].to_numpy().tolist()}
    assert len(rows) == 32
    assert not [row for row in rows if tuple(row.values()) in whole]
