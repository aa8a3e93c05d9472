"""The five tutorials' clients, sent exactly as they send; and what bad input gets: never 200, never 500."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split
from werkzeug.test import TestResponse

from model.predict.predictor import predict_probability

from tests import photos
from tests.page import page_of
from tests.payloads import get_predictor, photo

STATE_WORKER = {
    "age": "39",
    "work": "State-gov",
    "education": "Bachelors",
    "status": "Never-married",
    "race": "White",
    "sex": "Male",
    "hours": "40",
}
# The tutorial's own list, stray quotes and all.
PASSENGERS = [
    {"Age": 85, "Sex": "male", "Embarked": "S"},
    {"Age": 24, "Sex": '"female"', "Embarked": "C"},
    {"Age": 3, "Sex": "male", "Embarked": "C"},
    {"Age": 21, "Sex": "male", "Embarked": "S"},
]
ANSWERED_IN_THE_TUTORIAL = [
    int(kind) for kind in "0 2 0 1 2 2 2 0 2 0 1 0 0 0 1 2 2 1 0 1 0 1 2 1 0 2 2 1 0 0 0 1 2 0 2 0 1 1".split()
]


def assert_problem(response: TestResponse, status: int, *words: str) -> dict[str, Any]:
    """A refusal that a program can read, with these words in it."""
    assert response.status_code == status, response.text
    assert response.mimetype == "application/problem+json"
    told: dict[str, Any] = response.get_json()
    assert told["status"] == status
    for word in words:
        assert word in told["detail"]
    return told


# -- census ----------------------------------------------------------------------------------------


def test_the_census_client_gets_a_page_with_the_percentage(client: FlaskClient) -> None:
    response = client.get("/probability", query_string=STATE_WORKER)
    chance = predict_probability(get_predictor("census"), {**STATE_WORKER, "age": 39, "hours": 40})[0].value
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert f"{100 * chance:.0f}%" in page_of(response).text


def test_the_census_client_gets_the_form_for_a_misspelt_employer(client: FlaskClient) -> None:
    response = client.get("/probability", query_string=STATE_WORKER | {"work": "Local-govt"})
    assert response.status_code == 422
    (message,) = page_of(response).summary
    assert '"Local-govt" is not one of the employers: Private company' in message


def test_the_census_client_gets_the_form_without_its_parameters(client: FlaskClient) -> None:
    response = client.get("/probability")
    assert response.status_code == 422
    assert len(page_of(response).summary) == 7


# -- iris ------------------------------------------------------------------------------------------


def test_the_iris_client_gets_the_tutorials_answers(client: FlaskClient) -> None:
    """All but at most one: the tutorial's model was another one."""
    iris = load_iris()
    _, flowers, _, kinds = train_test_split(iris.data, iris.target, random_state=12)
    response = client.post("/iris", data={"data": json.dumps(flowers.tolist())})
    got = response.get_json()
    assert response.status_code == 200
    assert sum(a != b for a, b in zip(got, ANSWERED_IN_THE_TUTORIAL, strict=True)) <= 1
    assert sum(a == b for a, b in zip(got, kinds.tolist(), strict=True)) >= 37


def test_one_flower_gets_a_list_of_one_number(client: FlaskClient) -> None:
    assert client.post("/iris", data={"data": "[[5.1,3.5,1.4,0.2]]"}).get_json() == [0]


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        ("", 400, "The body is not JSON"),
        ("[[5.1,3.5,1.4,0.2]", 400, "The body is not JSON"),
        ("5.1,3.5,1.4,0.2", 400, "The body is not JSON"),
        ("5.1", 400, "data must be a JSON array of rows"),
        ("null", 400, "data must be a JSON array of rows"),
        ('{"0": [5.1,3.5,1.4,0.2]}', 400, "data must be a JSON array of rows"),
        ("[]", 400, "data must be a JSON array of rows"),
        ("[" * 100_000, 400, "The body is not JSON"),
        ("[[" + "9" * 5000 + ",3.5,1.4,0.2]]", 422, "Sepal length must be from 3 to 10"),
        ("[5.1,3.5,1.4,0.2]", 422, "Row 1 must be a list of 4 numbers: sepal_length, sepal_width"),
        ("[[5.1,3.5,1.4]]", 422, "Row 1 must be a list of 4 numbers"),
        ("[[5.1,3.5,1.4,0.2],[5.1,3.5,1.4,0.2,0]]", 422, "Row 2 must be a list of 4 numbers"),
        ("[[5.1,3.5,1.4,[]]]", 422, "Petal width must be a number, like 0.2"),
        ("[[5.1,3.5,1.4,{}]]", 422, "Petal width must be a number, like 0.2"),
        ("[[5.1,3.5,1.4,true]]", 422, "Petal width must be a number, like 0.2"),
        ("[[5.1,3.5,1.4,NaN]]", 400, "NaN is not a JSON number"),
        ("[[5.1,3.5,1.4,1e999]]", 422, "Petal width must be a number, like 0.2"),
        ("[[5.1,3.5,1.4,-Infinity]]", 400, "-Infinity is not a JSON number"),
        ('[[5.1,3.5,1.4,"short"]]', 422, "Petal width must be a number, like 0.2"),
        ("[[5.1,3.5,1.4,null]]", 422, "Enter the petal width in centimetres"),
        ("[[51,3.5,1.4,0.2]]", 422, "Sepal length must be from 3 to 10"),
        (f"[[1{'0' * 400},3.5,1.4,0.2]]", 422, "Sepal length must be from 3 to 10"),
    ],
)
def test_bad_flowers_are_refused_with_a_message(client: FlaskClient, data: str, status: int, words: str) -> None:
    assert_problem(client.post("/iris", data={"data": data}), status, words)


