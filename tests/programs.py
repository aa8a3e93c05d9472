"""The API as a program asks it."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.payloads import TYPED

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
