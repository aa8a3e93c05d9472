"""The API's page: complete, without script, and each piece of code on it gives the answer that is shown."""

from __future__ import annotations

import ast
import json
import math
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from model.declare.choice import ChoiceInput
from model.declare.model import Model
from model.declare.number import NumberInput
from model.predict.card import Challenger
from webapp import create_app
from webapp.api import docs

from tests.page import Element, Page, page_of
from tests.payloads import MODELS, SETTINGS, asked, each_model, get_model, photo
from tests.processes import Server, environment, server

# The browser's tests run the JavaScript.
RUNNABLE = ["Python", "curl"] if shutil.which("curl") else ["Python"]


@dataclass(frozen=True)
class Shown:
    """A question in one language, and the answer that the page shows to it."""

    about: str
    language: str
    code: str
    answer: Any


def code_of(element: Element) -> str:
    """The text of a pre, line breaks and all."""
    return "".join(child if isinstance(child, str) else code_of(child) for child in element.children)


def shown_on(page: Page) -> list[Shown]:
    codes = {pre.attributes["aria-label"]: code_of(pre) for pre in page.root.all("pre")}
    answers = {label.rpartition(", ")[0]: text for label, text in codes.items() if label.endswith(", the answer")}
    found = []
    for label, text in codes.items():
        about, _, language = label.rpartition(", ")
        if language != "the answer":
            found.append(Shown(about, language, text, json.loads(answers[about])))
    return found


PAGE = Page(create_app(SETTINGS).test_client().get("/api/").text)
LANGUAGES = [(one.about, one.language) for one in shown_on(PAGE) if one.language in RUNNABLE]


@pytest.fixture(scope="module")
def live() -> Iterator[Server]:
    with server() as started:
        yield started


@pytest.fixture(scope="module")
def on_live(live: Server) -> dict[tuple[str, str], Shown]:
    page = Page(live.ask("GET", "/api/").text)
    return {(one.about, one.language): one for one in shown_on(page)}


def alike(got: Any, shown: Any) -> bool:
    """The same, but for the last digits of what a network makes of a photo."""
    if isinstance(shown, dict):
        return got.keys() == shown.keys() and all(alike(got[key], shown[key]) for key in shown)
    return math.isclose(got, shown, rel_tol=1e-4) if isinstance(shown, float) else bool(got == shown)


def ran(shown: Shown, folder: Path) -> Any:
    """What the code prints when somebody pastes it."""
    command = ["bash", "-c", shown.code] if shown.language == "curl" else [sys.executable, "-c", shown.code]
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment(NO_PROXY="*"),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(done.stdout) if shown.language == "curl" else ast.literal_eval(done.stdout)


@pytest.mark.parametrize(("about", "language"), LANGUAGES)
def test_each_snippet_gives_the_answer_that_is_shown(
    on_live: dict[tuple[str, str], Shown], tmp_path: Path, about: str, language: str
) -> None:
    (tmp_path / "photo.jpg").write_bytes(photo()[0].read())
    shown = on_live[about, language]
    got = ran(shown, tmp_path)
    for answer in (got, shown.answer):
        # Each request has an id of its own.
        if isinstance(answer, dict):
            answer.pop("request_id", None)
    assert alike(got, shown.answer) if about == "Food photos" else got == shown.answer


@each_model
def test_each_model_is_shown_in_three_languages(model: Model) -> None:
    about = model.words.title
    assert [one.language for one in shown_on(PAGE) if one.about == about] == ["curl", "Python", "JavaScript"]


@each_model
def test_each_model_has_all_its_inputs_explained(model: Model) -> None:
    (section,) = PAGE.root.all("section", aria_labelledby=model.name)
    for one in model.inputs:
        assert f"{one.name} {one.label}" in section.text
        if isinstance(one, NumberInput):
            assert f"from {one.text(one.lowest)} to {one.text(one.highest)}" in section.text
        if isinstance(one, ChoiceInput):
            assert all(f"{value} {label}" in section.text for value, label in one.choices.items())


def test_each_link_on_the_page_leads_somewhere(client: FlaskClient) -> None:
    for link in PAGE.links:
        if link.startswith("#"):
            PAGE.with_id(link.removeprefix("#"))
        else:
            assert client.get(link).status_code == 200, link


def test_each_region_has_a_name_of_its_own() -> None:
    labels = [pre.attributes["aria-label"] for pre in PAGE.root.all("pre")]
    assert len(labels) == len(set(labels)) == 2 + 3 * 2 + 4 * len(MODELS)


def test_each_status_that_can_come_is_explained() -> None:
    (table,) = PAGE.root.all("table")
    told = [row.all("th")[0].text for row in table.all("tr")[1:]]
    assert told == ["200", "207", "304", "400", "404", "405", "409", "413", "415", "422", "429", "503"]


def test_what_a_model_answers_to_its_examples_is_worked_out_once(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get("/api/")
    asked: list[Any] = []
    monkeypatch.setattr(docs, "work_out", lambda *arguments: asked.append(arguments) or "{}")
    client.get("/api/")
    # The mistake's answer alone, which has the id of its request.
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("origins", "words"),
    [
        ([], "Here none may."),
        (["*"], "Here every site may."),
        (["https://a.example"], "may: https://a.example."),
    ],
)
def test_the_page_says_which_sites_may_ask(origins: list[str], words: str) -> None:
    client = create_app({**SETTINGS, "CORS_ORIGINS": origins}).test_client()
    assert words in page_of(client.get("/api/")).text


def test_the_addresses_are_the_ones_that_the_page_came_from(client: FlaskClient) -> None:
    page = page_of(client.get("/api/", base_url="https://likely.example"))
    for one in shown_on(page):
        assert "https://likely.example/api/models/" in one.code
        assert "localhost" not in one.code


@pytest.mark.parametrize("address", ["/api/", "/api/openapi.json", "/census/card", "/census/result"])
def test_how_often_a_third_kind_of_model_lies_within_is_said_alike_everywhere(
    client: FlaskClient, address: str
) -> None:
    answers = asked(get_model("census")) if address.endswith("result") else {}
    text = client.get(address, query_string=answers).text
    assert re.search(rf"third kind.{{0,200}}? {Challenger.reaches_of_ten} of 10 ", text)
