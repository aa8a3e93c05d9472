"""What somebody with an account does in a real browser, without script; and axe finds nothing on their pages."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from .conftest import OpenPage
from .test_accessibility import assert_no_sideways_scroll, violations
from tests.payloads import asked, get_model
from tests.processes import likely

pytestmark = pytest.mark.browser

PASSWORD = "four words of this test"


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def join(page: Page, name: str) -> None:
    if page.get_by_label("Your name here").count():
        page.get_by_label("Your name here").fill(name)
    page.get_by_label("A password").fill(PASSWORD)
    press(page, "Make the account")


def ask(site: str, token: str) -> int:
    request = urllib.request.Request(
        f"{site}/api/models/census/predict",
        json.dumps(asked(get_model("census"))).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


@pytest.fixture(scope="module")
def owner(chromium: Browser, site: str, database: str) -> dict[str, str]:
    """The cookies of the owner, who came by the link that the command prints."""
    made = likely("person", "owner", "--at", site, LIKELY_DATABASE=database)
    assert made.returncode == 0, made.stderr
    context = chromium.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto(made.stdout.strip())
    join(page, "Ada")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ada")
    cookies = {cookie["name"]: cookie["value"] for cookie in context.cookies()}
    context.close()
    return cookies


@pytest.fixture
def open_own(open_page: OpenPage, owner: dict[str, str], site: str) -> Callable[..., Page]:
    """Open a page as the owner."""

    def open_own(path: str, **wishes: bool) -> Page:
        page = open_page("/privacy", **wishes)
        sign_in(page.context, owner, site)
        page.goto(path)
        return page

    return open_own


def sign_in(context: BrowserContext, cookies: dict[str, str], site: str) -> None:
    context.add_cookies([{"name": name, "value": value, "url": site} for name, value in cookies.items()])


def test_sign_in_invite_make_and_end_a_token_without_script(
    open_page: OpenPage, open_own: Callable[..., Page], site: str
) -> None:
    page = open_own("/account", javascript=False)
    page.get_by_role("link", name="People", exact=True).click()
    page.get_by_label("The name that the invitation proposes").fill("Grace")
    page.get_by_label("Analyst: also").check()
    page.get_by_label("Model", exact=True).select_option("census")
    press(page, "Make a link")
    link = page.locator("#key").inner_text()

    # Somebody else follows it, on a narrow screen.
    theirs = open_page(link, width=320, javascript=False)
    expect(theirs.get_by_label("Your name here")).to_have_value("Grace")
    theirs.get_by_label("A password").fill("too short")
    press(theirs, "Make the account")
    expect(theirs.get_by_role("alert")).to_contain_text("15 characters or more")
    join(theirs, "Grace")
    expect(theirs.get_by_text("Analyst of Census income")).to_be_visible()
    assert_no_sideways_scroll(theirs)
    again = open_page(link, javascript=False)
    expect(again.get_by_role("heading", level=1)).to_have_text("This link is no good any more")

    press(theirs, "Sign out")
    theirs.goto("/tokens")
    expect(theirs.get_by_role("heading", level=1)).to_have_text("Sign in")
    theirs.get_by_label("Name", exact=True).fill("grace")
    theirs.get_by_label("Password", exact=True).fill(PASSWORD)
    press(theirs, "Sign in")
    expect(theirs.get_by_role("heading", level=1)).to_have_text("Tokens for programs")
    theirs.get_by_label("What it is for").fill("The nightly report")
    theirs.get_by_label("Ask, and keep what was estimated").check()
    theirs.get_by_label("Every model, those to come among them").check()
    theirs.get_by_label("A week").check()
    press(theirs, "Make the token")
    token = theirs.locator("#key").inner_text()
    assert ask(site, token) == 200
    theirs.get_by_role("link", name="I have copied it").click()
    expect(theirs.get_by_role("row", name="The nightly report")).to_be_visible()
    assert token not in theirs.content()
    theirs.get_by_role("button", name=re.compile("End it.*The nightly report")).click()
    expect(theirs.get_by_text("You have no token")).to_be_visible()
    # Another worker may have looked a moment ago.
    theirs.wait_for_timeout(2100)
    assert ask(site, token) == 401


def make_no_token(page: Page) -> None:
    page.goto("/tokens")
    press(page, "Make the token")
    expect(page.get_by_role("alert")).to_be_visible()


def make_token(page: Page) -> None:
    page.goto("/tokens")
    page.get_by_label("What it is for").fill("A look at the page")
    for label in ("Ask, and keep what was estimated", "Every model, those to come among them", "A week"):
        page.get_by_label(label).check()
    press(page, "Make the token")


def make_link(page: Page) -> None:
    page.goto("/people")
    page.get_by_label("Viewer: sees it").check()
    page.get_by_label("Model", exact=True).select_option("*")
    press(page, "Make a link")


def follow_link(page: Page) -> None:
    make_link(page)
    page.goto(page.locator("#key").inner_text())


LOOKS: tuple[tuple[Literal["light", "dark"], int], ...] = (("light", 320), ("dark", 1280))
PAGES: dict[str, str | Callable[[Page], None]] = {
    "sign in": "/sign-in",
    "a link that is gone": "/invite?key=x",
    "an invitation": follow_link,
    "a link to hand on": make_link,
    "the account": "/account",
    "remove the account": "/account/remove",
    "a new token": make_token,
    "tokens": "/tokens",
    "tokens, wrong": make_no_token,
    "people": "/people",
    "somebody": "/people/1",
    "members": "/census/members",
    "events": "/people/events",
    "privacy": "/privacy",
}


@pytest.mark.parametrize("there", PAGES.values(), ids=PAGES.keys())
def test_axe_finds_nothing_on_the_pages_of_people(
    open_own: Callable[..., Page], there: str | Callable[[Page], None]
) -> None:
    page = open_own(there if isinstance(there, str) else "/privacy")
    if not isinstance(there, str):
        there(page)
    # Colours do not depend on the width, nor the width on colours.
    for scheme, width in LOOKS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        assert violations(page) == [], (scheme, width)
        assert_no_sideways_scroll(page)
