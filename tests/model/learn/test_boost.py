"""A boosting machine is taken over as steps and points: the same numbers, in tables that add up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from model.declare.model import Model
from model.declare.recipe import Blend, Boosted, Candidate, Curve, Ladder, Steps, Table
from model.evaluate.shares import Share
from model.learn.boost import Boosting, draw_bags, fit_machine, prepared
from model.learn.check import check, records
from model.learn.choice import choose, try_out
from model.learn.kinds import KINDS
from model.learn.table import read_table, rows_of
from model.learn.train import train
from model.predict.card import Card
from model.predict.catalog import declared_in
from model.predict.predictor import Predictor
from webapp import create_app

from tests.page import page_of
from tests.payloads import SETTINGS
from tests.toys import write_toy

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:Missing values detected:UserWarning")]
BOOSTED = Boosted(("clouds", "wind"), pairs=1, bags=3)


def boosted_toy(folder: Path, **changes: Any) -> Model:
    """The toy with a boosting machine for its recipe; the wind may be unknown, and what that means is learnt."""
    toy = declared_in(write_toy(folder) / "toy.py")
    recipe = {"candidates": (BOOSTED,), "unknown": "learnt", "folds": 5, "tutorial": ()} | changes
    return replace(toy, recipe=replace(toy.learns, **recipe))


def asked_of(model: Model, X: pd.DataFrame) -> list[Any]:
    return [model.input[name] for name in X]


@pytest.mark.parametrize("amount", [False, True], ids=["a chance", "an amount"])
def test_the_points_add_up_to_what_the_machine_says(tmp_path: Path, amount: bool) -> None:
    model = boosted_toy(tmp_path)
    table, y = read_table(model)
    X = table[list(model.input)]
    target = X["clouds"] * 100.0 + y if amount else y
    bags = draw_bags(len(X), BOOSTED.bags, None if amount else target)
    machine = fit_machine(BOOSTED, asked_of(model, X), amount, X, target, None, bags)
    pipeline = Boosting(BOOSTED, model.input, amount, None).fit(X, target).pipeline_
    ways = pd.DataFrame(
        [(clouds, wind) for clouds in [*range(9), np.nan] for wind in ["N", "E", "S", "W", np.nan]], columns=list(X)
    )
    say = "predict" if amount else "predict_proba"
    expected = getattr(machine, say)(prepared(ways, asked_of(model, X)))
    assert np.abs(getattr(pipeline, say)(ways) - expected).max() < 1e-4
    assert np.ptp(expected) > 0.1


def test_what_is_served_is_what_was_pickled_for_unknown_answers_too(tmp_path: Path) -> None:
    model = boosted_toy(tmp_path)
    card = train(model)
    assert any(line.startswith("agreement") for line in check(model))
    estimates = Predictor(model, card).predict([{"clouds": 4, "wind": wind} for wind in ["N", "W", None]])[0]
    assert len(set(estimates)) == 3


def test_an_unknown_answer_is_estimated_as_the_rows_that_lack_it(tmp_path: Path) -> None:
    """Where the wind is missing it always rains: the average over the other winds would never say so."""

    def wet(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        return [row | {"rain": "yes"} if row["wind"] == "?" else row for row in rows]

    toy = declared_in(write_toy(tmp_path, change_rows=wet) / "toy.py")
    plain = (Candidate((Curve("clouds", knots=(0, 4, 8)), Table("wind"))),)
    for candidates in (plain, (BOOSTED,)):
        learnt = replace(toy, recipe=replace(toy.learns, candidates=candidates, unknown="learnt", tutorial=()))
        assert value(learnt, {"clouds": 0, "wind": None}) > 0.6
    averaged = replace(toy, recipe=replace(toy.learns, candidates=plain, tutorial=()))
    assert value(averaged, {"clouds": 0, "wind": None}) < 0.4


def value(model: Model, answers: dict[str, Any]) -> float:
    return Predictor(model, train(model)).values(answers)[0]


def test_more_bags_of_the_same_rows_do_not_make_the_range_empty(tmp_path: Path) -> None:
    model = boosted_toy(tmp_path)
    predictor = Predictor(model, train(model))
    for answers in records(read_table(model)[0][list(model.input)])[:20]:
        (estimate,) = predictor.estimates(answers)
        assert estimate.low < estimate.value < estimate.high


def test_no_range_of_a_machine_of_few_fits_is_narrow_by_luck(tmp_path: Path) -> None:
    """How far two fits lie apart says next to nothing: some of the ranges would be a tenth as wide as they are."""
    few = replace(BOOSTED, bags=2)
    model = boosted_toy(tmp_path, candidates=(Blend(CURVES, few, 0.5),))
    predictor = Predictor(model, train(model))
    ends = [predictor.estimates({"clouds": clouds, "wind": wind})[0] for clouds in range(9) for wind in "NESW"]
    widths = [np.log(end.high / (1 - end.high)) - np.log(end.low / (1 - end.low)) for end in ends]
    assert min(widths) > np.median(widths) / 3


def test_the_range_of_a_blend_reaches_further_to_where_its_penalty_pulls_from(tmp_path: Path) -> None:
    pulled = Candidate(CURVES.blocks, C=0.003)
    model = boosted_toy(tmp_path, candidates=(Blend(pulled, BOOSTED, 0.75),))
    card = train(model)
    few, many = (Predictor(model, card).estimates({"clouds": clouds, "wind": "N"})[0] for clouds in (0, 8))
    for estimate, side in (few, -1), (many, 1):
        low, value, high = (np.log(one / (1 - one)) for one in (estimate.low, estimate.value, estimate.high))
        assert ((high - value) - (value - low)) * side > 0.1 * (high - low)
    client = create_app(SETTINGS | {"MODEL_FOLDERS": [tmp_path]}).test_client()
    assert "How far its curves would lie from these with a penalty 30 times weaker" in client.get("/toy/card").text


def test_steps_that_somebody_declares_are_flat_between_their_starts(tmp_path: Path) -> None:
    toy = declared_in(write_toy(tmp_path) / "toy.py")
    steps = (Candidate((Steps("clouds", at=(3, 6)), Table("wind"))),)
    predictor = Predictor(toy, train(replace(toy, recipe=replace(toy.learns, candidates=steps))))
    values = [predictor.values({"clouds": clouds, "wind": "N"})[0] for clouds in range(9)]
    assert values[0] == values[1] == values[2] < values[3] == values[5] < values[6] == values[8]


def test_the_range_of_an_amount_holds_as_often_as_it_says_in_every_fifth(tmp_path: Path) -> None:
    """Errors that grow with the amount: one width for all would hold always at one end and seldom at the other."""
    model = amount_toy(tmp_path)
    card = train(model)
    predictor, dice = Predictor(model, card), np.random.default_rng(5)
    for low in range(0, 100, 20):
        held = 0
        for _ in range(2_000):
            x = float(dice.uniform(low, low + 20))
            (estimate,) = predictor.estimates({"x": x})
            held += estimate.low <= made_up(dice, x) <= estimate.high
        share = Share(held, 2_000)
        assert share.low < 0.84
        assert share.high > 0.74
    assert 0.76 < card.evaluation.figures["range_holds"] < 0.84


def made_up(dice: Any, x: float) -> float:
    return float(10 * x + dice.normal() * (1 + x))


def amount_toy(folder: Path) -> Model:
    dice = np.random.default_rng(4)
    rows = [(x, made_up(dice, x)) for x in dice.uniform(0, 100, 3_000)]
    pd.DataFrame(rows, columns=["x", "amount"]).to_csv(folder / "sums.csv", index=False)
    (folder / "sums.py").write_text(AMOUNT, encoding="utf-8")
    return declared_in(folder / "sums.py")


AMOUNT = """
from pathlib import Path
from wtforms import Form
from model.declare import Candidate, Curve, Example, Model, NumberField, Recipe, Words


