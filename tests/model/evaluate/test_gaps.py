"""Gaps of groups and of pairs of groups: by what the chances themselves let them vary, and with the number of looks said."""

from __future__ import annotations

import math

import numpy as np
import pytest

from model.evaluate.pairs import count_sure
from model.evaluate.shares import mean_gap

from tests.cards import evaluation


def test_a_gap_has_a_width_where_it_was_so_of_nobody() -> None:
    """1.5 expected events give none 22 times of 100: that is no finding."""
    gap = mean_gap([0.015] * 101, [0.0] * 101)
    assert gap.value == pytest.approx(0.015)
    assert not gap.sure
    assert gap.high - gap.low == pytest.approx(2 * 1.959964 * math.sqrt(101 * 0.015 * 0.985) / 101)


def test_the_range_holds_0_ninety_five_times_of_100_where_the_chances_are_right() -> None:
    dice = np.random.default_rng(2)
    chances = dice.uniform(0.01, 0.4, size=(2_000, 300))
    so = dice.random(chances.shape) < chances
    held = [not mean_gap(own.tolist(), was.astype(float).tolist()).sure for own, was in zip(chances, so, strict=True)]
    assert np.mean(held) == pytest.approx(0.95, abs=0.015)


def test_of_many_looks_only_those_count_that_are_too_far_off_for_luck() -> None:
    dice = np.random.default_rng(3)
    luck = sorted(np.abs(dice.normal(size=600)).tolist(), reverse=True)
    assert count_sure(luck) == 0
    assert count_sure([9.0, 6.0, *luck]) == 2
    assert count_sure([]) == 0


def test_the_card_has_the_pairs_that_miss_by_most_and_how_many_were_looked_at() -> None:
    pairs = evaluation("census").pairs
    assert pairs is not None
    assert pairs.looked_at > 300
    assert pairs.by_luck == pytest.approx(0.05 * pairs.looked_at)
    assert pairs.sure <= pairs.outside
    for one in pairs.worst:
        assert one.people >= 100
        assert one.gap == pytest.approx(one.estimated - one.observed, abs=1e-5)
    # The furthest off for their number come first.
    far = [abs(one.gap) / one.reach for one in pairs.worst]
    assert far == sorted(far, reverse=True)
