"""Try a change: before and after side by side, as a page and as the piece of it that the script asks for."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from model.declare.model import Model
from webapp.http.addresses import NEW, texts
from webapp.pages.fields import EXPIRED_PHOTO, PHOTO_AGAIN

from tests.page import Page, page_of
from tests.payloads import MODELS, TYPED, asked, each_model, each_typed_model, example, passenger, person, photo

FOOD = MODELS[4]
EDUCATED = {f"{NEW}education": "Doctorate"}


def compared(client: FlaskClient, model: Model, answers: dict[str, Any], **changes: Any) -> Page:
    response = client.get(f"/{model.name}/compare", query_string=answers | changes)
    assert response.status_code == 200
    return page_of(response)


def headings(page: Page) -> list[str]:
    """The numbers before and after."""
    (pair,) = page.root.all("div", class_="pair")
    return [number.text for number in pair.all("p", class_="number")]


def result_heading(client: FlaskClient, model: Model, answers: dict[str, Any]) -> str:
    return page_of(client.get(f"/{model.name}/result", query_string=answers)).number


@each_typed_model
def test_before_and_after_are_the_two_results_themselves(client: FlaskClient, model: Model) -> None:
    before, after = asked(model), texts(model, example(model, 1))
    page = compared(client, model, before, **{NEW + name: value for name, value in after.items()})
    shown = [result_heading(client, model, one) for one in (before, after)]
    assert headings(page) == shown
    assert len(page.root.all("div", class_="pair")[0].all("svg")) == 2


@each_model
def test_nothing_changed_is_said(client: FlaskClient, model: Model) -> None:
    page = compared(client, model, asked(model))
    before = result_heading(client, model, asked(model))
    assert f"The result is {before}. No answer is changed yet. Try a change" in page.text
    assert page.root.all("div", class_="comparison") == []
    assert page.title.startswith("Try a change")


def test_where_nothing_is_changed_a_guess_is_called_one(client: FlaskClient) -> None:
    page = compared(client, MODELS[2], dict.fromkeys(MODELS[2].input, "4"))
    assert "The data has no flower like this. Treat it as a guess. No answer is changed yet." in page.text


def test_a_small_chance_beside_a_larger_one_is_out_of_100_too(client: FlaskClient) -> None:
    student = texts(MODELS[0], example(MODELS[0], 2))
    assert result_heading(client, MODELS[0], student).endswith("in 1,000")
    page = compared(client, MODELS[0], student, **{f"{NEW}age": "50"})
    before, after = headings(page)
    assert before == "0.1 out of 100"
    assert after.endswith(" out of 100")
    assert page.title.startswith(f"{after} instead of 0.1 out of 100 – ")
    (pair,) = page.root.all("div", class_="pair")
    ranges = [one.text for one in pair.all("p", class_="quiet")]
    assert len(ranges) == 2
    assert all(one.endswith(" out of 100") for one in ranges)
    # Two small ones keep their own unit.
    assert all(
        one.endswith("in 1,000") for one in headings(compared(client, MODELS[0], student, **{f"{NEW}age": "20"}))
    )


def test_the_difference_in_words_agrees_with_the_two_numbers(client: FlaskClient) -> None:
    page = compared(client, MODELS[0], person(), **EDUCATED)
    before, after = (int(text.split()[0]) for text in headings(page))
    assert after > before
    assert f"{after - before} points higher." in page.text
    back = compared(client, MODELS[0], person(education="Doctorate"), **{f"{NEW}education": "Bachelors"})
    assert f"{after - before} points lower." in back.text


def test_a_price_rises_by_the_difference_of_the_two_shown(client: FlaskClient) -> None:
    page = compared(client, MODELS[3], {"rooms": "5"}, **{f"{NEW}rooms": "7"})
    before, after = (int(text.strip("$").replace(",", "")) for text in headings(page))
    assert f"${after - before:,} more." in page.text


def test_another_kind_of_iris_is_named(client: FlaskClient) -> None:
    page = compared(client, MODELS[2], asked(MODELS[2]), **{f"{NEW}petal_length": "5", f"{NEW}petal_width": "2"})
    assert "Now virginica is the likeliest, not setosa." in page.text


def test_what_was_changed_is_listed_and_nothing_else(client: FlaskClient) -> None:
    page = compared(client, MODELS[0], person(), **EDUCATED)
    (changed,) = page.root.all("ul", class_="changed")
    assert [li.text for li in changed.all("li")] == [
        "Highest level of education finished: Doctorate instead of Bachelor’s degree"
    ]


def test_what_was_not_known_before_a_change_is_called_so(client: FlaskClient) -> None:
    page = compared(client, MODELS[1], passenger(age="unknown"), **{f"{NEW}age": "12"})
    (changed,) = page.root.all("ul", class_="changed")
    assert changed.text == "Age: 12 years instead of not known"


def test_the_changed_answers_have_a_result_of_their_own(client: FlaskClient) -> None:
    page = compared(client, MODELS[0], person(), **EDUCATED)
    (address,) = [link for link in page.links if "/result?" in link and "Doctorate" in link]
    assert page_of(client.get(address)).number == headings(page)[1]


@each_typed_model
def test_the_form_on_a_result_is_filled_in_with_its_answers(client: FlaskClient, model: Model) -> None:
    page = page_of(client.get(f"/{model.name}/result", query_string=asked(model)))
    (form,) = page.root.all("form", method="get")
    assert form.attributes["action"] == f"/{model.name}/compare"
    page.root.children = [form]
    form.attributes["method"] = "post"
    sent = dict(page.sent)
    assert sent == asked(model) | {NEW + name: value for name, value in asked(model).items()}


def test_a_wrong_change_keeps_what_was_typed_and_says_what_to_do(client: FlaskClient) -> None:
    response = client.get("/census/compare", query_string=person() | {f"{NEW}age": "12", **EDUCATED})
    page = page_of(response)
    message = "Age must be from 17 to 90. The census data has no one outside that range"
    assert response.status_code == 422
    assert page.title.startswith("Error:")
    assert page.summary == [message]
    assert page.summary_links == [f"#{NEW}age"]
    # Above the page and beside the answer, and nowhere where there is nothing to compare.
    assert page.text.count(message) == 2
    assert page.with_id("comparison").text == ""
    assert page.with_id(f"{NEW}age").attributes["value"] == "12"
    chosen = [o.attributes["value"] for o in page.with_id(f"{NEW}education").all("option", selected="")]
    assert chosen == ["Doctorate"]


def test_a_wrong_first_answer_leads_back_to_the_form(client: FlaskClient) -> None:
    response = client.get("/census/compare", query_string=person(age="12"))
    assert response.status_code == 422
    assert page_of(response).summary == ["Age must be from 17 to 90. The census data has no one outside that range"]


@pytest.mark.parametrize("model", TYPED, ids=lambda model: str(model.name))
def test_the_script_gets_the_same_comparison_as_a_piece(client: FlaskClient, model: Model) -> None:
    after = {NEW + name: value for name, value in texts(model, example(model, 1)).items()}
    answers = asked(model) | after
    piece = client.get(f"/{model.name}/compare", query_string=answers, headers={"X-Fragment": "1"})
    whole = client.get(f"/{model.name}/compare", query_string=answers)
    assert piece.status_code == 200
    assert "<html" not in piece.text
    assert piece.text.strip() in whole.text


def test_a_piece_with_a_fault_names_the_field(client: FlaskClient) -> None:
    wrong = person() | {f"{NEW}hours": "100"}
    piece = client.get("/census/compare", query_string=wrong, headers={"X-Fragment": "1"})
    assert piece.status_code == 422
    assert f'data-wrong="{NEW}hours"' in piece.text
    assert "Hours of work must be from 1 to 99" in piece.text


def test_a_comparison_is_neither_stored_nor_indexed(client: FlaskClient) -> None:
    response = client.get("/census/compare", query_string=person())
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"


# -- photos -----------------------------------------------------------------------------------------


def test_two_photos_are_compared(client: FlaskClient) -> None:
    before = {"photo": FOOD.examples[1].answers["photo"]}
    sent = client.post("/food/compare", data=before | {f"{NEW}photo": photo()})
    assert sent.status_code == 303
    query = parse_qs(urlsplit(sent.location).query)
    assert query["photo"] == [before["photo"]]
    page = page_of(client.get(sent.location))
    assert headings(page) == ["0.5 out of 100", "More than 99 out of 100"]
    assert "espresso" in page.text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The photo is empty. Choose a file with a photo in it"),
        (b"no picture", "Photo must be a JPEG, PNG or WebP file. This one is not an image that we can recognise"),
    ],
)
def test_a_wrong_photo_gets_its_message(client: FlaskClient, data: bytes, message: str) -> None:
    before = {"photo": FOOD.examples[0].answers["photo"]}
    sent = client.post("/food/compare", data=before | {f"{NEW}photo": photo(data)})
    page = page_of(sent)
    assert sent.status_code == 422
    assert page.summary == [message]
    assert page.title.startswith("Error:")


@pytest.mark.parametrize(("address", "prefix"), [("/food", ""), ("/food/compare", NEW)])
def test_a_good_photo_beside_a_faulty_answer_is_asked_for_again(client: FlaskClient, address: str, prefix: str) -> None:
    before = {"photo": FOOD.examples[0].answers["photo"]} if prefix else {}
    sent = client.post(address, data=before | {f"{prefix}photo": photo(), f"{prefix}common": "lots"})
    page = page_of(sent)
    assert sent.status_code == 422
    assert page.summary == [PHOTO_AGAIN, "How many of 100 photos show food must be a number, like 10"]
    assert page.description(f"{prefix}photo").count(PHOTO_AGAIN) == 1
    # What was typed stays.
    assert (f"{prefix}common", "lots") in page.sent


def test_sending_a_photo_to_compare_needs_the_forms_token(guarded_client: FlaskClient) -> None:
    before = {"photo": FOOD.examples[0].answers["photo"]}
    refused = guarded_client.post("/food/compare", data=before | {f"{NEW}photo": photo()})
    assert refused.status_code == 400
    assert page_of(refused).summary == [EXPIRED_PHOTO]
    page = page_of(guarded_client.get("/food/compare", query_string=before))
    token = dict(page.sent)[f"{NEW}csrf_token"]
    sent = guarded_client.post("/food/compare", data=before | {f"{NEW}photo": photo(), f"{NEW}csrf_token": token})
    assert sent.status_code == 303


def test_a_change_to_what_nobody_is_like_says_that_it_is_a_guess(client: FlaskClient) -> None:
    answers = asked(MODELS[2])
    usual = page_of(client.get("/iris/compare", query_string=answers | {"new-petal_width": "0.3"}))
    assert "Treat it as a guess" not in usual.text
    odd = page_of(client.get("/iris/compare", query_string=answers | {"new-petal_length": "9", "new-sepal_width": "6"}))
    assert "The data has no flower like this. Treat it as a guess." in odd.text
    assert "No range" in odd.text
