"""A model's record tells what happened, with ranges and alarms that daily looks do not spoil."""

from __future__ import annotations

import math

import numpy as np
import pytest

from model.record.cases import Cases
from model.record.growth import SHIFTS, STAKES, grow, won_each_day
from model.record.record import read_record


def cases(chances, happened, days=None, followed=None):
    number = len(chances)
    return Cases(
        np.array(chances, float),
        np.array(happened, float),
        np.arange(number) if days is None else np.array(days),
        np.zeros(number, bool) if followed is None else np.array(followed),
    )


def many(seed, number, off=0.0, a_day=20, chance=(0.05, 0.9)):
    """Cases whose truth lies off what the model said by a shift of the log-odds."""
    dice = np.random.default_rng(seed)
    said = dice.uniform(*chance, number)
    odds = said / (1 - said) * math.exp(off)
    return cases(said, dice.random(number) < odds / (1 + odds), np.arange(number) // a_day)


def by_hand(said, happened, level=20.0):
    """The shares that no bet refutes, found by trying shift after shift: slow, and written another way."""
    tried = np.arange(-6, 6, 0.001)

    def chance(shift):
        """The logarithm of the chance of what happened, if the log-odds were off by this."""
        moved = [1 / (1 + (1 - p) / p * math.exp(-shift)) for p in said]
        return sum(math.log(q if y else 1 - q) for q, y in zip(moved, happened, strict=True))

    mixed = math.log(sum(w * math.exp(chance(g) - chance(0)) for g, w in zip(SHIFTS, STAKES, strict=True))) + chance(0)
    kept = [shift for shift in tried if mixed - chance(shift) < math.log(level)]
    return [np.mean([1 / (1 + (1 - p) / p * math.exp(-shift)) for p in said]) for shift in (kept[0], kept[-1])]


def test_cases_are_counted_where_they_were_given_their_chance_and_the_unmarked_are_told():
    record = read_record(cases([0.25] * 30 + [0.3] * 2 + [0.95], [1] * 9 + [0] * 18 + [math.nan] * 3 + [1, 0] + [1]))
    third, fourth, last = record.parts[2], record.parts[3], record.parts[9]
    assert (third.due, third.marked, third.yes, third.tells) == (30, 27, 9, True)
    assert (fourth.due, fourth.yes, fourth.tells) == (2, 1, False)
    assert (last.due, last.yes, last.observed) == (1, 1, 1.0)
    assert (record.all.due, record.all.marked, record.all.yes) == (33, 30, 11)


def test_a_range_is_the_one_that_trying_every_shift_gives():
    found = many(1, 60)
    part = read_record(found).all
    low, high = by_hand(found.chances, found.happened)
    assert part.range.low == pytest.approx(low, abs=3e-4)
    assert part.range.high == pytest.approx(high, abs=3e-4)


def test_a_range_reaches_0_where_nothing_ever_happened():
    part = read_record(cases([0.2] * 60, [0] * 60)).all
    assert part.range.low == 0
    assert 0.01 < part.range.high < 0.2


def test_unmarked_cases_widen_what_could_be_so_and_nothing_else():
    known = many(2, 100)
    silent = cases(
        [*known.chances, *[0.5] * 20], [*known.happened, *[math.nan] * 20], [*known.days, *[known.days[-1]] * 20]
    )
    sure, unsure = read_record(known).all, read_record(silent).all
    assert unsure.range == sure.range
    assert unsure.whatever.low < sure.range.low
    assert unsure.whatever.high > sure.range.high


def test_the_bet_is_worth_its_stake_whatever_the_days_were_cut_like():
    found = many(3, 200, off=0.4)
    by_day = won_each_day(found)
    assert np.allclose(by_day.sum(axis=0), won_each_day(cases(found.chances, found.happened, [0] * 200))[0])
    first = grow(by_day[:1])[0]
    assert first == pytest.approx(math.log(0.5 + 0.5 * float(STAKES @ np.exp(by_day[0]))))


def test_a_model_that_is_right_meets_no_alarm_in_twenty_simulated_quarters():
    assert not [seed for seed in range(20) if read_record(many(seed, 1800)).alarm]


@pytest.mark.parametrize("off", [0.5, -0.5])
def test_a_model_that_is_wrong_meets_an_alarm_that_says_which_way(off):
    record = read_record(many(4, 2000, off))
    assert record.alarm.too_little is (off > 0)
    assert record.evidence >= 20
    assert record.suggested.low <= off <= record.suggested.high


def test_an_alarm_tells_about_when_the_model_began_to_be_wrong():
    good, bad = many(5, 3000), many(6, 1500, off=0.8)
    later = good.days[-1] + 1 + bad.days
    both = cases([*good.chances, *bad.chances], [*good.happened, *bad.happened], [*good.days, *later])
    alarm = read_record(both).alarm
    assert abs(alarm.since - later[0]) <= 5
    assert later[0] < alarm.day < later[0] + 30


def test_an_alarm_is_held_back_where_the_unmarked_could_be_its_reason():
    dice = np.random.default_rng(7)
    said = dice.uniform(0.05, 0.6, 4000)
    happened = dice.random(4000) < said
    told = dice.random(4000) < np.where(happened, 0.9, 0.6)
    days = np.arange(4000) // 40
    chosen = read_record(cases(said, np.where(told, happened, math.nan), days))
    assert chosen.all.range.low > chosen.all.estimated, "going by the marked alone the model looks wrong"
    assert chosen.alarm is None


def test_an_alarm_is_held_back_where_the_model_is_off_by_less_than_matters():
    record = read_record(many(8, 30000, off=0.06, a_day=300))
    assert record.evidence >= 20
    assert record.alarm is None


def test_cases_drawn_by_lot_sound_the_alarm_though_most_others_are_unmarked():
    found = many(9, 6000, off=0.7)
    followed = np.arange(6000) % 4 == 0
    marked = np.where(followed | (np.arange(6000) % 2 == 0), found.happened, math.nan)
    assert read_record(cases(found.chances, marked, found.days)).alarm is None
    alarm = read_record(cases(found.chances, marked, found.days, followed)).alarm
    assert alarm.too_little
    assert alarm.fewest == alarm.most, "those drawn are all marked"


def test_no_intercept_is_suggested_from_few_cases_or_from_one_kind_of_outcome():
    assert read_record(many(10, 199)).suggested is None
    assert read_record(cases([0.1] * 300, [1] * 40 + [0] * 260)).suggested is None
    assert read_record(many(10, 400)).suggested is not None


def test_no_case_is_no_evidence():
    record = read_record(cases([], []))
    assert (record.all.due, record.all.observed, record.evidence, record.alarm) == (0, None, 1.0, None)


def test_only_cases_that_are_due_count():
    found = many(11, 100)
    assert len(found.due(2)) == 60


def test_cases_out_of_order_are_refused():
    with pytest.raises(ValueError, match="in the order in which they fell due"):
        cases([0.5, 0.5], [1, 0], [2, 1])
