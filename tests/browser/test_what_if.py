"""Trying changes to a result in a real browser: choices, sliders, curves, suggestions."""

from __future__ import annotations

import gzip
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Response, expect

from model.declare.model import Model
from webapp.text.dots import hundredths

from .conftest import OpenPage
from .person import choose_photo, fill_in, has_focus, open_result, press, tab_to
from tests import photos
from tests.payloads import MODELS, asked, each_model, each_typed_model, example, get_predictor, passenger, person

pytestmark = pytest.mark.browser

CENSUS, TITANIC, IRIS, HOUSING, FOOD = MODELS

# Press a key at the number, and say after how many milliseconds the new one stands beside it.
LIVE = """box => new Promise(done => {
  const field = box.closest(".field"), before = field.querySelector(".live"), start = performance.now();
  new MutationObserver((_, observer) => {
    const live = field.querySelector(".live");
    if (!live || live === before) return;
    observer.disconnect();
    done(performance.now() - start);
  }).observe(field, { childList: true });
  box.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowUp", bubbles: true, cancelable: true }));
})"""
# What the model says of the census's first example.
NOW = hundredths(get_predictor("census").values(example(CENSUS))[0])
javascripts = pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])


def compared(page: Page, when: str) -> Any:
    heading = page.get_by_role("heading", name=when, exact=True)
    return page.locator(".pair > div").filter(has=heading).locator(".number")


# -- trying a change ------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [320, 1280])
def test_the_comparison_follows_a_choice_at_once(open_page: OpenPage, width: int) -> None:
    page = open_result(open_page, CENSUS, person(), width=width)
    before = page.get_by_role("heading", level=1).inner_text()
    choice = page.get_by_label("Highest level of education finished", exact=True)
    choice.focus()
    choice.select_option(label="Doctorate")
    expect(compared(page, "Before")).to_have_text(before.partition("\n")[0])
    expect(compared(page, "After")).not_to_have_text(before.partition("\n")[0])
    expect(page.get_by_role("status")).to_contain_text(re.compile(r"\d+ points higher"))
    # The result keeps its address, and the change stands behind it.
    assert urlsplit(page.url).path == "/census/result"
    assert urlsplit(page.url).fragment == "education=Doctorate"
    # The form stays where it was and keeps the focus: nothing flickers.
    assert has_focus(choice)
    after = compared(page, "After").inner_text()
    page.reload()
    expect(compared(page, "After")).to_have_text(after)
    expect(choice).to_have_value("Doctorate")
    page.get_by_role("button", name="Undo").click()
    expect(choice).to_have_value("Bachelors")
    expect(page.locator("#bar")).to_be_hidden()
    assert urlsplit(page.url).fragment == ""


@pytest.mark.parametrize("width", [360, 1280])
def test_the_number_follows_a_slider_beside_it_and_in_a_bar(open_page: OpenPage, width: int) -> None:
    page = open_result(open_page, CENSUS, asked(CENSUS), width=width)
    slider, box = page.locator(".slider").first, page.get_by_role("spinbutton", name="Age", exact=True)
    slider.scroll_into_view_if_needed()
    place = slider.bounding_box()
    assert place is not None
    page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    page.mouse.down()
    page.mouse.move(place["x"] + 12, place["y"] + place["height"] / 2, steps=5)
    page.mouse.up()
    expect(box).to_have_value("17")
    expect(box).to_have_attribute("aria-valuetext", "17 years")
    live = page.locator(".field").filter(has=box).locator(".live")
    # On its way to 17 the slider passes other ages, whose numbers come and go.
    at_17 = hundredths(get_predictor("census").values(example(CENSUS) | {"age": 17})[0])
    expect(live).to_have_text(f"{NOW} → {at_17}")
    bar = page.locator("#bar")
    expect(bar).to_contain_text(f"{NOW} → {at_17}")
    expect(bar).to_contain_text("points lower")
    expect(bar).to_be_in_viewport()


@pytest.mark.parametrize("by_keyboard", [True, False])
def test_undo_leaves_the_page_where_the_change_was_made(open_page: OpenPage, by_keyboard: bool) -> None:
    page = open_result(open_page, TITANIC, passenger(), width=360)
    box = page.get_by_role("spinbutton", name="Parents or children on board", exact=True)
    box.focus()
    box.press("ArrowUp")
    undo = page.get_by_role("button", name="Undo")
    expect(page.locator("#bar")).to_contain_text("→")
    before = page.evaluate("scrollY")
    if by_keyboard:
        undo.focus()
        undo.press("Enter")
    else:
        undo.click()
    expect(undo).to_be_hidden()
    expect(page.get_by_role("heading", name="Before", exact=True)).to_have_count(0)
    assert page.evaluate("scrollY") == before
    expect(box).to_be_in_viewport(ratio=1)
    # Whoever pressed Enter goes on from there; a finger opens no keys that cover half of the screen.
    assert has_focus(box) == by_keyboard


