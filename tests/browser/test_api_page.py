"""The API's page in a browser: its JavaScript runs as it stands there, and the page needs none itself."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from model.declare.model import Model

from .conftest import OpenPage
from .person import choose_photo
from tests.payloads import TYPED, each_model, each_typed_model
from tests.photos import COFFEE

pytestmark = pytest.mark.browser


def region(page: Page, about: str, what: str) -> str:
    # It is folded away until somebody opens it.
    return page.get_by_label(f"{about}, {what}", exact=True).text_content() or ""


def said(page: Page, code: str) -> Any:
    """What the code writes to the console, run on this page as if it had been typed there."""
    return page.evaluate(
        "async () => { const said = []; const console = { log: (one) => said.push(one) };\n"
        + code
        + "\nreturn said[0]; }"
    )


@each_model
def test_the_javascript_gives_the_answer_that_is_shown(open_page: OpenPage, model: Model) -> None:
    page = open_page("/api/")
    code, shown = (region(page, model.words.title, what) for what in ("JavaScript", "the answer"))
    if model not in TYPED:
        page.goto(f"/{model.name}")
        choose_photo(page, model.inputs[0], COFFEE.read_bytes())
    expected = json.loads(shown)
    got = said(page, code)
    if model in TYPED:
        assert got == expected
    else:
        assert (got["version"], got["seen"]) == (expected["version"], expected["seen"])
        assert got["probability"] == pytest.approx(expected["probability"], rel=1e-4)


@each_typed_model
def test_the_page_needs_no_script(open_page: OpenPage, model: Model) -> None:
    page = open_page("/api/", javascript=False)
    page.get_by_role("navigation", name="On this page").get_by_role("link", name=model.words.title).click()
    assert page.url.endswith(f"/api/#{model.name}")
    assert json.loads(region(page, model.words.title, "the answer"))["model"] == model.name


def test_long_code_scrolls_in_its_own_box_by_keyboard(open_page: OpenPage) -> None:
    page = open_page("/api/", 320)
    box = page.get_by_role("region", name="Start, curl", exact=True)
    box.focus()
    page.keyboard.press("ArrowRight")
    expect(box).to_be_focused()
    expect(box).not_to_have_js_property("scrollLeft", 0)
