"""The shortcut answers to the letter what Flask would have answered, and leaves everything else to it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from model.declare.model import Model
from webapp import create_app

from tests.payloads import SETTINGS, TYPED, each_typed_model, example, person

CENSUS = TYPED[0]


def seen(response: TestResponse) -> tuple[int, bytes, dict[str, str]]:
    return response.status_code, response.data, dict(response.headers)


def asked_twice(client: FlaskClient, model: Model, body: bytes, **more: Any) -> tuple[Any, Any]:
    """The answer by the shortcut, and the one by Flask: a parameter that changes nothing leads to it."""
    path = f"/api/models/{model.name}/predict"
    sent: dict[str, Any] = {"data": body, "content_type": "application/json"} | more
    return seen(client.post(path, **sent)), seen(client.post(f"{path}?explain=0", **sent))


@each_typed_model
@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_good_question_gets_the_same_answer_either_way(client: FlaskClient, model: Model, number: int) -> None:
    short, long = asked_twice(client, model, json.dumps(example(model, number)).encode())
    assert short[0] == 200
    assert short == long


def test_the_shortcut_is_taken_without_flask(monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(SETTINGS)
    monkeypatch.setattr(app, "full_dispatch_request", lambda *_: pytest.fail("Flask was asked"))
    client = app.test_client()
    assert client.post("/api/models/census/predict", json=person()).status_code == 200


BODIES = st.one_of(
    st.binary(max_size=60),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
        max_leaves=6,
    ).map(lambda value: json.dumps(value).encode()),
    st.dictionaries(
        st.sampled_from([*CENSUS.input, "agee"]), st.none() | st.integers(-1, 99) | st.sampled_from(["Male", "?", ""])
    ).map(lambda changes: json.dumps(person() | changes).encode()),
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=BODIES)
def test_any_body_gets_the_same_answer_either_way(client: FlaskClient, body: bytes) -> None:
    short, long = asked_twice(client, CENSUS, body)
    assert short == long


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json; charset=utf-8",
        "application/merge-patch+json",
        "text/plain",
        "application/x-www-form-urlencoded",
        "",
    ],
)
def test_any_content_type_gets_the_same_answer_either_way(client: FlaskClient, content_type: str) -> None:
    short, long = asked_twice(client, CENSUS, json.dumps(person()).encode(), content_type=content_type)
    assert short == long


def test_a_list_and_a_body_that_is_too_long_get_the_same_answer_either_way(client: FlaskClient) -> None:
    for body in (json.dumps([person()] * 3).encode(), b" " * 70_000 + b"{}", b"[" + b" " * 9_000_000 + b"]"):
        short, long = asked_twice(client, CENSUS, body)
        assert short == long


def test_a_body_that_ends_too_soon_gets_the_same_answer_either_way(client: FlaskClient) -> None:
    short, long = asked_twice(
        client, CENSUS, json.dumps(person()).encode(), environ_overrides={"CONTENT_LENGTH": "500"}
    )
    assert short == long
    assert short[0] == 400


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
def test_other_methods_are_answered_as_ever(client: FlaskClient, method: str) -> None:
    path = "/api/models/census/predict"
    assert seen(client.open(path, method=method)) == seen(client.open(f"{path}?", method=method))
    assert client.open(path, method=method).status_code == (200 if method == "OPTIONS" else 405)


def test_where_other_sites_may_ask_their_headers_are_there() -> None:
    app = create_app(SETTINGS | {"CORS_ORIGINS": ["https://example.org"]})
    response = app.test_client().post(
        "/api/models/census/predict", json=person(), headers={"Origin": "https://example.org"}
    )
    assert response.headers["Access-Control-Allow-Origin"] == "https://example.org"
