"""The result page: how sure, what moved the number, what would change it, and its arithmetic."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.declare.inputs import ChoiceInput, Input, NumberInput
from model.declare.model import Model
from model.predict.changes import find_smallest_changes
from model.predict.explain import explain_moves
from webapp.http.addresses import texts
from webapp.text.dots import hundredths

from tests.page import Element, Page, page_of
from tests.payloads import MODELS, asked, each_model, each_typed_model, example, get_predictor, passenger, person

CENSUS, TITANIC = MODELS[0], MODELS[1]


def result(client: FlaskClient, model: Model, answers: dict[str, Any]) -> Page:
    response = client.get(f"/{model.name}/result", query_string=answers)
    assert response.status_code == 200
    return page_of(response)


def section(page: Page, heading: str) -> Element:
    (title,) = [h for h in page.root.all("h2") if h.text == heading]
    assert title.parent is not None
    return title.parent


def by_api(client: FlaskClient, model: Model, answers: dict[str, Any], explain: int = 1) -> dict[str, Any]:
    response = client.post(f"/api/models/{model.name}/predict?explain={explain}", json=answers)
    assert response.status_code == 200
    told: dict[str, Any] = response.json
    return told


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
    """1,000 people: heading, title, sentence, dots, line, range, comparison, print and JSON agree."""

    @settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
    @given(anybody(model))
    def agree(answers: dict[str, str]) -> None:
        page = result(client, model, answers)
        told = by_api(client, model, answers, explain=0)
        assert_one_number(page, told["probability"])
        assert_one_range(page, told)

    agree()


def assert_one_number(page: Page, chance: float) -> None:
    number = words_of(chance)
    assert page.heading.lower() == f"{number} out of 100"
    assert page.title.lower().startswith(f"{number} out of 100")
    picture, *_ = page.root.all("svg", role="img")
    assert picture.attributes["aria-label"].lower().startswith((f"about {number} of 100", f"{number} of 100"))
    assert picture.attributes["aria-label"] in page.text
    assert dots_in(picture, "disc") == (0 if chance < 0.01 else 99 if chance > 0.99 else hundredths(chance))
    assert dots_in(picture, "disc") + dots_in(picture, "ring") + dots_in(picture, "part") == 100
    (own,) = page.root.all("li", class_="own")
    assert own.all("span")[1].text == number
    assert float(own.all("circle")[0].attributes["cx"]) == pytest.approx(8 + 384 * chance, abs=0.06)
    captions = [caption.text for caption in page.root.all("caption") if caption.text.startswith("The estimate for")]
    assert captions in ([], [f"The estimate for these answers is {number} out of 100"])
    certain = re.findall(r"(?<![\d.,])(?:0|100)(?:%| out of 100)", page.text)
    assert certain == []


def assert_one_range(page: Page, told: dict[str, Any]) -> None:
    low, high = words_of(told["low"]), words_of(told["high"])
    span = low if low == high else f"{low} to {high}"
    assert f"The range is {span} out of 100" in section(page, "How sure is this?").text


def words_of(chance: float) -> str:
    """Worked out anew, as the page's own words promise it."""
    if chance < 0.01:
        return "fewer than 1"
    return "more than 99" if chance > 0.99 else str(math.floor(chance * 100 + 0.5))


# -- what moved it ---------------------------------------------------------------------------------------


