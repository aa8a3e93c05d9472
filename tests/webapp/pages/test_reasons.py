"""Why the result is what it is: what moved the number, what would change it, and its arithmetic."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from model.declare.model import Model
from model.predict.changes import find_smallest_changes
from model.predict.steps import explain_steps
from webapp.http.addresses import texts
from webapp.pages.moves import Moves, Told
from webapp.text.kinds import kind_of

from tests.cards import numbers
from tests.page import Page, page_of
from tests.payloads import MODELS, asked, each_typed_model, example, get_predictor, passenger, person
from tests.results import by_api, headline_of, result, section

CENSUS, TITANIC = MODELS[0], MODELS[1]


# -- what moved it ---------------------------------------------------------------------------------------


@each_typed_model
@pytest.mark.parametrize("number", [0, 1, 2])
def test_what_moved_the_number_are_steps_that_add_up(client: FlaskClient, model: Model, number: int) -> None:
    answers = example(model, number)
    moved = section(result(client, model, texts(model, answers)), "What moved the number")
    path = explain_steps(get_predictor(model.name), answers)
    assert path is not None
    items = moved.all("li")
    # A step that does not show in the number as it is written stands in the line of what hardly mattered.
    whole = kind_of(model).whole
    shown = [step for step in path.steps if whole(step.before) != whole(step.after)]
    assert len(items) == len(shown)
    for step, item in zip(shown, items, strict=True):
        assert ("raised" if step.shift > 0 else "lowered") in item.text
        start, end = (float(circle.attributes["cx"]) for circle in item.all("circle"))
        assert (start < end) == (step.shift > 0) or abs(start - end) < 0.2
    # Line by line of the table: what one line leads to the next starts from, and the steps are those of the numbers shown.
    (head, *rows) = moved.all("tr")
    assert [cell.text for cell in head.all("th")] == ["Answer", "From", "To", "Step"]
    lines = [[numbers(cell.text)[0] for cell in row.all("td")] for row in rows]
    *steps, (start, end, whole) = lines
    assert [one[1] for one in steps[:-1]] == [one[0] for one in steps[1:]]
    assert (steps[0][0], steps[-1][1]) == (start, end)
    # A minus before a dollar sign is no part of the number.
    assert all(abs(step) == pytest.approx(abs(after - before), abs=0.051) for before, after, step in steps)
    assert abs(whole) == pytest.approx(abs(end - start), abs=0.051)


def test_a_step_says_its_number_alone_and_no_unit_twice(client: FlaskClient) -> None:
    moved = section(result(client, CENSUS, asked(CENSUS)), "What moved the number")
    for item in moved.all("li"):
        assert re.search(r" (raised|lowered) it to \d+\.$", item.text)
    text = result(client, MODELS[2], asked(MODELS[2])).text
    assert "Sepal width (3.5 cm)" in text
    assert not re.search(r"in centimetres[:( ]+\d[\d.]* cm", text)


def test_the_answers_that_hardly_matter_stand_in_one_line(client: FlaskClient) -> None:
    told = [section(result(client, CENSUS, texts(CENSUS, example(CENSUS, n))), "What moved the number") for n in (0, 1)]
    assert any(re.search(r"These hardly mattered: [^.]*\.", one.text) for one in told)


def test_an_answer_that_moved_it_more_than_another_is_not_said_to_have_hardly_mattered(client: FlaskClient) -> None:
    """The answer that raised it by 0.8 stays between two whole numbers, and one that lowered it by less does not."""
    man = passenger(sex="male", age="23", ticket_class="3", port="S", siblings_spouses="0", parents_children="0")
    moved = section(result(client, TITANIC, man), "What moved the number")
    steps = {row.all("th")[0].text: row.all("td")[2].text for row in moved.all("tr")[1:-1]}
    (hidden,) = re.findall(r"(?:This|These) hardly shows? in whole numbers.*?: ([^.]*)\.", moved.text)
    assert "hardly mattered" not in moved.text
    sizes = {heading.split(":")[0]: abs(numbers(told)[0]) for heading, told in steps.items()}
    assert max(size for label, size in sizes.items() if label in hidden) > min(
        size for label, size in sizes.items() if label not in hidden
    )


def test_the_last_number_told_of_what_moved_it_is_the_number_itself(client: FlaskClient) -> None:
    by_rounding = 0
    for age in range(50, 70):
        page = result(client, CENSUS, person(age=age, sex="Female", status="Divorced", education="HS-grad", hours="36"))
        moved = section(page, "What moved the number")
        number, (*_, last) = page.number.removesuffix(" out of 100"), moved.all("li")
        if not last.text.endswith(f" it to {number}."):
            assert f"These hardly mattered, but together took it to {number}: " in moved.text
            by_rounding += 1
    assert 0 < by_rounding < 20


def test_a_step_smaller_than_the_range_is_called_chance(client: FlaskClient) -> None:
    text = section(result(client, TITANIC, asked(TITANIC)), "What moved the number").text
    assert re.search(r"may be off by \d+ points? or more, so a step smaller than that may be chance: \w", text)


def test_where_every_step_may_be_chance_they_are_not_listed_again() -> None:
    def moves(*noise: bool) -> Moves:
        asked = CENSUS.inputs[0]
        steps = [Told(asked, f"Label {n}", "answer", 0.1, one, True) for n, one in enumerate(noise)]
        return Moves("", "", steps, [], "", True, [], 0.2, [], [], ("", "", ""), "")

    assert moves(True, True).all_noise
    assert not moves(True, False).all_noise
    assert not moves(True).all_noise
    assert not moves().all_noise


def test_what_is_unknown_is_a_step_of_its_own(client: FlaskClient) -> None:
    text = section(result(client, TITANIC, passenger(age="unknown", port="unknown")), "What moved the number").text
    assert "The model averaged over what is not known: age; port where the passenger came on board." in text


def test_a_sentence_speaks_of_a_passenger_and_never_of_the_reader(client: FlaskClient) -> None:
    text = section(result(client, TITANIC, asked(TITANIC)), "What moved the number").text
    assert "passengers stand for all in the data" in text
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
    links = [
        link
        for link in section(page, "What if an answer were different?").all("a")
        if "/compare?" in link.attributes["href"]
    ]
    assert len(links) == len(changes) <= 3
    for change in changes:
        after = predictor.values(answers | dict(change.answers))[focus]
        assert after == change.estimate
        assert (after > 0.5) != (predictor.values(answers)[focus] > 0.5)
        assert all(model.input[name].changeable for name in change.answers)
    for link in links:
        compared = page_of(client.get(link.attributes["href"]))
        assert compared.heading == "What if an answer were different?"


def test_of_several_kinds_a_change_says_which_it_takes_across_50(client: FlaskClient) -> None:
    tried = section(result(client, MODELS[2], asked(MODELS[2])), "What if an answer were different?").text
    assert "The smallest changes that would bring the chance of setosa down to 50 out of 100 or less:" in tried


def test_where_the_unknown_leads_on_the_known_answers_are_not_said_to_reach_the_number(client: FlaskClient) -> None:
    answers = dict.fromkeys(asked(TITANIC), "unknown") | {"sex": "female"}
    moved = section(result(client, TITANIC, answers), "What moved the number").text
    assert "From there one answer moves it: Being female raised it to 66." in moved
    assert "That leads to 71 out of 100." in moved
    assert "takes it to" not in moved
    known = section(result(client, TITANIC, asked(TITANIC)), "What moved the number").text
    assert "From there the answers take it to 98 out of 100, one by one:" in known


def test_what_one_answer_alone_leads_to_is_said_once(client: FlaskClient) -> None:
    moved = section(result(client, MODELS[3], {"rooms": "6.5"}), "What moved the number").text
    assert "From there one answer moves it: Homes of 6.5 rooms lowered it to $21,000. As a table" in moved


def test_a_name_keeps_its_capital_within_a_sentence_and_another_choice_does_not(client: FlaskClient) -> None:
    poor = passenger(sex="male", age="22", ticket_class="3", port="S")
    moved = section(result(client, TITANIC, poor), "What moved the number").text
    assert "A ticket for third class lowered it to " in moved
    assert "Coming on board at Southampton lowered it to " in moved


def test_a_change_across_50_says_whether_it_leads_up_or_down(client: FlaskClient) -> None:
    tried = section(result(client, CENSUS, asked(CENSUS)), "What if an answer were different?").text
    assert "The smallest change that would bring the chance down to 50 out of 100 or less:" in tried
    low = person(age="34", sex="Female", status="Divorced", education="12th", hours="40")
    tried = section(result(client, CENSUS, low), "What if an answer were different?").text
    assert "The smallest change that would raise the chance to 50 out of 100 or more:" in tried
    # Two answers that change together are one change, said as one.
    assert re.search(r"Highest level of education finished: [^:]+, and hours of work: \d+ hours gives", tried)
    man_of_28 = result(client, TITANIC, passenger(sex="male", age="28", ticket_class="3"))
    assert "Another answer to “Ticket class” alone would not raise the chance to 50 out of 100." in man_of_28.text


def test_no_smaller_single_change_crosses_the_middle() -> None:
    """The search is exact: every answer that would be a smaller change stays on the same side."""
    predictor = get_predictor("census")
    answers = example(CENSUS) | {"education": "11th"}
    changed = [change.answers for change in find_smallest_changes(predictor, answers)]
    (higher,) = [one["education"] for one in changed if [*one] == ["education"]]
    order = list(CENSUS.input["education"].choices)  # type: ignore[attr-defined]
    there, back = order.index(higher), order.index("11th")
    assert there > back
    for between in order[back:there]:
        assert predictor.values(answers | {"education": between})[0] <= 0.5


def test_no_degree_is_taken_away_and_nobody_is_sent_out_of_work() -> None:
    predictor = get_predictor("census")
    order = list(CENSUS.input["education"].choices)  # type: ignore[attr-defined]
    for education in order:
        for hours in (20, 45, 60):
            answers = example(CENSUS) | {"education": education, "hours": hours}
            for change in find_smallest_changes(predictor, answers):
                assert order.index(change.answers.get("education", order[-1])) > order.index(education) or (
                    "education" not in change.answers
                )
                assert change.answers.get("work") not in ("Never-worked", "Without-pay")


def test_a_change_says_whether_its_own_range_still_holds_50(client: FlaskClient) -> None:
    predictor, seen = get_predictor("census"), set()
    for hours in range(20, 60, 5):
        answers = example(CENSUS) | {"hours": hours}
        changes = find_smallest_changes(predictor, answers)
        text = section(result(client, CENSUS, texts(CENSUS, answers)), "What if an answer were different?").text
        for change in changes:
            after = predictor.estimates(answers | dict(change.answers))[0]
            assert (change.estimate, change.low, change.high) == (after.value, after.low, after.high)
            assert change.is_sure == (not after.low <= 0.5 <= after.high)
            seen.add(change.is_sure)
        unsure = re.findall(r"probably (\d+) to (\d+), so this may not be enough\.", text)
        assert len(unsure) == sum(not change.is_sure for change in changes)
        assert all(int(low) <= 50 <= int(high) for low, high in unsure)
    assert False in seen


@pytest.mark.parametrize("name", ["age", "sex", "race", "status", "port", "siblings_spouses", "parents_children"])
def test_what_nobody_can_change_is_never_suggested(name: str) -> None:
    for model in (CENSUS, TITANIC):
        assert name not in model.input or not model.input[name].changeable


# -- the arithmetic ------------------------------------------------------------------------------------------


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def sums_on(page: Page) -> list[tuple[list[float], float, float, float]]:
    """Each sum as printed: its points, its total, its result and its weight."""
    found = []
    for table in page.root.all("table", class_="addition"):
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
    assert page.number.lower() == headline_of(chance)


def test_the_arithmetic_of_what_is_unknown_adds_up_by_hand(client: FlaskClient) -> None:
    page = result(client, CENSUS, person(work="unknown"))
    sums = sums_on(page)
    assert len(sums) == len(CENSUS.input["work"].choices)  # type: ignore[attr-defined]
    average = sum(weight * 1 / (1 + math.exp(-sum(points))) for points, _, _, weight in sums)
    assert page.number.lower() == headline_of(average)
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
    (table,) = page.root.all("table", class_="addition")
    rows = [[number(td.text) for td in row.all("td")] for row in table.all("tbody")[0].all("tr")]
    scores = [math.exp(sum(column)) for column in zip(*rows, strict=True)]
    shown = [number(td.text) for td in table.all("tfoot")[0].all("tr")[1].all("td")]
    assert shown == pytest.approx([score / sum(scores) for score in scores], abs=2e-6)
