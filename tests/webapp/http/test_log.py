"""The log: a line a request with its id, in words or as JSON; nobody's answers, and no line that a client wrote."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp import create_app

from tests.payloads import SETTINGS, get_predictor, person
from tests.problems import problem
from tests.processes import server

ODD = [
    "short",
    "a b c d e f",
    "x" * 200,
    'quote"quote"',
    "naïve-naïve",
    "-begins-with-a-dash",
    "age=73&sex=Male",
    "",
    "lk_" + "x" * 43,
]
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture
def json_client() -> FlaskClient:
    app = create_app(SETTINGS | {"LOG": "json"})
    app.config["PROPAGATE_EXCEPTIONS"] = False

    @app.get("/breaks/<person>")
    def breaks(person: str) -> str:
        raise RuntimeError("first line\nsecond line of " + person)

    return app.test_client()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("given", ["0123abcd", "a.b:c-d_e.f", "req-7f3c2d"])
def test_the_id_that_a_request_has_is_kept(client: FlaskClient, capsys: pytest.CaptureFixture[str], given: str) -> None:
    answer = client.get("/census", headers={"X-Request-ID": given, "traceparent": TRACE})
    assert answer.headers["X-Request-ID"] == given
    assert f" ms {given} census " in capsys.readouterr().out


@pytest.mark.parametrize("odd", ODD)
def test_an_id_that_is_none_is_not_repeated(client: FlaskClient, odd: str) -> None:
    answer = client.get("/census", environ_base={"HTTP_X_REQUEST_ID": odd})
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-ID"])


def test_a_trace_gives_the_id_where_nothing_else_does(client: FlaskClient) -> None:
    assert client.get("/", headers={"traceparent": TRACE}).headers["X-Request-ID"] == TRACE.split("-")[1]
    none = "00-" + "0" * 32 + "-00f067aa0ba902b7-01"
    assert client.get("/", headers={"traceparent": none}).headers["X-Request-ID"] != "0" * 32


def test_no_two_requests_have_one_id(client: FlaskClient) -> None:
    assert len({client.get("/healthz").headers["X-Request-ID"] for _ in range(50)}) == 50


@pytest.mark.parametrize("path", ["/nothing", "/static/nothing", "/census/nothing"])
def test_an_error_page_tells_the_id(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"X-Request-ID": "an-id-to-report"})
    assert "<code>an-id-to-report</code>" in answer.text


def test_a_problem_document_tells_the_id(client: FlaskClient) -> None:
    answer = client.post("/api/models/census/predict", json={}, headers={"X-Request-ID": "an-id-to-report"})
    assert problem(answer, 422)["request_id"] == "an-id-to-report"
    refused = client.get(
        "/api/models", headers={"X-Request-ID": "an-id-to-report"}, environ_overrides={"HTTP_HOST": ".."}
    )
    assert problem(refused, 400)["request_id"] == "an-id-to-report"


def test_json_has_all_that_is_known_of_a_request(json_client: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    json_client.get("/census/result", query_string=person(), headers={"X-Request-ID": "an-id-to-report"})
    (told,) = lines(capsys)
    assert told.pop("ms") > 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told.pop("time"))
    assert told == {
        "method": "GET",
        "route": "/<model:model>/result",
        "path": "/census/result",
        "status": 200,
        "id": "an-id-to-report",
        "model": "census",
        "version": get_predictor("census").version,
    }


def test_the_tutorials_addresses_are_logged_with_the_model_that_answered(
    json_client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    json_client.post("/predict", json=[{"Age": 3, "Sex": "male"}])
    assert lines(capsys)[0]["model"] == "titanic"


def test_a_failure_is_one_line_of_json_too(json_client: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    json_client.get("/breaks/anna")
    failure, request = lines(capsys)
    assert failure.keys() == {"time", "level", "message"}
    assert failure["level"] == "ERROR"
    assert not failure["message"].startswith("ERROR")
    assert "RuntimeError: first line\nsecond line" in failure["message"]
    assert request["status"] == 500


def test_a_path_that_holds_more_than_names_is_logged_as_its_route(
    json_client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    json_client.get("/breaks/anna")
    assert lines(capsys)[-1]["path"] == "/breaks/<person>"


@pytest.mark.parametrize(
    "path", ["/census/result&age=73", "/census/result%3Fage=73", "/age:73", "/a;age=73", "/%0aage"]
)
def test_a_question_mark_that_was_forgotten_puts_no_answers_into_the_log(
    client: FlaskClient, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    client.get(path)
    (line,) = capsys.readouterr().out.splitlines()
    assert "73" not in line.split(" ms ")[0].replace("T", " ").split(" ", 2)[2]
    assert "... 404 " in line


FORGED = "2026-01-01T00:00:00Z GET /forged 200 1.0 ms"


@cache
def logging_app(as_json: str) -> Flask:
    return create_app(SETTINGS | {"LOG": as_json})


@pytest.mark.parametrize("as_json", ["plain", "json"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\v", "\x85", "\u2028"])
@pytest.mark.parametrize("host", ["localhost", "..", "a" * 300, "x y", f"x\n{FORGED}", ""])
def test_a_path_with_line_ends_writes_no_line_of_its_own_whatever_the_host_is(
    as_json: str, end: str, host: str, capsys: pytest.CaptureFixture[str]
) -> None:
    client = logging_app(as_json).test_client()
    capsys.readouterr()
    for path in ("/nothing", "/census", "/census/result", "/api/models/census/predict", "/static/x"):
        forged = f"{path}{end}{FORGED}{end}".encode().decode("latin-1")
        for method in ("GET", "POST"):
            said = {"PATH_INFO": forged, "HTTP_HOST": host.encode().decode("latin-1"), "RAW_URI": forged}
            answer = client.open("/", method=method, environ_overrides=said)
            assert answer.status_code in (400, 404)
    told = capsys.readouterr().out
    assert len(told.splitlines()) == 10
    assert not [line for line in told.splitlines() if line.startswith(FORGED[:30])]


@pytest.mark.parametrize("as_json", ["plain", "json"])
def test_nothing_that_a_client_sends_writes_a_second_line(as_json: str, capsys: pytest.CaptureFixture[str]) -> None:
    client = create_app(SETTINGS | {"LOG": as_json}).test_client()
    bad = "\n2026-01-01T00:00:00Z GET /forged 200 1.0 ms\r\u2028\x85\x0b\x0c"
    for place in (
        "PATH_INFO",
        "REQUEST_METHOD",
        "HTTP_X_REQUEST_ID",
        "HTTP_TRACEPARENT",
        "HTTP_HOST",
        "HTTP_USER_AGENT",
    ):
        client.get("/census", environ_overrides={place: bad.encode().decode("latin-1")})
    told = capsys.readouterr().out
    assert len(told.splitlines()) == 6
    assert "\n2026-01-01" not in told


def test_the_server_itself_writes_json_too() -> None:
    with server("--workers", "1", SECRET_KEY="for the tests only, nowhere else", LIKELY_LOG="json") as running:
        running.ask("GET", "/healthz")
        running.wait_until_it_says('"path": "/healthz"')
        told = list(map(json.loads, running.log.splitlines()))
        assert told[-1]["status"] == 200
        assert told[0]["message"] == f"Likely is on http://127.0.0.1:{running.port}"


def test_the_log_is_plain_unless_set(app: Flask) -> None:
    assert app.config["LOG"] == "plain"
