"""People send whole files in a real browser: with the script once, without it by two buttons."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from model.declare.model import Model
from model.files.reader import CsvReader
from model.files.scoring import Scoring
from model.files.workbook import NO_WORKBOOK
from model.files.writer import CsvWriter
from webapp.pages.batch import NO_FILE

from .conftest import OpenPage
from .person import has_focus, tab_to
from .test_accessibility import assert_no_sideways_scroll, violations
from tests.payloads import each_typed_model, get_predictor, person

pytestmark = pytest.mark.browser

HEADER = ",".join(person())
GOOD = ",".join(person().values())
BAD = ",".join(person(age="", sex="somebody with a long answer").values())
MIXED = f"{HEADER}\n{GOOD}\n{BAD}\n" + f"{GOOD}\n" * 30
LARGE = f"{HEADER}\n" + f"{GOOD}\n" * 50_000

javascripts = pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])


def choose(page: Page, content: str | bytes = MIXED, name: str = "people.csv") -> None:
    data = content.encode() if isinstance(content, str) else content
    file: Any = {"name": name, "mimeType": "text/csv", "buffer": data}
    page.get_by_label("CSV or Excel file").set_input_files(file)


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()


def heading(page: Page) -> Any:
    return expect(page.get_by_role("heading", level=1))


def scored_here(content: str) -> str:
    rows = CsvReader([content.encode()])
    return b"".join(Scoring(get_predictor("census"), rows, CsvWriter(rows.dialect)).run()).decode()


def downloaded(page: Page, role: Any, name: str) -> tuple[str, str]:
    """The name and the text of what comes when that is pressed."""
    with page.expect_download() as download:
        page.get_by_role(role, name=name, exact=True).click()
    return download.value.suggested_filename, Path(download.value.path()).read_text(encoding="utf-8")


# -- with the script ---------------------------------------------------------------------------------


def test_a_file_is_sent_once_and_counted_and_handed_back(open_page: OpenPage) -> None:
    page = open_page("/census/batch")
    sent = []
    page.on("request", lambda request: sent.append(request.method))
    choose(page)
    press(page, "Score the file")
    heading(page).to_have_text("31 of 32 rows were scored")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page).to_have_title(re.compile("^31 of 32 rows"))
    expect(page.get_by_role("main")).to_contain_text("Enter the person’s age")
    assert downloaded(page, "link", "Download the scored file") == ("people-scored.csv", scored_here(MIXED))
    assert sent.count("POST") == 1


def test_on_a_telephone_what_is_wrong_is_read_without_scrolling_sideways(open_page: OpenPage) -> None:
    page = open_page("/census/batch", 320)
    choose(page, MIXED.replace("Bachelors", "Bachelor"))
    press(page, "Score the file")
    wide, seen = page.locator(".faults").evaluate("table => [table.offsetWidth, table.parentElement.clientWidth]")
    assert wide <= seen


@each_typed_model
def test_on_a_telephone_no_model_scrolls_the_page_of_a_scored_file_sideways(open_page: OpenPage, model: Model) -> None:
    page = open_page(f"/{model.name}/batch", 320)
    _, template = downloaded(page, "link", "Download a template with example rows")
    choose(page, template)
    press(page, "Score the file")
    heading(page).to_have_text("Every row was scored")
    assert_no_sideways_scroll(page)
    assert violations(page) == []


def test_a_large_file_comes_back_whole(open_page: OpenPage) -> None:
    page = open_page("/census/batch")
    choose(page, LARGE)
    press(page, "Score the file")
    heading(page).to_have_text("Every row was scored")
    assert downloaded(page, "link", "Download the scored file")[1] == scored_here(LARGE)


def test_a_bar_shows_how_far_it_is_and_cancel_stops_it(open_page: OpenPage) -> None:
    page = open_page("/census/batch")
    held: list[Route] = []
    page.route("**/census/batch?download=1", lambda route: held.append(route))
    choose(page)
    press(page, "Score the file")
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text(re.compile("Sending the file|Scoring the rows"))
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    assert violations(page) == []
    page.keyboard.press("Enter")
    expect(page.get_by_role("progressbar")).to_be_hidden()
    expect(page.get_by_label("CSV or Excel file")).to_be_focused()
    for route in held:
        route.abort()
    page.unroute("**/census/batch?download=1")
    press(page, "Score the file")
    heading(page).to_have_text("31 of 32 rows were scored")


def test_a_connection_that_is_lost_is_said(open_page: OpenPage) -> None:
    page = open_page("/census/batch")
    page.route("**/census/batch?download=1", lambda route: route.abort())
    choose(page)
    press(page, "Score the file")
    link = page.get_by_role("link", name=re.compile("^The connection was lost"))
    expect(link).to_be_visible()
    link.click()
    expect(page.get_by_label("CSV or Excel file")).to_be_focused()


def test_a_file_over_the_limit_is_said_before_it_is_sent(open_page: OpenPage) -> None:
    page = open_page("/census/batch")
    page.evaluate("document.getElementById('upload').dataset.most = 100")
    choose(page)
    press(page, "Score the file")
    expect(page.get_by_role("link", name=re.compile("^The file must be 50 MB or smaller"))).to_be_visible()


def test_another_file_can_be_sent_from_the_same_page(open_page: OpenPage) -> None:
    page = open_page("/census/batch")
    for content, words in (("PK\x03\x04", "There is a problem"), (MIXED, "31 of 32"), (LARGE, "Every row")):
        choose(page, content)
        press(page, "Score the file")
        expect(page.get_by_role("main")).to_contain_text(words)


def test_a_row_leads_to_its_result_and_the_scored_file_stays(open_page: OpenPage) -> None:
    page = open_page("/census/batch")
    choose(page)
    press(page, "Score the file")
    expect(page.get_by_role("main")).to_contain_text("The rows below open in a new tab.")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name=re.compile("^2 ?: its result, in a new tab$")).first.click()
    expect(opened.value.get_by_role("heading", level=1)).to_contain_text("out of 100")
    assert downloaded(page, "link", "Download the scored file") == ("people-scored.csv", scored_here(MIXED))


def test_a_column_is_sorted_by_its_numbers_and_what_is_empty_comes_last(open_page: OpenPage) -> None:
    page = open_page("/titanic/batch")
    ages = ["0.5", "1,5", "0.1667", "", "12", "0.92", "unknown", "2.25"]
    rows = [f"male;{age};3;S;0;0" for age in ages]
    choose(page, "\n".join(["sex;age;ticket_class;port;siblings_spouses;parents_children", *rows, ""]))
    press(page, "Score the file")
    heading(page).to_have_text("Every row was scored")
    table = page.get_by_role("region", name="The scored rows").get_by_role("table")
    column = table.get_by_role("columnheader").all_text_contents().index("age")

    def shown() -> list[str]:
        rows = table.locator("tbody tr")
        return [row.locator("th, td").nth(column).text_content() or "" for row in rows.all()]

    press(page, "age")
    assert shown() == ["0.1667", "0.5", "0.92", "1,5", "2.25", "12", "unknown", ""]
    press(page, "age")
    assert shown() == ["12", "2.25", "1,5", "0.92", "0.5", "0.1667", "unknown", ""]


# -- without it --------------------------------------------------------------------------------------


def test_without_the_script_a_file_is_checked(open_page: OpenPage) -> None:
    page = open_page("/census/batch", 320, javascript=False)
    choose(page)
    press(page, "Check the file")
    heading(page).to_have_text("31 of 32 rows can be scored")
    choose(page)
    assert downloaded(page, "button", "Score and download") == ("people-scored.csv", scored_here(MIXED))


def test_without_the_script_a_file_is_scored(open_page: OpenPage) -> None:
    page = open_page("/census/batch", javascript=False)
    choose(page, LARGE)
    assert downloaded(page, "button", "Score and download") == ("people-scored.csv", scored_here(LARGE))


# -- either way --------------------------------------------------------------------------------------


@javascripts
def test_what_is_wrong_with_a_file_is_said_at_the_field(open_page: OpenPage, javascript: bool) -> None:
    page = open_page("/census/batch", javascript=javascript)
    for content, message in ((b"PK\x03\x04", NO_WORKBOOK), (None, NO_FILE)):
        if content:
            choose(page, content, "people.xlsx")
        press(page, "Score the file" if javascript else "Score and download")
        expect(page).to_have_title(re.compile("^Error: "))
        link = page.get_by_role("link", name=message, exact=True)
        expect(link).to_be_visible()
        expect(page.get_by_label("CSV or Excel file")).to_have_accessible_description(re.compile(re.escape(message)))
        if javascript:
            expect(page.get_by_role("alert")).to_be_focused()
        link.click()
        expect(page.get_by_label("CSV or Excel file")).to_be_focused()
    choose(page)
    press(page, "Score the file" if javascript else "Check the file")
    heading(page).to_have_text(re.compile("^31 of 32 rows"))


def test_a_file_is_sent_by_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page("/census")
    link = page.get_by_role("link", name="Score a whole file")
    tab_to(page, link)
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("CSV or Excel file"))
    choose(page)
    button = page.get_by_role("button", name="Score the file")
    tab_to(page, button)
    assert has_focus(button)
    page.keyboard.press("Enter")
    heading(page).to_have_text("31 of 32 rows were scored")


def to_form(page: Page) -> None:
    pass


def to_error(page: Page) -> None:
    choose(page, b"PK\x03\x04")
    press(page, "Check the file")
    expect(page).to_have_title(re.compile("^Error: "))


def to_counts(page: Page) -> None:
    choose(page)
    press(page, "Check the file")
    heading(page).to_have_text("31 of 32 rows can be scored")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("go", [to_form, to_error, to_counts])
def test_axe_finds_nothing(open_page: OpenPage, go: Any, scheme: str, width: int) -> None:
    page = open_page("/census/batch", width, color_scheme=scheme)
    # As it is without the script, with both buttons; axe itself needs one.
    page.evaluate("document.getElementById('upload').replaceWith(document.getElementById('upload').cloneNode(true))")
    page.evaluate("document.querySelector('[data-alone]').hidden = false")
    go(page)
    assert violations(page) == []
    assert_no_sideways_scroll(page)
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert violations(page) == []
    assert_no_sideways_scroll(page)


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_on_what_the_script_shows(open_page: OpenPage, width: int) -> None:
    page = open_page("/titanic/batch", width)
    assert violations(page) == []
    choose(page, b"sex,age,ticket_class,port,siblings_spouses,parents_children\nmale,,,,0,0\nx,y,z,,,\n")
    press(page, "Score the file")
    heading(page).to_have_text("1 of 2 rows were scored")
    assert violations(page) == []
    assert_no_sideways_scroll(page)
