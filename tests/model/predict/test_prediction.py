"""The scorecard says what the pickled pipeline says, its ranges hold its estimates, and both are sensible."""

from __future__ import annotations

import itertools
import math
from functools import cache
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.declare.choice import ChoiceInput
from model.declare.inputs import NOT_RECORDED, Input
from model.declare.model import Model
from model.declare.number import NumberInput
from model.learn.kinds import kind_of
from model.predict.predictor import predict_probability
from model.vision.network import LEAST, Sight

from tests.payloads import MODELS, each_model, example, get_model, get_predictor

each_whole_number = st.integers


def share() -> st.SearchStrategy[float]:
    return st.floats(LEAST, 1 - LEAST).map(lambda value: float(f"{value:.6g}"))


def sights() -> st.SearchStrategy[Sight]:
    things = ((967, 0.5), (968, 0.2), (925, 0.1), (960, 0.05), (504, 0.01))
    return st.tuples(share(), share(), share()).map(sorted).map(lambda s: Sight(s[1], s[0], s[2], things))


def answers_to(asked: Input) -> st.SearchStrategy[Any]:
    """Any clean answer to one input: what reading hands on."""
    found: st.SearchStrategy[Any]
    if isinstance(asked, ChoiceInput):
        found = st.sampled_from(list(asked.choices))
    elif isinstance(asked, NumberInput) and asked.whole:
        found = st.integers(int(asked.lowest), int(asked.highest))
    elif isinstance(asked, NumberInput):
        found = st.floats(asked.lowest, asked.highest)
    else:
        found = sights()
    if asked.not_recorded:
        found |= st.just(NOT_RECORDED)
    return st.none() | found if asked.may_be_unknown else found


def answers_of(model: Model) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({asked.name: answers_to(asked) for asked in model.inputs})


def any_answers() -> st.SearchStrategy[tuple[Model, dict[str, Any]]]:
    return st.sampled_from(MODELS).flatmap(lambda model: st.tuples(st.just(model), answers_of(model)))


@cache
def unpickled(name: str) -> Any:
    return joblib.load(get_model(name).pickle_path)


def pickles_answer(model: Model, answers: dict[str, Any]) -> list[float]:
    """What anyone who loads the pickle gets for the same answers."""
    if model.features:
        number, *prior = model.features(answers).values()
        score = float(unpickled(model.name).decision_function([[number]])[0]) + sum(prior)
        return [1 / (1 + math.exp(-score)) if score >= 0 else math.exp(score) / (1 + math.exp(score))]
    kind, fitted = kind_of(model), unpickled(model.name)
    # To the pickle NaN is an answer that is not recorded. What is unknown it averages over, people by people.
    unknown = [asked.name for asked in model.inputs if answers[asked.name] is None]
    everybody = fitted.people_.dropna(subset=unknown) if unknown else pd.DataFrame({"count": [1]})
    rows = pd.DataFrame([answers] * len(everybody))
    for asked in model.inputs:
        column = everybody[asked.name].to_numpy() if asked.name in unknown else rows[asked.name].to_numpy()
        lacking = [float("nan") if value is NOT_RECORDED else value for value in column]
        rows[asked.name] = pd.Series(lacking, dtype=object if isinstance(asked, ChoiceInput) else float)
    found = kind.answers(kind.predict(fitted, rows))
    return [float(value) for value in np.average(found, axis=0, weights=everybody["count"].to_numpy())]


# -- the pickle --------------------------------------------------------------------------------------


@each_model
def test_the_scorecard_says_what_the_pickle_says(model: Model) -> None:
    """For any valid answers, unknown ones among them, to twelve digits."""

    @given(answers=answers_of(model))
    def holds(answers: dict[str, Any]) -> None:
        got, expected = get_predictor(model.name).values(answers), pickles_answer(model, answers)
        for mine, theirs in zip(got, expected, strict=False):
            scale = max(1.0, abs(theirs)) if model.kind == "amount" else 1.0
            assert abs(mine - theirs) <= 1e-12 * scale

    holds()


@given(answers=answers_of(get_model("titanic")))
def test_predict_probability_is_the_chance_of_class_one(answers: dict[str, Any]) -> None:
    assert list(unpickled("titanic").classes_) == [0, 1]
    assert (
        abs(
            predict_probability(get_predictor("titanic"), answers)[0].value
            - pickles_answer(get_model("titanic"), answers)[0]
        )
        <= 1e-12
    )


@given(answers=answers_of(get_model("housing")))
def test_the_price_is_the_pickles_and_its_range_reaches_beyond_no_price_in_the_data(answers: dict[str, Any]) -> None:
    (estimate,) = get_predictor("housing").estimates(answers)
    (value,) = pickles_answer(get_model("housing"), answers)
    assert estimate.value == pytest.approx(value, abs=1e-10)
    assert 5 <= estimate.low < estimate.value < estimate.high <= 50


def test_a_model_of_several_classes_has_no_one_probability() -> None:
    with pytest.raises(TypeError, match="iris answers with classes, not with probability"):
        predict_probability(get_predictor("iris"), example(get_model("iris")))


