"""Results in a real browser: printing, sending on, photos; and what the pages weigh."""

from __future__ import annotations

import base64
import gzip
import re
from typing import Any

import pytest
from playwright.sync_api import Page, Response, expect

from model.declare.model import Model

from .conftest import OpenPage
from .person import choose_photo, open_result, press, result_address
from tests import photos
from tests.payloads import MODELS, asked, each_model, example, person

pytestmark = pytest.mark.browser

CENSUS, TITANIC, IRIS, HOUSING, FOOD = MODELS
KIB = 1024

A_PAGE_OF_A4 = re.compile(rb"/Type\s*/Page\b(?!s)")


@pytest.mark.parametrize("summary", ["How the answers add up", "Where it goes wrong"])
def test_the_numbers_of_a_folded_table_begin_within_a_telephone(open_page: OpenPage, summary: str) -> None:
    page = open_result(open_page, CENSUS, person(), width=360)
    page.locator("summary").filter(has_text=summary).click()
    ends = page.locator("details[open] .scroll td").evaluate_all(
        "all => all.map(td => td.getBoundingClientRect().left)"
    )
    assert ends
    assert max(ends) < 330


def test_the_caption_of_a_folded_table_is_wholly_in_view_on_a_telephone(open_page: OpenPage) -> None:
    page = open_result(open_page, TITANIC, asked(TITANIC), width=360)
    page.locator("summary").filter(has_text="Where it goes wrong").click()
    right = page.locator("#wrong caption").evaluate("one => one.getBoundingClientRect().right")
    assert right <= 340


def test_a_result_takes_no_more_of_a_telephone_than_it_has_to_and_hides_nothing_that_matters(
    open_page: OpenPage,
) -> None:
    page = open_result(open_page, CENSUS, asked(CENSUS), width=360)
    assert page.evaluate("document.documentElement.scrollHeight") < 4750
    for words in (
        "probably 80 to 84",
        CENSUS.words.warning,
        "raised it to 41.",
        "Hours of work: 17 hours",
        "The range is",
    ):
        expect(page.get_by_text(words).first).to_be_visible()
    for asked_for in CENSUS.inputs:
        expect(page.locator(f"#new-{asked_for.name}")).to_be_visible()


@pytest.mark.parametrize("size", [100, 200])
@pytest.mark.parametrize("model", [CENSUS, TITANIC], ids=["census", "titanic"])
def test_what_became_of_those_like_this_one_is_in_sight(open_page: OpenPage, model: Model, size: int) -> None:
    page = open_result(open_page, model, asked(model), width=360)
    page.evaluate("size => { document.documentElement.style.fontSize = `${size}%` }", size)
    ends = page.locator(".agreement :is(th, td)").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().right)"
    )
    assert ends
    assert max(ends) <= 341


def test_the_links_of_a_result_are_large_enough_for_a_finger(open_page: OpenPage) -> None:
    page = open_result(open_page, TITANIC, asked(TITANIC), width=360)
    heights = page.locator("main a:visible").evaluate_all(
        "all => all.map(one => [one.textContent, ...[...one.getClientRects()].map(line => line.height)])"
    )
    assert len(heights) > 8
    assert [one for one in heights if min(one[1:]) < 24] == []


@pytest.mark.parametrize("size", [100, 200])
def test_a_list_stands_beside_its_question_where_there_is_room_and_below_it_where_there_is_none(
    open_page: OpenPage, size: int
) -> None:
    page = open_result(open_page, CENSUS, asked(CENSUS), width=360)
    page.evaluate("size => { document.documentElement.style.fontSize = `${size}%` }", size)
    label, box = page.locator("label[for=new-status]").bounding_box(), page.locator("#new-status").bounding_box()
    assert label
    assert box
    assert (box["y"] < label["y"] + label["height"]) == (size == 100)
    assert box["width"] > 150


@pytest.mark.parametrize("width", [360, 900, 1280])
def test_the_line_stands_below_the_dots_and_is_no_wider_than_it_has_to_be(open_page: OpenPage, width: int) -> None:
    page = open_result(open_page, CENSUS, asked(CENSUS), width=width)
    dots, words, line = [
        page.locator(f".picture {what}").first.bounding_box() for what in ("> .dots", "> .lead", "> .line")
    ]
    assert dots
    assert words
    assert line
    assert words["x"] > dots["x"] + dots["width"]
    assert line["y"] >= max(dots["y"] + dots["height"], words["y"] + words["height"])
    assert page.locator(".line .axis").nth(1).bounding_box()["width"] <= 480  # type: ignore[index]


# -- printing and sending on ----------------------------------------------------------------------------------


