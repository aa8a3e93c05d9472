"""Problem documents as the tests read them."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse


def problem(response: TestResponse, status: int) -> dict[str, Any]:
    """The problem document, which looks alike whatever went wrong."""
    assert response.status_code == status, response.text
    assert response.mimetype == "application/problem+json"
    told: dict[str, Any] = response.get_json()
    assert list(told) == ["type", "title", "status", "detail", "errors", "request_id"]
    assert (told["type"], told["status"]) == ("about:blank", status)
    assert told["detail"] == "; ".join(entry["message"] for entry in told["errors"])
    assert all(list(entry) == ["pointer", "field", "message"] for entry in told["errors"])
    return told


def refusals(response: TestResponse) -> dict[str, str]:
    return {entry["field"]: entry["message"] for entry in problem(response, 422)["errors"]}
