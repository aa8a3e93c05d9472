"""The card’s figures, each computed a second time by somebody else’s code."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import confusion_matrix, precision_score, recall_score, roc_auc_score

from model.evaluate.shares import Share, cut
from model.predict.evaluation import Group
from webapp.text.numbers import decimals

from tests.cards import CHANCES, crowd, evaluation, number, numbers, observed, section, the_table
from tests.payloads import get_model


def wilson(yes: int, people: int) -> tuple[float, float]:
    interval = binomtest(yes, people).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


def assert_share(text: str, so: Any) -> None:
    """“23.9 23.5 to 24.3”: a share out of 100 and its range."""
    low, high = wilson(int(np.sum(so)), len(so))
    assert numbers(text) == pytest.approx([100 * np.mean(so), 100 * low, 100 * high], abs=0.0501)


def assert_mean(text: str, values: Any, times: float, digits: float, error: float | None = None) -> None:
    error = np.std(values, ddof=1) / math.sqrt(len(values)) if error is None else error
    centre, reach = np.mean(values), 1.959963984540054 * error
    assert numbers(text) == pytest.approx([times * x for x in (centre, centre - reach, centre + reach)], abs=digits)


# -- how good it is ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["census", "titanic", "iris", "housing"])
def test_the_figures_are_those_of_training(card: Any, name: str) -> None:
    told = the_table(card(name), "good")
    contest = evaluation(name).contests[0]
    assert len(told) == len(contest.own)
    for figure, cells in zip(contest.own, told.values(), strict=True):
        true = [contest.own[figure].mean, *(other[figure].mean for other in contest.others.values())]
        assert [number(cell) for cell in cells] == pytest.approx(true, abs=0.000051)
        names = ["", *contest.others]
        assert ["best" in cell for cell in cells] == [contest.winner(figure) == one for one in names]


@CHANCES
def test_the_auc_is_what_scikit_learn_makes_of_the_people(card: Any, name: str) -> None:
    (chances,), outcomes = observed(name)
    auc = roc_auc_score(outcomes, chances)
    assert f"the AUC, {auc:.4f}" in section(card(name), "tells").text
    spread = evaluation(name).contests[0].own["auc"]
    assert spread.least - 1e-5 <= auc <= spread.most + 1e-5


def test_foods_counts_are_the_only_ones_that_round_to_its_shares(card: Any) -> None:
    figures = get_model("food").recipe.figures  # type: ignore[union-attr]
    yes, rest = int(figures["yes"]), int(figures["rows"] - figures["yes"])
    found = [n for n in range(yes + 1) if round(n / yes, 9) == round(figures["right_yes"], 9)]
    spared = [n for n in range(rest + 1) if round(n / rest, 9) == round(figures["right_no"], 9)]
    assert (len(found), len(spared)) == (1, 1)
    told = the_table(card("food"), "wrong")
    assert [number(cell) for cell in told["In fact: show food"]] == [found[0], yes - found[0]]
    assert [number(cell) for cell in told["In fact: do not"]] == [rest - spared[0], spared[0]]


# -- calibration ---------------------------------------------------------------------------------------


@CHANCES
def test_each_bin_is_what_came_of_its_people(card: Any, name: str) -> None:
    (chances,), outcomes = observed(name)
    told = the_table(card(name), "keeps")
    assert sum(number(people) for people, _, _ in told.values()) == len(outcomes)
    for heading, (people, estimated, so) in told.items():
        low, high = (end / 100 for end in numbers(heading))
        # The file holds 32 bits of each chance, so an edge may fall on either side of it.
        inside = (chances >= low - 1e-8) & ((chances < high - 1e-8) | (high == 1))
        assert inside.sum() == number(people)
        assert number(estimated) == pytest.approx(100 * chances[inside].mean(), abs=0.0501)
        assert_share(so, outcomes[inside])


def test_iris_names_a_kind_as_often_rightly_as_its_table_says(card: Any) -> None:
    chances, outcomes = observed("iris")
    named, right = chances.max(axis=0), chances.argmax(axis=0) == outcomes
    order = np.argsort(named, kind="stable")
    told = the_table(card("iris"), "keeps")
    for part, (people, estimated, so) in zip(np.array_split(order, 5), told.values(), strict=True):
        assert number(people) == len(part)
        # What is nearly certain is said to be 99.99 or 100.
        assert number(estimated) == pytest.approx(100 * named[part].mean(), abs=0.0101)
        assert_share(so, right[part])


# -- yes and no ----------------------------------------------------------------------------------------


@CHANCES
def test_each_cut_finds_as_many_as_scikit_learn_says(card: Any, name: str) -> None:
    (chances,), outcomes = observed(name)
    for heading, cells in the_table(card(name), "tells").items():
        said = chances > number(heading) / 100
        true = [recall_score(outcomes, said), 1 - recall_score(1 - outcomes, ~said), precision_score(outcomes, said)]
        assert [number(cell) for cell in cells] == pytest.approx([100 * one for one in true], abs=0.0501)


@CHANCES
def test_yes_and_no_come_out_as_often_as_counted_anew(card: Any, name: str) -> None:
    (chances,), outcomes = observed(name)
    matrix = confusion_matrix(outcomes, chances > 0.5)[::-1, ::-1]
    assert [[number(cell) for cell in cells] for cells in the_table(card(name), "wrong").values()] == matrix.tolist()


def test_the_kinds_come_out_as_often_as_counted_anew(card: Any) -> None:
    chances, outcomes = observed("iris")
    matrix = confusion_matrix(outcomes, chances.argmax(axis=0))
    told = the_table(card("iris"), "wrong").values()
    assert [[number(cell) for cell in cells] for cells in told] == matrix.tolist()
    for cells, line in zip(told, matrix, strict=True):
        assert [numbers(cell)[1] for cell in cells] == pytest.approx(100 * line / line.sum(), abs=0.0501)


# -- groups ----------------------------------------------------------------------------------------------


def members(name: str, row: Group) -> Any:
    (column,) = [one for one in crowd(name).columns if one.name == row.input]
    return np.array([row.holds(column.answer(number)) for number in range(crowd(name).count)])


def all_groups(name: str) -> Iterator[tuple[str, Any]]:
    """The groups' names and members: those of training, and those of whom something is not recorded."""
    for row in evaluation(name).groups:
        yield row.group, members(name, row)
    unrecorded = {"titanic": "age", "census": "work"}
    if name in unrecorded:
        (column,) = [one for one in crowd(name).columns if one.name == unrecorded[name]]
        yield "not recorded", np.array([column.answer(row) is None for row in range(crowd(name).count)])


