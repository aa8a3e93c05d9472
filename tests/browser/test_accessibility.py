"""axe finds nothing on any page, in light and dark, narrow and wide; and nothing scrolls sideways."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from itertools import combinations

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from werkzeug.test import TestResponse

from model.declare.model import Model
from webapp import create_app
from webapp.http.addresses import NEW, texts

from .conftest import OpenPage
from .person import result_address
from tests.payloads import MODELS, SETTINGS, asked, example

pytestmark = pytest.mark.browser

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Targets of at least 24 px are a rule of WCAG 2.2 that axe leaves off unless asked.
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "rules": {"target-size": {"enabled": True}}}


def compare_address(model: Model) -> str:
    """The model's first example beside its second."""
    after = texts(model, example(model, 1))
    return result_address(model.name, asked(model) | {f"{NEW}{k}": v for k, v in after.items()}).replace(
        "/result?", "/compare?"
    )


PAGES = {
    "index": "/",
    "not found": "/nowhere",
    **{f"{model.name} form": f"/{model.name}" for model in MODELS},
    # A result's address without its answers is the form with a message at every field.
    **{f"{model.name} error": f"/{model.name}/result" for model in MODELS},
    **{f"{model.name} result": result_address(model.name, asked(model)) for model in MODELS},
    **{f"{model.name} comparison": compare_address(model) for model in MODELS},
    "census comparison, wrong": compare_address(MODELS[0]) + "&new-age=12",
    **{f"{model.name} card": f"/{model.name}/card" for model in MODELS},
    "the API": "/api/",
    "privacy": "/privacy",
    "accessibility": "/accessibility",
    "titanic result, much unknown": result_address(
        "titanic", asked(MODELS[1], age="unknown", ticket_class="unknown", port="unknown")
    ),
}

each_page = pytest.mark.parametrize("address", PAGES.values(), ids=PAGES.keys())


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]]


def assert_no_sideways_scroll(page: Page) -> None:
    wide, seen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= seen, f"the page is {wide} px wide in a window of {seen}"


@each_page
@pytest.mark.parametrize(
    ("scheme", "width"),
    [
        ("light", 320),
        ("dark", 1280),
        # No colour of ours depends on the width, and no place on the colours.
        pytest.param("dark", 320, marks=pytest.mark.wide),
        pytest.param("light", 1280, marks=pytest.mark.wide),
    ],
)
def test_axe_finds_nothing(open_page: OpenPage, address: str, scheme: str, width: int) -> None:
    page = open_page(address, width, color_scheme=scheme)
    # What is folded away is read too.
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert violations(page) == []
    assert_no_sideways_scroll(page)


@pytest.mark.wide
@each_page
@pytest.mark.parametrize("width", [320, 1280])
def test_right_to_left_holds_as_well(open_page: OpenPage, address: str, width: int) -> None:
    page = open_page(address, width)
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert violations(page) == []
    assert_no_sideways_scroll(page)


# The visible texts of which, in one line, a word stands to the left of the one that it follows.
OUT_OF_ORDER = """root => {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT), wrong = [], range = document.createRange();
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    if (text.parentElement.closest("svg, option, .vh, pre") || !text.parentElement.checkVisibility()) continue;
    let before = null;
    for (const word of text.data.matchAll(/[\\p{L}\\p{N}%]+|[.?!:]$|→/gu)) {
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      const here = range.getBoundingClientRect();
      if (before && Math.abs(here.top - before.top) < 2 && here.left < before.left) wrong.push(text.data.trim());
      before = here;
    }
  }
  return [...new Set(wrong)];
}"""


@pytest.mark.parametrize(
    "name", ["index", "census form", "census result", "housing result", "census comparison", "census card", "the API"]
)
def test_in_a_page_from_right_to_left_english_is_still_read_from_left_to_right(open_page: OpenPage, name: str) -> None:
    page = open_page(PAGES[name], 360)
    page.evaluate("document.documentElement.dir = 'rtl'")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.evaluate(f"({OUT_OF_ORDER})(document.body)") == []


def test_in_a_page_from_right_to_left_the_number_before_a_change_stands_before_the_one_after(
    open_page: OpenPage,
) -> None:
    page = open_page(PAGES["census result"], 360)
    page.evaluate("document.documentElement.dir = 'rtl'")
    page.locator("#new-age").fill("30")
    bar = page.locator("#bar")
    expect(bar).to_be_visible()
    expect(bar).to_contain_text("→")
    assert bar.evaluate(OUT_OF_ORDER) == []


@pytest.mark.parametrize("width", [320, 360])
def test_what_a_figure_of_the_card_means_is_read_without_scrolling_sideways(open_page: OpenPage, width: int) -> None:
    page = open_page(PAGES["census card"], width)
    table = page.get_by_role("region").filter(has=page.locator(".figures")).first
    for scrolled in (0, 500):
        table.evaluate("(one, left) => one.scrollTo(left, 0)", scrolled)
        places = table.evaluate(
            """one => {
                const [seen, text] = [one.getBoundingClientRect(), document.createRange()];
                return [...one.querySelectorAll(".meaning td")].map((cell) => {
                    text.selectNodeContents(cell);
                    const { left, right } = text.getBoundingClientRect();
                    return left >= seen.left - 1 && right <= seen.right + 1;
                });
            }"""
        )
        assert places
        assert all(places)


@pytest.mark.parametrize("name", ["titanic form", "titanic result", "census card"])
def test_no_control_is_smaller_than_a_fingertip_needs(open_page: OpenPage, name: str) -> None:
    page = open_page(PAGES[name], 320)
    sizes = page.locator("main :is(button, input, select, summary):visible").evaluate_all(
        "all => all.map((one) => [one.outerHTML.slice(0, 80), one.offsetWidth, one.offsetHeight])"
    )
    assert sizes
    assert [one for one in sizes if min(one[1:]) < 24] == []


