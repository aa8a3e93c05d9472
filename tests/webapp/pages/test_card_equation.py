"""The sum that a card prints, worked out by hand from its tables: it gives the model's own numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from model.declare.model import Model
from model.declare.number import NumberInput
from model.declare.reading import Answers
from model.food import evidence as evidence_of
from webapp.http.addresses import texts

from tests.cards import number, rows, section, the_table
from tests.page import Element, page_of
from tests.payloads import TYPED, each_model, example, get_model, get_predictor


def between(levels: list[str], points: list[float], answer: float) -> float:
    """By hand: the points on the straight line between the two levels around a number."""
    return float(np.interp(answer, [float(level) for level in levels], points))


def points_of(model: Model, table: Element, answers: Answers) -> list[float]:
    """What one printed table gives for these answers: one number, or one for each class."""
    (caption,) = table.all("caption")
    name = caption.all("b")[0].text
    lines = {heading: [number(cell) for cell in cells] for heading, cells in rows(table).items()}
    columns = [heading.text for heading in table.all("thead")[0].all("th")][1:]
    by_label = {asked.label.lower(): asked for asked in model.inputs}
    pair = [side for side in by_label if name.lower().startswith(side)]
    side = by_label[max(pair, key=len)]
    rest = name.lower()[len(side.label) :].removeprefix(", by ")
    line = at_level(side, list(lines), list(map(list, zip(*lines.values(), strict=True))), answers)
    if not rest:
        return line
    return [at_level(by_label[rest], columns, [line], answers)[0]]


def at_level(asked: Any, levels: list[str], columns: list[list[float]], answers: Answers) -> list[float]:
    answer = answers[asked.name]
    # What is not recorded stands after the numbers.
    known = [at for at, level in enumerate(levels) if level != "Not recorded"]
    if isinstance(asked, NumberInput):
        levels, columns = [levels[at] for at in known], [[column[at] for at in known] for column in columns]
        return [between(levels, column, answer) for column in columns]
    return [column[levels.index(asked.words(answer))] for column in columns]


def by_hand(model: Model, details: Element, answers: Answers) -> list[float]:
    """The sum of everything that is printed under one summary."""
    first, *tables = details.all("table")
    start = {heading: [number(cell) for cell in cells] for heading, cells in rows(first).items()}
    total = np.array(start.pop("Intercept"))
    labels = {asked.label: asked.name for asked in model.inputs}
    for label, each in start.items():
        total = total + np.array(each) * answers[labels[label]]
    for table in tables:
        total = total + np.array(points_of(model, table, answers))
    return [float(one) for one in total]


def known_examples() -> list[Any]:
    """Every example of a form that is typed, unless an answer in it is unknown."""
    return [
        pytest.param(model, example(model, number), id=f"{model.name} {number}")
        for model in TYPED
        for number in range(len(model.examples))
        if None not in example(model, number).values()
    ]


@pytest.mark.parametrize(("model", "answers"), known_examples())
def test_the_printed_points_give_the_results_number(
    client: FlaskClient, card: Any, model: Model, answers: Answers
) -> None:
    sums = [
        by_hand(model, details, answers)
        for details in section(card(model.name), "equation").all("details", class_="sum")
    ]
    heading = page_of(client.get(f"/{model.name}/result", query_string=texts(model, answers))).number
    estimates = get_predictor(model.name).estimates(answers)
    if model.kind == "amount":
        # The first sum is the amount; an end of the range has one of its own where it is a sum.
        value, *ends = [one for (one,) in sums]
        true = [estimates[0].value, estimates[0].low, estimates[0].high]
        found = [value, min(ends[0], value), max(ends[1], value)] if ends else [value]
        assert found == pytest.approx(true[: len(found)], abs=1e-9)
        assert heading == f"${round(value, 1) * 1000:,.0f}"
        return
    (total,) = sums
    grown = np.exp(total)
    chances = grown / (1 + grown) if model.kind == "probability" else grown / grown.sum()
    # Points are printed with six digits, and eleven pairs of answers have some each.
    assert list(chances) == pytest.approx([one.value for one in estimates], abs=5e-6)
    highest = max(chances)
    words = "more than 99" if highest > 0.99 else "fewer than 1" if highest < 0.01 else str(int(highest * 100 + 0.5))
    assert f"{words} out of 100" in heading.lower()


def test_the_printed_coefficients_of_food_give_its_number(client: FlaskClient, card: Any) -> None:
    model = get_model("food")
    lines = the_table(card("food"), "equation")
    for shown in range(len(model.examples)):
        answers = example(model, shown)
        evidence, common = evidence_of(answers["photo"]), answers["common"]
        total = number(lines["Intercept"][0]) + number(lines["Evidence of food"][0]) * evidence
        total += number(lines["Log odds of: Of 100 of your photos, how many show food?"][0]) * math.log(
            common / (100 - common)
        )
        true = get_predictor("food").estimates(answers)[0].value
        assert 1 / (1 + math.exp(-total)) == pytest.approx(true, abs=1e-9)


@each_model
def test_the_example_adds_up_as_printed(card: Any, model: Model) -> None:
    table = section(card(model.name), "equation").all("table", class_="points worked")[0]
    lines = [[number(cell.text) for cell in line.all("td")] for line in table.all("tbody")[0].all("tr")]
    foot = rows(table.all("tfoot")[0])
    total = np.sum(lines, axis=0)
    assert [number(cell) for cell in foot["Sum"]] == pytest.approx(total.tolist(), abs=len(lines) * 5e-7 + 1e-9)
    if model.kind != "amount":
        grown = np.exp(total)
        chances = grown / (1 + grown) if model.kind == "probability" else grown / grown.sum()
        told = [number(cell) for cell in foot["Chance, out of 100"]]
        assert told == pytest.approx((100 * chances).tolist(), abs=2e-4)