def test_each_bad_flower_is_pointed_to(client: FlaskClient) -> None:
    response = client.post("/iris", data={"data": "[[5.1,3.5,1.4,0.2],[5.1,3.5,99,0.2],[5.1,99,1.4,0.2]]"})
    errors = assert_problem(response, 422)["errors"]
    assert [error["pointer"] for error in errors] == ["/1/petal_length", "/2/sepal_width"]


def test_ten_thousand_flowers_are_answered_and_one_more_are_too_many(client: FlaskClient) -> None:
    rows = [[5.1, 3.5, 1.4, 0.2]] * 10_000
    assert client.post("/iris", data={"data": json.dumps(rows)}).get_json() == [0] * 10_000
    more = client.post("/iris", data={"data": json.dumps([*rows, rows[0]])})
    assert_problem(more, 400, "Send at most 10,000 rows at once")


def test_the_iris_client_needs_no_token(guarded_client: FlaskClient) -> None:
    assert guarded_client.post("/iris", data={"data": "[[5.1,3.5,1.4,0.2]]"}).get_json() == [0]


# -- titanic ---------------------------------------------------------------------------------------


def test_the_titanic_client_gets_the_tutorials_answers(client: FlaskClient) -> None:
    response = client.post("/predict", json=PASSENGERS)
    assert response.status_code == 200
    assert response.get_json() == {"prediction": [0, 1, 1, 0]}


def test_the_titanic_client_may_ask_with_the_inputs_it_did_not_know(client: FlaskClient) -> None:
    """A woman of third class with a large family is less likely to survive than one of first class."""
    family = {"Age": 40, "Sex": "female", "Embarked": "S", "Pclass": 3, "SibSp": 5, "Parch": 2}
    alone = family | {"Pclass": 1, "SibSp": 0, "Parch": 0}
    assert client.post("/predict", json=[family, alone]).get_json() == {"prediction": [0, 1]}


@pytest.mark.parametrize("key", ["Age", "Embarked"])
@pytest.mark.parametrize("value", [None, "unknown", "?"])
def test_the_titanic_client_may_not_know_an_answer(client: FlaskClient, key: str, value: str | None) -> None:
    response = client.post("/predict", json=[PASSENGERS[3] | {key: value}])
    assert response.get_json() == {"prediction": [0]}


