"""What the API makes of parameters, versions, methods and other sites' scripts."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from model.declare.model import Model
from webapp import create_app

from tests.payloads import SETTINGS, TYPED, asked, each_model, get_predictor, person, posted
from tests.problems import problem

CENSUS = "/api/models/census/predict"


# -- parameters, versions and methods --------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("explain=2", "explain must be 0 or 1"),
        ("explain=", "explain must be 0 or 1"),
        ("explain=true", "explain must be 0 or 1"),
        ("explain=1&explain=1", "The parameter explain is there twice"),
        ("explian=1", "There is no parameter “explian”. There are: explain, challenger, version, keep"),
        ("age=37", "There is no parameter “age”. There are: explain, challenger, version, keep"),
    ],
)
def test_a_wrong_parameter_is_not_passed_over(client: FlaskClient, query: str, detail: str) -> None:
    assert problem(client.post(f"{CENSUS}?{query}", json=person()), 400)["detail"] == detail


@each_model
def test_a_version_is_answered_or_refused(client: FlaskClient, model: Model) -> None:
    def ask(version: str) -> TestResponse:
        body: Any = {"data": posted(model)} if model not in TYPED else {"json": asked(model)}
        return client.post(f"/api/models/{model.name}/predict", query_string={"version": version}, **body)

    version = get_predictor(model.name).version
    assert ask(version).get_json()["version"] == version
    for other in ("", "0", version + "0", "\ud83d"):
        assert version in problem(ask(other.encode("utf-8", "replace").decode()), 409)["detail"]


@pytest.mark.parametrize("path", ["/api/", "/api/models", "/api/models/census", "/api/openapi.json"])
def test_whatever_can_be_got_has_a_head(client: FlaskClient, path: str) -> None:
    head, got = client.head(path), client.get(path)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == str(len(got.data))
    assert head.headers["Content-Type"] == got.headers["Content-Type"]


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/api/models", "GET HEAD OPTIONS"), ("/api/models/iris", "GET HEAD OPTIONS"), (CENSUS, "OPTIONS POST")],
)
def test_a_method_that_is_not_there_is_a_problem(client: FlaskClient, path: str, allowed: str) -> None:
    assert client.options(path).status_code == 200
    for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - set(allowed.split()):
        response = client.open(path, method=method)
        assert response.status_code == 405
        assert response.mimetype == "application/problem+json"
        assert sorted(response.headers["Allow"].split(", ")) == allowed.split()
        if method != "HEAD":
            assert problem(response, 405)["detail"] == f"This address takes {', '.join(allowed.split())}, not {method}"


# -- other sites' scripts --------------------------------------------------------------------------

ELSEWHERE = {"Origin": "https://example.org"}
PREFLIGHT = {
    **ELSEWHERE,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "content-type",
}


def visited(origins: list[str], method: str, path: str, **headers: str) -> dict[str, str]:
    """The CORS headers of an answer."""
    client = create_app({**SETTINGS, "CORS_ORIGINS": origins}).test_client()
    told = client.open(path, method=method, headers=headers).headers
    return {name: value for name, value in told.items() if name.startswith("Access-Control-")}


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/models"), ("OPTIONS", CENSUS), ("POST", CENSUS)])
def test_other_sites_may_not_ask_unless_set(method: str, path: str) -> None:
    assert visited([], method, path, **PREFLIGHT) == {}
    assert visited(["https://example.com"], method, path, **PREFLIGHT) == {}


@pytest.mark.parametrize("origins", [["https://example.com", "https://example.org"], ["*"]])
def test_a_site_that_is_set_may_ask(origins: list[str]) -> None:
    told = visited(origins, "OPTIONS", CENSUS, **PREFLIGHT)
    assert told["Access-Control-Allow-Origin"] == ("*" if origins == ["*"] else "https://example.org")
    assert "POST" in told["Access-Control-Allow-Methods"]
    assert "Content-Type" in told["Access-Control-Allow-Headers"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/models"),
        ("GET", "/api/openapi.json"),
        ("POST", CENSUS),
        ("GET", "/api/nothing"),
        ("PUT", CENSUS),
    ],
)
def test_a_site_that_is_set_may_read_answers_and_problems(method: str, path: str) -> None:
    told = visited(["https://example.org"], method, path, **ELSEWHERE)
    assert told["Access-Control-Allow-Origin"] == "https://example.org"
    assert told["Access-Control-Expose-Headers"] == "ETag, RateLimit, RateLimit-Policy, Retry-After, X-Request-ID"


def test_pages_are_never_for_other_sites() -> None:
    assert visited(["*"], "GET", "/census", **ELSEWHERE) == {}


def test_a_cache_keeps_the_sites_apart() -> None:
    client = create_app({**SETTINGS, "CORS_ORIGINS": ["https://example.org"]}).test_client()
    assert "Origin" in client.get("/api/models").headers["Vary"]
