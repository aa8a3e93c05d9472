"""Pages are rendered quickly, and byte for byte as Jinja would render them by itself."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from flask import Flask
from jinja2.compiler import CodeGenerator
from markupsafe import Markup, escape

from model.declare.model import Model
from webapp import create_app
from webapp.http.addresses import address_of, compare_address, form_address, query_of
from webapp.http.rendering import escaped

from tests.payloads import SETTINGS, asked, each_model, example

HOSTILE = "<b>\"'&amp;</b>"


@pytest.fixture(scope="module")
def plain_app() -> Flask:
    """The application with Jinja as it comes."""
    app = create_app(SETTINGS)
    app.jinja_env.extensions.clear()
    app.jinja_env.code_generator_class = CodeGenerator
    return app


def pages(app: Flask, model: Model) -> dict[str, int]:
    """The addresses of every kind of page about a model, and of a form full of mistakes, with their statuses."""
    with app.test_request_context():
        query = query_of(model, example(model))
        unknown = {name: None if model.input[name].may_be_unknown else a for name, a in example(model).items()}
        mistakes = urlencode(dict.fromkeys(asked(model), HOSTILE))
        good = [
            f"/{model.name}", f"/{model.name}/card", form_address(model, query), address_of(model, example(model)),
            address_of(model, unknown), compare_address(model, query, {}),
        ]  # fmt: skip
    return dict.fromkeys(good, 200) | {f"/{model.name}/result?{mistakes}": 422}


def without_token(page: str) -> str:
    return re.sub(r'(?<=csrf_token" value=")[^"]+', "", page)


@each_model
def test_a_page_is_what_jinja_makes_of_it(app: Flask, plain_app: Flask, model: Model) -> None:
    for address, status in pages(app, model).items():
        quick, plain = (one.test_client().get(address) for one in (app, plain_app))
        assert (quick.status_code, plain.status_code) == (status, status)
        assert without_token(quick.text) == without_token(plain.text), address


@pytest.mark.parametrize("address", ["/", "/api/", "/privacy", "/accessibility"])
def test_a_page_about_no_model_is_what_jinja_makes_of_it(app: Flask, plain_app: Flask, address: str) -> None:
    quick, plain = (one.test_client().get(address) for one in (app, plain_app))
    assert quick.status_code == 200
    assert quick.text == plain.text


@pytest.mark.parametrize("value", ["", "plain", HOSTILE, Markup(HOSTILE), 3, 0.5, None, [HOSTILE], {"a": "<"}])
def test_a_value_is_escaped_as_markupsafe_escapes_it(value: object) -> None:
    assert escaped(value) == str(escape(value))