@pytest.mark.parametrize("word", ["female", "FEMALE", " Female ", "'female'", "“female”", '"female"'])
def test_a_category_is_read_leniently_as_to_its_letters(client: FlaskClient, word: str) -> None:
    response = client.post("/predict", json=[PASSENGERS[1] | {"Sex": word}])
    assert response.get_json() == {"prediction": [1]}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"Sex": "femal"}, '"femal" is not one of the sexes the lists recorded: Female, Male'),
        ({"Sex": "f"}, '"f" is not one of the sexes the lists recorded: Female, Male'),
        ({"Sex": None}, "Select the passenger’s sex"),
        ({"Sex": ""}, "Select the passenger’s sex"),
        ({"Sex": True}, '"true" is not one of the sexes the lists recorded: Female, Male'),
        ({"Sex": 1}, '"1" is not one of the sexes the lists recorded: Female, Male'),
        ({"Sex": ["male"]}, '"[…]" is not one of the sexes the lists recorded: Female, Male'),
        ({"Sex": "\ud800"}, '"\ud800" is not one of the sexes the lists recorded: Female, Male'),
        ({"Embarked": "Q!"}, '"Q!" is not one of the ports: Southampton, Cherbourg, Queenstown'),
        ({"Embarked": 0}, '"0" is not one of the ports: Southampton, Cherbourg, Queenstown'),
        ({"Age": True}, "Age must be a number, like 29"),
        ({"Age": "old"}, "Age must be a number, like 29"),
        ({"Age": [29]}, "Age must be a number, like 29"),
        ({"Age": {}}, "Age must be a number, like 29"),
        ({"Age": "NaN"}, "Age must be a number, like 29"),
        ({"Age": "inf"}, "Age must be a number, like 29"),
        ({"Age": ""}, "Enter the passenger’s age, or select “I don’t know”"),
        ({"Age": -1}, "Age must be from 0 to 100. The oldest passenger in the data was 80"),
        ({"Age": 10**400}, "Age must be from 0 to 100. The oldest passenger in the data was 80"),
        ({"Pclass": 4}, '"4" is not one of the ticket classes: First class, Second class, Third class'),
        ({"SibSp": 1.5}, "Brothers, sisters, husband or wife must be a whole number, like 1"),
        ({"age": 21}, '"age" is not one of the inputs: Age, Sex, Embarked, Pclass, SibSp, Parch'),
        ({"": 1}, '"" is not one of the inputs: Age, Sex, Embarked, Pclass, SibSp, Parch'),
    ],
    ids=repr,
)
def test_a_bad_passenger_is_refused_with_a_message(client: FlaskClient, changes: dict[str, Any], message: str) -> None:
    response = client.post("/predict", json=[PASSENGERS[0], PASSENGERS[3] | changes])
    (error,) = assert_problem(response, 422)["errors"]
    assert error["message"] == message
    assert error["pointer"].startswith("/1")


def test_a_pointer_has_the_clients_own_names_and_escapes_what_pointers_are_made_of(client: FlaskClient) -> None:
    for changes, pointer in (({"Age": "old"}, "/1/Age"), ({"a/b~c": 1}, "/1/a~1b~0c"), ({"": 1}, "/1/")):
        response = client.post("/predict", json=[PASSENGERS[0], PASSENGERS[3] | changes])
        (error,) = assert_problem(response, 422)["errors"]
        assert error["pointer"] == pointer
        assert error["field"] == next(iter(changes))


def test_every_fault_of_every_passenger_is_named_at_once(client: FlaskClient) -> None:
    response = client.post("/predict", json=[{"Age": 200, "Sex": "x"}, {}])
    assert len(assert_problem(response, 422)["errors"]) == 2 + 1


@pytest.mark.parametrize("row", [None, 1, "male", [], [1, 2], True])
def test_a_passenger_that_is_no_object_is_refused(client: FlaskClient, row: Any) -> None:
    assert_problem(client.post("/predict", json=[row]), 422, "Passenger 1 must be an object")


def test_ten_thousand_and_one_passengers_are_too_many(client: FlaskClient) -> None:
    response = client.post("/predict", json=PASSENGERS[:1] * 10_001)
    assert_problem(response, 400, "Send at most 10,000 rows at once")


# -- housing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "content_type", [None, "application/json", "application/json; charset=utf-8", "application/ld+json"]
)
def test_the_housing_client_gets_the_price_in_thousands(
    client: FlaskClient, method: str, content_type: str | None
) -> None:
    response = client.open("/predict", method=method, data=b'{"input": "7"}', content_type=content_type)
    assert response.status_code == 200
    assert set(response.get_json()) == {"response"}
    assert response.get_json()["response"] == pytest.approx(31.4, abs=0.05)


@pytest.mark.parametrize("rooms", ["7", 7, 7.0, " 7 ", "7.0"])
def test_the_rooms_may_be_a_number_or_its_text(client: FlaskClient, rooms: Any) -> None:
    assert client.post("/predict", json={"input": rooms}).get_json() == (
        client.post("/predict", json={"input": "7"}).get_json()
    )


@pytest.mark.parametrize(
    ("rooms", "message"),
    [
        ("abc", "Rooms must be a number, like 6.5"),
        (True, "Rooms must be a number, like 6.5"),
        ([7], "Rooms must be a number, like 6.5"),
        ({"rooms": 7}, "Rooms must be a number, like 6.5"),
        ("nan", "Rooms must be a number, like 6.5"),
        ("1e", "Rooms must be a number, like 6.5"),
        ("", "Enter the number of rooms"),
        (None, "Enter the number of rooms"),
        (0, "Rooms must be from 3 to 9. The data has no district outside that range"),
        ("1,000", "Rooms must be from 3 to 9. The data has no district outside that range"),
    ],
)
def test_bad_rooms_are_refused_with_a_message(client: FlaskClient, rooms: Any, message: str) -> None:
    (error,) = assert_problem(client.post("/predict", json={"input": rooms}), 422)["errors"]
    assert error == {"pointer": "/input", "field": "input", "message": message}


