"""The API answers programs as the pages answer people: the models, single answers, lists and explanations."""

from __future__ import annotations

import math
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from model.answering.prediction import get_predictor
from model.asking.declaration import Model
from model.asking.inputs import ChoiceInput, NumberInput

from tests.payloads import MODELS, TYPED, asked, each_model, each_typed_model, passenger, person, photo

EXACT = 1e-9
CASES = [(model, number) for model in TYPED for number in range(len(model.examples))]
each_example = pytest.mark.parametrize(
    ("model", "number"), CASES, ids=[f"{model.name} {number}" for model, number in CASES]
)


def predict(client: FlaskClient, name: str, body: Any, **query: str) -> TestResponse:
    return client.post(f"/api/models/{name}/predict", json=body, query_string=query)


def answer(client: FlaskClient, name: str, body: Any, **query: str) -> Any:
    response = predict(client, name, body, **query)
    assert response.status_code == 200, response.text
    assert response.mimetype == "application/json"
    return response.get_json()


def chances(told: dict[str, Any]) -> list[float]:
    """The estimate as numbers, in the order of the arithmetic."""
    if "classes" in told:
        return [one["probability"] for one in told["classes"].values()]
    return [told[name] for name in ("probability", "amount") if name in told]


# -- the models ------------------------------------------------------------------------------------


def test_the_models_are_listed_with_where_to_ask(client: FlaskClient) -> None:
    listed = client.get("/api/models").get_json()["models"]
    assert [one["name"] for one in listed] == [model.name for model in MODELS]
    for one in listed:
        assert client.get(one["url"]).get_json().items() >= one.items()
        assert client.options(one["predict"]).status_code == 200


@each_model
def test_a_model_tells_its_figures_and_version(client: FlaskClient, model: Model) -> None:
    told = client.get(f"/api/models/{model.name}").get_json()
    predictor = get_predictor(model.name)
    assert told["version"] == predictor.version
    assert told["data"]["rows"] == predictor.card["data"]["rows"]
    assert told["figures"]
    assert told["figures"].items() <= predictor.evaluation.items()


@each_model
def test_a_model_tells_what_it_asks(client: FlaskClient, model: Model) -> None:
    told = client.get(f"/api/models/{model.name}").get_json()["inputs"]
    assert [one["name"] for one in told] == [asked.name for asked in model.inputs]
    for one, asked_for in zip(told, model.inputs, strict=True):
        assert (one["label"], one["type"]) == (asked_for.label, asked_for.kind)
        if isinstance(asked_for, NumberInput):
            assert (one["lowest"], one["highest"]) == (asked_for.lowest, asked_for.highest)
            assert (one["unit"], one["whole"]) == (asked_for.unit, asked_for.whole)
        if isinstance(asked_for, ChoiceInput):
            assert one["choices"] == dict(asked_for.choices)


@each_typed_model
def test_the_messages_a_model_tells_are_the_ones_it_gives(client: FlaskClient, model: Model) -> None:
    for one in client.get(f"/api/models/{model.name}").get_json()["inputs"]:
        wrong = {"blank": "", "not_a_number": "many", "not_offered": "…"}
        if one["type"] == "number":
            wrong |= {"not_whole": one["lowest"] + 0.5, "out_of_range": one["highest"] + 1}
        for fault, message in one["messages"].items():
            refused = predict(client, model.name, asked(model, **{one["name"]: wrong[fault]})).get_json()
            assert refused["errors"] == [
                {"pointer": f"/{one['name']}", "field": one["name"], "message": message}
            ]


@pytest.mark.parametrize("path", ["/api/models", "/api/models/iris", "/api/openapi.json"])
def test_what_a_client_has_kept_is_not_sent_again(client: FlaskClient, path: str) -> None:
    tag = client.get(path).headers["ETag"]
    again = client.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(path, headers={"If-None-Match": '"another"'}).status_code == 200


# -- one set of answers ----------------------------------------------------------------------------


@each_example
def test_an_example_gets_the_models_own_estimate(client: FlaskClient, model: Model, number: int) -> None:
    raw = dict(model.examples[number].answers)
    told = answer(client, model.name, raw)
    predictor = get_predictor(model.name)
    assert (told["model"], told["version"]) == (model.name, predictor.version)
    assert chances(told) == list(predictor.example_chances[number][1])
    for one in told.get("classes", {"": told}).values():
        assert one["low"] <= one.get("probability", one.get("amount")) <= one["high"]
    assert told.get("unknown", []) == [name for name, given in raw.items() if given is None]