def test_on_a_telephone_the_new_number_covers_no_words(open_page: OpenPage) -> None:
    page = open_result(open_page, TITANIC, passenger(), width=360)
    page.get_by_label("Port where the passenger came on board", exact=True).select_option(label="Queenstown")
    expect(page.locator("#bar")).to_contain_text("→")
    expect(page.locator(".live")).to_be_hidden()


def test_with_letters_twice_as_large_a_change_fits_on_a_telephone(open_page: OpenPage) -> None:
    page = open_result(open_page, HOUSING, asked(HOUSING), width=360)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.get_by_role("spinbutton", name="Rooms in a usual home of the district", exact=True).fill("8.5")
    expect(compared(page, "After")).to_have_count(1)
    # Neither the bar nor the two amounts side by side make the page wider, and the bar leaves room to read.
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    bar = page.locator("#bar").bounding_box()
    assert bar is not None
    assert bar["height"] <= 0.4 * 800 + 1
    expect(page.get_by_role("button", name="Undo")).to_be_in_viewport(ratio=1)


@each_typed_model
def test_a_slider_stands_beside_its_number_on_the_narrowest_telephone(open_page: OpenPage, model: Model) -> None:
    page = open_result(open_page, model, asked(model), width=320)
    places = page.locator(".slider").evaluate_all(
        """sliders => sliders.map((slider) => {
            const [box, own] = [slider.parentElement.querySelector("input"), slider].map((one) => one.getBoundingClientRect());
            return [own.left - box.right, own.top < box.bottom && own.bottom > box.top, own.width];
        })"""
    )
    assert places
    assert all(gap >= 0 and beside and width >= 100 for gap, beside, width in places)


def test_a_number_and_its_slider_are_one_stop_that_arrows_move(open_page: OpenPage) -> None:
    page = open_result(open_page, CENSUS, asked(CENSUS))
    box = page.get_by_role("spinbutton", name="Age", exact=True)
    box.focus()
    page.keyboard.press("ArrowUp")
    expect(box).to_have_value("53")
    page.keyboard.press("PageDown")
    expect(box).to_have_value("43")
    page.keyboard.press("Tab")
    assert has_focus(page.get_by_label("Sex", exact=True))
    # The best of some, since others use this machine.
    assert min(box.evaluate(LIVE) for _ in range(5)) < 100


def test_back_leads_from_the_changed_result_to_the_change(open_page: OpenPage) -> None:
    page = open_result(open_page, CENSUS, person())
    page.get_by_label("Employer", exact=True).select_option(label="Federal government")
    page.get_by_role("link", name="The whole result for the changed answers").click()
    expect(page).to_have_url(re.compile("work=Federal-gov&"))
    page.go_back()
    expect(page).to_have_url(re.compile("#work=Federal-gov$"))
    expect(page.locator(".changed")).to_contain_text("Federal government instead of Private company")


def test_on_a_page_of_their_own_the_curves_stand_one_below_the_other_on_a_telephone(open_page: OpenPage) -> None:
    page = open_result(open_page, TITANIC, passenger(), width=360, javascript=False)
    page.get_by_role("link", name="How the chance changes with each number").click()
    places = page.locator(".curves figure").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect()).map(({ left, right, top }) => [left, right, top])"
    )
    assert len(places) == 3
    assert all(left >= 0 and right <= 360 for left, right, _ in places)
    assert sorted(top for _, _, top in places) == [top for _, _, top in places]


def test_the_curves_are_drawn_once_they_come_into_view(open_page: OpenPage) -> None:
    page = open_result(open_page, CENSUS, asked(CENSUS))
    link = page.get_by_role("link", name="How the chance changes with each number")
    link.scroll_into_view_if_needed()
    curve = page.get_by_role("img", name=re.compile(f"This person stands at 52 years, {NOW} out of 100"))
    expect(curve).to_be_visible()
    page.get_by_text("The curve for age as a table").click()
    expect(page.get_by_role("row", name=f"52 years {NOW} out of 100")).to_be_visible()


def test_the_comparison_follows_what_is_typed(open_page: OpenPage) -> None:
    page = open_result(open_page, HOUSING, {"rooms": "6"})
    box = page.get_by_role("spinbutton", name="Rooms in a usual home of the district")
    box.fill("7")
    expect(page.get_by_role("status")).to_contain_text(re.compile(r"\$[\d,]+ more"))
    box.fill("70")
    expect(page.get_by_role("status")).to_contain_text("Rooms must be from 3 to 9")
    expect(box).to_have_attribute("aria-invalid", "true")
    box.fill("7.5")
    expect(compared(page, "After")).to_be_visible()
    expect(box).not_to_have_attribute("aria-invalid", "true")