@each_typed_model
@pytest.mark.parametrize("number", [0, 1, 2])
def test_what_moved_the_number_is_a_second_estimate(client: FlaskClient, model: Model, number: int) -> None:
    answers = example(model, number)
    page = result(client, model, texts(model, answers))
    found = explain_moves(get_predictor(model.name), answers)
    assert found
    moved = section(page, "What moved the number")
    items, rows = moved.all("li"), moved.all("tr")[1:]
    # The table tells all, the sentences five at most of those that show, and one line names the rest.
    assert len(rows) == len(found)
    now = moved.all("caption")[0].text.removeprefix("The estimate for these answers is ").removesuffix(" out of 100")
    telling = [(move, row) for move, row in zip(found, rows, strict=True) if row.all("td")[-1].text != now]
    assert len(items) == min(len(telling), 5)
    for move, _ in zip(found, rows, strict=True):
        idle = (
            f"{move.input.label} ({move.input.words(move.answer)})"
            in moved.text.partition("changed nothing that shows")[2]
        )
        assert idle == (move not in [one for one, _ in telling])
    for (move, row), item in zip(telling, items, strict=False):
        second = result(client, model, texts(model, answers | {move.input.name: move.reference}))
        shown = row.all("td")[-1].text
        if model.kind != "classes":
            assert second.heading.lower().startswith(shown.lower())
        assert shown in item.text
        assert ("raised" if move.shift > 0 else "lowered") in item.text
        start, end = (float(circle.attributes["cx"]) for circle in item.all("circle"))
        assert (start < end) == (move.shift > 0) or abs(start - end) < 0.2


def test_the_moves_of_the_page_are_those_of_the_api(client: FlaskClient) -> None:
    told = by_api(client, CENSUS, asked(CENSUS))
    page = result(client, CENSUS, asked(CENSUS))
    rows = section(page, "What moved the number").all("tr")[1:]
    assert [row.all("td")[-1].text for row in rows] == [words_of(m["instead"]) for m in told["moved"]]


def test_a_titanic_sentence_speaks_of_a_passenger_and_never_of_the_reader(client: FlaskClient) -> None:
    text = section(result(client, TITANIC, asked(TITANIC)), "What moved the number").text
    assert "A passenger who differed only in this" in text
    assert not re.search(r"\byou\b", text, re.IGNORECASE)


# -- the smallest changes ----------------------------------------------------------------------------------


MOTHER = {"sex": "female", "age": None, "ticket_class": "3", "port": "S", "siblings_spouses": 1, "parents_children": 2}


@pytest.mark.parametrize(
    ("model", "answers"),
    [(CENSUS, example(CENSUS)), (TITANIC, MOTHER), (MODELS[2], example(MODELS[2], 2))],
    ids=["census", "titanic", "iris"],
)
def test_a_suggested_change_is_scored_again_and_crosses_the_middle(
    client: FlaskClient, model: Model, answers: dict[str, Any]
) -> None:
    page = result(client, model, texts(model, answers))
    predictor = get_predictor(model.name)
    focus = predictor.focus(answers)
    changes = find_smallest_changes(predictor, answers)
    assert changes
    links = [link for link in section(page, "Try a change").all("a") if "/compare?" in link.attributes["href"]]
    assert len(links) == len(changes) <= 3
    for change in changes:
        after = predictor.values(answers | dict(change.answers))[focus]
        assert after == change.estimate
        assert (after > 0.5) != (predictor.values(answers)[focus] > 0.5)
        assert all(model.input[name].changeable for name in change.answers)
    for link in links:
        compared = page_of(client.get(link.attributes["href"]))
        assert compared.heading == "What if an answer were different?"


def test_no_smaller_single_change_crosses_the_middle() -> None:
    """The search is exact: every answer that would be a smaller change stays on the same side."""
    predictor = get_predictor("census")
    answers = example(CENSUS)
    (change,) = find_smallest_changes(predictor, answers)
    order = list(CENSUS.input["education"].choices)  # type: ignore[attr-defined]
    there, back = order.index(change.answers["education"]), order.index(answers["education"])
    for between in order[there + 1 : back]:
        assert predictor.values(answers | {"education": between})[0] > 0.5


@pytest.mark.parametrize("name", ["age", "sex", "race", "status", "port", "siblings_spouses", "parents_children"])
def test_what_nobody_can_change_is_never_suggested(name: str) -> None:
    for model in (CENSUS, TITANIC):
        assert name not in model.input or not model.input[name].changeable


# -- how sure -----------------------------------------------------------------------------------------------


def test_few_people_like_this_is_a_warning(client: FlaskClient) -> None:
    rare = person(
        age="90",
        sex="Female",
        status="Married-AF-spouse",
        race="Other",
        education="Doctorate",
        work="Never-worked",
        hours="99",
    )
    text = section(result(client, CENSUS, rare), "How sure is this?").text
    assert "Few people like this in the data (0), so trust the number less." in text
    assert "Few" not in section(result(client, CENSUS, person()), "How sure is this?").text