# -- ranges ------------------------------------------------------------------------------------------


@given(any_answers())
def test_a_range_holds_its_estimate(asked: tuple[Model, dict[str, Any]]) -> None:
    model, answers = asked
    for estimate in get_predictor(model.name).estimates(answers):
        assert math.isfinite(estimate.value)
        assert estimate.low <= estimate.value <= estimate.high
        if model.kind != "amount":
            assert estimate.low >= 0
            assert estimate.high <= 1


@pytest.mark.parametrize("name", ["census", "titanic", "food"])
def test_a_chance_and_its_range_are_never_certain(name: str) -> None:
    @given(answers=answers_of(get_model(name)))
    def holds(answers: dict[str, Any]) -> None:
        (estimate,) = get_predictor(name).estimates(answers)
        assert 0 < estimate.low <= estimate.value <= estimate.high < 1

    holds()


@given(answers=answers_of(get_model("iris")))
def test_the_chances_of_all_kinds_sum_to_one(answers: dict[str, Any]) -> None:
    estimates = get_predictor("iris").estimates(answers)
    assert [estimate.label for estimate in estimates] == ["setosa", "versicolor", "virginica"]
    assert math.fsum(estimate.value for estimate in estimates) == pytest.approx(1, abs=1e-12)


def test_where_fewer_people_are_known_the_range_is_wider() -> None:
    """1,600 times as many people of the census are in private companies as without pay."""
    common = example(get_model("census")) | {"work": "Private"}
    (usual,) = get_predictor("census").estimates(common)
    (rare,) = get_predictor("census").estimates(common | {"work": "Without-pay"})
    assert rare.high - rare.low > 3 * (usual.high - usual.low)


# -- unknown answers ---------------------------------------------------------------------------------


@given(answers=answers_of(get_model("titanic")))
def test_an_unknown_answer_lies_between_the_least_and_the_most_it_could_give(answers: dict[str, Any]) -> None:
    predictor = get_predictor("titanic")
    chance = predictor.values(answers)[0]
    unknown = predictor.unknown_answers(answers)
    assert [one.name for one in unknown] == [name for name, answer in answers.items() if answer is None]
    for one in unknown:
        assert one.low <= one.high
        assert one.low == pytest.approx(predictor.values({**answers, one.name: one.low_answer})[0], abs=1e-12)
        assert one.high == pytest.approx(predictor.values({**answers, one.name: one.high_answer})[0], abs=1e-12)
        if len(unknown) == 1:
            assert one.low - 1e-12 <= chance <= one.high + 1e-12


def test_one_unknown_answer_is_the_average_over_the_people_in_the_data() -> None:
    answers = example(get_model("titanic")) | {"port": None}
    seen = pd.read_csv(get_model("titanic").learns.path, dtype=str, keep_default_na=False)
    weights = seen["port"].replace({"": None, "?": None}).dropna().value_counts(normalize=True)
    expected = sum(
        weight * predict_probability(get_predictor("titanic"), answers | {"port": port})[0].value
        for port, weight in weights.items()
    )
    assert predict_probability(get_predictor("titanic"), answers)[0].value == pytest.approx(expected, abs=1e-12)


# -- what everybody knows ----------------------------------------------------------------------------


def survival(**changes: Any) -> float:
    return predict_probability(get_predictor("titanic"), example(get_model("titanic")) | changes)[0].value


def income(**changes: Any) -> float:
    return predict_probability(get_predictor("census"), example(get_model("census")) | changes)[0].value


def test_women_of_first_class_survived_more_often_than_men_of_third() -> None:
    assert survival(sex="female", ticket_class="1") > 0.9
    assert survival(sex="male", ticket_class="3", port="S") < 0.2


@pytest.mark.parametrize("ticket_class", ["1", "2", "3"])
def test_women_survived_more_often_than_men_of_their_class(ticket_class: str) -> None:
    assert survival(sex="female", ticket_class=ticket_class) > survival(sex="male", ticket_class=ticket_class)


def test_boys_survived_more_often_than_men() -> None:
    assert survival(sex="male", ticket_class="2", age=4.0) > survival(sex="male", ticket_class="2", age=40.0)


def test_income_rises_with_education() -> None:
    steps = ["7th-8th", "HS-grad", "Bachelors", "Masters", "Doctorate"]
    chances = [income(education=education) for education in steps]
    assert chances == sorted(chances)


def test_married_people_and_those_who_work_more_had_more() -> None:
    assert income(status="Married-civ-spouse") > income(status="Never-married")
    assert income(hours=50) > income(hours=20)


def test_larger_homes_cost_more() -> None:
    prices = [get_predictor("housing").values({"rooms": rooms / 10})[0] for rooms in range(60, 86)]
    assert all(less < more for less, more in itertools.pairwise(prices))


def test_the_tutorials_house_costs_31_4_thousand() -> None:
    assert get_predictor("housing").values({"rooms": 7.0})[0] == pytest.approx(31.4, abs=0.05)
