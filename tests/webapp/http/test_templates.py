"""Each template is compiled once, also where many ask for a page that nobody has asked for yet."""

from __future__ import annotations

import os
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from webapp import create_app

from tests.payloads import SETTINGS, example, get_model

MANY = 8


def test_eight_who_ask_at_once_for_the_first_result_have_each_template_compiled_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = create_app(SETTINGS)
    compiled, start, compile_one = Counter[str](), threading.Barrier(MANY), app.jinja_env.compile

    def count(source: str, name: str, *rest: Any) -> Any:
        compiled[name] += 1
        return compile_one(source, name, *rest)

    monkeypatch.setattr(app.jinja_env, "compile", count)

    def ask(number: int) -> int:
        start.wait(10)
        return app.test_client().get("/iris/result", query_string=example(get_model("iris"))).status_code

    with ThreadPoolExecutor(MANY) as pool:
        assert {*pool.map(ask, range(MANY))} == {200}
    assert "base.html" in compiled
    assert set(compiled.values()) == {1}


def test_while_someone_works_on_the_templates_a_changed_one_is_read_anew(tmp_path: Path) -> None:
    app = create_app({**SETTINGS, "TEMPLATES_AUTO_RELOAD": True})
    app.template_folder = str(tmp_path)
    page = tmp_path / "page.html"
    page.write_text("before")
    assert app.jinja_env.get_template("page.html").render() == "before"
    page.write_text("after")
    # As an editor saves it a moment later, whatever the disk's clock makes of a moment.
    later = page.stat().st_mtime + 10
    os.utime(page, (later, later))
    assert app.jinja_env.get_template("page.html").render() == "after"
