"""Whether estimates keep their word, found again where it is known beforehand."""

from __future__ import annotations

import numpy as np
import pytest

from model.evaluate.calibration import brier_parts, calibration_line, smooth_curve
from model.evaluate.decisions import decision_curve

DICE = np.random.default_rng(1)
SCORES = DICE.normal(size=20_000) * 1.5 - 0.5
CHANCE = 1 / (1 + np.exp(-SCORES))
SO = (DICE.random(len(CHANCE)) < CHANCE).astype(float)


def sigmoid(scores: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-scores))


def test_estimates_that_keep_their_word_have_intercept_0_and_slope_1() -> None:
    line = calibration_line(SO, CHANCE)
    assert line is not None
    assert line["intercept"]["low"] < 0 < line["intercept"]["high"]
    assert line["slope"]["low"] < 1 < line["slope"]["high"]


def test_estimates_that_are_too_far_apart_and_too_low_are_found_out() -> None:
    line = calibration_line(SO, sigmoid(2 * SCORES - 1))
    assert line is not None
    assert line["slope"]["value"] == pytest.approx(0.5, abs=0.02)
    assert line["intercept"]["low"] > 0


def test_a_row_counted_twice_moves_the_line_as_two_rows_do() -> None:
    twice = calibration_line(SO, CHANCE, 1 + SO)
    doubled = calibration_line(np.append(SO, SO[SO == 1]), np.append(CHANCE, CHANCE[SO == 1]))
    assert twice is not None
    assert doubled is not None
    assert twice["slope"]["value"] == pytest.approx(doubled["slope"]["value"])


def test_where_nobody_is_doubtful_there_is_no_line() -> None:
    assert calibration_line(np.array([0.0, 0, 1, 1]), np.array([0.1, 0.2, 0.8, 0.9])) is None


def test_the_smooth_curve_follows_what_was_so_within_its_band() -> None:
    curve = smooth_curve(SO, sigmoid(SCORES / 2))
    truth = [float(sigmoid(2 * np.log(p / (1 - p)))) for p in (point["estimated"] for point in curve)]
    held = [point["low"] <= so <= point["high"] for point, so in zip(curve, truth, strict=True)]
    assert np.mean(held) > 0.8
    assert all(point["low"] <= point["observed"] <= point["high"] for point in curve)


def test_of_few_people_no_curve_is_drawn() -> None:
    assert smooth_curve(SO[:60], CHANCE[:60]) == []


def test_briers_parts_add_up_to_the_score() -> None:
    parts = brier_parts(SO, CHANCE)
    score = parts["reliability"] - parts["resolution"] + parts["uncertainty"]
    assert score == pytest.approx(np.mean((SO - CHANCE) ** 2))
    assert 0 <= parts["reliability"] < 0.001


def test_briers_parts_are_numbers_where_chances_are_next_to_nought() -> None:
    parts = brier_parts(np.array([0.0, 0.0, 1.0, 1.0]), np.array([0.0, 1e-310, 2e-310, 1.0]))
    assert parts == {"reliability": 0.25, "resolution": 0.25, "uncertainty": 0.25}


def test_acting_on_estimates_is_worth_more_than_on_everybody_where_they_tell_something() -> None:
    for one in decision_curve(SO, CHANCE):
        acted = one["above"] < CHANCE
        odds = one["above"] / (1 - one["above"])
        by_hand = (SO[acted].sum() - odds * (1 - SO[acted]).sum()) / len(SO)
        assert one["benefit"]["value"] == pytest.approx(by_hand)
        if 0.2 <= one["above"] <= 0.8:
            assert one["gain"]["low"] > 0


def test_the_range_of_a_gain_seldom_lies_above_the_truth_also_where_a_false_alarm_costs_nine() -> None:
    def low_end(rows: np.ndarray) -> float:
        return next(one["gain"]["low"] for one in decision_curve(SO[rows], CHANCE[rows]) if one["above"] == 0.9)

    dice = np.random.default_rng(2)
    truth = float(np.mean((CHANCE > 0.9) * (CHANCE - 9 * (1 - CHANCE))))
    above = [low_end(dice.integers(len(SO), size=600)) > truth for _ in range(300)]
    assert np.mean(above) < 0.07


def test_chances_that_tell_nothing_gain_nothing() -> None:
    told_nothing = decision_curve(SO, np.full(len(SO), SO.mean()))
    assert all(one["gain"]["high"] <= 0.001 for one in told_nothing)
