"""The index, every model's form and every model's result, as a person's browser asks for them."""

from __future__ import annotations

import itertools
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from itsdangerous.timed import TimestampSigner
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from model.answering.prediction import get_predictor, predict_probability
from model.asking.declaration import Model
from model.asking.inputs import NumberInput
from webapp.addresses import example_addresses, texts
from webapp.forms import EXPIRED, EXPIRED_PHOTO

from tests.page import Page, page_of
from tests.payloads import MODELS, TYPED, asked, each_model, each_typed_model, passenger, person, posted

BY_NAME = {model.name: model for model in MODELS}


def address_query(response: TestResponse) -> dict[str, str]:
    """The answers in the address that a valid form leads to."""
    assert response.status_code == 303, page_of(response).summary
    return {name: value for name, (value,) in parse_qs(urlsplit(response.location).query).items()}


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


# -- the index -----------------------------------------------------------------------------------


def test_the_index_leads_to_every_model(client: FlaskClient) -> None:
    page = page_of(client.get("/"))
    for model in MODELS:
        assert model.words.question in page.text
        assert f"/{model.name}" in page.links


def test_the_index_shows_the_models_in_their_order(client: FlaskClient) -> None:
    page = page_of(client.get("/"))
    places = [page.text.index(model.words.question) for model in MODELS]
    assert places == sorted(places)


# -- the form ------------------------------------------------------------------------------------


@each_model
def test_a_form_asks_for_every_input(client: FlaskClient, model: Model) -> None:
    response = client.get(f"/{model.name}")
    page = page_of(response)
    assert response.status_code == 200
    assert page.heading == model.words.heading
    assert model.words.warning in page.text
    for one in model.inputs:
        assert one.label in page.text
        assert one.hint in page.description(one.name)
        assert page.controls(one.name)


@each_model
def test_a_new_form_has_nothing_filled_in_and_nothing_chosen(client: FlaskClient, model: Model) -> None:
    page = page_of(client.get(f"/{model.name}"))
    assert page.answers == []
    assert page.summary == []
    assert not page.title.startswith("Error")


@each_model
def test_every_field_has_a_name_of_its_own(client: FlaskClient, model: Model) -> None:
    page = page_of(client.get(f"/{model.name}"))
    labelled = [label.attributes.get("for") for label in page.root.all("label")]
    for one in model.inputs:
        for control in page.controls(one.name):
            assert labelled.count(control.attributes.get("id")) == 1 or control.above("label")


