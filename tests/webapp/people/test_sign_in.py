"""Signing in: the cookie, what a sitting lasts, where one is led, how often a password may be tried."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from webapp.pages.people.forms import WRONG
from webapp.people import accounts, passwords, roles, sittings
from webapp.people.current import SITTING_COOKIE

from tests.page import page_of
from tests.people import PASSWORD, add_person, empty, form_token, make_link, make_site, sign_in

NEW = "another four good words"


@pytest.fixture(scope="module")
def same_site(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return make_site(tmp_path_factory.mktemp("site"))


@pytest.fixture
def site(same_site: Flask) -> Flask:
    add_person(empty(same_site), "Ada Lovelace", is_admin=True)
    return same_site


@pytest.fixture
def browser(site: Flask) -> FlaskClient:
    return site.test_client()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let time pass."""
    passed = [timedelta()]

    def now() -> datetime:
        return datetime.now(UTC) + passed[0]

    for module in (accounts, sittings, roles):
        monkeypatch.setattr(module, "now", now)
    return lambda **more: passed.append(passed.pop() + timedelta(**more))


def send(browser: FlaskClient, name: str = "Ada Lovelace", password: str = PASSWORD, **more: Any) -> TestResponse:
    return browser.post("/sign-in", data={"name": name, "password": password, **more})


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/account").status_code == 200


def test_whoever_gives_name_and_password_is_signed_in(browser: FlaskClient) -> None:
    answer = send(browser)
    assert (answer.status_code, answer.location) == (303, "/")
    assert is_in(browser)
    assert page_of(browser.get("/account")).heading == "Ada Lovelace"


@pytest.mark.parametrize("name", ["ada lovelace", " ADA  LOVELACE ", "Ada Lovelace"])
def test_a_name_is_known_by_its_letters(browser: FlaskClient, name: str) -> None:
    assert send(browser, name).status_code == 303


@pytest.mark.parametrize(
    ("name", "password"), [("Ada Lovelace", "not her password"), ("Nobody", PASSWORD), ("Ada", PASSWORD)]
)
def test_a_wrong_name_and_a_wrong_password_are_told_alike(browser: FlaskClient, name: str, password: str) -> None:
    answer = send(browser, name, password)
    assert answer.status_code == 422
    assert page_of(answer).summary == [WRONG]
    assert dict(page_of(answer).answers)["name"] == name
    assert password not in answer.text
    assert not is_in(browser)


def test_a_blank_form_says_what_is_missing(browser: FlaskClient) -> None:
    answer = send(browser, "", "")
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
    send(browser, name, "not the password")
    assert looked == ["19456,t=2,p=1"]


def test_the_cookie_is_for_this_site_alone_and_for_no_script(browser: FlaskClient) -> None:
    [cookie] = [one for one in send(browser).headers.getlist("Set-Cookie") if one.startswith(SITTING_COOKIE)]
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
    send(browser)
    cookie = browser.get_cookie(SITTING_COOKIE)
    assert cookie is not None
    assert cookie.value != planted
    thief = site.test_client()
    thief.set_cookie(SITTING_COOKIE, planted)
    assert not is_in(thief)


def test_signing_in_anew_ends_the_sitting_before(site: Flask, browser: FlaskClient) -> None:
    send(browser)
    before = browser.get_cookie(SITTING_COOKIE)
    assert before is not None
    send(browser)
    other = site.test_client()
    other.set_cookie(SITTING_COOKIE, before.value)
    assert not is_in(other)
    assert is_in(browser)


@pytest.mark.parametrize("next_page", ["/census", "/people?x=1&y=2", "/census/result?age=37"])
def test_one_is_led_back_to_the_page_of_this_site(browser: FlaskClient, next_page: str) -> None:
    assert send(browser, next=next_page).location == next_page


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
    assert send(browser, next=elsewhere).location == "/"


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
    assert asked.location == "/sign-in?next=/tokens?x%3D1"
    page = page_of(browser.get(asked.location))
    assert dict(page.answers)["next"] == "/tokens?x=1"


