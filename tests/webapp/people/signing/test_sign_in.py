"""Signing in: the cookie, where one is led, how often a password may be tried."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.pages.people.forms import WRONG
from webapp.people import accounts, passwords
from webapp.people.current import SITTING_COOKIE

from tests.page import page_of
from tests.people import PASSWORD, add_person, form_token, is_in, make_site, sign_in, try_password


def test_whoever_gives_name_and_password_is_signed_in(browser: FlaskClient) -> None:
    answer = try_password(browser)
    assert (answer.status_code, answer.location) == (303, "/")
    assert is_in(browser)
    assert page_of(browser.get("/account")).heading == "Ada Lovelace"


def test_a_long_password_may_be_typed_with_each_accent_by_itself(site: Flask, browser: FlaskClient) -> None:
    typed = unicodedata.normalize("NFD", "àéîõü" * 30)
    signed_in = sign_in(site, 1)
    changed = signed_in.post("/account", data={"old": PASSWORD, "password": typed})
    assert (changed.status_code, changed.location) == (303, "/account")
    for password in (typed, unicodedata.normalize("NFC", typed)):
        assert try_password(browser, password=password).status_code == 303


@pytest.mark.parametrize("name", ["ada lovelace", " ADA  LOVELACE ", "Ada Lovelace"])
def test_a_name_is_known_by_its_letters(browser: FlaskClient, name: str) -> None:
    assert try_password(browser, name).status_code == 303


@pytest.mark.parametrize(
    ("name", "password"), [("Ada Lovelace", "not her password"), ("Nobody", PASSWORD), ("Ada", PASSWORD)]
)
def test_a_wrong_name_and_a_wrong_password_are_told_alike(browser: FlaskClient, name: str, password: str) -> None:
    answer = try_password(browser, name, password)
    assert answer.status_code == 422
    assert page_of(answer).summary == [WRONG]
    assert dict(page_of(answer).answers)["name"] == name
    assert password not in answer.text
    assert not is_in(browser)


def test_a_blank_form_says_what_is_missing(browser: FlaskClient) -> None:
    answer = try_password(browser, "", "")
    assert answer.status_code == 422
    assert page_of(answer).summary == ["Enter your name", "Enter your password"]


@pytest.mark.parametrize("name", ["Ada Lovelace", "Nobody", "x" * 500, "\x00", "=192.0.2.1"])
def test_each_try_costs_one_look_at_a_password_whoever_it_is(
    browser: FlaskClient, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """So that how long it takes tells nothing of who has an account."""
    hasher, looked = passwords.hasher(), []

    class Counting:
        hash = hasher.hash

        def verify(self, kept: str, password: str) -> bool:
            looked.append(kept.partition("$m=")[2].partition("$")[0])
            return bool(hasher.verify(kept, password))

    monkeypatch.setattr(passwords, "hasher", Counting)
    try_password(browser, name, "not the password")
    assert looked == ["19456,t=2,p=1"]


def test_the_cookie_is_for_this_site_alone_and_for_no_script(browser: FlaskClient) -> None:
    [cookie] = [one for one in try_password(browser).headers.getlist("Set-Cookie") if one.startswith(SITTING_COOKIE)]
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize("how", ["tls", "setting", "proxy"])
def test_behind_tls_the_cookie_goes_nowhere_else(tmp_path: Path, how: str) -> None:
    app = make_site(tmp_path, HTTPS=how == "setting", PROXIES=int(how == "proxy"))
    add_person(app, "Ada Lovelace")
    browser = app.test_client()
    more: dict[str, Any] = {"base_url": "https://localhost"} if how == "tls" else {}
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"} if how == "proxy" else {}
    sent = browser.post("/sign-in", data={"name": "Ada Lovelace", "password": PASSWORD}, headers=headers, **more)
    [cookie] = [one for one in sent.headers.getlist("Set-Cookie") if one.startswith(SITTING_COOKIE)]
    assert "Secure" in cookie.split("; ")


def test_a_key_that_the_browser_came_with_is_not_taken_over(site: Flask, browser: FlaskClient) -> None:
    """Whoever planted a cookie before is not signed in by somebody’s password."""
    planted = "ls_" + "x" * 43
    browser.set_cookie(SITTING_COOKIE, planted)
    try_password(browser)
    cookie = browser.get_cookie(SITTING_COOKIE)
    assert cookie is not None
    assert cookie.value != planted
    thief = site.test_client()
    thief.set_cookie(SITTING_COOKIE, planted)
    assert not is_in(thief)


def test_signing_in_anew_ends_the_sitting_before(site: Flask, browser: FlaskClient) -> None:
    try_password(browser)
    before = browser.get_cookie(SITTING_COOKIE)
    assert before is not None
    try_password(browser)
    other = site.test_client()
    other.set_cookie(SITTING_COOKIE, before.value)
    assert not is_in(other)
    assert is_in(browser)


@pytest.mark.parametrize("next_page", ["/census", "/people?x=1&y=2", "/census/result?age=37"])
def test_one_is_led_back_to_the_page_of_this_site(browser: FlaskClient, next_page: str) -> None:
    assert try_password(browser, next=next_page).location == next_page


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/\t/evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/a\r\nSet-Cookie: x=y",
        " //evil.example",
        "/" + "x" * 5000,
        "census",
    ],
)
def test_one_is_led_nowhere_else(browser: FlaskClient, elsewhere: str) -> None:
    assert try_password(browser, next=elsewhere).location == "/"


def test_one_is_led_back_where_the_site_is_mounted(browser: FlaskClient) -> None:
    mounted = {"environ_overrides": {"SCRIPT_NAME": "/likely"}}
    asked = browser.get("/tokens", **mounted)
    assert asked.location == "/likely/sign-in?next=/tokens"
    sent = {"name": "Ada Lovelace", "password": PASSWORD, "next": "/tokens"}
    answer = browser.post("/sign-in", data=sent, **mounted)
    assert answer.location == "/likely/tokens"
    assert "Path=/likely" in answer.headers.getlist("Set-Cookie")[0]


def test_a_page_that_needs_it_leads_to_signing_in_and_back(browser: FlaskClient) -> None:
    asked = browser.get("/tokens?x=1")
    assert asked.location == browser.head("/tokens?x=1").location == "/sign-in?next=/tokens?x%3D1"
    page = page_of(browser.get(asked.location))
    assert dict(page.answers)["next"] == "/tokens?x=1"


@pytest.mark.parametrize("address", ["/sign-out", "/account/end-other-sittings", "/tokens/end", "/people"])
def test_no_other_site_can_press_a_button(tmp_path: Path, address: str) -> None:
    app = make_site(tmp_path, guarded=True)
    browser = sign_in(app, add_person(app, "Ada Lovelace", is_admin=True))
    other = sign_in(app, 1)
    assert browser.post(address, data={"which": "1"}).status_code in (303, 400)
    assert is_in(browser)
    assert is_in(other)


def test_the_form_is_sent_with_its_token(tmp_path: Path) -> None:
    app = make_site(tmp_path, guarded=True)
    add_person(app, "Ada Lovelace")
    browser = app.test_client()
    given = {"name": "Ada Lovelace", "password": PASSWORD}
    assert browser.post("/sign-in", data=given).status_code == 400
    token = form_token(browser.get("/sign-in").text)
    assert browser.post("/sign-in", data={**given, "csrf_token": token}).status_code == 303
    assert browser.post("/sign-out", data={"csrf_token": token}).status_code == 400, "it was of the visit before"


def test_the_eleventh_password_for_an_account_has_to_wait(browser: FlaskClient) -> None:
    for _ in range(10):
        assert try_password(browser, password="not the password").status_code == 422
    refused = try_password(browser)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert page_of(refused).summary[0].startswith("Too many passwords were tried. Wait")
    # From elsewhere it may still be tried, so that nobody keeps her out.
    assert try_password(browser, "Nobody").status_code == 422
    elsewhere = browser.post(
        "/sign-in", data={"name": "ada lovelace", "password": PASSWORD}, environ_base={"REMOTE_ADDR": "192.0.2.9"}
    )
    assert elsewhere.status_code == 303


def test_one_address_tries_few_names(browser: FlaskClient, monkeypatch: Any) -> None:
    monkeypatch.setattr(accounts, "is_right", lambda *given: False)
    place = {"REMOTE_ADDR": "192.0.2.9"}
    tried = [
        browser.post("/sign-in", data={"name": f"Name {n}", "password": PASSWORD}, environ_base=place).status_code
        for n in range(31)
    ]
    assert tried == [422] * 30 + [429]


def test_many_addresses_try_few_passwords_of_one_account(browser: FlaskClient, monkeypatch: Any) -> None:
    monkeypatch.setattr(accounts, "is_right", lambda *given: False)
    tried = [
        browser.post(
            "/sign-in", data={"name": "Ada Lovelace", "password": "x"}, environ_base={"REMOTE_ADDR": f"198.51.100.{n}"}
        ).status_code
        for n in range(101)
    ]
    assert tried == [422] * 100 + [429]


def test_whoever_is_signed_in_sees_pages_that_no_cache_keeps(browser: FlaskClient) -> None:
    try_password(browser)
    for path in ("/", "/census", "/account", "/tokens", "/people", "/people/events", "/census/card", "/privacy"):
        answer = browser.get(path)
        assert answer.headers["Cache-Control"] == "no-store", path
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "no-store" not in browser.get("/static/likely.css").headers["Cache-Control"]


def test_nobody_else_sees_the_menu_of_whoever_is_signed_in(site: Flask, browser: FlaskClient) -> None:
    try_password(browser)
    for path in ("/", "/census", "/census/card"):
        assert "Your account" in browser.get(path).text
        stranger = site.test_client().get(path).text
        assert "Your account" not in stranger
        assert "Sign in" in stranger


def test_a_site_without_a_database_has_no_such_pages(client: FlaskClient) -> None:
    for path in ("/sign-in", "/invite", "/open", "/account", "/tokens", "/people", "/people/events", "/census/members"):
        assert client.get(path).status_code == 404, path
    assert "Sign in" not in client.get("/").text


def test_a_site_where_nobody_can_sign_in_says_so_and_makes_no_database(tmp_path: Path) -> None:
    browser = make_site(tmp_path).test_client()
    assert "python run.py person owner" in browser.get("/sign-in").text
    assert try_password(browser).status_code == 200
    browser.set_cookie(SITTING_COOKIE, "ls_" + "x" * 43)
    assert browser.get("/census").status_code == 200
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("address", ["/account", "/tokens", "/people", "/census/members", "/history"])
def test_where_nobody_can_sign_in_pages_for_whoever_is_lead_to_where_that_is_said(tmp_path: Path, address: str) -> None:
    browser = make_site(tmp_path).test_client()
    told = browser.get(address, follow_redirects=True)
    assert (told.status_code, told.request.path) == (200, "/sign-in")
    assert page_of(told).title == "Sign in – Likely"
    assert "Nobody can sign in here yet" in told.text
    assert list(tmp_path.iterdir()) == []


def test_where_nobody_can_sign_in_no_link_of_the_site_is_dead(tmp_path: Path) -> None:
    browser = make_site(tmp_path).test_client()
    for address in ("/", "/api/", "/privacy", "/accessibility", "/sign-in"):
        own = {a.attributes["href"] for a in page_of(browser.get(address)).root.all("a")}
        for link in {href.partition("#")[0] for href in own if href.startswith("/")}:
            assert browser.get(link, follow_redirects=True).status_code == 200, (address, link)
