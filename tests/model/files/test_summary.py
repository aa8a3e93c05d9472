"""What a scored file comes to: its groups, and the rows with the highest and lowest estimates."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from model.files.reader import CsvReader
from model.files.scoring import Scoring
from model.files.summary import Summary
from model.files.writer import CsvWriter

from tests.payloads import get_predictor, person


def summed_up(rows: Sequence[str]) -> Summary:
    predictor = get_predictor("census")
    reader = CsvReader(["\n".join([",".join(person()), *rows, ""]).encode()])
    scoring = Scoring(predictor, reader, CsvWriter(reader.dialect))
    summary = Summary(predictor, scoring.scorer.positions)
    scoring.look = summary.add
    for _ in scoring.run():
        pass
    return summary


def row(**answers: str) -> str:
    return ",".join(person(**answers).values())


def test_of_rows_with_the_same_estimate_the_first_are_shown() -> None:
    ages = [("60", "20")[number % 2] for number in range(400)]
    summary = summed_up([row(age=age) for age in ages])
    # Line 2 is the first after the header.
    assert [one.line for one in summary.highest] == [2 + 2 * number for number in range(10)]
    assert [one.line for one in summary.lowest] == [3 + 2 * number for number in range(10)]


def test_a_few_rows_are_all_shown_in_the_order_of_their_estimates() -> None:
    summary = summed_up([row(age=age) for age in ("40", "20", "30")])
    assert [one.line for one in summary.lowest] == [3, 4, 2]


def test_each_text_of_an_answer_and_each_number_of_a_part_counts_in_its_group() -> None:
    predictor = get_predictor("census")
    rows = [row(age="39", sex="male"), row(age="38", sex="Male"), row(age="61", sex="Female"), row(age="old")]
    summary = summed_up(rows)
    by_age, by_sex = [
        {group.name: (group.rows, group.averages[0]) for group in summary.groups_of(predictor.model.input[name])}
        for name in ("age", "sex")
    ]
    assert {name: rows for name, (rows, _) in by_sex.items()} == {"Male": 2, "Female": 1}
    assert {rows for rows, _ in by_age.values()} == {2, 1}
    young, old, woman = [
        predictor.values(
            {name: predictor.model.input[name].read(raw) for name, raw in person(age=age, sex=sex).items()}
        )[0]
        for age, sex in (("39", "Male"), ("38", "Male"), ("61", "Female"))
    ]
    assert by_sex["Male"][1] == pytest.approx((young + old) / 2, abs=1e-12)
    assert by_sex["Female"][1] == pytest.approx(woman, abs=1e-12)
