"""The smallest changes are the smallest: trying everything finds none that is smaller."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.declare.choice import ChoiceInput
from model.declare.model import Model
from model.declare.number import NumberInput
from model.predict.changes import MOST_SUMS, Trials, find_smallest_changes
from model.predict.sums import Sums

from tests.payloads import MODELS, each_model, example, get_predictor

CENSUS, TITANIC, IRIS, HOUSING, FOOD = MODELS


def anybody(model: Model) -> st.SearchStrategy[dict[str, Any]]:
    found: dict[str, st.SearchStrategy[Any]] = {}
    for asked in model.inputs:
        if isinstance(asked, ChoiceInput):
            found[asked.name] = st.sampled_from(list(asked.choices))
        elif isinstance(asked, NumberInput):
            whole = st.integers(int(asked.lowest), int(asked.highest))
            found[asked.name] = whole if asked.whole else whole.map(float)
    return st.fixed_dictionaries(found)


@pytest.mark.parametrize("number", [1, 2])
@settings(max_examples=40, deadline=None)
@given(answers=anybody(CENSUS))
def test_adding_points_finds_what_trying_every_combination_finds(number: int, answers: dict[str, Any]) -> None:
    predictor = get_predictor("census")
    for group in combinations([asked for asked in CENSUS.inputs if asked.changeable], number):
        quick = Sums(predictor.lists, answers).find(group, MOST_SUMS)
        slow = Trials(predictor, answers).find(group, MOST_SUMS)
        assert (quick is None) == (slow is None)
        if quick and slow:
            assert quick[0] == pytest.approx(slow[0], abs=1e-12)


@settings(max_examples=200, deadline=None)
@given(answers=anybody(CENSUS))
def test_a_change_crosses_the_middle_and_touches_only_what_can_change(answers: dict[str, Any]) -> None:
    predictor = get_predictor("census")
    before = predictor.values(answers)[0]
    changes = find_smallest_changes(predictor, answers)
    assert len(changes) <= 3
    for change in changes:
        after = predictor.values(answers | dict(change.answers))[0]
        assert after == change.estimate
        assert (after > 0.5) != (before > 0.5)
        assert all(CENSUS.input[name].changeable for name in change.answers)
        assert len({len(one.answers) for one in changes}) == 1


def test_two_answers_change_only_where_no_single_one_does() -> None:
    predictor = get_predictor("census")
    answers = example(CENSUS, 1)
    changeable = [asked for asked in CENSUS.inputs if asked.changeable]
    assert all(Trials(predictor, answers).find((asked,), MOST_SUMS) is None for asked in changeable)
    assert all(len(change.answers) == 2 for change in find_smallest_changes(predictor, answers))


def test_what_is_unknown_is_not_changed() -> None:
    answers = example(CENSUS) | {"work": None}
    for change in find_smallest_changes(get_predictor("census"), answers):
        assert "work" not in change.answers


@each_model
def test_an_amount_and_a_photo_have_no_middle_to_cross_by_a_change(model: Model) -> None:
    changes = find_smallest_changes(get_predictor(model.name), example(model))
    assert (changes == []) or model not in (HOUSING, FOOD)
