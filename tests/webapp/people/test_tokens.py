"""Tokens: made, shown once, good for what they say, ended."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.people import current, tokens
from webapp.people.roles import Person
from webapp.store.opening import store

from tests.cases import keep_case
from tests.page import page_of
from tests.payloads import asked, get_model
from tests.people import PASSWORD, add_person, bearer, empty, make_site, make_token, sign_in

GOOD = {"label": "The nightly report", "scopes": ["predict"], "models": ["iris"], "days": "30"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="module")
def same_site(folder: Path) -> Flask:
    return make_site(folder, FOR_MEMBERS=["iris"])


@pytest.fixture
def site(same_site: Flask) -> Flask:
    add_person(empty(same_site), "Ada", {"iris": "analyst"})
    return same_site


@pytest.fixture
def browser(site: Flask) -> FlaskClient:
    return sign_in(site, 1)


def ask(app: Flask, key: str, **more: Any) -> int:
    sent = app.test_client().post(
        "/api/models/iris/predict", json=asked(get_model("iris")), headers=bearer(key), **more
    )
    return sent.status_code


def make(browser: FlaskClient, **changes: Any) -> str:
    made = browser.post("/tokens", data=GOOD | changes)
    assert made.status_code == 200, page_of(made).summary
    assert made.headers["Cache-Control"] == "no-store"
    return page_of(made).with_id("key").text


def test_a_token_is_shown_once_and_lets_a_program_ask(site: Flask, browser: FlaskClient) -> None:
    key = make(browser)
    assert re.fullmatch(r"lk_[A-Za-z0-9_-]{43}", key)
    assert ask(site, key) == 200
    page = browser.get("/tokens")
    assert "The nightly report" in page.text
    assert key not in page.text
    assert key[:10] in page.text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"label": " "}, "Say what it is for, so that you know it again"),
        ({"label": "x" * 61}, "Say in 60 characters or fewer what it is for"),
        ({"label": "a\x00b"}, "Say what it is for in letters, digits and signs alone"),
        ({"scopes": []}, "Choose what it may do"),
        ({"scopes": ["everything"]}, "Choose what it may do"),
        ({"models": []}, "Choose the models that it is for"),
        ({"models": ["nowhere"]}, "Choose the models that it is for"),
        ({"days": ""}, "Choose how long it is good"),
        ({"days": "3660"}, "Choose how long it is good"),
    ],
)
def test_what_is_wrong_with_it_is_said(browser: FlaskClient, change: dict[str, Any], message: str) -> None:
    refused = browser.post("/tokens", data=GOOD | change)
    assert refused.status_code == 422
    page = page_of(refused)
    assert page.summary == [message]
    assert page.title.startswith("Error:")
    assert page.with_id(page.summary_links[0][1:]).tag in ("input", "select")


def test_a_model_that_one_does_not_see_is_not_offered(site: Flask) -> None:
    other = sign_in(site, add_person(site, "Grace"))
    assert "iris" not in other.get("/tokens").text
    assert other.post("/tokens", data=GOOD).status_code == 422


def test_a_token_that_was_ended_is_refused_at_once(site: Flask, browser: FlaskClient) -> None:
    key = make(browser)
    assert ask(site, key) == 200
    [which] = [one.attributes["value"] for one in page_of(browser.get("/tokens")).root.all("input", name="which")]
    assert browser.post("/tokens/end", data={"which": which}).status_code == 303
    assert ask(site, key) == 401
    assert "You have no token" in browser.get("/tokens").text


def test_another_worker_takes_it_for_two_seconds_more_at_most(
    folder: Path, site: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, key = make_site(folder, FOR_MEMBERS=["iris"]), make_token(site, 1, "predict")
    assert ask(other, key) == 200
    with site.app_context():
        tokens.end(tokens.list_own(1)[0].id, 1)
    moment = current.time.monotonic()
    monkeypatch.setattr("webapp.people.current.time.monotonic", lambda: moment + 1.9)
    assert ask(other, key) == 200
    monkeypatch.setattr("webapp.people.current.time.monotonic", lambda: moment + 2.1)
    assert ask(other, key) == 401
    assert current.TOKEN_SECONDS == 2


def test_nobody_ends_anothers_token(site: Flask) -> None:
    key, other = make_token(site, 1, "predict"), sign_in(site, add_person(site, "Grace"))
    for which in range(4):
        other.post("/tokens/end", data={"which": str(which)})
    assert ask(site, key) == 200


def test_a_token_makes_no_token_and_opens_no_page(site: Flask) -> None:
    key = make_token(site, 1, "predict", "read", "outcome")
    client = site.test_client()
    for path in ("/account", "/tokens", "/people", "/iris/card"):
        assert client.get(path, headers=bearer(key)).status_code in (303, 404), path
    assert client.post("/tokens", data=GOOD, headers=bearer(key)).status_code == 303


def test_a_cookie_lets_no_program_in_that_changes_or_asks(site: Flask, browser: FlaskClient) -> None:
    """A browser sends it along whatever site makes it ask."""
    assert browser.get("/api/models/iris").status_code == 200
    assert browser.post("/api/models/iris/predict", json=asked(get_model("iris"))).status_code == 404


def test_fifty_tokens_are_enough(site: Flask, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST", 2)
    make(browser)
    make(browser)
    assert browser.post("/tokens", data=GOOD).status_code == 422


@pytest.mark.parametrize("header", ["Bearer", "Bearer lk_", "bearer lk_x", "Basic lk_x", "lk_x", "Bearer lk_\xff"])
def test_what_is_no_token_is_refused_or_passed_over(site: Flask, header: str) -> None:
    client = site.test_client()
    assert client.get("/api/models", headers={"Authorization": header}).status_code in (200, 401)
    assert client.get("/api/models/iris", headers={"Authorization": header}).status_code in (404, 401)


def test_a_bad_token_is_told_in_the_way_that_programs_know(site: Flask) -> None:
    refused = site.test_client().get("/api/models", headers=bearer("lk_" + "x" * 43))
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == "Bearer error=invalid_token"
    assert refused.mimetype == "application/problem+json"


def test_removing_ones_account_asks_for_the_password_and_forgets_everything(
    site: Flask, browser: FlaskClient, folder: Path
) -> None:
    key, secret = make_token(site, 1, "predict"), b"Zacharias-Quincunx"
    with site.app_context():
        keep_case(store().open(), Person(1, "Ada"), "iris", note=secret.decode())
    assert any(secret in file.read_bytes() for file in folder.glob("likely.db*"))
    assert browser.post("/account/remove").status_code == 422
    assert browser.post("/account/remove", data={"proof": PASSWORD}).location == "/"
    assert ask(site, key) == 401
    assert browser.get("/account").status_code == 303
    assert not any(secret in file.read_bytes() for file in folder.glob("likely.db*"))
