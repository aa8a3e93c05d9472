"""Engines: many rows as one row, cells and steps in tables, and unknown answers at a bounded price."""

from __future__ import annotations

import itertools
import random
import resource
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wtforms import Form

from model.declare import ChoiceField, Example, Given, Model, NumberField, Words
from model.declare.inputs import NOT_RECORDED
from model.declare.reading import read_answers
from model.predict.card import Card, Data, Fit
from model.predict.evaluation import Evaluation
from model.predict.explain import explain_moves, explain_sum
from model.predict.predictor import Predictor
from model.predict.tables import Score, Term, pack

from tests.model.predict.test_prediction import answers_of
from tests.payloads import each_model, example, get_predictor

MEGABYTE = 1024


@each_model
def test_many_rows_at_once_give_what_each_gives_alone(model: Model) -> None:
    predictor = get_predictor(model.name)

    @given(rows=st.lists(answers_of(model), min_size=1, max_size=5))
    def holds(rows: list[dict[str, Any]]) -> None:
        columns = predictor.predict(rows)
        assert list(zip(*columns, strict=True)) == [predictor.values(row) for row in rows]

    holds()


@each_model
def test_varying_an_answer_gives_what_each_variant_gives(model: Model) -> None:
    predictor, answers = get_predictor(model.name), example(model)
    name = next(iter(answers))
    others = [example(model, number)[name] for number in range(len(model.examples))]
    focus = predictor.focus(answers)
    expected = [predictor.values({**answers, name: other})[focus] for other in others]
    assert list(predictor.vary(answers, name, others)) == pytest.approx(expected, abs=1e-12)


# -- the tables' look-ups ----------------------------------------------------------------------------


def term(**compiled: Any) -> Term:
    return Term({"between": [], **compiled})


def test_a_step_holds_from_where_it_begins_to_the_next() -> None:
    steps = term(inputs=["age"], levels=[[0, 18, 65]], steps=["age"], points=[[1.0], [2.0], [3.0]])
    ages = {-5: 1.0, 0: 1.0, 17.9: 1.0, 18: 2.0, 64: 2.0, 65: 3.0, 200: 3.0}
    assert {age: steps.points({"age": age}) for age in ages} == ages


def test_a_line_may_be_straight_over_the_logarithm() -> None:
    line = term(inputs=["pay"], levels=[[1, 100, 1000]], between=["pay"], logs=["pay"], points=[[0.0], [4.0], [1.0]])
    pays = {1: 0.0, 10: 2.0, 100: 4.0, 1000: 1.0}
    assert {pay: line.points({"pay": pay}) for pay in pays} == pytest.approx(pays, abs=1e-12)


def test_what_is_not_recorded_and_what_is_unknown_have_cells_of_their_own() -> None:
    curve = term(
        inputs=["age"],
        levels=[[0, 10]],
        between=["age"],
        missing=["age"],
        unknown=["age"],
        points=[[0.0], [1.0], [7.0], [9.0]],
    )
    assert curve.points({"age": 5}) == 0.5
    assert curve.points({"age": NOT_RECORDED}) == 7.0
    assert curve.points({"age": None}) == 9.0


def test_a_pair_may_be_of_a_curve_and_a_step_of_two_curves_or_of_two_lists() -> None:
    points = [[float(row)] for row in range(4)]
    both = term(inputs=["a", "b"], levels=[[0, 1], [0, 1]], between=["a", "b"], points=points)
    assert both.points({"a": 0.5, "b": 0.5}) == 1.5
    mixed = term(inputs=["a", "b"], levels=[[0, 1], [0, 1]], between=["a"], steps=["b"], points=points)
    assert mixed.points({"a": 0.5, "b": 3}) == 2.0
    listed = term(inputs=["a", "b"], levels=[["x", "y"], ["p", "q"]], points=points)
    assert listed.points({"a": "y", "b": "p"}) == 2.0


def test_the_parts_of_a_sum_add_up_to_it() -> None:
    predictor = get_predictor("census")
    for number in range(2):
        answers = example(predictor.model, number)
        (one,) = explain_sum(predictor, answers)
        assert sum(one.intercept) + sum(line.points[0] for line in one.lines) == pytest.approx(one.total[0], abs=1e-12)
        assert one.result == predictor.values(answers)
        assert all(
            move.shift == predictor.values(answers)[0] - move.instead for move in explain_moves(predictor, answers)
        )


# -- how far a range reaches ---------------------------------------------------------------------------


@pytest.mark.parametrize("unknown", [False, True])
def test_a_range_reaches_further_only_on_the_side_that_the_penalty_pulled_from(unknown: bool) -> None:
    answers = {name: 50.0 if at % 2 else "a" for at, name in enumerate(NAMES)} | ({"q1": None} if unknown else {})
    ranges = [make_wide_predictor(intercept_pull=pull).estimates(answers)[0] for pull in (-3.0, 0.0, 3.0)]
    (low, high), (straight_low, straight_high), (low_of_up, high_of_up) = [(one.low, one.high) for one in ranges]
    assert (high, low_of_up) == (straight_high, straight_low)
    assert low < straight_low / 2
    assert high_of_up > straight_high + (1 - straight_high) / 2


