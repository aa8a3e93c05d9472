"""What the API says is behind an estimate: each contribution is real, and the arithmetic adds up."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from typing import Any

import pytest
from flask.testing import FlaskClient

from model.declare.model import Model

from tests.payloads import passenger, photo
from tests.programs import answer, chances, each_example

EXACT = 1e-9


@each_example
def test_the_arithmetic_adds_up_to_the_estimate(client: FlaskClient, model: Model, number: int) -> None:
    told = answer(client, model.name, dict(model.examples[number].answers), explain="1")
    assert_adds_up(told)


def test_the_arithmetic_of_a_photo_adds_up(client: FlaskClient) -> None:
    response = client.post("/api/models/food/predict?explain=1", data={"photo": photo()})
    assert_adds_up(response.get_json())


def test_the_arithmetic_adds_up_where_answers_are_unknown(client: FlaskClient) -> None:
    told = answer(client, "titanic", passenger(age=None, port=None, ticket_class=None), explain="1")
    assert len(told["arithmetic"]) > 100
    assert_adds_up(told)


def test_a_long_list_of_explanations_is_sent_one_by_one(client: FlaskClient) -> None:
    unknown = passenger(age=None, port=None, ticket_class=None)
    response = client.post("/api/models/titanic/predict?explain=1", json=[unknown] * 20, buffered=False)
    pieces = list(response.response)
    assert len(json.loads(b"".join(pieces))["results"]) == 20
    assert len(pieces) >= 20


def assert_adds_up(told: dict[str, Any]) -> None:
    """Each line of the sum is there, and the sums with their shares make the estimate."""
    expected = chances(told)
    reached = [0.0] * len(expected)
    for one in told["arithmetic"]:
        added = [
            math.fsum(points) for points in zip(one["intercept"], *(t["points"] for t in one["terms"]), strict=True)
        ]
        assert added == pytest.approx(one["sum"], abs=EXACT)
        assert one["result"] == pytest.approx(of_scores(told, added), abs=EXACT)
        reached = [so_far + one["share"] * more for so_far, more in zip(reached, one["result"], strict=True)]
    assert math.fsum(one["share"] for one in told["arithmetic"]) == pytest.approx(1, abs=EXACT)
    assert reached == pytest.approx(expected, abs=EXACT)


def of_scores(told: dict[str, Any], scores: list[float]) -> list[float]:
    if "amount" in told:
        return scores
    if "probability" in told:
        return [1 / (1 + math.exp(-scores[0]))]
    return [math.exp(score) / math.fsum(map(math.exp, scores)) for score in scores]


@each_example
def test_a_contribution_is_the_difference_that_the_answer_makes(client: FlaskClient, model: Model, number: int) -> None:
    raw = dict(model.examples[number].answers)
    told = answer(client, model.name, raw, explain="1")
    best = max(range(len(chances(told))), key=chances(told).__getitem__)
    assert told["moved"]
    for move in told["moved"]:
        instead = chances(answer(client, model.name, {**raw, move["name"]: move["reference"]}))[best]
        assert move["instead"] == pytest.approx(instead, abs=EXACT)
        assert move["shift"] == pytest.approx(chances(told)[best] - instead, abs=EXACT)


@each_example
def test_the_steps_lead_from_the_average_to_the_estimate(client: FlaskClient, model: Model, number: int) -> None:
    told = answer(client, model.name, dict(model.examples[number].answers), explain="1")
    steps = told["steps"]
    assert sorted(name for step in steps for name in step["names"]) == sorted(model.input)
    for one, following in pairwise(steps):
        assert following["before"] == one["after"]
    assert steps[-1]["after"] == pytest.approx(max(chances(told)), abs=EXACT)


@each_example
def test_what_would_change_it_does(client: FlaskClient, model: Model, number: int) -> None:
    raw = dict(model.examples[number].answers)
    told = answer(client, model.name, raw, explain="1")
    best = max(range(len(chances(told))), key=chances(told).__getitem__)
    for change in told["would_change"]:
        after = chances(answer(client, model.name, raw | change["answers"]))[best]
        assert change["estimate"] == pytest.approx(after, abs=EXACT)
        assert (after > 0.5) != (chances(told)[best] > 0.5)


@each_example
def test_an_explanation_comes_only_when_asked_for(client: FlaskClient, model: Model, number: int) -> None:
    raw = dict(model.examples[number].answers)
    plain = answer(client, model.name, raw)
    assert plain == answer(client, model.name, raw, explain="0")
    explained = answer(client, model.name, raw, explain="1")
    assert explained.items() >= plain.items()
    assert explained.keys() - plain.keys() == {"steps", "moved", "would_change", "unknown_answers", "arithmetic"}
