"""A form is taken only with the token of the page that it came from, and an expired one loses nothing."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from itsdangerous.timed import TimestampSigner
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from model.declare.model import Model
from webapp.pages.fields import EXPIRED, EXPIRED_PHOTO

from tests.page import Page, address_query, page_of
from tests.payloads import MODELS, asked, each_model, each_typed_model, person, posted

BY_NAME = {model.name: model for model in MODELS}


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