def test_signing_out_ends_the_sitting_and_not_only_the_cookie(site: Flask, browser: FlaskClient) -> None:
    send(browser)
    key = browser.get_cookie(SITTING_COOKIE)
    assert key is not None
    assert browser.post("/sign-out").status_code == 303
    assert browser.get_cookie(SITTING_COOKIE) is None
    other = site.test_client()
    other.set_cookie(SITTING_COOKIE, key.value)
    assert not is_in(other)


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


def test_a_sitting_ends_after_twelve_hours_without_a_page(browser: FlaskClient, later: Any) -> None:
    send(browser)
    later(hours=11, minutes=59)
    assert is_in(browser)
    later(hours=11, minutes=59)
    assert is_in(browser)
    later(hours=12, minutes=1)
    assert not is_in(browser)


def test_a_sitting_ends_after_thirty_days_in_any_case(browser: FlaskClient, later: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(sittings, "IDLE", timedelta(days=11))
    send(browser)
    for _ in range(3):
        later(days=9, hours=23)
        assert is_in(browser)
    later(hours=3, minutes=1)
    assert not is_in(browser)


def test_sittings_are_listed_and_ended(site: Flask, browser: FlaskClient) -> None:
    send(browser)
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
    send(browser)
    for which in range(5):
        stranger.post("/account/end-sitting", data={"which": str(which)})
    assert is_in(browser)


def test_a_new_password_ends_all_other_sittings(site: Flask, browser: FlaskClient) -> None:
    other = site.test_client()
    send(browser)
    send(other)
    assert browser.post("/account", data={"old": PASSWORD, "password": NEW}).status_code == 303
    assert is_in(browser)
    assert not is_in(other)
    assert send(other).status_code == 422
    assert send(other, password=NEW).status_code == 303


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
        assert send(browser, "Grace").status_code == 422
    with site.app_context():
        accounts.let_back(number, 1)
    assert not is_in(browser)


@pytest.mark.parametrize("way", ["/account", "/invite"])
def test_a_password_that_is_changed_later_is_not_made_of_the_name_either(
    site: Flask, browser: FlaskClient, way: str
) -> None:
    send(browser)
    sent = {"password": "ada lovelace ada", "old": PASSWORD, "key": make_link(site, "reset", person=1)}
    refused = browser.post(way, data=sent)
    assert (refused.status_code, page_of(refused).summary) == (422, [passwords.HAS_NAME])
    assert browser.post(way, data={**sent, "password": NEW}).status_code == 303


def test_dangerous_acts_ask_for_the_password_unless_it_was_just_given(browser: FlaskClient, later: Any) -> None:
    send(browser)
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


def test_the_eleventh_password_for_an_account_has_to_wait(browser: FlaskClient) -> None:
    for _ in range(10):
        assert send(browser, password="not the password").status_code == 422
    refused = send(browser)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert page_of(refused).summary[0].startswith("Too many passwords were tried. Wait")
    # From elsewhere it may still be tried, so that nobody keeps her out.
    assert send(browser, "Nobody").status_code == 422
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
    send(browser)
    for path in ("/", "/census", "/account", "/tokens", "/people", "/people/events", "/census/card", "/privacy"):
        answer = browser.get(path)
        assert answer.headers["Cache-Control"] == "no-store", path
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "no-store" not in browser.get("/static/likely.css").headers["Cache-Control"]


def test_nobody_else_sees_the_menu_of_whoever_is_signed_in(site: Flask, browser: FlaskClient) -> None:
    send(browser)
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
    assert send(browser).status_code == 200
    browser.set_cookie(SITTING_COOKIE, "ls_" + "x" * 43)
    assert browser.get("/census").status_code == 200
    assert list(tmp_path.iterdir()) == []
