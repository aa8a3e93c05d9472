"""The result page: one number everywhere, beside whom it stands, and how it is told."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.declare.choice import ChoiceInput
from model.declare.inputs import Input
from model.declare.model import Model
from model.declare.number import NumberInput
from webapp.http.addresses import texts
from webapp.pages.suggestions import Suggestion, suggest
from webapp.text.dots import hundredths
from webapp.text.numbers import day

from tests.page import Element, Page, page_of
from tests.payloads import MODELS, asked, each_model, each_typed_model, example, get_predictor, passenger, person
from tests.results import by_api, headline_of, in_1000, result, section, words_of

CENSUS, TITANIC = MODELS[0], MODELS[1]


def dots_in(picture: Element, shape: str) -> int:
    """The dots of a shape, counted from what is drawn: each row is a line with a dot every 20."""
    paths = [path for path in picture.all("path") if path.attributes["class"] == shape]
    lengths = [float(h) for path in paths for h in re.findall(r"h([\d.]+)", path.attributes["d"])]
    return sum(int(length // 20) + 1 for length in lengths)


# -- one number everywhere ---------------------------------------------------------------------------


def answer_to(asked: Input) -> st.SearchStrategy[str]:
    """Any valid answer, as an address carries it."""
    if isinstance(asked, ChoiceInput):
        known: st.SearchStrategy[Any] = st.sampled_from(list(asked.choices))
    elif isinstance(asked, NumberInput) and asked.whole:
        known = st.integers(int(asked.lowest), int(asked.highest))
    else:
        assert isinstance(asked, NumberInput)
        known = st.floats(asked.lowest, asked.highest).map(lambda number: round(number, 2))
        known = known.filter(lambda number: asked.lowest <= number <= asked.highest)
    return (st.none() | known).map(asked.text) if asked.may_be_unknown else known.map(asked.text)


def anybody(model: Model) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({asked.name: answer_to(asked) for asked in model.inputs})


@pytest.mark.slow
@pytest.mark.parametrize("model", [CENSUS, TITANIC], ids=["census", "titanic"])
def test_every_number_on_the_page_is_the_same_number(client: FlaskClient, model: Model) -> None:
    """Hundreds of people: heading, title, sentence, dots, line, range, comparison, print and JSON agree."""

    @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
    @given(anybody(model))
    def agree(answers: dict[str, str]) -> None:
        page = result(client, model, answers)
        told = by_api(client, model, answers, explain=0)
        assert_one_number(page, told["probability"])
        assert_one_range(page, told)

    agree()


def assert_one_number(page: Page, chance: float) -> None:
    assert page.number.lower() == headline_of(chance)
    assert page.title.lower().startswith(headline_of(chance))
    picture = page.root.all("svg", role="img")[0]
    line = drawn_line(page)
    said = headline_of(chance).replace(" in ", " of ").replace("out of", "of").removeprefix("about ")
    assert picture.attributes["aria-label"].lower().startswith((f"about {said}", said))
    assert picture.attributes["aria-label"].lower() in page.text.lower()
    assert dots_in(picture, "disc") == (0 if chance < 0.01 else 99 if chance > 0.99 else hundredths(chance))
    assert dots_in(picture, "disc") + dots_in(picture, "ring") + dots_in(picture, "part") == 100
    (own,), (label,) = line.all("circle", class_="own"), line.all("strong")
    assert label.text.endswith(f": {words_of(chance)}")
    assert float(own.attributes["cx"].removesuffix("%")) == pytest.approx(100 * chance, abs=0.06)
    certain = re.findall(r"(?<![\d.,])(?:0|100)(?:%| out of 100)", page.text)
    assert certain == []


def drawn_line(page: Page) -> Element:
    (line,) = [one for one in page.root.all("div", role="img") if "line" in one.attributes["class"].split()]
    return line


def labels_on(line: Element) -> list[str]:
    """What stands below the line, from row to row."""
    return [one.text for one in line.all("span") if "row-" in one.attributes.get("class", "")]


def assert_one_range(page: Page, told: dict[str, Any]) -> None:
    is_small, is_far = told["probability"] < 0.01, told["high"] >= 0.1
    number = in_1000 if is_small and not is_far else words_of
    # A range that reaches far beyond so small a number has a unit of its own.
    unit = " out of 100" if is_small and is_far else ""
    low, high, own = [number(told[name]) for name in ("low", "high", "probability")]
    if "like this. Treat the number as a guess" in page.text:
        assert "probably" not in page.heading
    elif low == high == own:
        assert page.heading == page.number
    else:
        span = between(low, high)
        unit = " in 1,000" if is_small and not is_far and span.startswith("at most") else unit
        assert page.heading == f"{page.number}, probably {span}{unit}"


def between(low: str, high: str) -> str:
    """An end that is all but certain is left out; where both are, the range says next to nothing."""
    is_open, is_endless = low in ("under 0.1", "fewer than 1"), high == "more than 99"
    if is_open == is_endless:
        return f"anything from {low} to {high}" if is_open else f"{low} to {high}"
    return f"at most {high}" if is_open else f"at least {low}"


# -- beside whom it stands, and what is folded ----------------------------------------------------------------


def test_how_many_of_a_hundred_cost_less_is_told_to_the_nearest_whole_number(client: FlaskClient) -> None:
    crowd = get_predictor("housing").crowd
    assert crowd is not None
    apart = []
    for tenths in range(56, 80):
        answers = {"rooms": str(tenths / 10)}
        told = re.search(r"cost less than this in (\d+) of 100 districts", result(client, MODELS[3], answers).root.text)
        assert told is not None
        estimate = by_api(client, MODELS[3], answers)["amount"]
        apart.append(int(told[1]) - 100 * sum(price < estimate for price in crowd.outcomes) / crowd.count)
    assert max(map(abs, apart)) < 1
    # Not always the whole number below.
    assert sum(apart) / len(apart) == pytest.approx(0, abs=0.2)


@each_model
def test_what_is_folded_goes_from_how_to_how_wrong_to_code(client: FlaskClient, model: Model) -> None:
    folded = [summary.text for summary in result(client, model, asked(model)).root.all("summary")]
    wrong, code = folded.index("Where it goes wrong"), folded.index("Use this in code")
    (worked_out,) = [at for at, text in enumerate(folded) if text.startswith("How the answers add up to")]
    assert worked_out < wrong < code


# -- where it goes wrong ----------------------------------------------------------------------------------------


def test_the_persons_own_groups_are_shown(client: FlaskClient) -> None:
    text = section(result(client, CENSUS, person(age="37", sex="Male", race="Black")), "Where it goes wrong").text
    for group in ("Male", "Black", "Age 35 to 44"):
        assert group in text
    assert "Female" not in text


def test_titanic_results_are_compared_with_women_and_men(client: FlaskClient) -> None:
    page = result(client, TITANIC, passenger())
    line = drawn_line(page)
    assert labels_on(line) == ["All passengers in the data: 38", "Female passengers: 73", "Male passengers: 19"]
    assert "All passengers in the data 38; Female passengers 73; Male passengers 19." in line.attributes["aria-label"]


def test_nobody_stands_on_the_line_twice(client: FlaskClient) -> None:
    manager, nurse = (result(client, CENSUS, texts(CENSUS, example(CENSUS, number))) for number in (0, 1))
    assert "A married manager" not in drawn_line(manager).text
    assert "A married manager" in drawn_line(nurse).text


@pytest.mark.parametrize("model", [CENSUS, TITANIC], ids=["census", "titanic"])
def test_a_result_says_how_many_in_the_data_had_less(client: FlaskClient, model: Model) -> None:
    answers = example(model, 0)
    crowd = get_predictor(model.name).crowd
    assert crowd is not None
    chance = get_predictor(model.name).values(answers)[0]
    below = round(100 * sum(own < chance for own in crowd.chances[0]) / crowd.count)
    assert (
        f"The number is higher than for {below} of 100 {model.words.many} in the data."
        in result(client, model, asked(model)).text
    )


def test_a_chance_under_one_is_said_out_of_a_thousand(client: FlaskClient) -> None:
    page = result(client, CENSUS, texts(CENSUS, example(CENSUS, 2)))
    chance = get_predictor("census").values(example(CENSUS, 2))[0]
    assert 0.0005 < chance < 0.01
    assert page.number == f"About {round(1000 * chance)} in 1,000"
    assert f"About {round(1000 * chance)} of 1,000 people with these answers had" in page.text


def test_a_range_that_reaches_to_certainty_says_its_other_end(client: FlaskClient) -> None:
    student = result(client, CENSUS, person(age="19", sex="Female", hours="15"))
    assert re.search(r"in 1,000, probably at most \d+ in 1,000$", student.heading)
    assert re.search(r"The range is at most \d+ in 1,000\. The model", section(student, "How sure is this?").text)
    # What stands beside it has the same unit.
    third = r"A third kind \(a random forest\) would probably say (at most )?\d+( to \d+)?\. "
    assert re.search(third, section(student, "How sure is this?").text)
    assert "fewer than 1 out of 100" not in student.text.casefold()
    lady = result(client, TITANIC, asked(TITANIC))
    assert re.search(r"out of 100, probably at least \d+$", lady.heading)
    sure = section(lady, "How sure is this?").text
    assert re.search(
        r"The range is at least \d+ out of 100\. The model learnt from a limited number of passengers", sure
    )
    assert "It would probably settle in this range: of 100 such ranges, about 95 hold the number" in sure


@pytest.mark.parametrize("answers", [person(age="19", sex="Female", hours="15"), person(age="20", hours="20")])
def test_the_line_is_told_out_of_100_however_small_the_number(client: FlaskClient, answers: dict[str, Any]) -> None:
    """What a screen reader says of it: number and range have the line’s own unit."""
    page, told = result(client, CENSUS, answers), by_api(client, CENSUS, answers, explain=0)
    line = drawn_line(page)
    low, high, own = [words_of(told[name]) for name in ("low", "high", "probability")]
    assert (
        f"On a line from 0 to 100: this person {own}, probably {between(low, high)}; " in line.attributes["aria-label"]
    )


def test_the_data_of_the_photo_model_are_photos(client: FlaskClient) -> None:
    told = "photos, by which an image network was tuned."
    assert re.search(rf"Data: \d+ {told}", result(client, MODELS[4], asked(MODELS[4])).text)
    assert re.search(rf"From \d+ {told} Of 100 photos that show food", page_of(client.get("/")).text)


def test_a_link_is_said_to_hold_the_answers_and_of_a_photo_what_the_network_saw(client: FlaskClient) -> None:
    food, photo = MODELS[4], "Whoever gets it can read what the network saw, and cannot see the photo."
    assert photo in result(client, food, asked(food)).text
    assert "Whoever gets it can read the answers." in result(client, CENSUS, person()).text


@each_model
def test_a_result_says_how_to_show_it_to_somebody_also_where_no_script_makes_a_button(
    client: FlaskClient, model: Model
) -> None:
    told = "To show somebody this result, send the link of this page. Whoever gets it can read "
    assert told in result(client, model, asked(model)).text


# -- the rest -------------------------------------------------------------------------------------------------------


@each_model
def test_the_same_question_by_api_has_these_answers(client: FlaskClient, model: Model) -> None:
    page = result(client, model, asked(model))
    code = " ".join(block.text for block in section(page, "Use this in code").all("pre"))
    assert f"/api/models/{model.name}/predict" in code
    for name in model.input:
        assert name in code


@each_model
def test_a_result_says_its_version_its_data_and_who_made_it(client: FlaskClient, model: Model) -> None:
    page = result(client, model, asked(model))
    predictor = get_predictor(model.name)
    trained = f"trained on {day(predictor.card.trained)} by the Likely authors. Data: "
    assert f"Model version {predictor.version}, {trained}" in page.text
    (made_by,) = [dt for dt in page_of(client.get(f"/{model.name}/card")).root.all("dt") if dt.text == "Made by"]
    assert made_by.parent is not None
    assert made_by.parent.all("dd")[0].text == "The Likely authors"


@pytest.mark.parametrize(
    ("age", "told"),
    [
        ("0.1667", "2 months"),
        ("0.0833", "1 month"),
        ("0.75", "9 months"),
        ("0.3", "about 4 months"),
        ("14.5", "14.5 years"),
    ],
)
def test_a_babys_age_is_told_in_months(client: FlaskClient, age: str, told: str) -> None:
    page = result(client, TITANIC, passenger(age=age))
    assert f"Being {told} old" in section(page, "What moved the number").text
    assert f"{age} years" not in page.text.replace(told, "")


def test_one_relative_is_not_several(client: FlaskClient) -> None:
    text = page_of(
        client.get("/titanic/result", query_string=passenger(siblings_spouses="1", parents_children="1"))
    ).text
    assert "One brother, sister or spouse on board" in text
    assert "One parent or child on board" in text
    alone = page_of(client.get("/titanic/result", query_string=passenger(siblings_spouses="0", parents_children="0")))
    assert "No brothers, sisters or spouse on board" in alone.text
    assert not re.search(r"\b[01] (brothers|parents)", text + alone.text)


@each_typed_model
def test_the_table_of_steps_scrolls_by_itself_where_a_long_word_makes_it_wide(
    client: FlaskClient, model: Model
) -> None:
    scrolling = result(client, model, asked(model)).root.all("section", class_="scrolls")
    assert ["From the average to this number" in table.text for table in scrolling].count(True) == 1


def test_a_result_that_takes_long_holds_up_no_other(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, may_end = threading.Event(), threading.Event()
    waited: list[bool] = []

    def suggest_slowly(*given: Any) -> list[Suggestion]:
        if not begun.is_set():
            begun.set()
            waited.append(may_end.wait(10))
        return suggest(*given)

    monkeypatch.setattr("webapp.pages.result.suggest", suggest_slowly)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(result, app.test_client(), CENSUS, person(age="40"))
        assert begun.wait(10)
        result(app.test_client(), CENSUS, person(age="41"))
        may_end.set()
        slow.result()
    # Not until its patience ended.
    assert waited == [True]