class SumForm(Form):
    x = NumberField("X", thing="x", between=(0, 100), like="50")


MODEL = Model(
    name="sums", kind="amount", form=SumForm, fieldsets={"One": ("x",)},
    recipe=Recipe(
        table=Path(__file__).with_name("sums.csv"), target="amount", range_by="residuals", folds=5,
        candidates=(Candidate((Curve("x", knots=(0, 50, 100)),)),),
    ),
    examples=(Example("Half", {"x": 50}),),
    words=Words(title="Sums", question="How much?", heading="Estimate it", lead="", button="Go", those="sums"),
)
"""


def test_boosting_can_be_chosen_by_the_folds(tmp_path: Path) -> None:
    both = (Candidate((Table("wind"),), name="the wind alone"), BOOSTED)
    card: Card = train(boosted_toy(tmp_path, candidates=both, inner_folds=3))
    assert card.recipe.chosen == "boosted steps"
    assert sum(card.evaluation.chosen_in_folds.values()) == 5


CURVES = Candidate((Curve("clouds", knots=(0, 4, 8), straight=True), Table("wind")), name="curves")


def test_of_ways_that_do_as_well_as_luck_allows_the_blend_with_the_fewest_curves_is_taken(tmp_path: Path) -> None:
    """It rains by chance, and rather under more than four clouds: both ways come near to that."""
    model = boosted_toy(tmp_path, candidates=(CURVES, BOOSTED), blends=(0.75, 0.25))
    table, dice = pd.read_csv(tmp_path / "toy.csv"), np.random.default_rng(1)
    table["rain"] = np.where(dice.random(len(table)) < 0.3 + 0.4 * (table["clouds"] > 4), "yes", "no")
    model = replace(model, recipe=replace(model.learns, table=lambda: table))
    rows = rows_of(model)
    assert choose(model, rows) == Blend(CURVES, BOOSTED, 0.25)
    losses = {way: try_out(model, way, rows).loss for way in (CURVES, BOOSTED)}
    assert min(losses.values()) < try_out(model, Blend(CURVES, BOOSTED, 0.25), rows).loss, "another did better by luck"


def test_a_way_that_is_clearly_better_is_taken_before_any_blend(tmp_path: Path) -> None:
    """The sums go straight up, which steps only come near to."""
    sums = amount_toy(tmp_path)
    table = pd.read_csv(tmp_path / "sums.csv").assign(amount=lambda rows: 10 * rows["x"])
    ways = (*sums.learns.candidates, Boosted(bags=2))
    model = replace(sums, recipe=replace(sums.learns, table=lambda: table, candidates=ways, blends=(0.25,)))
    assert choose(model, rows_of(model)) == ways[0]


@pytest.mark.parametrize("amount", [False, True], ids=["a chance", "an amount"])
def test_a_blend_is_the_weighted_sum_of_both_scores(tmp_path: Path, amount: bool) -> None:
    model = boosted_toy(tmp_path)
    kind = KINDS["amount" if amount else "probability"]
    table, y = read_table(model)
    X, target = table[list(model.input)], table["clouds"] * 100.0 + y if amount else y
    model = replace(model, recipe=replace(model.learns, range_by="residuals"))
    said = [
        kind.predict(kind.estimator(model, way).fit(X, target), X)
        for way in (CURVES, BOOSTED, Blend(CURVES, BOOSTED, 0.3))
    ]
    assert np.abs(kind.blend(said[0], said[1], 0.3) - said[2]).max() < (1e-3 if amount else 1e-5)


def test_a_blend_serves_what_was_pickled(tmp_path: Path) -> None:
    model = boosted_toy(tmp_path, candidates=(Blend(CURVES, BOOSTED, 0.5),))
    card = train(model)
    assert any(line.startswith("agreement") for line in check(model))
    (estimate,) = Predictor(model, card).estimates({"clouds": 4, "wind": None})
    assert estimate.low < estimate.value < estimate.high


def test_a_blend_tells_an_amount_too(tmp_path: Path) -> None:
    model = boosted_toy(tmp_path, candidates=(Blend(CURVES, BOOSTED, 0.5),), range_by="residuals", target="amount")
    table = pd.read_csv(tmp_path / "toy.csv").assign(amount=lambda days: 100 * days["clouds"] + 7)
    model = replace(model, kind="amount", recipe=replace(model.learns, table=lambda: table))
    card = train(model)
    assert any(line.startswith("agreement") for line in check(model))
    (estimate,) = Predictor(model, card).estimates({"clouds": 4, "wind": "W"})
    assert estimate.low <= estimate.value <= estimate.high
    assert estimate.value == pytest.approx(407, abs=30)


def test_a_blends_card_has_one_table_of_a_choice_and_two_of_a_number_with_names_of_their_own(tmp_path: Path) -> None:
    model = boosted_toy(tmp_path)
    train(replace(model, recipe=replace(model.learns, candidates=(Blend(CURVES, BOOSTED, 0.5),))))
    client = create_app(SETTINGS | {"MODEL_FOLDERS": (tmp_path,)}).test_client()
    labels = [
        one.attributes["aria-label"] for one in page_of(client.get("/toy/card")).root.all("section", class_="scrolls")
    ]
    names = ["Clouds in eighths", "Wind from", "Clouds in eighths, in steps"]
    assert [label for label in labels if label.startswith("The points: ")][1:4] == [
        f"The points: {one}" for one in names
    ]


def test_several_classes_can_be_boosted(tmp_path: Path) -> None:
    model = boosted_toy(tmp_path)
    recipe = replace(model.learns, target="wind", classes=dict.fromkeys("NESW", ""), candidates=(Boosted(("clouds",)),))
    table = pd.read_csv(tmp_path / "toy.csv").query("wind != '?'")
    one = replace(model, kind="classes", recipe=replace(recipe, classes={w: w for w in "NESW"}, table=lambda: table))
    card = train(one)
    assert any(line.startswith("agreement") for line in check(one))
    estimates = Predictor(one, card).estimates({"clouds": 4, "wind": "N"})
    assert sum(estimate.value for estimate in estimates) == pytest.approx(1)
    assert all(estimate.low <= estimate.value <= estimate.high for estimate in estimates)


def test_a_rare_rung_of_a_ladder_leans_on_its_neighbours_and_a_rare_choice_of_a_table_on_nothing(
    tmp_path: Path,
) -> None:
    """Three days had a wind from the south, all of them dry; from the west it rained as often as from the east."""

    def rows(old: list[dict[str, str]]) -> list[dict[str, str]]:
        winds = ["N", "E", "W"]
        new = [
            row | {"wind": winds[at % 3], "rain": "no" if at % 3 == 0 and at % 2 else "yes"}
            for at, row in enumerate(old)
        ]
        return [row | {"wind": "S", "rain": "no"} if at < 3 else row for at, row in enumerate(new)]

    toy = declared_in(write_toy(tmp_path, lambda text: text.replace("may_be_unknown=True,", ""), rows) / "toy.py")
    found = {}
    for block in (Table("wind"), Ladder("wind")):
        recipe = replace(toy.learns, candidates=(Candidate((block,), C=0.1),), tutorial=())
        found[type(block)] = value(replace(toy, recipe=recipe), {"clouds": 4, "wind": "S"})
        assert any(line.startswith("agreement") for line in check(replace(toy, recipe=recipe)))
    assert found[Ladder] > found[Table] + 0.02
