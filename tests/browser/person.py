"""What a person does on a page: finds fields by their labels, answers them, presses the button."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from playwright.sync_api import Locator, Page

from model.declare.choice import ChoiceInput
from model.declare.inputs import Input
from model.declare.model import Model

from .conftest import OpenPage
from tests import photos

UNKNOWN = "I don’t know"


def fill_in(page: Page, model: Model, answers: Mapping[str, Any]) -> None:
    for asked in model.inputs:
        if asked.kind == "photo":
            choose_photo(page, asked, photos.COFFEE.read_bytes())
        else:
            answer_one(page, asked, answers[asked.name])


def answer_one(page: Page, asked: Input, answer: Any) -> None:
    """Give one clean answer; None stands for what is not known."""
    words = UNKNOWN if answer is None else asked.words(answer)
    if isinstance(asked, ChoiceInput) and is_select(page, asked):
        page.get_by_label(asked.label, exact=True).select_option(label=words)
    elif isinstance(asked, ChoiceInput):
        radio(page, asked, words).check()
    elif answer is None:
        question(page, asked).get_by_label(UNKNOWN).check()
    else:
        text_box(page, asked).fill(asked.text(answer))


def is_select(page: Page, asked: Input) -> bool:
    return page.get_by_role("combobox", name=asked.label, exact=True).count() == 1


def question(page: Page, asked: Input) -> Locator:
    """The fieldset whose legend is the question."""
    role: Literal["group", "radiogroup"] = "radiogroup" if isinstance(asked, ChoiceInput) else "group"
    return page.get_by_role(role, name=asked.label, exact=True)


def radio(page: Page, asked: Input, words: str) -> Locator:
    return question(page, asked).get_by_role("radio", name=words, exact=True)


def text_box(page: Page, asked: Input) -> Locator:
    return page.get_by_role("textbox", name=asked.label, exact=True)


def choose_photo(page: Page, asked: Input, data: bytes, name: str = "photo.jpg") -> None:
    file: Any = {"name": name, "mimeType": "image/jpeg", "buffer": data}
    page.get_by_label(asked.label, exact=True).set_input_files(file)


def press(page: Page, model: Model) -> None:
    page.get_by_role("button", name=model.words.button, exact=True).click()


def has_focus(element: Locator) -> bool:
    return bool(element.evaluate("element => element === document.activeElement"))


def tab_to(page: Page, element: Locator, at_most: int = 60) -> None:
    """Press Tab until the element has the focus, as someone without a mouse does."""
    for _ in range(at_most):
        if has_focus(element):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {element}")


def result_address(name: str, answers: dict[str, Any]) -> str:
    return f"/{name}/result?" + "&".join(f"{key}={value}" for key, value in answers.items())


def open_result(open_page: OpenPage, model: Model, answers: dict[str, Any], **wishes: Any) -> Page:
    return open_page(result_address(model.name, answers), **wishes)