# -- unknown answers ---------------------------------------------------------------------------------

NAMES = [f"q{number}" for number in range(12)]


def make_wide_predictor(people: int = 1_000, intercept_pull: float = 0.0) -> Predictor:
    """A model of twelve inputs that may all be unknown, half of them numbers, with as many people as a card keeps."""
    dice = random.Random(7)
    fields: dict[str, Any] = {}
    for at, name in enumerate(NAMES):
        if at % 2:
            fields[name] = NumberField(
                name, thing=name, between=(0, 100), like="5", may_be_unknown=True, changeable=True
            )
        else:
            choices = {letter: letter for letter in "abcd"}
            fields[name] = ChoiceField(name, thing=name, plural=name, choices=choices, may_be_unknown=True)
    form = type("WideForm", (Form,), fields)
    rows = [
        [round(dice.uniform(0, 100), 2) if at % 2 else dice.choice("abcd") for at in range(12)] for _ in range(people)
    ]
    terms = []
    for at, name in enumerate(NAMES):
        levels: list[Any] = [0, 25, 50, 75, 100] if at % 2 else list("abcd")
        points = [[dice.gauss(0, 0.5)] for _ in levels]
        # What the penalty pulled stands last.
        spread = pack([number for _ in levels for number in [*[dice.gauss(0, 0.1) for _ in range(60)], 0.0]])
        between = [name] if at % 2 else []
        terms.append({"inputs": [name], "levels": [levels], "between": between, "points": points, "spread": spread})
    engine = {
        "name": "tables",
        "intercept": [-1.0],
        "intercept_spread": [[0.05] * 60 + [intercept_pull]],
        "terms": terms,
        "people": {"inputs": NAMES, "answers": rows, "counts": [1] * people},
    }
    model = Model(
        name="wide",
        kind="probability",
        form=form,
        recipe=Given("q0", 0, 1, {}, ""),
        examples=[Example("one", {})],
        words=Words(title="", question="", heading="", lead="", button="", those=""),
    )
    card = Card(
        "", "wide", "probability", "", "2026-01-01", Fit(""), Data(people, None), "", {}, {}, Evaluation({}), engine
    )
    return Predictor(model, card)


@pytest.mark.alone
@pytest.mark.slow
def test_four_thousand_patterns_of_unknown_answers_add_little_memory() -> None:
    predictor = make_wide_predictor()
    known = {name: 50.0 if at % 2 else "a" for at, name in enumerate(NAMES)}
    predictor.estimates(dict.fromkeys(NAMES))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for pattern in itertools.product((True, False), repeat=12):
        answers = {name: None if unknown else known[name] for name, unknown in zip(NAMES, pattern, strict=True)}
        assert 0 < predictor.values(answers)[0] < 1
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / MEGABYTE <= 30


@pytest.mark.alone
def test_with_everything_unknown_a_result_takes_a_moment() -> None:
    predictor = make_wide_predictor()
    nothing = dict.fromkeys(NAMES)

    def explain() -> float:
        start = time.process_time()
        (estimate,) = predictor.estimates(nothing)
        unknown = predictor.unknown_answers(nothing)
        assert len(unknown) == 12
        assert all(one.low <= estimate.value + 0.05 and one.high >= estimate.value - 0.05 for one in unknown)
        return time.process_time() - start

    assert min(explain() for _ in range(3)) <= 0.15


@pytest.mark.alone
def test_with_half_of_it_unknown_the_smallest_changes_are_looked_for_in_bounded_time() -> None:
    from model.predict.changes import find_smallest_changes

    predictor = make_wide_predictor()
    answers = {name: 50.0 if at % 2 else None for at, name in enumerate(NAMES)}
    start = time.process_time()
    changes = find_smallest_changes(predictor, answers)
    assert time.process_time() - start <= 2
    assert len(changes) <= 3


def test_a_score_of_several_adds_up_each() -> None:
    score = Score(
        {
            "intercept": [1.0, 2.0],
            "terms": [
                {
                    "inputs": ["a"],
                    "levels": [["x", "y"]],
                    "between": [],
                    "points": [[0.5, 1.5], [2.5, 3.5]],
                }
            ],
        }
    )
    assert score.several({"a": "y"}) == (3.5, 5.5)


def test_the_example_of_a_wide_model_reads() -> None:
    model = make_wide_predictor(10).model
    answers, faults = read_answers(model.inputs, dict.fromkeys(NAMES, "unknown"))
    assert not faults
    assert set(answers.values()) == {None}
