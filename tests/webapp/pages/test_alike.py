"""Who in the data is like this person, what came of them, and the result of somebody at random."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from model.declare.model import Model
from webapp.http.addresses import texts

from tests.page import Page, page_of
from tests.payloads import MODELS, asked, get_predictor, passenger, person
from tests.results import result, section

CENSUS, TITANIC = MODELS[0], MODELS[1]


def agreement(page: Page) -> dict[str, list[str]]:
    (table,) = [one for one in page.root.all("table") if "with answers like these" in one.all("caption")[0].text]
    return {row.all("th")[0].text: [cell.text for cell in row.all("td")] for row in table.all("tr")[1:]}


def test_few_people_like_this_is_a_warning(client: FlaskClient) -> None:
    rare = person(work="Never-worked", age="22", hours="38")
    text = section(result(client, CENSUS, rare), "People like this one").text
    assert "No person in the data has all these answers, so trust the number less." in text
    large = section(result(client, MODELS[3], {"rooms": "9"}), "Districts like this one").text
    assert "Few districts in the data are like this (3), so trust the number less." in large
    assert "trust the number less" not in result(client, CENSUS, person()).text


def test_how_many_agree_in_all_choices_in_all_but_one_and_with_the_rarest_is_counted(client: FlaskClient) -> None:
    """Counted the long way, with what became of them."""
    answers = person(work="Never-worked", age="22", hours="38")
    told = agreement(result(client, CENSUS, answers))
    crowd = get_predictor("census").crowd
    assert crowd is not None
    everybody = [crowd.person(row) for row in range(crowd.count)]
    reach = {column.name: column.reach for column in crowd.columns}
    close = [
        one
        for one in everybody
        if all(abs(one.answers[name] - float(answers[name])) <= reach[name] for name in ("age", "hours"))
    ]
    choices = ("sex", "status", "race", "education", "work")
    different = [sum(one.answers[name] != answers[name] for name in choices) for one in close]
    for label, most in (("Every choice, and close numbers", 0), ("The same, but for one choice at most", 1)):
        found = [one for one, apart in zip(close, different, strict=True) if apart <= most]
        assert told[label] == [f"{len(found):,}", f"{sum(one.outcome == 1 for one in found):,}"]
    assert told["The rarest of the answers: Employer, Never worked"] == ["10", "0"]


def test_a_single_count_of_those_like_this_one_is_a_line_and_no_table(client: FlaskClient) -> None:
    alike = section(result(client, MODELS[3], {"rooms": "8"}), "Districts like this one")
    assert "Districts in the data with numbers close to these: 25." in alike.text
    assert alike.all("table") == []


def test_a_real_person_with_a_near_chance_turned_out_otherwise(client: FlaskClient) -> None:
    page = result(client, CENSUS, asked(CENSUS))
    text = section(page, "People like this one").text
    given_then = int(re.findall(r"had not seen this person gave (\d+) out of 100", text)[0])
    assert abs(given_then - int(page.heading.split()[0])) <= 1
    assert "In fact, this person did not have an income over $50,000." in text


def most_alike(client: FlaskClient, **answers: str) -> list[str]:
    (alike,) = section(result(client, TITANIC, passenger(**answers)), "Passengers like this one").all(
        "ul", class_="alike"
    )
    return [one.text for one in alike.all("li")]


def test_of_the_five_passengers_most_like_this_one_only_what_differs_is_said(client: FlaskClient) -> None:
    lines = most_alike(client, age="28", ticket_class="3", sex="male")
    assert lines == ["5 passengers with the same answers died."]
    lines = most_alike(client, age="0.1667", ticket_class="3", sex="male", parents_children="2")
    assert len(lines) == 5
    assert lines[0] == "4 months; all else the same. This passenger died."
    for one in lines:
        assert re.search(r"; all else the same\. This passenger (survived|died)\.$", one)
        assert not re.search("Male|Third class", one)


def test_what_is_not_known_of_either_is_no_difference(client: FlaskClient) -> None:
    assert not any(
        "not recorded" in one for one in most_alike(client, age="not recorded", ticket_class="3", sex="male")
    )


def test_a_random_real_passenger_has_a_result(client: FlaskClient) -> None:
    sent = client.get("/titanic/random")
    assert sent.status_code == 303
    assert sent.headers["Cache-Control"] == "no-store"
    assert client.get(sent.location).status_code == 200


@pytest.mark.parametrize("model", MODELS[:4], ids=lambda model: str(model.name))
def test_of_somebody_at_random_it_is_told_what_came_of_them(client: FlaskClient, model: Model) -> None:
    sent = client.get(f"/{model.name}/random")
    crowd, words = get_predictor(model.name).crowd, model.words
    assert crowd is not None
    real = crowd.person(int(parse_qs(urlsplit(sent.location).query)["in-data"][0]))
    if model.kind == "amount":
        so = f"it was ${1000 * real.outcome:,.0f}"
    elif model.kind == "classes":
        so = f"this {words.one} is {['setosa', 'versicolor', 'virginica'][int(real.outcome)]}"
    else:
        so = f"this {words.one} {words.yes if real.outcome else words.no_in_full or words.no}"
    answer = client.get(sent.location)
    told = f"This is a real {words.one} in the data. A model that had not seen this {words.one} gave "
    assert re.search(rf"{told}[^.]+\. In fact, {re.escape(so)}\.", page_of(answer).text)
    # The address is what carries it, also where the page is printed or shared.
    page = page_of(answer)
    (shared,) = page.root.all("meta", property="og:url")
    (printed,) = page.root.all("p", class_="printed")
    assert shared.attributes["content"] == printed.text == f"http://localhost{sent.location}"


@pytest.mark.parametrize(
    "change",
    [
        {"age": "41"},
        {"in-data": "1309"},
        {"in-data": "-1"},
        {"in-data": "9" * 5000},
        {"in-data": "one"},
        {"v": "older"},
    ],
)
def test_what_came_of_somebody_is_told_of_nobody_else(client: FlaskClient, change: dict[str, str]) -> None:
    crowd = get_predictor("titanic").crowd
    assert crowd is not None
    row = next(row for row in range(crowd.count) if crowd.person(row).answers["age"] == 40)
    answers = texts(TITANIC, TITANIC.as_recorded(crowd.person(row).answers))
    real = answers | {"v": get_predictor("titanic").version, "in-data": str(row)}
    assert "This is a real passenger in the data." in result(client, TITANIC, real).text
    page = result(client, TITANIC, real | change)
    assert "This is a real passenger" not in page.text
    assert "in-data" not in page.root.all("p", class_="printed")[0].text


def test_where_no_rows_are_shown_nothing_is_told_of_one(client: FlaskClient) -> None:
    food = MODELS[4]
    assert "This is a real" not in result(client, food, asked(food) | {"in-data": "0"}).text


def test_where_no_rows_are_shown_nobody_is_at_random(client: FlaskClient) -> None:
    assert client.get("/food/random").status_code == 404
    index = page_of(client.get("/"))
    assert "/titanic/random" in index.links
    assert "/food/random" not in index.links