@CHANCES
def test_each_group_is_what_came_of_its_people(card: Any, name: str) -> None:
    (chances,), outcomes = observed(name)
    told = the_table(card(name), "who")
    groups = dict(all_groups(name))
    assert {title.lower() for title in told} == {title.lower() for title in groups}
    for title, inside in groups.items():
        people, so, estimated, gap, right = told[title[:1].upper() + title[1:]]
        assert number(people) == inside.sum()
        assert_share(so, outcomes[inside])
        assert number(estimated) == pytest.approx(100 * chances[inside].mean(), abs=0.0501)
        # By what the chances themselves let the number of those vary of whom it was so.
        own = chances[inside]
        error = math.sqrt((own * (1 - own)).sum()) / len(own)
        assert_mean(gap, (chances - outcomes)[inside], 100, 0.0501, error)
        assert_share(right, ((chances > 0.5) == (outcomes == 1))[inside])


@CHANCES
def test_the_group_with_the_largest_gap_is_named(card: Any, name: str) -> None:
    (chances,), outcomes = observed(name)
    gaps = {title: abs((chances - outcomes)[inside].mean()) for title, inside in all_groups(name)}
    largest = max(gaps, key=gaps.__getitem__)
    assert section(card(name), "who").all("strong")[0].text.endswith(f": {largest}")


def test_each_kind_is_right_as_often_as_counted_anew(card: Any) -> None:
    chances, outcomes = observed("iris")
    told = the_table(card("iris"), "who")
    for kind, (label, (people, right, estimated)) in enumerate(told.items()):
        own = outcomes == kind
        assert label.lower() == get_model("iris").learns.classes[str(kind)]
        assert number(people) == own.sum()
        assert_share(right, chances.argmax(axis=0)[own] == kind)
        assert number(estimated) == pytest.approx(100 * chances[kind][own].mean(), abs=0.0501)


# -- an amount -------------------------------------------------------------------------------------------


def test_the_parts_of_the_districts_are_what_came_of_them(card: Any) -> None:
    (estimates, lows, highs), actual = observed("housing")
    order = np.argsort(estimates, kind="stable")
    ends = [round(len(order) * part / 5) for part in range(6)]
    page = card("housing")
    kept = list(the_table(page, "keeps").values())
    wrong = list(the_table(page, "wrong").values())
    for part in range(5):
        inside = order[ends[part] : ends[part + 1]]
        assert_share(kept[part][1], ((lows <= actual) & (actual <= highs))[inside])
        true = [len(inside), *(1000 * values[inside].mean() for values in (estimates, actual, abs(estimates - actual)))]
        assert [number(cell) for cell in wrong[part]] == pytest.approx(true, abs=50.01)