def test_the_calibration_sentence_names_its_bin_and_its_people(client: FlaskClient) -> None:
    page = result(client, CENSUS, asked(CENSUS))
    text = section(page, "How sure is this?").text
    chance = get_predictor("census").values(example(CENSUS))[0]
    bins = get_predictor("census").card.evaluation.calibration
    (own,) = [one for one in bins if one.start <= chance < one.end]
    assert own.people >= 100
    assert f"Of the {own.people:,} people held back for testing" in text
    assert f"gave {own.start * 100:.0f} to {own.end * 100:.0f} out of 100" in text
    assert f"(on average {own.estimated * 100:.1f}), {own.observed * 100:.1f} out of 100 had" in text


def test_an_unknown_answer_is_averaged_flagged_and_bounded(client: FlaskClient) -> None:
    answers = passenger(age="unknown")
    text = section(result(client, TITANIC, answers), "Answers used").text
    (unknown,) = by_api(client, TITANIC, answers)["unknown_answers"]
    assert "What is not known is averaged" in text
    assert f"Age: from {words_of(unknown['low'])} (" in text
    assert f" to {words_of(unknown['high'])} (" in text


def test_an_unknown_answer_is_told_with_how_right_the_model_was_about_those_of_whom_it_is_not_recorded(
    client: FlaskClient,
) -> None:
    text = section(result(client, CENSUS, person(work="unknown")), "Answers used").text
    crowd = get_predictor("census").crowd
    assert crowd is not None
    rows = [row for row in range(crowd.count) if crowd.person(row).answers["work"] is None]
    so = 100 * sum(crowd.outcomes[row] for row in rows) / len(rows)
    given_then = 100 * sum(crowd.chances[0][row] for row in rows) / len(rows)
    assert (
        f"Of the {len(rows):,} people in the data of whom this is not recorded (employer), {so:.1f} out of 100" in text
    )
    assert f"The model gave them {given_then:.1f} on average." in text


def test_a_price_whose_range_had_to_be_stretched_says_so(client: FlaskClient) -> None:
    sure = section(result(client, MODELS[3], {"rooms": "9"}), "How sure is this?").text
    assert "The range had to be stretched to hold the estimate" in sure
    assert "stretched" not in section(result(client, MODELS[3], {"rooms": "6"}), "How sure is this?").text


def test_where_nothing_moved_the_number_that_is_said(client: FlaskClient) -> None:
    usual = {
        "sex": "male",
        "age": "28",
        "ticket_class": "3",
        "port": "S",
        "siblings_spouses": "0",
        "parents_children": "0",
    }
    assert "Nothing did" in section(result(client, TITANIC, usual), "What moved the number").text


# -- the arithmetic ------------------------------------------------------------------------------------------


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def sums_on(page: Page) -> list[tuple[list[float], float, float, float]]:
    """Each sum as printed: its points, its total, its result and its weight."""
    found = []
    for table in section(page, "Check the arithmetic").all("table", class_="addition"):
        points = [number(row.all("td")[0].text) for row in table.all("tbody")[0].all("tr")]
        total, chance = (number(row.all("td")[0].text) for row in table.all("tfoot")[0].all("tr"))
        caption = table.all("caption")[0].text
        weight = number(caption.rpartition(" ")[2]) if "weight" in caption else 1.0
        found.append((points, total, chance, weight))
    return found


@pytest.mark.parametrize("answers", [person(), person(age="63", hours="7", work="Never-worked")])
def test_the_arithmetic_adds_up_by_hand(client: FlaskClient, answers: dict[str, str]) -> None:
    page = result(client, CENSUS, answers)
    ((points, total, chance, _),) = sums_on(page)
    assert sum(points) == pytest.approx(total, abs=1e-9)
    assert 1 / (1 + math.exp(-total)) == pytest.approx(chance, abs=5.1e-7)
    assert page.heading.lower() == f"{words_of(chance)} out of 100"


