"""Answers that cannot be used: each fault has one message at its field, and nothing typed is lost."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from model.declare.model import Model
from model.declare.number import NumberInput

from tests.page import Page, address_query, page_of
from tests.payloads import asked, each_model, each_typed_model, passenger, person, posted


def assert_refused(response: TestResponse, field: str, message: str) -> Page:
    """One fault: said once in the summary with a link to the field, and once at the field."""
    page = page_of(response)
    assert response.status_code == 422
    assert page.title.startswith("Error:")
    assert page.summary == [message]
    assert page.description(field).count(message) == 1
    assert page.is_invalid(field)
    (link,) = page.summary_links
    target = page.with_id(link.removeprefix("#"))
    assert field in (target.attributes.get("name"), target.attributes.get("id"))
    return page


@each_model
def test_an_empty_form_gets_one_message_for_each_field(client: FlaskClient, model: Model) -> None:
    response = client.post(f"/{model.name}", data={})
    page = page_of(response)
    assert response.status_code == 422
    assert page.title.startswith("Error:")
    # A field with a default may be left alone.
    needed = [one for one in model.inputs if getattr(one, "default", None) is None]
    assert len(page.summary) == len(page.summary_links)
    for one, message in zip(needed, page.summary, strict=True):
        assert message in page.description(one.name)
        assert one.thing in message
        assert page.is_invalid(one.name)


@each_model
def test_a_result_without_answers_is_the_form_with_its_messages(client: FlaskClient, model: Model) -> None:
    posted_empty = page_of(client.post(f"/{model.name}", data={}))
    response = client.get(f"/{model.name}/result")
    assert response.status_code == 422
    assert page_of(response).summary == posted_empty.summary
    assert page_of(response).title.startswith("Error:")


@each_typed_model
def test_one_missing_answer_is_asked_for_and_the_others_are_kept(client: FlaskClient, model: Model) -> None:
    for missing in model.inputs:
        answers = asked(model)
        del answers[missing.name]
        response = client.get(f"/{model.name}/result", query_string=answers)
        page = page_of(response)
        assert response.status_code == 422
        assert len(page.summary) == 1
        assert dict(page.answers) == answers


@each_typed_model
def test_everything_typed_is_kept(client: FlaskClient, model: Model) -> None:
    """Only what no browser can send, a choice that is not offered, is not kept."""
    typed = {
        one.name: f" {one.like}?? " if isinstance(one, NumberInput) else asked(model)[one.name] for one in model.inputs
    }
    page = page_of(client.post(f"/{model.name}", data=typed))
    assert dict(page.answers) == typed


CENSUS_FAULTS = [
    ("age", "", "Enter the person’s age"),
    ("age", "   ", "Enter the person’s age"),
    ("age", "abc", "Age must be a number, like 37"),
    ("age", "37.5", "Age must be a whole number, like 37"),
    ("age", "12", "Age must be from 17 to 90. The census data has no one outside that range"),
    ("age", "95", "Age must be from 17 to 90. The census data has no one outside that range"),
    ("age", "-37", "Age must be from 17 to 90. The census data has no one outside that range"),
    ("age", "9" * 41, "Age must be from 17 to 90. The census data has no one outside that range"),
    ("age", "1,000", "Age must be from 17 to 90. The census data has no one outside that range"),
    ("education", "", "Select the highest level of education finished"),
    ("sex", "", "Select the person’s sex"),
    ("status", "", "Select the person’s marital status"),
    ("race", "", "Select the person’s race"),
    ("work", "", "Select the person’s employer, or select “I don’t know”"),
    (
        "work",
        "Local-govt",
        '"Local-govt" is not one of the employers: Private company, Self-employed, not incorporated, '
        "Self-employed, incorporated, Federal government, State government, Local government, "
        "Works without pay, Never worked",
    ),
    ("sex", "unknown", '"unknown" is not one of the sexes the census recorded: Female, Male'),
    ("hours", "", "Enter the hours of work in a usual week"),
    ("hours", "forty", "Hours of work must be a number, like 40"),
    ("hours", "0", "Hours of work must be from 1 to 99. The census recorded no others"),
]


@pytest.mark.parametrize(("field", "value", "message"), CENSUS_FAULTS)
def test_a_fault_has_one_message_on_the_page(client: FlaskClient, field: str, value: str, message: str) -> None:
    assert_refused(client.post("/census", data=person(**{field: value})), field, message)


@pytest.mark.parametrize(("field", "value", "message"), CENSUS_FAULTS)
def test_a_fault_in_an_address_has_the_same_message(client: FlaskClient, field: str, value: str, message: str) -> None:
    response = client.get("/census/result", query_string=person(**{field: value}))
    assert_refused(response, field, message)


TITANIC_FAULTS = [
    ("sex", "unknown", '"unknown" is not one of the sexes the lists recorded: Female, Male'),
    ("age", "", "Enter the passenger’s age, or select “I don’t know”"),
    ("age", "101", "Age must be from 0 to 100. The oldest passenger in the data was 80"),
    ("port", "Belfast", '"Belfast" is not one of the ports: Southampton, Cherbourg, Queenstown'),
    ("siblings_spouses", "0.5", "Brothers, sisters, husband or wife must be a whole number, like 1"),
    # True of a number below 0 as well.
    ("parents_children", "-1", "Parents or children must be from 0 to 9. No passenger in the data had more than 9"),
]


@pytest.mark.parametrize(("field", "value", "message"), TITANIC_FAULTS)
def test_a_passengers_fault_has_one_message(client: FlaskClient, field: str, value: str, message: str) -> None:
    assert_refused(client.post("/titanic", data=passenger(**{field: value})), field, message)


@pytest.mark.parametrize(
    "value",
    [
        "3e",
        "inf",
        "-inf",
        "Infinity",
        "nan",
        "1_000",
        "0x25",
        "3 7",
        "37 hours",
        "10,00,0",
        ",37,",
        "37,",
        "--37",
        "½",
        "²",
        "五",
        "37\x00",
        "\x00",
        "�",
        "٣٧x",
        "true",
        "[37]",
        "37;38",
        ".",
        "+",
        "9" * 401,
        "9" * 5000,
    ],
)
def test_what_only_looks_like_a_number_is_refused(client: FlaskClient, value: str) -> None:
    response = client.post("/census", data=person(age=value))
    assert_refused(response, "age", "Age must be a number, like 37")


@pytest.mark.parametrize(
    "value",
    ["37", " 37 ", "\t37\n", "37.0", "37.", "+37", "037", "٣٧", "३७", "３７", "௩௭", "37\u00a0", '"37"', "٣٧٫٠"],
)
def test_a_number_may_be_written_in_several_ways(client: FlaskClient, value: str) -> None:
    assert address_query(client.post("/census", data=person(age=value)))["age"] == "37"


@pytest.mark.parametrize("value", ["0.5", ".5", "0.50", "٠٫٥", "０．５"])
def test_a_part_of_a_year_may_be_written_in_several_ways(client: FlaskClient, value: str) -> None:
    assert address_query(client.post("/titanic", data=passenger(age=value)))["age"] == "0.5"


def test_the_smallest_part_of_a_year_leads_to_a_result(client: FlaskClient) -> None:
    sent = client.post("/titanic", data=passenger(age="0.0000001"))
    assert address_query(sent)["age"] == "0.0000001"
    assert client.get(sent.location).status_code == 200


def test_a_true_zero_is_an_answer(client: FlaskClient) -> None:
    sent = client.post("/titanic", data=passenger(age="0", siblings_spouses="0"))
    assert address_query(sent)["age"] == "0"
    assert client.get(sent.location).status_code == 200


@pytest.mark.parametrize(
    "value", ["State-gov", "state-gov", " State-gov ", '"State-gov"', "State government", "STATE GOVERNMENT"]
)
def test_a_choice_is_read_leniently_as_to_its_letters(client: FlaskClient, value: str) -> None:
    assert address_query(client.post("/census", data=person(work=value)))["work"] == "State-gov"


@pytest.mark.parametrize("word", ["unknown", "I don't know", "I don’t know", "?"])
@pytest.mark.parametrize("field", ["age", "ticket_class", "port", "siblings_spouses", "parents_children"])
def test_a_passengers_answer_may_be_unknown(client: FlaskClient, field: str, word: str) -> None:
    sent = client.post("/titanic", data=passenger(**{field: word}))
    assert address_query(sent)[field] == "unknown"
    page = page_of(client.get(sent.location))
    assert "I don’t know" in page.text


def test_everything_but_the_sex_of_a_passenger_may_be_unknown_at_once(client: FlaskClient) -> None:
    nobody = dict.fromkeys(passenger(), "unknown") | {"sex": "female"}
    assert client.get("/titanic/result", query_string=nobody).status_code == 200


def test_where_unknown_is_not_offered_it_is_no_number(client: FlaskClient) -> None:
    response = client.post("/census", data=person(age="unknown"))
    assert_refused(response, "age", "Age must be a number, like 37")


def test_two_different_answers_to_one_question_are_refused(client: FlaskClient) -> None:
    twice = MultiDict([*person().items(), ("age", "38")])
    message = "Give one answer for the person’s age, not 2"
    assert_refused(client.post("/census", data=twice), "age", message)
    assert_refused(client.get("/census/result", query_string=twice), "age", message)


def test_the_same_answer_twice_is_one_answer(client: FlaskClient) -> None:
    twice = MultiDict([*person().items(), ("age", "37")])
    assert address_query(client.post("/census", data=twice))["age"] == "37"


def test_a_number_and_i_dont_know_are_refused_together(client: FlaskClient) -> None:
    both = MultiDict([*passenger().items(), ("age", "unknown")])
    message = "Either give the passenger’s age or select “I don’t know”, not both"
    page = assert_refused(client.post("/titanic", data=both), "age", message)
    assert sorted(value for name, value in page.answers if name == "age") == ["22", "unknown"]


def test_what_was_not_asked_for_is_left_out(client: FlaskClient) -> None:
    query = address_query(client.post("/census", data=person(shoe_size="44")))
    assert sorted(query) == sorted([*person(), "v"])


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}"


@each_typed_model
def test_markup_in_an_answer_is_shown_and_never_run(client: FlaskClient, model: Model) -> None:
    for one in model.inputs:
        for response in (
            client.post(f"/{model.name}", data=posted(model, **{one.name: HOSTILE})),
            client.get(f"/{model.name}", query_string=asked(model, **{one.name: HOSTILE})),
            client.get(f"/{model.name}/result", query_string=asked(model, **{one.name: HOSTILE})),
        ):
            assert "<script>alert" not in response.text
            assert "<img src=x" not in response.text
            assert "onerror" not in {name for e in page_of(response).root.elements() for name in e.attributes}
            if one.kind == "number":
                assert (one.name, HOSTILE) in page_of(response).answers


@each_typed_model
@pytest.mark.parametrize("raw", ["%FF%FE", "%00", "%ED%A0%80", "%F0%9F%A6%84", "%E2%80%AE37"])
def test_bytes_that_are_no_text_are_a_fault_and_no_failure(client: FlaskClient, model: Model, raw: str) -> None:
    typed = f"{model.inputs[0].name}={raw}"
    form_type = "application/x-www-form-urlencoded"
    assert client.post(f"/{model.name}", data=typed, content_type=form_type).status_code == 422
    assert client.get(f"/{model.name}/result", query_string=typed).status_code == 422


def test_unencoded_bytes_that_are_no_text_are_a_fault_and_no_failure(client: FlaskClient) -> None:
    form_type = "application/x-www-form-urlencoded"
    assert client.post("/census", data=b"age=\xff\xfe\x00", content_type=form_type).status_code == 422


@pytest.mark.parametrize("length", [1000, 60_000])
def test_a_very_long_answer_is_refused_in_few_words(client: FlaskClient, length: int) -> None:
    page = page_of(client.post("/census", data=person(work="x" * length)))
    (message,) = page.summary
    assert message.startswith(f'"{"x" * 60}…" is not one of the employers')


def test_an_endless_answer_is_too_long_for_the_form(client: FlaskClient) -> None:
    response = client.post("/census", data=person(work="x" * 10_000_000))
    assert response.status_code == 413
    assert page_of(response).title.startswith("Error:")
    assert page_of(response).summary == ["What was sent is too long for this form. Fill it in here"]


@each_typed_model
def test_answers_sent_as_multipart_are_read_too(client: FlaskClient, model: Model) -> None:
    sent = client.post(f"/{model.name}", data=posted(model), content_type="multipart/form-data")
    assert sent.status_code == 303


@each_typed_model
def test_a_file_where_text_belongs_is_a_fault_and_no_failure(client: FlaskClient, model: Model) -> None:
    from tests.payloads import photo

    response = client.post(f"/{model.name}", data=posted(model, **{model.inputs[0].name: photo()}))
    assert response.status_code == 422


@each_model
@pytest.mark.parametrize("body", ["{}", "[]", "[1]", "7", "null", '{"age": 37}', '{"age": [[1]]}', "{", ""])
def test_json_is_not_what_a_form_takes(client: FlaskClient, model: Model, body: str) -> None:
    response = client.post(f"/{model.name}", data=body, content_type="application/json")
    assert response.status_code == 422
    assert len(page_of(response).summary) == len([one for one in model.inputs if getattr(one, "default", None) is None])
