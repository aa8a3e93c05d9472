"""The folder of examples has two models of one table, which the index shows only where it is named."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from webapp import create_app
from webapp.http.addresses import texts

from tests.page import page_of
from tests.payloads import SETTINGS, example
from tests.processes import ROOT

NAMES = ("income_steps", "income_boosted")


@pytest.fixture(scope="module")
def examples() -> Iterator[FlaskClient]:
    app = create_app(SETTINGS | {"MODEL_FOLDERS": (ROOT / "examples",), "MODELS": NAMES})
    with app.test_client() as client:
        yield client


@pytest.mark.parametrize("name", NAMES)
def test_an_example_has_all_its_pages_and_is_no_draft(examples: FlaskClient, name: str) -> None:
    model = examples.application.extensions["models"][name]
    query = texts(model, example(model))
    for path in ("/", f"/{name}", f"/{name}/result", f"/{name}/compare", f"/{name}/card", f"/{name}/batch"):
        shown = examples.get(path, query_string=query if path.endswith(("result", "compare")) else None)
        assert shown.status_code == 200
        assert "Draft: words not yet written" not in shown.text


def test_a_number_beyond_the_table_is_answered_in_the_words_that_a_draft_has_today(examples: FlaskClient) -> None:
    model = examples.application.extensions["models"]["income_steps"]
    for name, ends in (("age", "Age must be from 17 to 90"), ("hours", "Hours must be from 1 to 99")):
        refused = page_of(
            examples.get("/income_steps/result", query_string=texts(model, example(model)) | {name: "190"})
        )
        assert refused.summary == [f"{ends}. The data goes no further"]


def test_both_say_about_the_same_and_one_shows_its_sum(examples: FlaskClient) -> None:
    answers = {"age": 52, "sex": "Male", "status": "Married-civ-spouse", "race": "White"}
    answers |= {"education": "Bachelors", "work": "Private", "hours": 45}
    said = [examples.post(f"/api/models/{name}/predict", json=answers).get_json() for name in NAMES]
    assert abs(said[0]["probability"] - said[1]["probability"]) < 0.1
    shown = [examples.get(f"/{name}/result", query_string=answers).text for name in NAMES]
    assert ["no sum to show" in page for page in shown] == [False, True]
