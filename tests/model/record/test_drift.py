"""Whether the people who are asked about have changed is told by a bet that daily looks do not spoil."""

from __future__ import annotations

import numpy as np
import pytest

from model.record.drift import changed, code_choices, code_numbers, together


def drawn(seed, number, shares):
    return np.random.default_rng(seed).choice(len(shares), number, p=shares)


def test_the_first_500_say_nothing():
    assert changed(drawn(0, 500, [0.5, 0.5]), np.arange(500) // 50) == 1.0


def test_people_who_stay_the_same_are_no_evidence_whenever_one_looks():
    for seed in range(10):
        codes, weeks = drawn(seed, 3000, [0.6, 0.3, 0.1]), np.arange(3000) // 100
        assert max(changed(codes[:seen], weeks[:seen]) for seen in range(600, 3001, 300)) < 20


def test_people_who_change_halfway_are_strong_evidence():
    codes = np.concatenate([drawn(1, 1500, [0.6, 0.3, 0.1]), drawn(2, 800, [0.45, 0.45, 0.1])])
    assert changed(codes, np.arange(2300) // 100) > 20


def test_numbers_are_parted_by_the_tenths_of_the_first_and_an_unknown_one_is_a_part():
    codes = code_numbers([*range(500), None, 10_000])
    assert sorted(set(codes)) == list(range(11))
    assert np.bincount(codes[:500]).tolist() == [50] * 10
    assert (codes[500], codes[501]) == (10, 9)


def test_a_choice_that_nobody_of_the_first_had_is_a_part_of_its_own():
    codes = code_choices(["a", None, *["b"] * 498, "c", "d", "a"])
    assert codes[-3:].tolist() == [3, 3, 0]


@pytest.mark.parametrize(("evidence", "average"), [([], 1.0), ([1.0, 39.0], 20.0)])
def test_several_inputs_bet_together_by_their_average(evidence, average):
    assert together(evidence) == average
