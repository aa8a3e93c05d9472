"""What a sitting lasts, who ends it, and what a new password does to it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.people import accounts, passwords, sittings
from webapp.people.current import SITTING_COOKIE

from tests.page import page_of
from tests.people import PASSWORD, add_person, is_in, make_link, sign_in, try_password

NEW = "another four good words"


def test_signing_out_ends_the_sitting_and_not_only_the_cookie(site: Flask, browser: FlaskClient) -> None:
    try_password(browser)
    key = browser.get_cookie(SITTING_COOKIE)
    assert key is not None
    assert browser.post("/sign-out").status_code == 303
    assert browser.get_cookie(SITTING_COOKIE) is None
    other = site.test_client()
    other.set_cookie(SITTING_COOKIE, key.value)
    assert not is_in(other)


def test_a_sitting_ends_after_twelve_hours_without_a_page(browser: FlaskClient, later: Any) -> None:
    try_password(browser)
    later(hours=11, minutes=59)
    assert is_in(browser)
    later(hours=11, minutes=59)
    assert is_in(browser)
    later(hours=12, minutes=1)
    assert not is_in(browser)


def test_a_sitting_ends_after_thirty_days_in_any_case(browser: FlaskClient, later: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(sittings, "IDLE", timedelta(days=11))
    try_password(browser)
    for _ in range(3):
        later(days=9, hours=23)
        assert is_in(browser)
    later(hours=3, minutes=1)
    assert not is_in(browser)


def test_sittings_are_listed_and_ended(site: Flask, browser: FlaskClient) -> None:
    try_password(browser)
    other = site.test_client()
    other.post(
        "/sign-in",
        data={"name": "Ada Lovelace", "password": PASSWORD},
        headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"},
    )
    page = page_of(browser.get("/account"))
    assert "Firefox on Linux" in page.text
    [which] = [e.attributes["value"] for e in page.root.all("input", name="which")]
    assert browser.post("/account/end-sitting", data={"which": which}).status_code == 303
    assert not is_in(other)
    assert is_in(browser)


def test_nobody_ends_anothers_sitting(site: Flask, browser: FlaskClient) -> None:
    stranger = sign_in(site, add_person(site, "Somebody"))
    try_password(browser)
    for which in range(5):
        stranger.post("/account/end-sitting", data={"which": str(which)})
    assert is_in(browser)


def test_a_new_password_ends_all_other_sittings(site: Flask, browser: FlaskClient) -> None:
    other = site.test_client()
    try_password(browser)
    try_password(other)
    assert browser.post("/account", data={"old": PASSWORD, "password": NEW}).status_code == 303
    assert is_in(browser)
    assert not is_in(other)
    assert try_password(other).status_code == 422
    assert try_password(other, password=NEW).status_code == 303


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("", passwords.TOO_SHORT),
        ("fourteen chars", passwords.TOO_SHORT),
        ("x" * 201, passwords.TOO_LONG),
        ("aaaabbbbaaaabbbb", passwords.TOO_PLAIN),
        ("Ada Lovelace Ada", passwords.HAS_NAME),
    ],
)
def test_a_new_password_that_is_none_is_refused(tmp_path: Path, password: str, message: str) -> None:
    assert passwords.find_fault(password, "Ada Lovelace") == message


@pytest.mark.parametrize("act", ["end", "change"])
def test_who_gives_the_old_password_in_the_moment_in_which_it_ends_is_not_signed_in(
    site: Flask, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    number = add_person(site, "Grace")

    def is_right(password: str, kept: str | None) -> bool:
        accounts.end(number, 1) if act == "end" else accounts.set_password(number, NEW)
        return True

    with monkeypatch.context() as patch:
        patch.setattr(accounts, "is_right", is_right)
        assert try_password(browser, "Grace").status_code == 422
    with site.app_context():
        accounts.let_back(number, 1)
    assert not is_in(browser)


@pytest.mark.parametrize("way", ["/account", "/invite"])
def test_a_password_that_is_changed_later_is_not_made_of_the_name_either(
    site: Flask, browser: FlaskClient, way: str
) -> None:
    try_password(browser)
    sent = {"password": "ada lovelace ada", "old": PASSWORD, "key": make_link(site, "reset", person=1)}
    refused = browser.post(way, data=sent)
    assert (refused.status_code, page_of(refused).summary) == (422, [passwords.HAS_NAME])
    assert browser.post(way, data={**sent, "password": NEW}).status_code == 303


def test_dangerous_acts_ask_for_the_password_unless_it_was_just_given(browser: FlaskClient, later: Any) -> None:
    try_password(browser)
    token = {"label": "a report", "scopes": "read", "models": "*", "days": "7"}
    assert "lk_" in browser.post("/tokens", data=token).text
    later(minutes=16)
    refused = browser.post("/tokens", data=token)
    assert refused.status_code == 422
    assert page_of(refused).summary == ["Enter your own password. What you are about to do needs it"]
    assert page_of(refused).with_id("label").attributes["value"] == "a report", "nothing typed is lost"
    assert browser.post("/tokens", data={**token, "proof": "not the password"}).status_code == 422
    assert "lk_" in browser.post("/tokens", data={**token, "proof": PASSWORD}).text
    assert "lk_" in browser.post("/tokens", data=token).text