@each_model
def test_a_result_prints_on_one_page(open_page: OpenPage, model: Model) -> None:
    page = open_result(open_page, model, asked(model))
    assert len(A_PAGE_OF_A4.findall(page.pdf(format="A4"))) == 1


def test_a_passenger_of_whom_little_is_known_prints_on_one_page(open_page: OpenPage) -> None:
    unknown = dict.fromkeys(TITANIC.input, "unknown") | {"sex": "male"}
    page = open_result(open_page, TITANIC, unknown)
    assert len(A_PAGE_OF_A4.findall(page.pdf(format="A4"))) == 1


def test_a_result_prints_the_same_from_a_dark_screen(open_page: OpenPage) -> None:
    def colours(scheme: str) -> list[str]:
        page = open_result(open_page, IRIS, asked(IRIS), color_scheme=scheme)
        page.emulate_media(media="print", color_scheme=scheme)  # type: ignore[arg-type]
        # Curves come when they are near, and are not printed.
        return page.evaluate(  # type: ignore[no-any-return]
            """[...document.querySelectorAll("main :not([data-load] *)")].map(one => {
              const { color, backgroundColor, borderColor, stroke, fill } = getComputedStyle(one);
              return [one.tagName, one.getAttribute("class"), color, backgroundColor, borderColor, stroke, fill].join(" ");
            })"""
        )

    assert colours("dark") == colours("light")


def test_the_printed_page_says_its_version_and_its_address(open_page: OpenPage) -> None:
    page = open_result(open_page, CENSUS, person())
    page.emulate_media(media="print")
    expect(page.locator(".printed")).to_be_visible()
    expect(page.locator(".printed")).to_contain_text("/census/result?age=37")
    expect(page.get_by_text("Model version")).to_be_visible()
    for heading in ("What moved the number", "How sure is this?"):
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    expect(page.locator(".given")).to_contain_text("37 years")
    expect(page.get_by_role("heading", name="What if an answer were different?")).to_be_hidden()


@pytest.mark.parametrize("model", [CENSUS, TITANIC], ids=["census", "titanic"])
def test_how_right_it_is_about_groups_stands_within_a_telephone(open_page: OpenPage, model: Model) -> None:
    page = open_result(open_page, model, asked(model), width=360)
    page.get_by_text("Where it goes wrong").click()
    wide, seen = page.locator("#wrong .scroll").evaluate("one => [one.scrollWidth, one.clientWidth]")
    assert wide <= seen


