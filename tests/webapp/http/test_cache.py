"""Templates that others include by name are read as one, and nothing else changes."""

from __future__ import annotations

import pytest
from flask import Flask
from jinja2 import DictLoader

from webapp.http.cache import Inlined, init_app

TEMPLATES = {
    "page.html": '{% set name = "page" %}\n<p>\n  {% include "_part.html" %}\n\n{{ name }}, {{ inner }}</p>',
    "_part.html": '{% set name, inner = "part", "in" %}{{ name }}: {% include "_deep.html" %}\n',
    "_deep.html": "{{ name }} & {{ given }}\n",
}


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_loader = DictLoader(TEMPLATES)
    return app


def render(app: Flask) -> str:
    return app.jinja_env.get_template("page.html").render(given="<b>")


def test_a_page_reads_the_same_with_its_parts_put_into_it(app: Flask) -> None:
    included = render(app)
    assert "part: part & &lt;b&gt;" in included
    # What a part sets is its own.
    assert included.endswith("page, </p>")
    init_app(app)
    assert render(app) == included


def test_the_parts_are_put_in_but_while_someone_works_on_them(app: Flask) -> None:
    source = TEMPLATES["page.html"]
    inlined = Inlined(app.jinja_env)
    assert "include" not in inlined.preprocess(source, "page.html")
    app.jinja_env.auto_reload = True
    assert inlined.preprocess(source, "page.html") == source
