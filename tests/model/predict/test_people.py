"""The people in the data: who is close to a person, and who is most like them, counted the long way too."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.declare.choice import ChoiceInput
from model.declare.model import Model
from model.declare.number import NumberInput
from model.learn.people import MOST_MASKS, compile_people
from model.predict.agreement import find_agreement
from model.predict.neighbours import People, Person

from tests.payloads import MODELS, example, get_predictor

CENSUS, TITANIC, IRIS = MODELS[:3]


def crowd(model: Model) -> People:
    found = get_predictor(model.name).crowd
    assert found is not None
    return found


def anybody(model: Model) -> st.SearchStrategy[dict[str, Any]]:
    found: dict[str, st.SearchStrategy[Any]] = {}
    for asked in model.inputs:
        if isinstance(asked, ChoiceInput):
            found[asked.name] = st.sampled_from(list(asked.choices))
        else:
            assert isinstance(asked, NumberInput)
            found[asked.name] = st.integers(int(asked.lowest) + 1, int(asked.highest))
        if asked.may_be_unknown:
            found[asked.name] |= st.none()
    return st.fixed_dictionaries(found)


def is_close(model: Model, person: Person, answers: dict[str, Any]) -> bool:
    """The card's definition, word by word."""
    known = {name: answer for name, answer in answers.items() if answer is not None}
    columns = {column.name: column for column in crowd(model).columns}
    numbers = [name for name in known if columns[name].kind == "number"]
    choices = [name for name in known if columns[name].kind == "choice"]
    for name in numbers:
        theirs = person.answers[name]
        if theirs is None or abs(theirs - known[name]) > columns[name].reach + 1e-9:
            return False
    different = sum(person.answers[name] != known[name] for name in choices)
    return different <= (1 if len(choices) >= 3 else 0)


@pytest.mark.parametrize("model", [TITANIC, IRIS], ids=["titanic", "iris"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_close_people_are_those_of_the_cards_definition(model: Model, data: st.DataObject) -> None:
    answers = data.draw(anybody(model))
    everyone = [crowd(model).person(row) for row in range(crowd(model).count)]
    assert crowd(model).close(answers) == sum(is_close(model, person, answers) for person in everyone)


def test_of_a_woman_of_whom_nothing_else_is_known_only_women_are_close() -> None:
    woman = dict.fromkeys(TITANIC.input, None) | {"sex": "female"}
    assert crowd(TITANIC).close(woman) == 466


def test_those_most_alike_are_chosen_by_their_chance_where_they_differ_as_much() -> None:
    woman = dict.fromkeys(TITANIC.input, None) | {"sex": "female"}
    chance = get_predictor("titanic").values(woman)[0]
    alike = crowd(TITANIC).most_alike(woman, 5, chance)
    assert [person.answers["sex"] for person in alike] == ["female"] * 5
    women = [crowd(TITANIC).person(row) for row in range(crowd(TITANIC).count)]
    nearest = min(abs(one.chances[0] - chance) for one in women if one.answers["sex"] == "female")
    assert abs(alike[0].chances[0] - chance) == nearest


def test_somebody_of_the_data_is_most_like_themselves() -> None:
    person = crowd(CENSUS).person(20_000)
    alike = crowd(CENSUS).most_alike(person.answers, 1, person.chances[0])
    assert alike[0].answers == person.answers


# -- a number with very many different answers -------------------------------------------------------


def made(numbers: np.ndarray) -> People:
    """People of whom nothing else is known than the length of a petal."""
    X = pd.DataFrame({name: numbers if name == "petal_length" else 1.0 for name in IRIS.input})
    outcomes = pd.Series(np.arange(len(numbers)) % 3)
    return People(compile_people(IRIS, X, outcomes, np.full((len(numbers), 3), 1 / 3)))


def petal(length: float) -> dict[str, Any]:
    return dict.fromkeys(IRIS.input) | {"petal_length": length}


SPREADS = {
    "even": lambda dice: dice.uniform(0.5, 9, 3000),
    "heavy": lambda dice: np.concatenate([dice.uniform(0.5, 9, 1500), np.full(1000, 4.0), np.full(500, 0.5)]),
    "gaps": lambda dice: np.where(dice.random(3000) < 0.3, np.nan, dice.uniform(0.5, 9, 3000)),
}


@pytest.mark.parametrize("spread", SPREADS)
@settings(max_examples=60, deadline=None)
@given(length=st.floats(0.5, 9))
def test_close_people_are_counted_exactly_between_the_masks_too(spread: str, length: float) -> None:
    numbers = SPREADS[spread](np.random.default_rng(0))
    people = made(numbers)
    (column,) = [column for column in people.columns if column.name == "petal_length"]
    assert len(column.masks) <= MOST_MASKS < len(column.levels)
    for asked in (length, numbers[0] if numbers[0] == numbers[0] else length, 4.0):
        assert people.close(petal(asked)) == np.sum(np.abs(numbers - asked) <= column.reach + 1e-9)


def test_more_different_numbers_than_two_bytes_hold_are_kept_apart() -> None:
    numbers = np.random.default_rng(0).permutation(np.linspace(0.5, 9, 70_000))
    people = made(numbers)
    for row in (0, 35_000, 69_999):
        assert people.person(row).answers["petal_length"] == numbers[row]
    assert people.close(petal(5.0)) == np.sum(np.abs(numbers - 5.0) <= 1.7 + 1e-9)


def test_of_many_answers_those_are_compared_that_moved_the_number_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.predict.agreement.MOST_COMPARED", 3)
    answers = example(TITANIC)
    inputs = [TITANIC.input[name] for name in ("sex", "ticket_class")]
    found = find_agreement(get_predictor("titanic"), answers, inputs)
    assert found is not None
    assert [asked.name for asked in found.compared] == ["sex", "ticket_class"]
    people = [crowd(TITANIC).person(row) for row in range(crowd(TITANIC).count)]
    alike = [one for one in people if all(one.answers[asked.name] == answers[asked.name] for asked in inputs)]
    assert (found.same.people, found.same.yes) == (len(alike), sum(one.outcome == 1 for one in alike))
