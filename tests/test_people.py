"""The people in the data: who is close to a person, and who is most like them, counted the long way too."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.declare.inputs import ChoiceInput, NumberInput
from model.declare.model import Model
from model.predict.neighbours import People, Person
from model.predict.predictor import get_predictor

from tests.payloads import MODELS

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
    chance = get_predictor("titanic").chances(woman)[0]
    alike = crowd(TITANIC).most_alike(woman, 5, chance)
    assert [person.answers["sex"] for person in alike] == ["female"] * 5
    women = [crowd(TITANIC).person(row) for row in range(crowd(TITANIC).count)]
    nearest = min(abs(one.chances[0] - chance) for one in women if one.answers["sex"] == "female")
    assert abs(alike[0].chances[0] - chance) == nearest


def test_somebody_of_the_data_is_most_like_themselves() -> None:
    person = crowd(CENSUS).person(20_000)
    alike = crowd(CENSUS).most_alike(person.answers, 1, person.chances[0])
    assert alike[0].answers == person.answers