LARGE = ["index", "titanic form", "census comparison", "census card"] + [f"{model.name} result" for model in MODELS]


@pytest.mark.parametrize("name", LARGE)
def test_letters_twice_as_large_fit_on_a_telephone(open_page: OpenPage, name: str) -> None:
    page = open_page(PAGES[name], 360)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert_no_sideways_scroll(page)
    # No word of the heading is cut in two.
    widest, seen = page.locator("h1").evaluate(
        "one => { one.style.overflowWrap = 'normal'; return [one.scrollWidth, one.clientWidth] }"
    )
    assert widest <= seen


# Each text on the line from least to most: its letters' size, its box, and where its mark is; then what they must not leave.
ON_THE_LINE = """line => {
  const box = (one) => { const { left, right, top, bottom } = one.getBoundingClientRect(); return [left, right, top, bottom] };
  const middle = (one) => { const [left, right] = box(one); return (left + right) / 2 };
  const own = line.querySelector("circle.own"), others = [...line.querySelectorAll("circle:not(.own)")];
  const labels = [...line.querySelectorAll(".label > :not(svg)")], ends = [...line.querySelectorAll(".end")];
  const texts = [...labels, ...ends].map((one) => [one.textContent, parseFloat(getComputedStyle(one).fontSize), box(one)]);
  return [texts, [own, ...others].map(middle), box(line.closest(".answer"))];
}"""


@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize("name", ["census", "titanic", "housing", "food"])
def test_letters_twice_as_large_are_so_on_the_line_too_and_cover_nothing(
    open_page: OpenPage, name: str, width: int
) -> None:
    page = open_page(PAGES[f"{name} result"], width)
    sizes = {}
    for part in (100, 200):
        page.evaluate("part => { document.documentElement.style.fontSize = `${part}%` }", part)
        texts, marks, answer = page.locator(".line").evaluate(ON_THE_LINE)
        sizes[part] = [size for _, size, _ in texts]
        for _, _, (left, right, *_) in texts:
            assert answer[0] < left < right < answer[1]
        for (one, _, a), (other, _, b) in combinations(texts, 2):
            assert a[1] <= b[0] or b[1] <= a[0] or a[3] <= b[2] + 1 or b[3] <= a[2] + 1, f"{one} covers {other}"
        # The own label comes first, then the others in the order of their marks.
        for (_, _, (left, right, *_)), mark in zip(texts, marks, strict=False):
            assert left - 1 <= mark <= right + 1
    assert sizes[200] == [2 * size for size in sizes[100]]


def test_letters_twice_as_large_keep_each_range_of_several_kinds_in_one_line(open_page: OpenPage) -> None:
    page = open_page(PAGES["iris result"], 360)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    lines = page.locator(".scale .n").evaluate_all(
        "them => them.map(one => one.offsetHeight / parseFloat(getComputedStyle(one).lineHeight))"
    )
    assert max(lines) < 1.5


def test_letters_twice_as_large_cut_no_word_beside_the_button(open_page: OpenPage) -> None:
    page = open_page(PAGES["titanic result"], 360)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    first_word = """one => {
      const range = document.createRange();
      range.setStart(one.firstChild, 0);
      range.setEnd(one.firstChild, one.firstChild.data.indexOf(" "));
      return range.getClientRects().length;
    }"""
    assert page.locator(".eyebrow").evaluate(first_word) == 1


@pytest.mark.parametrize("name", ["census form", "census result"])
def test_forced_colours_hold_as_well(open_page: OpenPage, name: str) -> None:
    page = open_page(PAGES[name], 320, color_scheme="dark", forced_colors="active")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert violations(page) == []


def inked(text: Locator) -> float:
    """How much of a text's box is nearer to black than to white."""
    grey = Image.open(BytesIO(text.screenshot())).convert("L")
    return sum(grey.histogram()[:128]) / (grey.width * grey.height)


def test_forced_colours_leave_the_labels_on_the_line_readable(open_page: OpenPage) -> None:
    usual, forced = [
        inked(open_page(PAGES["census result"], 1280, forced_colors=colours).locator(".line strong"))
        for colours in ("none", "active")
    ]
    assert forced < 1.5 * usual


def broken() -> TestResponse:
    """The page that somebody sees when the fault is ours."""
    app = create_app(SETTINGS | {"TESTING": False})
    app.add_url_rule("/broken", view_func=lambda: 1 / 0)
    return app.test_client().get("/broken")


def too_large() -> TestResponse:
    """The form as it comes back when the photo was too large."""
    head = b'--x\r\nContent-Disposition: form-data; name="photo"; filename="photo.jpg"\r\n\r\n'
    body = head + bytes(9 * 1024 * 1024) + b"\r\n--x--\r\n"
    return create_app(SETTINGS).test_client().post("/food", data=body, content_type="multipart/form-data; boundary=x")


@pytest.mark.parametrize(("response", "status"), [(broken, 500), (too_large, 413)], ids=["500", "413"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("width", [320, pytest.param(1280, marks=pytest.mark.wide)])
def test_axe_finds_nothing_where_something_went_wrong(
    open_page: OpenPage, width: int, direction: str, scheme: str, response: Callable[[], TestResponse], status: int
) -> None:
    answer = response()
    assert answer.status_code == status
    page = open_page("/privacy", width, color_scheme=scheme)
    page.route("**/wrong", lambda route: route.fulfill(body=answer.text, content_type="text/html"))
    page.goto("/wrong")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.evaluate("direction => { document.documentElement.dir = direction }", direction)
    assert violations(page) == []
    assert_no_sideways_scroll(page)