@each_example
def test_the_page_shows_what_the_api_answers(client: FlaskClient, model: Model, number: int) -> None:
    texts = {one.name: one.text(model.examples[number].answers[one.name]) for one in model.inputs}
    told = answer(client, model.name, texts)
    assert told == answer(client, model.name, dict(model.examples[number].answers))
    page = client.get(f"/{model.name}/result", query_string=texts)
    assert page.status_code == 200
    if "probability" in told and 0.01 < told["probability"] < 0.99:
        assert f"{told['probability'] * 100:.0f}" in page.text


def test_a_photo_comes_as_a_file(client: FlaskClient) -> None:
    response = client.post("/api/models/food/predict", data={"photo": photo()})
    told = response.get_json()
    assert response.status_code == 200
    assert told["probability"] > 0.99
    assert told["seen"] == "espresso"


def test_zero_is_an_answer(client: FlaskClient) -> None:
    told = answer(client, "titanic", passenger(age=0, siblings_spouses=0, parents_children=0), explain="1")
    assert "unknown" not in told
    assert {"name": "age", "answer": 0.0}.items() <= told["moved"][0].items()


@pytest.mark.parametrize("typed", ["37", " 37 ", "37.0", '"37"', "+37", "٣٧", 37, 37.0])
def test_a_number_may_stand_in_a_string(client: FlaskClient, typed: Any) -> None:
    assert answer(client, "census", person(age=typed)) == answer(client, "census", person())


@pytest.mark.parametrize("ticket_class", ["3", 3, 3.0, "Third class", " third CLASS "])
def test_a_choice_may_be_a_number_or_its_label(client: FlaskClient, ticket_class: Any) -> None:
    told = answer(client, "titanic", passenger(ticket_class=ticket_class))
    assert told == answer(client, "titanic", passenger())


@pytest.mark.parametrize("unknown", [None, "unknown", "I don’t know", "?"])
def test_not_knowing_is_an_answer_where_the_form_offers_it(client: FlaskClient, unknown: Any) -> None:
    assert answer(client, "titanic", passenger(age=unknown))["unknown"] == ["age"]
    assert predict(client, "census", person(age=unknown)).status_code == 422


# -- explanations ----------------------------------------------------------------------------------


@each_example
def test_the_arithmetic_adds_up_to_the_estimate(client: FlaskClient, model: Model, number: int) -> None:
    told = answer(client, model.name, dict(model.examples[number].answers), explain="1")
    assert_adds_up(told)


def test_the_arithmetic_of_a_photo_adds_up(client: FlaskClient) -> None:
    response = client.post("/api/models/food/predict?explain=1", data={"photo": photo()})
    assert_adds_up(response.get_json())


def test_the_arithmetic_adds_up_where_answers_are_unknown(client: FlaskClient) -> None:
    told = answer(client, "titanic", passenger(age=None, port=None, ticket_class=None), explain="1")
    assert len(told["arithmetic"]) > 100
    assert_adds_up(told)


def assert_adds_up(told: dict[str, Any]) -> None:
    """Each line of the sum is there, and the sums with their shares make the estimate."""
    expected = chances(told)
    reached = [0.0] * len(expected)
    for one in told["arithmetic"]:
        added = [
            math.fsum(points)
            for points in zip(one["intercept"], *(t["points"] for t in one["terms"]), strict=True)
        ]
        assert added == pytest.approx(one["sum"], abs=EXACT)
        assert one["result"] == pytest.approx(of_scores(told, added), abs=EXACT)
        reached = [so_far + one["share"] * more for so_far, more in zip(reached, one["result"], strict=True)]
    assert math.fsum(one["share"] for one in told["arithmetic"]) == pytest.approx(1, abs=EXACT)
    assert reached == pytest.approx(expected, abs=EXACT)


def of_scores(told: dict[str, Any], scores: list[float]) -> list[float]:
    if "amount" in told:
        return scores
    if "probability" in told:
        return [1 / (1 + math.exp(-scores[0]))]
    return [math.exp(score) / math.fsum(map(math.exp, scores)) for score in scores]


