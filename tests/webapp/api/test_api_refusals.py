"""Answers that the API cannot use: one entry for each fault, in the form's own words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from model.declare.faults import sentences_of
from model.declare.inputs import Input
from model.declare.model import Model
from model.declare.number import NumberInput

from tests.page import page_of
from tests.payloads import TYPED, asked, each_model, person, posted
from tests.problems import problem, refusals

CENSUS = "/api/models/census/predict"


def wrong_answers(one: Input) -> Iterator[str]:
    yield from ("", "   ", "none of these", "x" * 500, "‮\u0000<b>")
    if isinstance(one, NumberInput):
        yield from (
            one.text(one.lowest - 1),
            one.text(one.highest + 1),
            "1e",
            "nan",
            "-inf",
            "1,2,3",
            "9" * 500,
        )
        yield from [one.text(one.lowest + 0.5)] * one.whole
    if not one.may_be_unknown:
        yield "unknown"


WRONG = [(model, one.name, text) for model in TYPED for one in model.inputs for text in wrong_answers(one)]


@pytest.mark.parametrize(("model", "name", "text"), WRONG)
def test_page_and_api_refuse_with_the_same_words(client: FlaskClient, model: Model, name: str, text: str) -> None:
    told = refusals(client.post(f"/api/models/{model.name}/predict", json=asked(model, **{name: text})))
    page = page_of(client.post(f"/{model.name}", data=posted(model, **{name: text})))
    assert [" ".join(message.split()) for message in told.values()] == page.summary
    assert list(told) == [name]


@each_model
def test_everything_that_is_missing_is_said_at_once(client: FlaskClient, model: Model) -> None:
    nothing: Any = {"json": {}} if model in TYPED else {"content_type": "multipart/form-data; boundary=x"}
    told = refusals(client.post(f"/api/models/{model.name}/predict", **nothing))
    assert list(told) == [one.name for one in model.inputs if getattr(one, "default", None) is None]
    assert list(told.values()) == page_of(client.post(f"/{model.name}")).summary


@pytest.mark.parametrize("wrong", [True, False, [], [37], {}, {"age": 37}, [[[]]], 1e999, -1e999])
def test_an_answer_of_another_type_is_no_answer(client: FlaskClient, wrong: Any) -> None:
    for model in TYPED:
        for one in model.inputs:
            response = client.post(
                f"/api/models/{model.name}/predict",
                data=json.dumps(asked(model, **{one.name: wrong})).replace("Infinity", "1e999"),
                content_type="application/json",
            )
            (message,) = refusals(response).values()
            expected = sentences_of(one)["not_a_number"] if isinstance(one, NumberInput) else "is not one of the"
            assert expected in message


@pytest.mark.parametrize("age", [3.7, "3.7", 37.000001])
def test_part_of_a_year_is_no_whole_number(client: FlaskClient, age: Any) -> None:
    told = refusals(client.post(CENSUS, json=person(age=age)))
    assert told == {"age": "Age must be a whole number, like 37"}


def test_true_is_called_by_its_name_in_json(client: FlaskClient) -> None:
    assert refusals(client.post(CENSUS, json=person(sex=True)))["sex"].startswith('"true" is not one of')


@pytest.mark.parametrize("digits", [300, 4_000, 5_000, 1_000_000])
def test_a_number_of_many_digits_is_only_out_of_range(client: FlaskClient, digits: int) -> None:
    body = json.dumps(person(age=0)).replace('"age": 0', '"age": 1' + "0" * digits)
    told = refusals(client.post(CENSUS, data=body, content_type="application/json"))
    assert told["age"].startswith("Age must be from 17 to 90")


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("aeg", "Did you mean “age”?"),
        ("AGE", "Did you mean “age”?"),
        ("Education", "Did you mean “education”?"),
        ("zzz", "There are: age, sex, status, race, education, work, hours"),
        ("", "There are: age, sex, status, race, education, work, hours"),
    ],
)
def test_an_unknown_key_is_named_with_the_nearest_known(client: FlaskClient, key: str, hint: str) -> None:
    told = problem(client.post(CENSUS, json={**person(), key: 1}), 422)
    assert told["errors"] == [
        {
            "pointer": f"/{key}" if key else "",
            "field": key,
            "message": f"“{key}” is not one of the inputs. {hint}",
        }
    ]


def test_a_pointer_escapes_what_pointers_are_made_of(client: FlaskClient) -> None:
    told = problem(client.post(CENSUS, json={**person(), "a/b~c": 1}), 422)
    assert told["errors"][0]["pointer"] == "/a~1b~0c"


@pytest.mark.parametrize("body", ["1", '"age"', "null", "true"])
def test_answers_are_an_object_or_a_list_of_them(client: FlaskClient, body: str) -> None:
    assert refusals(client.post(CENSUS, data=body, content_type="application/json")) == {
        "": "Send one JSON object of answers, or a list of up to 10,000 of them"
    }


@pytest.mark.parametrize("item", [1, "age", None, [], [person()]])
def test_an_item_of_a_list_is_an_object(client: FlaskClient, item: Any) -> None:
    (result,) = client.post(CENSUS, json=[item]).get_json()["results"]
    message = "Each item of the list must be a JSON object of answers"
    assert result == {"errors": [{"pointer": "/0", "field": "", "message": message}]}


@pytest.mark.parametrize("place", ["key", "number", "choice", "both"])
@pytest.mark.parametrize("many", [False, True])
def test_half_a_character_is_refused_and_given_back(client: FlaskClient, place: str, many: bool) -> None:
    """JSON can send one half of a surrogate pair, which no other text can hold."""
    half = "\ud83d"
    changes = {"key": {half: 1}, "number": {"age": half}, "choice": {"sex": half}, "both": {half: half}}[place]
    body = json.dumps([{**person(), **changes}] if many else {**person(), **changes})
    response = client.post(CENSUS, data=body, content_type="application/json")
    errors = response.get_json()["results"][0]["errors"] if many else problem(response, 422)["errors"]
    assert errors[0]["field"] == (half if half in changes else next(iter(changes)))
    response.data.decode("utf-8")


def test_a_part_of_a_form_without_a_name_is_no_photo(client: FlaskClient) -> None:
    body = b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n"
    sent = client.post("/api/models/food/predict", data=body, content_type="multipart/form-data; boundary=x")
    assert "“” is not one of the inputs" in problem(sent, 422)["detail"]


# Each line break takes two bytes of JSON, and a name or an answer is quoted with 60 letters at most.
ODD_ANSWERS = dict.fromkeys(person(), "\r\n" * 30 + "x")
ODD_KEYS = {"\r\n" * 30 + str(number): 1 for number in range(1000)}
LEFT_OUT = "Faults that are not told after so many others: "


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (CENSUS, ODD_ANSWERS | ODD_KEYS),
        ("/predict", [{"Age": "x", "Sex": "x"}] * 5000),
        ("/iris", [["x" * 60] * 4] * 5000),
    ],
    ids=["an object", "passengers", "flowers"],
)
def test_of_very_many_faults_the_first_are_told_and_the_others_counted(
    client: FlaskClient, path: str, body: Any
) -> None:
    response = client.post(path, data={"data": json.dumps(body)}) if path == "/iris" else client.post(path, json=body)
    told = problem(response, 422)["errors"]
    assert len(response.data) <= 20_000
    assert len(told) > 20
    if path != CENSUS:
        assert told[-1]["message"] == f"{LEFT_OUT}{5000 * len(body[0]) - len(told) + 1:,}"


@pytest.mark.parametrize("item", [{}, dict.fromkeys(map(str, range(12)), 1)], ids=["blank", "strangers"])
def test_every_item_of_a_long_list_of_bad_ones_has_its_errors_and_the_first_are_told(
    client: FlaskClient, item: Any
) -> None:
    results = client.post(CENSUS, json=[person(age=3), *[item] * 9998, person(age=3)]).get_json()["results"]
    assert len(results) == 10_000
    # A fault that is alone is always told.
    assert results[0]["errors"][0]["message"] == results.pop()["errors"][0]["message"]
    assert sum(len(json.dumps(one)) for one in results if LEFT_OUT not in str(one)) <= 20_000
    assert LEFT_OUT not in str(results[0])
    (last,) = results[-1]["errors"]
    assert last["pointer"] == "/9998"
    assert last["message"].startswith(LEFT_OUT)
