"""People fill the forms in and read their results, in a real browser."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from model.declare.choice import ChoiceInput
from model.declare.faults import sentences_of
from model.declare.model import Model
from model.declare.number import NumberInput
from model.declare.photo import PhotoInput
from model.vision.headers import MAX_PHOTO_BYTES

from .conftest import OpenPage
from .person import (
    answer_one,
    choose_photo,
    fill_in,
    has_focus,
    is_select,
    press,
    question,
    radio,
    tab_to,
    text_box,
)
from tests import photos
from tests.payloads import MODELS, TYPED, each_model, each_typed_model, example

pytestmark = pytest.mark.browser

BY_NAME = {model.name: model for model in MODELS}
HEADINGS = {
    "probability": r"\d+ out of 100|fewer than 1 out of 100|more than 99 out of 100",
    "classes": "setosa|versicolor|virginica",
    "amount": r"\$\d+",
}

widths = pytest.mark.parametrize("width", [320, pytest.param(1280, marks=pytest.mark.wide)])
javascripts = pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])


def expect_result(page: Page, model: Model, answers: Any) -> None:
    expect(page).to_have_url(re.compile(rf"/{model.name}/result\?.*v=\w+"))
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(HEADINGS[model.kind], re.IGNORECASE))
    main = page.get_by_role("main")
    for asked in model.inputs:
        words = "espresso" if asked.kind == "photo" else asked.words(answers[asked.name])
        expect(main).to_contain_text(words, ignore_case=True)


def expect_error(page: Page, message: str) -> None:
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_role("link", name=message, exact=True)).to_be_visible()


# -- from the form to the result ---------------------------------------------------------------------


@each_model
@widths
@javascripts
def test_a_filled_in_form_leads_to_its_result(open_page: OpenPage, model: Model, width: int, javascript: bool) -> None:
    page = open_page("/", width, javascript)
    page.get_by_role("main").get_by_role("link", name=model.words.question).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(model.words.heading)
    fill_in(page, model, example(model))
    press(page, model)
    expect_result(page, model, example(model))


# The lines that each example takes, of its name and of its number.
LINES = """() => [...document.querySelectorAll(".runs a, .runs .n")].map(one => {
  const range = document.createRange();
  range.selectNodeContents(one.lastChild);
  return new Set([...range.getClientRects()].map(line => Math.round(line.top))).size;
})"""


def test_an_example_takes_two_lines_at_most_on_a_telephone(open_page: OpenPage) -> None:
    lines = open_page("/", 360).evaluate(LINES)
    assert lines
    assert max(lines) <= 2


@javascripts
def test_what_is_not_known_is_an_answer(open_page: OpenPage, javascript: bool) -> None:
    model = BY_NAME["titanic"]
    answers = dict.fromkeys(model.input, None) | {"sex": "female"}
    page = open_page("/titanic", javascript=javascript)
    fill_in(page, model, answers)
    press(page, model)
    expect_result(page, model, answers)


@each_typed_model
def test_on_a_telephone_an_example_opens_at_the_answers_that_it_fills_in(open_page: OpenPage, model: Model) -> None:
    page = open_page(f"/{model.name}", 360, javascript=False)
    page.get_by_role("link", name=model.examples[0].name).click()
    asked = model.inputs[0]
    words = asked.words(example(model)[asked.name])
    box = radio(page, asked, words) if isinstance(asked, ChoiceInput) else text_box(page, asked)
    expect(box).to_be_in_viewport()


@each_typed_model
def test_an_example_fills_the_form_in(open_page: OpenPage, model: Model) -> None:
    page = open_page(f"/{model.name}", javascript=False)
    page.get_by_role("link", name=model.examples[0].name).click()
    press(page, model)
    expect_result(page, model, example(model))


def test_a_result_survives_reloading_and_going_back(open_page: OpenPage) -> None:
    model = BY_NAME["housing"]
    page = open_page("/housing")
    fill_in(page, model, example(model))
    press(page, model)
    expect_result(page, model, example(model))
    heading = page.get_by_role("heading", level=1).text_content() or ""
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text(model.words.heading)
    page.go_forward()
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)


@each_typed_model
def test_change_leads_back_to_the_answer_in_the_form(open_page: OpenPage, model: Model) -> None:
    page = open_page(f"/{model.name}", javascript=False)
    fill_in(page, model, example(model))
    press(page, model)
    page.get_by_role("link", name=re.compile("^Change")).first.click()
    expect(page).to_have_url(re.compile(rf"/{model.name}\?.*#"))
    press(page, model)
    expect_result(page, model, example(model))


# -- mistakes ---------------------------------------------------------------------------------------


@each_model
@widths
@javascripts
def test_a_blank_form_says_what_is_missing_at_each_field(
    open_page: OpenPage, model: Model, width: int, javascript: bool
) -> None:
    page = open_page(f"/{model.name}", width, javascript)
    press(page, model)
    expect(page).to_have_title(re.compile("^Error: "))
    summary = page.get_by_role("heading", name="There is a problem").locator("xpath=..")
    # What has a plain answer is filled in from the start.
    blank = [one for one in model.inputs if getattr(one, "default", None) is None]
    expect(summary.get_by_role("listitem")).to_have_count(len(blank))
    fill_in(page, model, example(model))
    press(page, model)
    expect_result(page, model, example(model))


@pytest.mark.parametrize("name", ["census", "titanic"])
def test_whoever_follows_a_link_to_a_field_on_a_telephone_sees_its_label_and_its_message(
    open_page: OpenPage, name: str
) -> None:
    page = open_page(f"/{name}/result", 360)
    links = page.locator("#problem-summary a")
    for at in range(links.count()):
        links.nth(at).click()
        tops = page.evaluate(
            """() => [...document.activeElement.closest(".field").querySelectorAll("label, legend, .error")]
                .map((one) => one.getBoundingClientRect().top)"""
        )
        assert min(tops) >= 0


@each_typed_model
@javascripts
def test_a_mistake_is_put_right_and_the_rest_is_kept(open_page: OpenPage, model: Model, javascript: bool) -> None:
    number = next(asked for asked in model.inputs if isinstance(asked, NumberInput))
    answers = example(model)
    page = open_page(f"/{model.name}", 320, javascript)
    fill_in(page, model, answers)
    text_box(page, number).fill("abc")
    press(page, model)
    expect_error(page, sentences_of(number)["not_a_number"])
    expect(text_box(page, number)).to_have_value("abc")
    expect(text_box(page, number)).to_have_attribute("aria-invalid", "true")
    expect(text_box(page, number)).to_have_accessible_description(
        re.compile(re.escape(sentences_of(number)["not_a_number"]))
    )
    page.get_by_role("link", name=sentences_of(number)["not_a_number"], exact=True).click()
    expect(text_box(page, number)).to_be_focused()
    answer_one(page, number, answers[number.name])
    press(page, model)
    expect_result(page, model, answers)


@javascripts
def test_an_address_with_a_bad_answer_shows_the_form_with_its_message(open_page: OpenPage, javascript: bool) -> None:
    model = BY_NAME["housing"]
    rooms = model.input["rooms"]
    assert isinstance(rooms, NumberInput)
    page = open_page("/housing/result?rooms=99", javascript=javascript)
    expect_error(page, sentences_of(rooms)["out_of_range"])
    answer_one(page, rooms, 6.5)
    press(page, model)
    expect_result(page, model, {"rooms": 6.5})


def test_a_photo_of_nine_megabytes_gets_its_message_where_no_script_makes_it_smaller(open_page: OpenPage) -> None:
    model = BY_NAME["food"]
    photo = model.input["photo"]
    assert isinstance(photo, PhotoInput)
    page = open_page("/food", javascript=False)
    coffee = photos.COFFEE.read_bytes()
    choose_photo(page, photo, coffee + bytes(9 * 1024 * 1024 - len(coffee)))
    press(page, model)
    expect_error(page, photo.too_large)


def test_a_photo_of_exactly_eight_megabytes_is_looked_at(open_page: OpenPage) -> None:
    model = BY_NAME["food"]
    page = open_page("/food")
    coffee = photos.COFFEE.read_bytes()
    choose_photo(page, model.input["photo"], coffee + bytes(MAX_PHOTO_BYTES - len(coffee)))
    press(page, model)
    expect_result(page, model, {"common": 10})


# -- by keyboard alone ---------------------------------------------------------------------------------


def test_the_first_tab_offers_to_skip_to_the_content(open_page: OpenPage) -> None:
    page = open_page("/census")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name=re.compile("^Skip to"))
    assert has_focus(skip)
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#"))


@each_typed_model
def test_a_form_is_filled_in_by_keyboard_alone(open_page: OpenPage, model: Model) -> None:
    page = open_page(f"/{model.name}")
    answers = example(model)
    for asked in model.inputs:
        words = asked.words(answers[asked.name])
        if isinstance(asked, NumberInput):
            tab_to(page, text_box(page, asked))
            page.keyboard.type(asked.text(answers[asked.name]))
        elif is_select(page, asked):
            select = page.get_by_label(asked.label, exact=True)
            tab_to(page, select)
            # A keyboard has no typographic apostrophe; the letters before it find the option.
            page.keyboard.type(words.split("’")[0])
        else:
            # The first Tab into a group lands on its first radio; the arrows walk on.
            tab_to(page, question(page, asked).get_by_role("radio").first)
            page.keyboard.press("Space")
            for _ in range(10):
                if radio(page, asked, words).is_checked():
                    break
                page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    button = page.get_by_role("button", name=model.words.button, exact=True)
    tab_to(page, button)
    page.keyboard.press("Enter")
    expect_result(page, model, answers)


def test_mistakes_are_put_right_by_keyboard_alone(open_page: OpenPage) -> None:
    model = BY_NAME["housing"]
    rooms = model.input["rooms"]
    assert isinstance(rooms, NumberInput)
    page = open_page("/housing")
    tab_to(page, text_box(page, rooms))
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name=sentences_of(rooms)["blank"], exact=True)
    expect(link).to_be_visible()
    # The summary has the focus, so the first link is one Tab away.
    page.keyboard.press("Tab")
    assert has_focus(link)
    page.keyboard.press("Enter")
    expect(text_box(page, rooms)).to_be_focused()
    page.keyboard.type("6.5")
    page.keyboard.press("Enter")
    expect_result(page, model, {"rooms": 6.5})


def test_every_form_that_is_typed_is_covered() -> None:
    assert len(TYPED) == len(MODELS) - 1
