"""The index, every model's form and every model's result, as a person's browser asks for them."""

from __future__ import annotations

import itertools
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from model.declare.model import Model
from model.predict.predictor import predict_probability
from webapp.http.addresses import example_addresses, texts

from tests.page import address_query, page_of
from tests.payloads import MODELS, TYPED, asked, each_model, each_typed_model, get_predictor, person, posted

BY_NAME = {model.name: model for model in MODELS}


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
    # But for what has a plain answer.
    usual = [(one.name, one.text(one.default)) for one in model.inputs if getattr(one, "default", None) is not None]
    assert page.answers == usual
    assert page.summary == []
    assert not page.title.startswith("Error")


@each_model
def test_every_field_has_a_name_of_its_own(client: FlaskClient, model: Model) -> None:
    page = page_of(client.get(f"/{model.name}"))
    labelled = [label.attributes.get("for") for label in page.root.all("label")]
    for one in model.inputs:
        for control in page.controls(one.name):
            assert labelled.count(control.attributes.get("id")) == 1 or control.above("label")


@each_model
def test_an_input_of_any_name_has_an_id_of_its_own_on_the_form(client: FlaskClient, model: Model) -> None:
    """No name of an input has a hyphen, and whatever else has an id has one in it."""
    for page in (page_of(client.get(f"/{model.name}")), page_of(client.post(f"/{model.name}"))):
        ids = [element.attributes["id"] for element in page.root.elements() if "id" in element.attributes]
        assert len(set(ids)) == len(ids)
        assert [one for one in ids if "-" not in one] == list(model.input)


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
        (estimate,) = predict_probability(get_predictor(name), example.answers)
        chance = estimate.value
        page = page_of(client.get(f"/{name}/result", query_string=texts(model, example.answers)))
        small = f"About {round(1000 * chance)} in 1,000"
        assert page.number == (small if chance < 0.01 else f"{int(100 * chance + 0.5)} out of 100")


def test_an_iris_gets_its_name(client: FlaskClient) -> None:
    page = page_of(client.get("/iris/result", query_string=asked(BY_NAME["iris"])))
    assert "setosa" in page.heading.lower()


def test_a_district_gets_its_price_and_the_range_of_it(client: FlaskClient) -> None:
    model = BY_NAME["housing"]
    (estimate,) = get_predictor("housing").estimates({"rooms": 6.5})
    page = page_of(client.get("/housing/result", query_string=asked(model, rooms="6.5")))
    for amount in (estimate.value, estimate.low, estimate.high):
        assert (
            f"${amount:.0f},000" in page.text
            or f"${1000 * amount:,.0f}" in page.text
            or (f"${1000 * round(amount, 1):,.0f}" in page.text)
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


def test_a_drawing_and_the_words_below_it_say_different_things(client: FlaskClient) -> None:
    (figure,) = page_of(client.get("/iris")).root.all("figure")
    (drawing,), (caption,) = figure.all("svg"), figure.all("figcaption")
    assert drawing.attributes["aria-label"]
    assert drawing.attributes["aria-label"] not in caption.text
    assert "aria-labelledby" not in drawing.attributes
