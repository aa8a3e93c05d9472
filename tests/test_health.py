"""Whether the process is alive, and whether every model answers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from model.predict.kinds import Estimate
from model.predict.predictor import Predictor

from tests.payloads import MODELS, each_model


def fails(answers: Any) -> list[Estimate]:
    raise RuntimeError("the table is gone")


def is_no_number(answers: Any) -> list[Estimate]:
    return [Estimate(math.nan, math.nan, math.nan)]


def answers_nothing(answers: Any) -> list[Estimate]:
    return []


def test_the_process_says_that_it_is_alive(client: FlaskClient) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.get_json() == {"status": "alive"}


def served(client: FlaskClient, name: str) -> Predictor:
    """The predictor that the application itself asks."""
    predictor: Predictor = client.application.extensions["models"].predictor(name)
    return predictor


def test_every_model_is_named_and_answers(client: FlaskClient) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.get_json() == {"status": "ready", "models": {model.name: "answers" for model in MODELS}}


@each_model
@pytest.mark.parametrize("broken", [fails, is_no_number, answers_nothing], ids=lambda broken: broken.__name__)
def test_a_model_that_does_not_answer_is_named(
    client: FlaskClient, model: Any, broken: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served(client, model.name), "estimates", broken)
    response = client.get("/readyz")
    states = response.get_json()["models"]
    assert response.status_code == 503
    assert response.get_json()["status"] == "not ready"
    assert states.pop(model.name) == "does not answer"
    assert set(states.values()) == {"answers"}


def test_a_process_with_a_broken_model_is_still_alive(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served(client, "iris"), "estimates", fails)
    assert client.get("/healthz").status_code == 200


def test_why_a_model_does_not_answer_is_for_the_log_alone(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(served(client, "iris"), "estimates", fails)
    assert "table" not in client.get("/readyz").text
    assert "The model iris does not answer" in caplog.text
    assert "the table is gone" in caplog.text