@each_example
def test_a_contribution_is_the_difference_that_the_answer_makes(
    client: FlaskClient, model: Model, number: int
) -> None:
    raw = dict(model.examples[number].answers)
    told = answer(client, model.name, raw, explain="1")
    best = max(range(len(chances(told))), key=chances(told).__getitem__)
    assert told["moved"]
    for move in told["moved"]:
        instead = chances(answer(client, model.name, {**raw, move["name"]: move["reference"]}))[best]
        assert move["instead"] == pytest.approx(instead, abs=EXACT)
        assert move["shift"] == pytest.approx(chances(told)[best] - instead, abs=EXACT)


@each_example
def test_what_would_change_it_does(client: FlaskClient, model: Model, number: int) -> None:
    raw = dict(model.examples[number].answers)
    told = answer(client, model.name, raw, explain="1")
    best = max(range(len(chances(told))), key=chances(told).__getitem__)
    for change in told["would_change"]:
        after = chances(answer(client, model.name, raw | change["answers"]))[best]
        assert change["estimate"] == pytest.approx(after, abs=EXACT)
        assert (after > 0.5) != (chances(told)[best] > 0.5)


@each_example
def test_an_explanation_comes_only_when_asked_for(client: FlaskClient, model: Model, number: int) -> None:
    raw = dict(model.examples[number].answers)
    plain = answer(client, model.name, raw)
    assert plain == answer(client, model.name, raw, explain="0")
    explained = answer(client, model.name, raw, explain="1")
    assert explained.items() >= plain.items()
    assert explained.keys() - plain.keys() == {"moved", "would_change", "unknown_answers", "arithmetic"}


# -- lists -----------------------------------------------------------------------------------------


@each_typed_model
@pytest.mark.parametrize("explain", ["0", "1"])
def test_a_list_is_answered_as_its_items_are(client: FlaskClient, model: Model, explain: str) -> None:
    items = [dict(one.answers) for one in model.examples] * 2
    told = answer(client, model.name, items, explain=explain)
    singly = [answer(client, model.name, item, explain=explain) for item in items]
    head = {"model": model.name, "version": get_predictor(model.name).version}
    assert told == {**head, "results": [{k: v for k, v in one.items() if k not in head} for one in singly]}


@each_typed_model
def test_bad_items_get_their_errors_and_good_ones_their_estimates(client: FlaskClient, model: Model) -> None:
    good, name = asked(model), model.inputs[0].name
    response = predict(client, model.name, [good, good | {name: ""}, [], good, {**good, "stranger": 1}])
    results = response.get_json()["results"]
    assert response.status_code == 207
    assert [sorted(one) == ["errors"] for one in results] == [False, True, True, False, True]
    pointers = [entry["pointer"] for one in results for entry in one.get("errors", [])]
    assert pointers == [f"/1/{name}", "/2", "/4/stranger"]
    assert results[0] == results[3] == answer(client, model.name, [good])["results"][0]


def test_an_empty_list_has_an_empty_answer(client: FlaskClient) -> None:
    assert answer(client, "iris", [])["results"] == []


def test_ten_thousand_items_come_back_in_their_order(client: FlaskClient) -> None:
    ages = [17 + number % 100 for number in range(10_000)]
    response = predict(client, "census", [person(age=age) for age in ages])
    results = response.get_json()["results"]
    assert response.status_code == 207
    assert ["errors" in one for one in results] == [age > 90 for age in ages]
    assert [entry["pointer"] for one in results for entry in one.get("errors", [])] == [
        f"/{number}/age" for number, age in enumerate(ages) if age > 90
    ]
    known = {age: one for age, one in zip(ages, results, strict=True) if age <= 90}
    assert all(age > 90 or one == known[age] for age, one in zip(ages, results, strict=True))
    assert len({one["probability"] for one in known.values()}) == len(known)


def test_one_item_more_is_too_many(client: FlaskClient) -> None:
    response = predict(client, "census", [person()] * 10_001)
    assert response.status_code == 422
    (entry,) = response.get_json()["errors"]
    assert "up to 10,000" in entry["message"]
    assert "10,001" in entry["message"]
