"""Error pages, security headers, cookies, and what the log says: on every answer, and never too much."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from webapp import create_app

from tests.page import page_of
from tests.payloads import SETTINGS, each_model, person

HEADINGS = {
    400: "This request cannot be read",
    404: "Page not found",
    405: "This page takes no such request",
    413: "That is too large",
    415: "That kind of content is not accepted",
    500: "Sorry, something went wrong",
}
each_status = pytest.mark.parametrize("status", HEADINGS)


@pytest.fixture(scope="module")
def failing() -> FlaskClient:
    """A client of an application that has pages where everything that can go wrong does."""
    app = create_app({**SETTINGS, "TESTING": False})

    @app.get("/fails/<int:status>")
    @app.get("/api/fails/<int:status>")
    def fails(status: int) -> Any:
        return abort(status)

    @app.get("/breaks")
    @app.get("/api/breaks")
    def breaks() -> Any:
        raise RuntimeError("a secret that nobody may read")

    return app.test_client()


def assert_safe(response: TestResponse) -> None:
    """The headers that every answer has, whatever it is."""
    policy = dict(
        directive.strip().split(" ", 1) for directive in response.headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert "unsafe" not in str(policy)
    assert "http" not in str(policy)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "camera=()" in response.headers["Permissions-Policy"]
    assert "geolocation=()" in response.headers["Permissions-Policy"]


# -- pages -----------------------------------------------------------------------------------------


@each_status
def test_an_error_is_a_page_in_the_sites_look(failing: FlaskClient, status: int) -> None:
    response = failing.get(f"/fails/{status}")
    page = page_of(response)
    assert response.status_code == status
    assert page.heading == HEADINGS[status]
    assert page.title == f"{HEADINGS[status]} – Likely"
    assert page.root.all("link", rel="stylesheet")
    assert "/" in page.links
    assert_safe(response)


@each_status
def test_an_error_under_api_is_json(failing: FlaskClient, status: int) -> None:
    response = failing.get(f"/api/fails/{status}")
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    told = response.get_json()
    assert told["status"] == status
    assert told["type"] == "about:blank"
    assert told["title"]
    assert told["detail"]
    assert_safe(response)


@pytest.mark.parametrize("path", ["/breaks", "/api/breaks"])
def test_a_failure_tells_nothing_of_its_insides(
    failing: FlaskClient, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    response = failing.get(path)
    assert response.status_code == 500
    assert "secret" not in response.text
    assert "Traceback" not in response.text
    assert "a secret that nobody may read" in caplog.text
    assert_safe(response)


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/census/nothing",
        "/census/",
        "/CENSUS",
        "/model",
        "/run.py",
        "/static/nothing.css",
        "/%ff%fe",
        "/census%00",
        "/static/../run.py",
        "/static/%2e%2e/run.py",
        "/%0aSet-Cookie:%20a=b",
        "/" + "x" * 5000,
    ],
)
def test_a_page_that_is_not_there_is_404(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert page_of(response).heading == HEADINGS[404]
    assert_safe(response)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/nothing"), ("GET", "/api/models/nothing"), ("POST", "/api/models/nothing/predict")],
)
def test_what_is_not_there_under_api_is_404_as_json_that_names_the_models(
    client: FlaskClient, method: str, path: str
) -> None:
    response = client.open(path, method=method)
    assert response.status_code == 404
    assert response.mimetype == "application/problem+json"
    assert "census, titanic, iris" in response.get_json()["detail"]


def test_an_address_is_shown_as_text_where_it_is_shown(client: FlaskClient) -> None:
    assert "<script>alert" not in client.get("/<script>alert(1)</script>").text


@each_model
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_a_method_that_a_page_does_not_take_is_405(client: FlaskClient, model: Any, method: str) -> None:
    for path, allowed in ((f"/{model.name}", {"GET", "POST"}), (f"/{model.name}/result", {"GET"})):
        response = client.open(path, method=method)
        assert response.status_code == 405
        assert page_of(response).heading == HEADINGS[405]
        assert allowed <= set(response.headers["Allow"].split(", "))


def test_posting_to_a_result_is_405(client: FlaskClient) -> None:
    assert client.post("/census/result", data=person()).status_code == 405


def test_a_body_where_none_is_taken_is_limited(client: FlaskClient) -> None:
    """What is not read is not kept either; the answer is an answer all the same."""
    response = client.post("/", data=b"x" * 200_000)
    assert response.status_code == 405


# -- headers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/census",
        "/census?age=x",
        "/census/result",
        "/nothing",
        "/predict",
        "/probability",
        "/healthz",
        "/readyz",
        "/api/models",
    ],
)
def test_every_answer_has_the_security_headers(client: FlaskClient, path: str) -> None:
    assert_safe(client.get(path))


def test_redirects_and_refusals_have_the_security_headers_too(client: FlaskClient) -> None:
    assert_safe(client.post("/census", data=person()))
    assert_safe(client.post("/census", data=person(age="")))
    assert_safe(client.post("/census", data=person(work="x" * 10_000_000)))
    assert_safe(client.post("/predict", data="{", content_type="application/json"))
    assert_safe(client.put("/census"))


def test_every_file_that_a_page_loads_is_there_and_safe(client: FlaskClient) -> None:
    page = page_of(client.get("/census"))
    loaded = [
        e.attributes.get("src") or e.attributes.get("href", "")
        for e in page.root.elements()
        if e.tag in ("script", "img", "link")
    ]
    assert loaded
    for path in loaded:
        assert path.startswith(("/", "data:"))
        response = client.get(path)
        assert response.status_code == 200, path
        assert_safe(response)
        response.close()


@pytest.mark.parametrize("path", ["/", "/census", "/titanic", "/iris", "/housing", "/food", "/nothing"])
def test_no_page_has_script_or_style_in_it(client: FlaskClient, path: str) -> None:
    """The policy would stop them; better that there are none."""
    for element in page_of(client.get(path)).root.elements():
        assert element.tag != "style"
        assert element.tag != "script" or "src" in element.attributes
        assert not {name for name in element.attributes if name.startswith("on")}
        assert "style" not in element.attributes


def test_https_is_remembered_where_it_is_used(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" in client.get("/", base_url="https://localhost").headers
    assert "Strict-Transport-Security" not in client.get("/").headers


# -- cookies ---------------------------------------------------------------------------------------


def cookie_of(app: Flask, **kwargs: Any) -> str:
    response = app.test_client().get("/census", **kwargs)
    (cookie,) = response.headers.getlist("Set-Cookie")
    return cookie


def attributes(cookie: str) -> set[str]:
    return {part.strip() for part in cookie.split(";")[1:]}


def test_the_one_cookie_is_for_the_server_and_this_site_only(guarded_app: Flask) -> None:
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= attributes(cookie_of(guarded_app))
    assert "Secure" not in attributes(cookie_of(guarded_app))


def test_the_cookie_is_secure_over_https(guarded_app: Flask) -> None:
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= attributes(cookie_of(guarded_app, base_url="https://localhost"))


def test_the_cookie_is_secure_where_the_site_is_reached_by_https_only() -> None:
    assert "Secure" in attributes(cookie_of(create_app({**SETTINGS, "HTTPS": True})))


def test_a_proxys_word_counts_only_where_there_is_a_proxy(guarded_app: Flask) -> None:
    said = {"headers": {"X-Forwarded-Proto": "https"}}
    assert "Secure" not in attributes(cookie_of(guarded_app, **said))
    assert "Secure" in attributes(cookie_of(create_app({**SETTINGS, "PROXIES": 1}), **said))


@pytest.mark.parametrize("path", ["/", "/healthz", "/nothing", "/predict", "/api/models"])
def test_where_there_is_no_form_there_is_no_cookie(guarded_client: FlaskClient, path: str) -> None:
    assert "Set-Cookie" not in guarded_client.get(path).headers


# -- the log ---------------------------------------------------------------------------------------

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (\S+) (\S+) (\d{3}) \d+\.\d ms [0-9a-f]{32}(?: [a-z]+ \S+)?\n")


def logged(capsys: pytest.CaptureFixture[str]) -> list[tuple[str, str, str]]:
    """The requests in the log; a failure's trace beside them is indented."""
    lines = [line for line in capsys.readouterr().out.splitlines(keepends=True) if line[0] != " "]
    return [LINE.fullmatch(line).groups() for line in lines if " ERROR " not in line]  # type: ignore[union-attr,misc]