def test_only_the_comparison_is_asked_for_again(open_page: OpenPage) -> None:
    page = open_result(open_page, CENSUS, person())
    asked_for: list[Response] = []
    page.on("response", lambda answer: asked_for.append(answer))
    page.get_by_label("Employer", exact=True).select_option(label="Federal government")
    expect(compared(page, "After")).to_be_visible()
    # The icon may come late; a page would bring its style and script along.
    (piece,) = [answer for answer in asked_for if not answer.url.partition("?")[0].endswith(".svg")]
    assert "<html" not in piece.text()
    assert len(gzip.compress(piece.body())) < 3 * 1024


def test_a_change_that_comes_too_soon_is_said_beside_the_old_number_and_followed_by_itself(
    open_page: OpenPage,
) -> None:
    page = open_result(open_page, CENSUS, person())
    asked_for = re.compile(r"/census/compare\?")
    page.route(asked_for, lambda route: route.fulfill(status=429, headers={"Retry-After": "1"}), times=1)
    page.get_by_label("Employer", exact=True).select_option(label="Federal government")
    words = "This is not yet for your last change. It follows in 1 s."
    expect(page.get_by_role("status")).to_have_text(words)
    expect(page.locator("#comparison")).to_contain_text(words)
    expect(page.locator(".changed")).to_contain_text("Federal government instead of")
    expect(page.locator("#comparison")).not_to_contain_text(words)


def test_a_change_that_does_not_arrive_is_said(open_page: OpenPage) -> None:
    page = open_result(open_page, CENSUS, person())
    page.route(re.compile(r"/census/compare\?"), lambda route: route.abort())
    page.get_by_label("Employer", exact=True).select_option(label="Federal government")
    expect(page.get_by_role("status")).to_contain_text("The button below asks again.")


def test_a_number_and_i_dont_know_exclude_each_other(open_page: OpenPage) -> None:
    page = open_result(open_page, TITANIC, passenger())
    age = page.get_by_role("group", name="Age", exact=True)
    age.get_by_label("I don’t know").check()
    expect(age.get_by_role("spinbutton")).to_have_value("")
    expect(page.locator(".changed")).to_contain_text("not known instead of 22 years")
    age.get_by_role("spinbutton").fill("40")
    expect(age.get_by_label("I don’t know")).not_to_be_checked()
    expect(page.locator(".changed")).to_contain_text("40 years instead of 22 years")


@javascripts
def test_a_suggested_change_is_one_click_away(open_page: OpenPage, javascript: bool) -> None:
    page = open_result(open_page, CENSUS, asked(CENSUS), javascript=javascript)
    page.locator(".suggestions a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What if an answer were different?")
    expect(page.locator(".changed").first).to_contain_text(" instead of ")
    after = compared(page, "After").inner_text()
    page.get_by_role("link", name="The whole result for the changed answers").click()
    expect(page).to_have_url(re.compile("/census/result"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(after)


# -- from the index to trying a change, without script and without a mouse ----------------------------------


@each_model
def test_from_the_index_to_what_if_without_script(open_page: OpenPage, model: Model) -> None:
    page = open_page("/", 320, javascript=False)
    page.get_by_role("link", name=model.words.question).click()
    page.get_by_role("link", name=model.examples[1].name).click()
    if model is not FOOD:
        press(page, model)
        fill_in(page, model, model.examples[0].answers)
        page.get_by_role("button", name="Compare", exact=True).click()
    else:
        page.get_by_role("link", name="Compare with another photo").click()
        choose_photo(page, FOOD.input["photo"], photos.COFFEE.read_bytes())
        page.get_by_role("button", name="Compare", exact=True).click()
    expect(page).to_have_url(re.compile(f"/{model.name}/compare"))
    expect(compared(page, "Before")).to_be_visible()
    expect(compared(page, "After")).to_be_visible()


@each_model
def test_from_the_index_to_what_if_by_keyboard(open_page: OpenPage, model: Model) -> None:
    page = open_page("/")
    follow(page, page.get_by_role("link", name=model.words.question))
    follow(page, page.get_by_role("link", name=model.examples[0].name))
    if model is FOOD:
        follow(page, page.get_by_role("link", name="Compare with another photo"))
        expect(page.get_by_text("No answer is changed yet.")).to_be_visible()
        return
    follow(page, page.get_by_role("button", name=model.words.button, exact=True))
    expect(page).to_have_url(re.compile(f"/{model.name}/result"))
    tab_to(page, page.get_by_role("button", name="Compare", exact=True), at_most=80)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/{model.name}/compare"))
    expect(page.get_by_text("No answer is changed yet.")).to_be_visible()


def follow(page: Page, element: Any) -> None:
    tab_to(page, element)
    page.keyboard.press("Enter")