def test_the_link_is_copied(open_page: OpenPage) -> None:
    page = open_result(open_page, CENSUS, person(), permissions=["clipboard-read", "clipboard-write"])
    below = page.get_by_role("region", name="About this result")
    below.get_by_role("button", name="Copy link").click()
    expect(below.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_where_nothing_can_be_shared_the_link_is_copied_beside_the_number(open_page: OpenPage) -> None:
    page = open_result(open_page, CENSUS, person(), permissions=["clipboard-read", "clipboard-write"])
    assert page.evaluate("!navigator.share")
    estimate = page.get_by_role("region", name="The estimate")
    estimate.get_by_role("button", name="Copy link").click()
    expect(estimate.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    # One button a place: what says “Share” elsewhere stays hidden.
    expect(page.get_by_role("button", name="Share", exact=True)).to_have_count(0)


SHEET = "navigator.share = async (sent) => { (window.sent ??= []).push(sent); }"
NO_SHEET = "navigator.share = async () => { throw new DOMException('', 'NotAllowedError'); }"


def with_sheet(open_page: OpenPage, answers: dict[str, Any], sheet: str, **wishes: Any) -> Page:
    """A result in a browser that has a share sheet."""
    page = open_page("/privacy", 360, **wishes)
    page.context.add_init_script(sheet)
    page.goto(result_address("census", answers))
    return page


def test_what_is_shared_has_the_number_its_range_and_the_warning(open_page: OpenPage) -> None:
    page = with_sheet(open_page, person(), SHEET)
    for button in page.get_by_role("button", name="Share", exact=True).all():
        button.click()
    above, below = page.evaluate("window.sent")
    assert above == below
    assert above["url"] == page.url
    assert above["title"] == page.title()
    assert re.search(
        r"^About \d+ of 100 people .* Probably \d+ to \d+\. Do not use this to make decisions", above["text"]
    )


def test_where_the_share_sheet_does_not_open_the_link_is_copied(open_page: OpenPage) -> None:
    page = with_sheet(open_page, person(), NO_SHEET, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Share", exact=True).first.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_without_script_no_button_is_there_that_would_do_nothing(open_page: OpenPage) -> None:
    page = open_result(open_page, CENSUS, person(), javascript=False)
    expect(page.get_by_role("button", name="Copy link")).to_be_hidden()
    expect(page.get_by_role("button", name="Print")).to_be_hidden()


# -- photos ------------------------------------------------------------------------------------------------------


def give(page: Page, event: str) -> None:
    """Drop or paste a photo as a browser would report it."""
    page.evaluate(
        """async ([event, address]) => {
            const data = new DataTransfer();
            const bytes = Uint8Array.from(atob(address), (letter) => letter.charCodeAt(0));
            data.items.add(new File([bytes], "coffee.jpg", { type: "image/jpeg" }));
            const what = event === "paste"
                ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
                : new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
            document.body.dispatchEvent(what);
        }""",
        [event, base64.b64encode(photos.COFFEE.read_bytes()).decode()],
    )


@pytest.mark.parametrize("event", ["drop", "paste"])
def test_a_photo_may_be_dropped_or_pasted(open_page: OpenPage, event: str) -> None:
    page = open_page("/food")
    page.wait_for_load_state("networkidle")
    asked_for: list[str] = []
    page.on("request", lambda request: asked_for.append(request.url))
    give(page, event)
    preview = page.get_by_role("img", name="The photo you chose")
    expect(preview).to_be_visible()
    assert [url for url in asked_for if not url.startswith("blob:")] == []
    press(page, FOOD)
    expect(page.get_by_role("heading", level=1)).to_have_text("More than 99 out of 100")


def test_the_photo_stands_beside_its_answer_and_beside_no_other(open_page: OpenPage) -> None:
    page = open_page("/food")
    choose_photo(page, FOOD.input["photo"], photos.COFFEE.read_bytes())
    press(page, FOOD)
    expect(page.get_by_role("img", name="Your photo")).to_be_visible()
    expect(page.locator(".guesses")).to_contain_text("espresso: 95%, counts as food")
    page.reload()
    expect(page.get_by_role("img", name="Your photo")).to_be_visible()
    page.goto(result_address("food", FOOD.examples[1].answers))
    expect(page.locator(".guesses")).to_contain_text("palace")
    expect(page.get_by_role("img", name="Your photo")).to_have_count(0)


def test_a_photo_that_is_too_large_is_made_smaller_before_it_is_sent(open_page: OpenPage) -> None:
    page = open_page("/food")
    # What stands after a photo's end is no part of it.
    choose_photo(page, FOOD.input["photo"], photos.COFFEE.read_bytes() + bytes(8 * 1024 * 1024))
    expect(page.get_by_text("This photo is over 8 MB, so a smaller copy of it is sent.")).to_be_visible()
    press(page, FOOD)
    expect(page.get_by_role("heading", level=1)).to_have_text("More than 99 out of 100")


def test_a_file_that_is_no_photo_has_no_preview(open_page: OpenPage) -> None:
    page = open_page("/food")
    choose_photo(page, FOOD.input["photo"], b"no photo at all")
    expect(page.get_by_role("img", name="The photo you chose")).to_have_count(0)


# -- what the pages weigh ------------------------------------------------------------------------------------------


def weighed(open_page: OpenPage, address: str) -> tuple[int, int, int]:
    """The bytes on the wire, gzipped; the number of requests; and the bytes of script."""
    page = open_page("/healthz")
    page.context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address, wait_until="networkidle")
    # Icons and the manifest are fetched when a browser likes to, and are not counted.
    counted = [answer for answer in answers if not re.search(r"\.(svg|png|ico|webmanifest)\b", answer.url)]
    sizes = {answer.url: len(gzip.compress(answer.body())) for answer in counted}
    script = sum(size for url, size in sizes.items() if ".js" in url)
    return sum(sizes.values()), len(sizes), script


@each_model
def test_a_form_is_light(open_page: OpenPage, model: Model) -> None:
    size, requests, script = weighed(open_page, f"/{model.name}")
    assert size <= 18 * KIB
    assert requests <= 5
    assert script <= 8 * KIB


@each_model
def test_a_result_is_light(open_page: OpenPage, model: Model) -> None:
    size, requests, script = weighed(open_page, result_address(model.name, asked(model)))
    assert size <= 30 * KIB
    assert requests <= 5
    assert script <= 8 * KIB


def test_every_answer_of_an_example_is_on_its_result(open_page: OpenPage) -> None:
    page = open_result(open_page, IRIS, asked(IRIS))
    for name, answer in example(IRIS).items():
        expect(page.get_by_role("main")).to_contain_text(IRIS.input[name].words(answer))