def test_a_request_is_one_line_without_the_answers(client: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    client.get("/census/result", query_string=person(age="73"))
    assert logged(capsys) == [("GET", "/census/result", "200")]


def test_a_form_that_was_sent_is_one_line_without_the_answers(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    client.post("/census", data=person(age="73"))
    client.post("/census", data=person(age="12"))
    assert logged(capsys) == [("POST", "/census", "303"), ("POST", "/census", "422")]


def test_errors_are_logged_like_everything_else(failing: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    failing.get("/breaks?age=73")
    failing.get("/nothing?age=73")
    assert logged(capsys) == [("GET", "/breaks", "500"), ("GET", "/nothing", "404")]


def test_a_failures_trace_in_the_log_has_no_answers(failing: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    failing.get("/breaks?age=73&work=Never-worked")
    assert "Never-worked" not in caplog.text


def test_nobody_can_forge_a_line_of_the_log(client: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    client.get("/%0a2026-01-01T00:00:00Z%20GET%20/forged%20200%201.0%20ms%0d%1b[2J%e2%80%a8")
    (line,) = capsys.readouterr().out.splitlines()
    assert "\x1b" not in line


def test_what_fails_in_words_of_several_lines_is_indented(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    app.logger.error("age\n2026-01-01T00:00:00Z GET /forged 200 1.0 ms\u2028GET")
    lines = capsys.readouterr().out.split("\n")
    assert [line[:4] for line in lines[1:]] == ["    ", "    ", ""]


def test_a_long_address_is_cut_in_the_log(client: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    client.get("/" + "x" * 5000)
    assert len(capsys.readouterr().out) < 300