@pytest.mark.parametrize(
    ("model", "number"),
    [(model, number) for model in TYPED for number in range(len(model.examples))],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_an_example_fills_the_form(client: FlaskClient, model: Model, number: int) -> None:
    with client.application.test_request_context():
        name, address = example_addresses(model)[number]
    form = page_of(client.get(f"/{model.name}"))
    assert (name, address) in [(link.text, link.attributes["href"]) for link in form.root.all("a")]
    filled = page_of(client.get(address))
    assert dict(filled.answers) == texts(model, model.examples[number].answers)
    assert filled.summary == []


def test_a_link_may_fill_in_some_answers_only(client: FlaskClient) -> None:
    page = page_of(client.get("/census", query_string={"age": "37"}))
    assert page.answers == [("age", "37")]
    assert page.summary == []


def test_a_photo_is_sent_as_a_file(client: FlaskClient) -> None:
    page = page_of(client.get("/food"))
    assert page.form.attributes["enctype"] == "multipart/form-data"
    assert [control.attributes["type"] for control in page.controls("photo")] == ["file"]


# -- the result ----------------------------------------------------------------------------------


@each_model
def test_valid_answers_lead_to_a_result_with_an_address(client: FlaskClient, model: Model) -> None:
    response = client.post(f"/{model.name}", data=posted(model))
    assert response.status_code == 303
    assert urlsplit(response.location).path == f"/{model.name}/result"
    assert address_query(response)["v"] == get_predictor(model.name).version
    result = client.get(response.location)
    assert result.status_code == 200
    assert not page_of(result).title.startswith("Error")


@each_model
def test_a_result_is_neither_stored_nor_indexed(client: FlaskClient, model: Model) -> None:
    result = client.get(f"/{model.name}/result", query_string=asked(model))
    assert result.headers["Cache-Control"] == "no-store"
    assert result.headers["X-Robots-Tag"] == "noindex"


@each_model
def test_a_result_depends_on_nothing_but_its_address(guarded_client: FlaskClient, model: Model) -> None:
    fresh = guarded_client.application.test_client()
    address = {"path": f"/{model.name}/result", "query_string": asked(model)}
    first = guarded_client.get(**address)
    guarded_client.get(f"/{model.name}")
    guarded_client.post("/census", data=person(age="12"))
    assert guarded_client.get(**address).data == first.data == fresh.get(**address).data
    assert "Set-Cookie" not in first.headers


@each_typed_model
def test_the_order_of_the_answers_in_the_address_does_not_matter(client: FlaskClient, model: Model) -> None:
    answers = list(asked(model).items())
    forwards = client.get(f"/{model.name}/result", query_string=MultiDict(answers))
    backwards = client.get(f"/{model.name}/result", query_string=MultiDict(answers[::-1]))
    assert forwards.status_code == 200
    assert page_of(forwards).text == page_of(backwards).text


@each_typed_model
def test_a_result_repeats_every_answer_with_a_link_to_change_it(client: FlaskClient, model: Model) -> None:
    answers = model.examples[0].answers
    page = page_of(client.get(f"/{model.name}/result", query_string=asked(model)))
    for one in model.inputs:
        assert one.label in page.text
        assert one.words(answers[one.name]) in page.text
        (change,) = [link for link in page.links if link.endswith(f"#{one.name}")]
        assert dict(page_of(client.get(change)).answers) == texts(model, answers)


@pytest.mark.parametrize("name", ["census", "titanic"])
def test_a_result_says_the_chance_out_of_100(client: FlaskClient, name: str) -> None:
    model = BY_NAME[name]
    for example in model.examples:
        chance = predict_probability(name, example.answers)
        page = page_of(client.get(f"/{name}/result", query_string=texts(model, example.answers)))
        number = "Fewer than 1" if chance < 0.01 else str(int(100 * chance + 0.5))
        assert page.heading == f"{number} out of 100"


def test_an_iris_gets_its_name(client: FlaskClient) -> None:
    page = page_of(client.get("/iris/result", query_string=asked(BY_NAME["iris"])))
    assert "setosa" in page.heading.lower()


def test_a_district_gets_its_price_and_the_range_of_it(client: FlaskClient) -> None:
    model = BY_NAME["housing"]
    (estimate,) = get_predictor("housing").estimates({"rooms": 6.5})
    page = page_of(client.get("/housing/result", query_string=asked(model, rooms="6.5")))
    for amount in (estimate.value, estimate.low, estimate.high):
        assert f"${amount:.0f},000" in page.text or f"${1000 * amount:,.0f}" in page.text or (
            f"${1000 * round(amount, 1):,.0f}" in page.text
        )
    assert "$" in page.heading


def test_a_result_is_never_certain(client: FlaskClient) -> None:
    sure = asked(BY_NAME["iris"], sepal_length="5", sepal_width="4", petal_length="0.5", petal_width="0.05")
    page = page_of(client.get("/iris/result", query_string=sure))
    for wrong in ("100 out of 100", "0 out of 100", "100%", " 0%"):
        assert f" {wrong}".replace("  ", " ") not in f" {page.text}"


@each_model
def test_an_old_version_in_the_address_is_said(client: FlaskClient, model: Model) -> None:
    version = get_predictor(model.name).version
    now = page_of(client.get(f"/{model.name}/result", query_string=asked(model, v=version)))
    old = page_of(client.get(f"/{model.name}/result", query_string=asked(model, v="00000000")))
    assert version in now.text
    assert "has changed since this address was made" in old.text
    assert "has changed since this address was made" not in now.text


def test_any_text_may_stand_where_the_version_does(client: FlaskClient) -> None:
    result = client.get("/census/result", query_string=person(v="<b>\x00" + "9" * 5000))
    assert result.status_code == 200
    assert "<b>" not in result.text


# -- answers that cannot be used -----------------------------------------------------------------


@each_model
def test_an_empty_form_gets_one_message_for_each_field(client: FlaskClient, model: Model) -> None:
    response = client.post(f"/{model.name}", data={})
    page = page_of(response)
    assert response.status_code == 422
    assert page.title.startswith("Error:")
    assert len(page.summary) == len(model.inputs) == len(page.summary_links)
    for one, message in zip(model.inputs, page.summary, strict=True):
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
        one.name: f" {one.like}?? " if isinstance(one, NumberInput) else asked(model)[one.name]
        for one in model.inputs
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
def test_a_fault_in_an_address_has_the_same_message(
    client: FlaskClient, field: str, value: str, message: str
) -> None:
    response = client.get("/census/result", query_string=person(**{field: value}))
    assert_refused(response, field, message)


TITANIC_FAULTS = [
    ("sex", "unknown", '"unknown" is not one of the sexes the lists recorded: Female, Male'),
    ("age", "", "Enter the passenger’s age, or select “I don’t know”"),
    ("age", "101", "Age must be from 0 to 100. The oldest passenger in the data was 80"),
    ("port", "Belfast", '"Belfast" is not one of the ports: Southampton, Cherbourg, Queenstown'),
    ("siblings_spouses", "0.5", "Brothers, sisters, husband or wife must be a whole number, like 1"),
]


@pytest.mark.parametrize(("field", "value", "message"), TITANIC_FAULTS)
def test_a_passengers_fault_has_one_message(client: FlaskClient, field: str, value: str, message: str) -> None:
    assert_refused(client.post("/titanic", data=passenger(**{field: value})), field, message)


@pytest.mark.parametrize(
    "value",
    ["3e1", "inf", "-inf", "Infinity", "nan", "1_000", "0x25", "3 7", "37 years", "10,00", ",37", "37,", "--37",
     "½", "²", "五", "37\x00", "\x00", "�", "٣٧x", "true", "[37]", "37;38", ".", "+", "9" * 401, "9" * 5000],
)  # fmt: skip
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
    assert len(page_of(response).summary) == len(model.inputs)


# -- the token -----------------------------------------------------------------------------------


def with_token(client: FlaskClient, model: Model) -> dict[str, Any]:
    """A valid form with the token of a page that was really fetched."""
    (token,) = [value for name, value in page_of(client.get(f"/{model.name}")).sent if name == "csrf_token"]
    return posted(model, csrf_token=token)


def assert_asks_again(response: TestResponse, model: Model) -> Page:
    page = page_of(response)
    assert response.status_code == 400
    assert page.title.startswith("Error:")
    assert page.summary == [EXPIRED_PHOTO if model.has_photo else EXPIRED]
    if not model.has_photo:
        assert dict(page.answers) == asked(model)
    return page


@each_model
def test_a_form_with_its_token_is_accepted(guarded_client: FlaskClient, model: Model) -> None:
    sent = guarded_client.post(f"/{model.name}", data=with_token(guarded_client, model))
    assert sent.status_code == 303
    assert "csrf_token" not in sent.location


@each_model
def test_a_form_without_a_token_is_shown_again(guarded_client: FlaskClient, model: Model) -> None:
    assert_asks_again(guarded_client.post(f"/{model.name}", data=posted(model)), model)


@each_model
def test_a_form_with_an_altered_token_is_shown_again(guarded_client: FlaskClient, model: Model) -> None:
    sent = with_token(guarded_client, model)
    sent["csrf_token"] = sent["csrf_token"].swapcase()
    assert_asks_again(guarded_client.post(f"/{model.name}", data=sent), model)


def test_a_token_of_somebody_elses_visit_is_refused(guarded_client: FlaskClient) -> None:
    model = BY_NAME["census"]
    theirs = with_token(guarded_client.application.test_client(), model)
    guarded_client.get("/census")
    assert_asks_again(guarded_client.post("/census", data=theirs), model)


def test_a_form_without_its_cookie_is_shown_again(guarded_client: FlaskClient) -> None:
    model = BY_NAME["census"]
    sent = with_token(guarded_client, model)
    assert_asks_again(guarded_client.application.test_client().post("/census", data=sent), model)


@each_typed_model
def test_an_expired_form_is_sent_by_pressing_the_button_again(
    guarded_client: FlaskClient, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = with_token(guarded_client, model)
    signed = TimestampSigner.get_timestamp
    with monkeypatch.context() as later:
        later.setattr(TimestampSigner, "get_timestamp", lambda self: signed(self) + 61 * 60)
        page = assert_asks_again(guarded_client.post(f"/{model.name}", data=sent), model)
        again = guarded_client.post(f"/{model.name}", data=MultiDict(page.sent))
    assert address_query(again).items() >= asked(model).items()


def test_an_hour_is_not_too_long(guarded_client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = with_token(guarded_client, BY_NAME["census"])
    signed = TimestampSigner.get_timestamp
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: signed(self) + 59 * 60)
    assert guarded_client.post("/census", data=sent).status_code == 303


def test_an_expired_form_with_faults_says_both(guarded_client: FlaskClient) -> None:
    response = guarded_client.post("/census", data=person(age="12"))
    page = page_of(response)
    assert response.status_code == 400
    assert page.summary[0] == EXPIRED
    assert page.summary[1:] == ["Age must be from 17 to 90. The census data has no one outside that range"]


def test_reading_needs_no_token(guarded_client: FlaskClient) -> None:
    assert guarded_client.get("/census/result", query_string=person()).status_code == 200


# -- other ways to ask ---------------------------------------------------------------------------


@each_model
def test_head_is_answered_like_get(client: FlaskClient, model: Model) -> None:
    for path in (f"/{model.name}", f"/{model.name}/result"):
        head = client.head(path, query_string=asked(model))
        assert head.status_code == 200
        assert head.data == b""


def test_every_pair_of_models_has_pages_of_its_own(client: FlaskClient) -> None:
    titles = {model.name: page_of(client.get(f"/{model.name}")).title for model in MODELS}
    for one, other in itertools.combinations(titles.values(), 2):
        assert one != other
    for model in MODELS:
        assert titles[model.name].endswith("– Likely")
        assert model.words.title in titles[model.name]
