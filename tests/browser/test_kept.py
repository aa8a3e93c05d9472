"""Somebody signs in, keeps, finds, says what happened, takes it home and deletes it, all without script; and axe is content."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from webapp.people.roles import Person

from .conftest import ROOT, free_port, wait_for
from .test_accessibility import assert_no_sideways_scroll, violations
from tests.cases import keep_case, say
from tests.payloads import asked, get_model
from tests.people import PASSWORD, add_person, make_site

pytestmark = pytest.mark.browser

RESULT = "/titanic/result?" + "&".join(f"{key}={value}" for key, value in asked(get_model("titanic")).items())


@dataclass(frozen=True)
class Kept:
    address: str
    # Bob's cases: one that is marked, one that is not.
    cases: tuple[str, str]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """A running Likely with a database of its own; Ada has kept nothing, Bob some."""
    folder, port = tmp_path_factory.mktemp("kept"), free_port()
    app = make_site(folder)
    add_person(app, "Ada", is_admin=True)
    bob = Person(add_person(app, "Bob", is_admin=True), "Bob")
    database = app.extensions["store"].open()
    cases = [keep_case(database, bob, name, days_ago=9, label="A label") for name in ("titanic", "iris", "housing")]
    say(database, cases[0], bob, 1.0)
    say(database, cases[0], bob, 0.0)
    keep_case(database, bob, days_ago=9, label="W" * 120)
    # Enough for the record's plot.
    for number in range(60):
        say(database, keep_case(database, bob, "census", days_ago=9, label="Many"), bob, float(number % 3 > 0))
    app.extensions["store"].close()
    settings = {"SECRET_KEY": "for the browser tests only", "LIKELY_DATABASE": f"sqlite:///{folder}/likely.db"}
    command = [sys.executable, "run.py", "--port", str(port), "--workers", "1"]
    server = subprocess.Popen(command, cwd=ROOT, env=os.environ | settings, stdout=subprocess.DEVNULL)
    try:
        wait_for(port, server)
        yield Kept(f"http://127.0.0.1:{port}", (cases[0].public_id, cases[1].public_id))
    finally:
        server.terminate()
        server.wait(timeout=30)


def signed_in(chromium: Browser, kept: Kept, name: str, **wishes: Any) -> BrowserContext:
    context = chromium.new_context(base_url=kept.address, **wishes)
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto("/history")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your kept cases")
    return context


def test_a_case_is_kept_found_marked_taken_home_and_deleted_without_script(chromium: Browser, kept: Kept) -> None:
    context = signed_in(chromium, kept, "Ada", java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.pages[0]
    page.goto(RESULT)
    page.get_by_label("Label (optional)").fill("Cabin C22")
    page.get_by_label("Note (optional)").fill("asked by telephone")
    page.get_by_role("button", name="Keep this").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cabin C22")
    expect(page.get_by_role("status")).to_contain_text("Kept.")
    page.goto("/history?text=telephone")
    expect(page.get_by_role("link", name="Cabin C22")).to_be_visible()
    page.goto("/history")
    page.get_by_role("link", name="What happened? 1 due").click()
    page.get_by_role("button", name="Yes: survived").click()
    expect(page.get_by_role("status")).to_contain_text("Saved for Cabin C22: yes.")
    page.get_by_role("link", name="Your kept cases").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Get as CSV").click()
    (row,) = csv.DictReader(Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines())
    assert (row["label"], row["happened"]) == ("Cabin C22", "yes")
    page.get_by_role("link", name="Cabin C22").click()
    page.get_by_text("Delete it now").click()
    page.get_by_role("button", name="Delete this case").click()
    expect(page.get_by_role("heading", name="No cases")).to_be_visible()
    context.close()


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_axe_finds_nothing_on_pages_of_kept_cases(chromium: Browser, kept: Kept, width: int, scheme: Any) -> None:
    context = signed_in(chromium, kept, "Bob", viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.pages[0]
    marked, unmarked = (f"/history/{case}" for case in kept.cases)
    wrong = ("/history?since=soon", f"{marked}?kept=1", unmarked, "/history/due", "/history/file", "/history/delete")
    for address in ("/history", RESULT, *wrong):
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert violations(page) == [], address
        assert_no_sideways_scroll(page)
    for address in ("/census/record", "/titanic/record"):
        page.goto(address)
        assert violations(page) == [], address
        assert_no_sideways_scroll(page)
    page.goto("/census/record")
    plot = page.get_by_role("img", name="What came true against what the model said").bounding_box()
    assert plot
    assert plot["width"] >= 240
    for address, button in (("/history/file", "Send and store"), (unmarked, "Save what happened")):
        page.goto(address)
        page.get_by_role("button", name=button).click()
        expect(page).to_have_title(re.compile("^Error:"))
        assert violations(page) == [], address
        page.evaluate("document.documentElement.dir = 'rtl'")
        assert_no_sideways_scroll(page)
    context.close()
