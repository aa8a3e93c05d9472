"""Gaps of groups and of pairs of groups: by what the chances themselves let them vary, and with the number of looks said."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from model.evaluate.pairs import chance_of_miss, count_sure
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
    luck = sorted(dice.random(600).tolist())
    assert count_sure(luck) == 0
    assert count_sure([1e-18, 1e-9, *luck]) == 2
    assert count_sure([]) == 0


@pytest.mark.parametrize(
    ("rows", "rate", "counts"), [(300, 0.004, (4, 6)), (300, 0.02, (1, 15, 20)), (200, 0.9, (160, 195))]
)
def test_how_likely_a_miss_is_holds_far_out_also_of_what_is_rare(
    rows: int, rate: float, counts: tuple[int, ...]
) -> None:
    own = np.clip(np.random.default_rng(rows).beta(2, 2 / rate - 2, size=rows), 1e-6, 1 - 1e-6)
    exact = np.ones(1)
    for chance in own:
        exact = np.convolve(exact, [1 - chance, chance])
    for count in counts:
        tail = exact[: count + 1] if count < own.sum() else exact[count:]
        assert chance_of_miss(own, count) == pytest.approx(min(1, 2 * tail.sum()), rel=0.03)


@pytest.mark.parametrize(
    ("sure", "rate", "doubtful", "chance", "count"), [(99, 1e-6, 1, 0.99, 2), (240, 1e-5, 10, 0.5, 11)]
)
def test_how_likely_a_miss_is_holds_where_the_estimates_leave_little_in_doubt(
    sure: int, rate: float, doubtful: int, chance: float, count: int
) -> None:
    """One more yes than anybody was in doubt about: about as likely as that all these are one, and one of the others too."""
    own = np.array([rate] * sure + [chance] * doubtful)
    expected = 2 * chance**doubtful * (sure * rate)
    assert chance_of_miss(own, count) == pytest.approx(expected, rel=0.02)
    assert chance_of_miss(1 - own, len(own) - count) == pytest.approx(expected, rel=0.02)


def test_of_what_is_rare_few_tables_have_a_finding_by_luck() -> None:
    """By bell curves one in seven would have one."""
    dice = np.random.default_rng(1)
    own = dice.beta(1, 60, size=(100, 250))
    found = [
        count_sure(sorted(chance_of_miss(own, float((dice.random(250) < own).sum())) for own in dice.permuted(own)))
        for _ in range(100)
    ]
    assert sum(count > 0 for count in found) <= 10


def test_the_card_has_the_pairs_that_miss_by_most_and_how_many_were_looked_at() -> None:
    pairs = evaluation("census").pairs
    assert pairs is not None
    assert pairs.looked_at > 300
    assert pairs.by_luck == pytest.approx(0.05 * pairs.looked_at)
    assert pairs.sure <= pairs.outside
    for one in pairs.worst:
        assert one.people >= 100
        assert one.gap == pytest.approx(one.estimated - one.observed, abs=1e-5)
    # Those beyond luck come before all others, and the less likely ones first: nearly in the order of their distance.
    marked = [one.is_sure for one in pairs.worst]
    assert marked == sorted(marked, reverse=True)
    far = [abs(one.gap) / one.reach for one in pairs.worst]
    assert all(one > other - 0.1 for one, other in pairwise(far))