def test_the_districts_by_rooms_are_what_came_of_them(card: Any) -> None:
    (estimates, lows, highs), actual = observed("housing")
    rooms = np.array([crowd("housing").columns[0].answer(row) for row in range(len(actual))])
    told = the_table(card("housing"), "who")
    assert len(told) == 5
    for title in told:
        ends = [float(end) for end in re.findall(r"[\d.]+", title)]
        low, high = (0, *ends) if title.startswith("Under") else (*ends, 99)[:2]
        inside = (rooms >= low) & (rooms < high)
        people, so, estimated, gap, held = told[title]
        assert number(people) == inside.sum()
        assert number(so) == pytest.approx(1000 * actual[inside].mean(), abs=50.01)
        assert number(estimated) == pytest.approx(1000 * estimates[inside].mean(), abs=50.01)
        assert_mean(gap, (estimates - actual)[inside], 1, 0.00501)
        assert_share(held, ((lows <= actual) & (actual <= highs))[inside])


def test_a_cut_above_everybody_is_right_about_nobody() -> None:
    nobody = cut([0.2, 0.4], [0, 1], above=0.9)
    assert (nobody.found, nobody.false_alarms, nobody.right) == (Share(0, 1), Share(0, 1), Share(0, 0))


def test_a_share_of_nobody_could_be_any() -> None:
    assert (Share(0, 0).low, Share(0, 0).high) == pytest.approx((0, 1))


@pytest.mark.parametrize(("yes", "people"), [(0, 7), (7, 7), (3, 10), (1, 1), (250, 1000)])
def test_a_shares_range_is_wilsons(yes: int, people: int) -> None:
    share = Share(yes, people)
    assert (share.low, share.high) == pytest.approx(wilson(yes, people), abs=1e-9)


# -- for statisticians --------------------------------------------------------------------------------


@CHANCES
def test_slope_intercept_and_briers_parts_are_told_with_their_ranges(card: Any, name: str) -> None:
    text = section(card(name), "keeps").text
    found = evaluation(name)
    assert found.line is not None
    assert found.brier_parts is not None
    for one in (found.line.slope, found.line.intercept):
        assert f"{decimals(one.value, 3)} {decimals(one.low, 3)} to {decimals(one.high, 3)}" in text
    (chances,), outcomes = observed(name)
    parts = found.brier_parts
    score = float(np.mean((chances - outcomes) ** 2))
    assert parts.reliability - parts.resolution + parts.uncertainty == pytest.approx(score, abs=1e-4)
    assert f"{parts.resolution:.4f}" in text
    assert "Validated on its own data only." in text


def test_the_decision_curve_says_where_the_model_is_no_better_than_never_saying_yes(card: Any) -> None:
    text = section(card("census"), "tells").text
    worth = [one.above for one in evaluation("census").decisions if one.gain.low > 0]
    assert f"Above {100 * max(worth):.3g} the model is not shown to be better than never saying yes." in text


def test_the_card_of_an_amount_tells_how_many_amounts_lie_below_and_above_the_range(card: Any) -> None:
    (_, low, high), amounts = observed("housing")
    below, above = 100 * np.mean(amounts < low), 100 * np.mean(amounts > high)
    text = section(card("housing"), "counted").text
    assert f"; {below:.1f} lay below it, and {above:.1f} above." in text
    assert "one in 10" not in text


def test_the_gaps_of_amounts_are_taken_from_averages_and_not_from_shares(card: Any) -> None:
    text = section(card("housing"), "who").text
    assert "The gap is the average estimate less the actual average." in text


@CHANCES
def test_between_the_lines_where_the_decision_curve_says_that_acting_pays_it_pays_at_every_line(
    card: Any, name: str
) -> None:
    (said,) = re.findall(
        r"Is it worth acting on\? Between ([\d.]+) and ([\d.]+) out", section(card(name), "tells").text
    )
    low, high = (float(end) / 100 for end in said)
    inside = [one for one in evaluation(name).decisions if low - 1e-9 <= one.above <= high + 1e-9]
    assert len(inside) > 10
    assert all(one.gain.low > 0 for one in inside)


def test_the_groups_two_by_two_are_told_with_the_number_of_looks(card: Any) -> None:
    pairs, text = evaluation("census").pairs, section(card("census"), "who").text
    assert pairs is not None
    assert f"{pairs.sure} of {pairs.looked_at} miss by more than luck explains" in text
    for pair in pairs.worst:
        assert f"{pair.people:,}" in text