def test_the_arithmetic_of_what_is_unknown_adds_up_by_hand(client: FlaskClient) -> None:
    page = result(client, CENSUS, person(work="unknown"))
    sums = sums_on(page)
    assert len(sums) == len(CENSUS.input["work"].choices)  # type: ignore[attr-defined]
    average = sum(weight * 1 / (1 + math.exp(-sum(points))) for points, _, _, weight in sums)
    assert page.heading.lower() == f"{words_of(average)} out of 100"
    told = by_api(client, CENSUS, person(work="unknown"))
    assert average == pytest.approx(told["probability"], abs=1e-5)


def test_the_arithmetic_of_the_api_adds_up_to_nine_digits(client: FlaskClient) -> None:
    told = by_api(client, TITANIC, passenger(age="unknown", port="unknown"))
    total = 0.0
    for one in told["arithmetic"]:
        score = one["intercept"][0] + sum(term["points"][0] for term in one["terms"])
        total += one["share"] / (1 + math.exp(-score))
    assert total == pytest.approx(told["probability"], abs=1e-9)


def test_a_flowers_chances_add_up_by_hand(client: FlaskClient) -> None:
    page = result(client, MODELS[2], asked(MODELS[2]))
    (table,) = section(page, "Check the arithmetic").all("table", class_="addition")
    rows = [[number(td.text) for td in row.all("td")] for row in table.all("tbody")[0].all("tr")]
    scores = [math.exp(sum(column)) for column in zip(*rows, strict=True)]
    shown = [number(td.text) for td in table.all("tfoot")[0].all("tr")[1].all("td")]
    assert shown == pytest.approx([score / sum(scores) for score in scores], abs=2e-6)


# -- where it goes wrong ----------------------------------------------------------------------------------------


def test_the_persons_own_groups_are_shown(client: FlaskClient) -> None:
    text = section(result(client, CENSUS, person(age="37", sex="Male", race="Black")), "Where it goes wrong").text
    for group in ("Male", "Black", "Age 35 to 44"):
        assert group in text
    assert "Female" not in text.partition("A real person")[0]


def test_a_real_person_with_a_near_chance_turned_out_otherwise(client: FlaskClient) -> None:
    page = result(client, CENSUS, asked(CENSUS))
    text = section(page, "Where it goes wrong").text
    given_then = int(re.findall(r"had not seen this person gave (\d+) out of 100", text)[0])
    assert abs(given_then - int(page.heading.split()[0])) <= 1
    assert "In truth this person did not." in text


def test_the_five_passengers_most_like_this_one_are_named_by_their_answers_alone(client: FlaskClient) -> None:
    wrong = section(result(client, TITANIC, passenger()), "Where it goes wrong")
    (alike,) = wrong.all("ul", class_="alike")
    assert len(alike.all("li")) == 5
    for one in alike.all("li"):
        assert re.search(r"This passenger (survived|died)\.$", one.text)


def test_titanic_results_are_compared_with_women_and_men(client: FlaskClient) -> None:
    page = result(client, TITANIC, passenger())
    (scale,) = page.root.all("div", class_="scale")
    shown = [li.text for li in scale.all("li")]
    assert shown[1:] == ["All passengers in the data 38", "Female passengers 73", "Male passengers 19"]


# -- the rest -------------------------------------------------------------------------------------------------------


@each_model
def test_the_same_question_by_api_has_these_answers(client: FlaskClient, model: Model) -> None:
    page = result(client, model, asked(model))
    code = " ".join(block.text for block in section(page, "Check the arithmetic").all("pre"))
    assert f"/api/models/{model.name}/predict" in code
    for name in model.input:
        assert name in code


@each_model
def test_a_result_says_its_version_and_its_data(client: FlaskClient, model: Model) -> None:
    page = result(client, model, asked(model))
    assert f"Model version {get_predictor(model.name).version}, trained on " in page.text


def test_one_relative_is_not_several(client: FlaskClient) -> None:
    text = page_of(
        client.get("/titanic/result", query_string=passenger(siblings_spouses="1", parents_children="1"))
    ).text
    assert "One brother, sister or spouse on board" in text
    assert "One parent or child on board" in text
    assert "1 brothers" not in text
    assert "1 parents" not in text