# -- food ------------------------------------------------------------------------------------------


def test_the_food_client_gets_the_prediction_and_the_probability(client: FlaskClient) -> None:
    response = client.post("/predict", data={"file": photo(photos.COFFEE.read_bytes())})
    assert response.status_code == 200
    assert response.get_json()["prediction"] == "food"
    assert response.get_json()["probability"] > 0.9
    assert "espresso" in response.get_json()["seen"]


def test_a_palace_is_not_food(client: FlaskClient) -> None:
    told = client.post("/predict", data={"file": photo(photos.PALACE.read_bytes())}).get_json()
    assert told["prediction"] == "not food"
    assert told["probability"] < 0.1


@pytest.mark.parametrize(
    "data", [{"file": ""}, {"file": photo(b"", "")}, {"other": "x"}], ids=["text", "none", "other"]
)
def test_a_form_without_a_photo_is_refused(client: FlaskClient, data: dict[str, Any]) -> None:
    response = client.post("/predict", data=data, content_type="multipart/form-data")
    assert_problem(response, 422, "Choose a photo")


# -- what all of /predict shares -------------------------------------------------------------------


def test_predict_without_a_body_says_what_to_send(client: FlaskClient) -> None:
    response = client.get("/predict")
    assert response.status_code == 200
    assert response.mimetype == "text/plain"
    assert "Welcome" in response.text
    assert len(response.text) < 300


def test_asked_for_its_headers_alone_it_says_what_it_would_say(client: FlaskClient) -> None:
    asked = client.head("/predict")
    assert (asked.status_code, asked.mimetype) == (200, "text/plain")


def test_posting_nothing_is_refused_with_the_same_words(client: FlaskClient) -> None:
    assert_problem(client.post("/predict"), 400, "Welcome to Likely. POST a photo here")


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[",
        "]",
        "Age=3",
        "{'input': 7}",
        '{"input": 7}}',
        "\ufeff{}",
        "nul",
        "NaN",
        '{"input": NaN}',
        '[{"Age": Infinity, "Sex": "male"}]',
        '{"input": 7, "input": 8}',
        "[" * 100_000,
        "9" * 5000,
        "\x00",
    ],
)
def test_what_is_no_json_is_refused(client: FlaskClient, body: str) -> None:
    response = client.post("/predict", data=body.encode(), content_type="application/json")
    assert_problem(response, 400)


def test_a_number_too_large_to_be_one_is_refused(client: FlaskClient) -> None:
    response = client.post("/predict", data='{"input": 1e999}', content_type="application/json")
    assert_problem(response, 422, "Rooms must be a number, like 6.5")


@pytest.mark.parametrize("body", [b"\xff\xfe\xfa", b'{"input": "\xff"}', b'["\xc3\x28"]'])
def test_json_that_is_no_text_is_refused(client: FlaskClient, body: bytes) -> None:
    assert_problem(client.post("/predict", data=body, content_type="application/json"), 400)


@pytest.mark.parametrize("body", [7, "7", None, True, {}, {"inputs": 7}, {"rooms": 7}, []])
def test_json_of_no_shape_that_is_taken_is_refused(client: FlaskClient, body: Any) -> None:
    assert_problem(client.post("/predict", json=body), 400)


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "image/jpeg", "x", "json"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_kind_of_content_is_refused(client: FlaskClient, method: str, content_type: str) -> None:
    response = client.open("/predict", method=method, data=b'{"input": "7"}', content_type=content_type)
    assert_problem(response, 415)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused_with_those_that_are_taken(client: FlaskClient, method: str) -> None:
    response = client.open("/predict", method=method)
    assert_problem(response, 405)
    assert {"GET", "POST"} <= set(response.headers["Allow"].split(", "))


def test_the_tutorials_clients_need_no_token(guarded_client: FlaskClient) -> None:
    assert guarded_client.post("/predict", json=PASSENGERS).status_code == 200
    assert guarded_client.post("/predict", json={"input": "7"}).status_code == 200
    assert guarded_client.post("/predict", data={"file": photo()}).status_code == 200
