"""“Not recorded” and “I don’t know” are two answers: the one counts as it does in the data, the other is an average."""

from __future__ import annotations

import math
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from model.declare.inputs import NOT_RECORDED
from model.files.cells import read_cell

from tests.page import page_of
from tests.payloads import get_model, get_predictor, passenger, person

LACKING = pytest.mark.parametrize(("name", "lacks"), [("census", "work"), ("titanic", "age")])


def recorded_of_none(name: str, lacks: str) -> tuple[list[float], list[float]]:
    """What a model that had not seen them said of the people of whom it is not recorded, and what was so."""
    crowd = get_predictor(name).crowd
    assert crowd is not None
    (column,) = [one for one in crowd.columns if one.name == lacks]
    rows = [row for row in range(crowd.count) if column.answer(row) is None]
    return [crowd.chances[0][row] for row in rows], [crowd.outcomes[row] for row in rows]


@LACKING
def test_on_average_the_estimate_is_what_happened_to_those_of_whom_it_is_not_recorded(name: str, lacks: str) -> None:
    chances, so = recorded_of_none(name, lacks)
    assert sum(chances) / len(chances) == pytest.approx(sum(so) / len(so), abs=0.01)


def test_the_surprise_about_people_without_an_employer_is_small() -> None:
    chances, so = recorded_of_none("census", "work")
    assert len(so) == 2799
    surprise = [-math.log(chance if was else 1 - chance) for chance, was in zip(chances, so, strict=True)]
    assert sum(surprise) / len(so) <= 0.200


def by_api(client: FlaskClient, name: str, answers: dict[str, Any]) -> dict[str, Any]:
    response = client.post(f"/api/models/{name}/predict", json=answers)
    assert response.status_code == 200, response.text
    return dict(response.get_json())


@LACKING
def test_null_and_unknown_are_the_average_and_not_recorded_is_another_answer(
    client: FlaskClient, name: str, lacks: str
) -> None:
    answers = {"census": person, "titanic": passenger}[name]()
    null, unknown, lacking = (by_api(client, name, answers | {lacks: one}) for one in (None, "unknown", "not recorded"))
    assert null == unknown
    assert null["unknown"] == [lacks]
    assert "unknown" not in lacking
    assert lacking["probability"] != pytest.approx(null["probability"], abs=0.005)
    asked = get_model(name).input[lacks]
    assert by_api(client, name, answers | {lacks: asked.not_recorded.upper()}) == lacking


@LACKING
def test_in_a_file_an_empty_cell_and_a_question_mark_are_not_recorded(name: str, lacks: str) -> None:
    asked = get_model(name).input[lacks]
    assert [read_cell(asked, cell) for cell in ("", None, "?", "not recorded")] == [(NOT_RECORDED, None)] * 4
    assert [read_cell(asked, cell) for cell in ("unknown", "I don’t know")] == [(None, None)] * 2


def test_where_the_model_did_not_learn_from_it_an_empty_cell_is_unknown() -> None:
    asked = get_model("titanic").input["ticket_class"]
    assert read_cell(asked, "") == read_cell(asked, "?") == (None, None)
    assert read_cell(asked, "not recorded")[1] is not None


@LACKING
def test_the_form_offers_both_and_says_what_each_means(client: FlaskClient, name: str, lacks: str) -> None:
    page = page_of(client.get(f"/{name}"))
    label = get_model(name).input[lacks].not_recorded
    assert f"Choose “{label}” only if you copy a record that lacks it, as some in the data do." in page.text
    assert "choose “I don’t know”: the result is then an average over all answers." in page.text
    assert label in [one.text for one in (*page.root.all("option"), *page.root.all("label"))]


@LACKING
def test_a_result_with_an_answer_that_is_not_recorded_is_whole(client: FlaskClient, name: str, lacks: str) -> None:
    answers = {"census": person, "titanic": passenger}[name](**{lacks: "not recorded"})
    sent = client.post(f"/{name}", data=answers)
    assert sent.status_code == 303
    page = page_of(client.get(sent.headers["Location"]))
    assert get_model(name).input[lacks].not_recorded in page.text or "not recorded" in page.text
    assert "the number is the average" not in page.text
    assert '"not recorded"' in page.text
    for path in ("compare", "curves"):
        assert client.get(f"/{name}/{path}", query_string=answers).status_code == 200
    explained = client.post(f"/api/models/{name}/predict?explain=1", json=answers).get_json()
    assert explained["steps"][-1]["after"] == pytest.approx(explained["probability"], abs=1e-9)


def test_an_answer_and_not_recorded_together_are_refused(client: FlaskClient) -> None:
    refused = client.get(
        "/titanic/result?" + "&".join(f"{n}={v}" for n, v in passenger().items()) + "&age=not+recorded"
    )
    assert refused.status_code == 422
    assert "Either give the passenger’s age or select “Not recorded in the lists”, not both" in page_of(refused).text


def test_that_it_is_unknown_and_that_it_is_not_recorded_are_refused_together(client: FlaskClient) -> None:
    both = MultiDict([*passenger(age="").items(), ("age", "unknown"), ("age", "not recorded")])
    page = page_of(client.post("/titanic", data=both))
    assert page.summary == [
        "For the passenger’s age select either “I don’t know” or “Not recorded in the lists”, not both"
    ]
    assert [value for name, value in page.answers if name == "age"] == ["unknown", "not recorded"]


def test_an_address_that_says_unknown_still_gives_the_average(client: FlaskClient) -> None:
    page = page_of(client.get("/census/result", query_string=person(work="unknown")))
    assert "the number is the average" in page.text
