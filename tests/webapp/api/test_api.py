"""The API answers programs as the pages answer people: the models, single answers and lists."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from model.declare.choice import ChoiceInput
from model.declare.model import Model
from model.declare.number import NumberInput
from webapp.text.numbers import amount

from tests.page import page_of
from tests.payloads import MODELS, asked, each_model, each_typed_model, get_predictor, passenger, person, photo
from tests.programs import answer, chances, each_example, predict

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
    assert told["data"]["rows"] == predictor.card.data.rows
    assert told["figures"]
    assert told["figures"] == predictor.card.evaluation.figures


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
            assert refused["errors"] == [{"pointer": f"/{one['name']}", "field": one["name"], "message": message}]


@pytest.mark.parametrize("path", ["/api/models", "/api/models/iris", "/api/openapi.json"])
def test_what_a_client_has_kept_is_not_sent_again(client: FlaskClient, path: str) -> None:
    tag = client.get(path).headers["ETag"]
    again = client.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(path, headers={"If-None-Match": '"another"'}).status_code == 200


def test_what_was_sent_compressed_is_not_sent_again_either(client: FlaskClient) -> None:
    compressed = {"Accept-Encoding": "gzip"}
    first = client.get("/api/models/census", headers=compressed)
    assert first.headers["Content-Encoding"] == "gzip"
    again = client.get("/api/models/census", headers={**compressed, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


# -- one set of answers ----------------------------------------------------------------------------


@each_example
def test_an_example_gets_the_models_own_estimate(client: FlaskClient, model: Model, number: int) -> None:
    raw = dict(model.examples[number].answers)
    told = answer(client, model.name, raw)
    predictor = get_predictor(model.name)
    assert (told["model"], told["version"]) == (model.name, predictor.version)
    assert chances(told) == list(predictor.example_values[number][1])
    for one in told.get("classes", {"": told}).values():
        assert one["low"] <= one.get("probability", one.get("amount")) <= one["high"]
    assert told.get("unknown", []) == [name for name, given in raw.items() if given is None]


@each_example
def test_the_page_shows_what_the_api_answers(client: FlaskClient, model: Model, number: int) -> None:
    texts = {one.name: one.text(model.examples[number].answers[one.name]) for one in model.inputs}
    told = answer(client, model.name, texts)
    assert told == answer(client, model.name, dict(model.examples[number].answers))
    page = page_of(client.get(f"/{model.name}/result", query_string=texts))
    if model.kind == "amount":
        assert amount(told["amount"], model.words) in page.text
    elif model.kind == "classes":
        assert f"{told['class'].capitalize()}: " in page.text
    elif 0.01 < told["probability"] < 0.99:
        assert f" {told['probability'] * 100:.0f} out of 100" in page.text


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
