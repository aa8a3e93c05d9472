"""Templates are read as one with their parts, and each is compiled once, also where many ask at once or start later."""

from __future__ import annotations

import os
import secrets
import tempfile
import threading
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from markupsafe import escape

from webapp import create_app
from webapp.http import templates

from tests.payloads import SETTINGS, example, get_model

MANY = 8
PARTS = {
    "page.html": '{% set name = "page" %}\n<p>\n  {% include "_part.html" %}\n\n{{ name }}, {{ inner }}</p>',
    "_part.html": '{% set name, inner = "part", "in" %}{{ name }}: {% include "_deep.html" %}\n',
    "_deep.html": "{{ name }} & {{ given }}\n",
}


def make_app(templates: Path | None = None, **settings: Any) -> Flask:
    app = create_app({**SETTINGS, **settings})
    if templates is not None:
        app.template_folder = str(templates)
    return app


def write(folder: Path, templates: Mapping[str, str]) -> None:
    for name, source in templates.items():
        (folder / name).write_text(source)


def draw(app: Flask) -> str:
    return app.jinja_env.get_template("page.html").render(given="<b>")


def count_compiled(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    compiled, compile_one = Counter[str](), app.jinja_env.compile

    def count(source: str, name: str, *rest: Any) -> Any:
        compiled[name] += 1
        return compile_one(source, name, *rest)

    monkeypatch.setattr(app.jinja_env, "compile", count)
    return compiled


def ask_for_a_result(app: Flask) -> tuple[int, str]:
    answer = app.test_client().get("/iris/result", query_string=example(get_model("iris")))
    return answer.status_code, answer.text


@pytest.fixture
def secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A secret whose workers meet in a folder that is empty."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return secrets.token_hex()


def test_a_page_reads_the_same_with_its_parts_put_into_it(tmp_path: Path) -> None:
    write(tmp_path, PARTS)
    included, put_in = make_app(tmp_path, TEMPLATES_AUTO_RELOAD=True), make_app(tmp_path)
    drawn = draw(included)
    assert "part: part & &lt;b&gt;" in drawn
    # What a part sets is its own.
    assert drawn.endswith("page, </p>")
    assert draw(put_in) == drawn
    assert "_part.html" not in put_in.jinja_env.loader.loaded  # type: ignore[union-attr]


def test_eight_who_ask_at_once_for_the_first_result_have_each_template_compiled_once(
    secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, start = make_app(SECRET_KEY=secret), threading.Barrier(MANY)
    compiled = count_compiled(app, monkeypatch)

    def ask(number: int) -> int:
        start.wait(10)
        return ask_for_a_result(app)[0]

    with ThreadPoolExecutor(MANY) as pool:
        assert {*pool.map(ask, range(MANY))} == {200}
    assert "base.html" in compiled
    assert set(compiled.values()) == {1}


def test_who_starts_later_compiles_nothing_and_shows_the_same(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first, later = make_app(SECRET_KEY=secret), make_app(SECRET_KEY=secret)
    status, page = ask_for_a_result(first)
    compiled = count_compiled(later, monkeypatch)
    assert ask_for_a_result(later) == (status, page) == (200, page)
    assert compiled == {}


def test_a_part_that_changed_between_two_starts_is_shown_as_it_is_now(tmp_path: Path, secret: str) -> None:
    write(tmp_path, PARTS)
    before = draw(make_app(tmp_path, SECRET_KEY=secret))
    write(tmp_path, {"_deep.html": "new"})
    assert "new" not in before
    assert "part: new" in draw(make_app(tmp_path, SECRET_KEY=secret))


def test_a_full_disk_costs_no_page(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    app, tried = make_app(SECRET_KEY=secret), []

    def refuse(path: Path, content: bytes) -> None:
        tried.append(path)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    assert ask_for_a_result(app)[0] == 200
    assert tried


@pytest.mark.parametrize("spoilt", [b"", b"no such thing", b"\n", b"1.1.0 of another\ncode"])
def test_a_file_that_is_no_compiled_template_is_made_anew(
    tmp_path: Path, secret: str, monkeypatch: pytest.MonkeyPatch, spoilt: bytes
) -> None:
    status, page = ask_for_a_result(make_app(SECRET_KEY=secret))
    files = [*tmp_path.glob("likely-*/templates/*")]
    whole = {file: file.read_bytes() for file in files}
    for file in files:
        # Half of it, too, with what it begins with.
        file.write_bytes(spoilt or whole[file][: len(whole[file]) // 2])
    assert ask_for_a_result(make_app(SECRET_KEY=secret)) == (status, page) == (200, page)
    assert files
    assert {file: file.read_bytes() for file in files} == whole


def test_what_was_compiled_in_another_way_is_compiled_anew(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    status, page = ask_for_a_result(make_app(SECRET_KEY=secret))
    monkeypatch.setattr(templates, "COMPILER", "another")
    later = make_app(SECRET_KEY=secret)
    compiled = count_compiled(later, monkeypatch)
    assert ask_for_a_result(later) == (status, page) == (200, page)
    assert "base.html" in compiled


def test_while_someone_works_on_the_templates_a_changed_one_is_read_anew(tmp_path: Path) -> None:
    app = make_app(tmp_path, TEMPLATES_AUTO_RELOAD=True)
    page = tmp_path / "page.html"
    page.write_text("before")
    assert draw(app) == "before"
    page.write_text("after")
    # As an editor saves it a moment later, whatever the disk's clock makes of a moment.
    later = page.stat().st_mtime + 10
    os.utime(page, (later, later))
    assert draw(app) == "after"


@pytest.mark.parametrize("asked", ["given.no_such_name", "given.upper.no_such_name"])
def test_a_name_that_a_template_misspells_fails_and_leaves_no_empty_place(tmp_path: Path, asked: str) -> None:
    write(tmp_path, {"page.html": f"<p>{{{{ {asked} }}}}</p>"})
    with pytest.raises(AttributeError, match="no_such_name"):
        draw(make_app(tmp_path))


@pytest.mark.parametrize("special", ["&", "<", ">", '"', "'"])
def test_text_is_escaped_once_wherever_it_stands_in_a_template(tmp_path: Path, special: str) -> None:
    page = """{% macro put(text) %}{{ text }}{% endmacro %}{% set kept %}{{ given }}{% endset %}
{{ given }} {{ put(given) }} {{ kept }} {{ put(*[given]) }} {{ 1 }} {{ given|escape }}"""
    write(tmp_path, {"page.html": page})
    text = f"a{special}b"
    [drawn] = make_app(tmp_path).jinja_env.get_template("page.html").render(given=text).splitlines()
    assert drawn == " ".join([str(escape(text))] * 4 + ["1", str(escape(text))])


def test_a_macro_is_handed_what_a_template_puts_into_its_call(tmp_path: Path) -> None:
    page = """{% macro box(title, end="!") %}<b>{{ title }}{{ caller() }}{{ end }}</b>{% endmacro %}
{% for one in "xy" %}{% call box(one, end="<") %}{{ given }}{{ loop.index }}{% endcall %}{% endfor %}"""
    write(tmp_path, {"page.html": page})
    assert draw(make_app(tmp_path)) == "<b>x&lt;b&gt;1&lt;</b><b>y&lt;b&gt;2&lt;</b>"
