"""Texts that are told to be wrong many at once: just so does the form refuse each of them."""

from __future__ import annotations

from string import ascii_letters, digits, punctuation

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.declare.choice import ChoiceInput
from model.declare.inputs import Input
from model.declare.number import NumberInput
from model.files import cells
from model.files.cells import read_cell
from model.files.misfits import find_misfits
from model.files.reader import CsvReader
from model.files.scoring import Scoring
from model.files.summary import Summary
from model.files.writer import CsvWriter

from tests.payloads import get_predictor, person

INPUTS = [
    *get_predictor("census").model.inputs,
    NumberInput("rooms", "Rooms", "the rooms", lowest=0.5, highest=9, may_be_unknown=True, not_recorded="Not counted"),
    NumberInput("height", "Height", "the height", lowest=-3, highest=300, unit="cm"),
    NumberInput("days", "Days", "the days", lowest=0, highest=90, unit="days", whole=True, default=3),
    ChoiceInput("sure", "Sure", "whether you are sure", choices={"1": "Yes", "0": "No"}, may_be_unknown=True),
    ChoiceInput("class", "Class", "the class", choices={"1": "Straße", "2.5": "İki", "k": "O’Neill’s"}),
]
words = [text for asked in INPUTS if isinstance(asked, ChoiceInput) for pair in asked.choices.items() for text in pair]
parts = st.one_of(
    st.sampled_from(
        [*words, *punctuation, *digits, "unknown", "not recorded", "NOT COUNTED", "cm", "days", "day", "e5"]
    ),
    st.sampled_from(
        ["  ", "\t", "\x1f", "\xa0", "“", "’", "ſ", "K", "ß", "٣", "−", "1e5", "1.0", "12", "0.50", "1,5", "1.234,5"]
    ),
    st.text(ascii_letters + digits + " .,-'", max_size=4),
    st.text(max_size=3),
)
texts = st.lists(parts, min_size=1, max_size=4).map("".join)


@given(st.lists(texts, min_size=1, max_size=40), st.sampled_from(INPUTS))
def test_what_is_told_to_be_wrong_is_what_the_form_refuses_and_for_the_same_reason(
    some: list[str], asked: Input
) -> None:
    told = [text.encode("utf-8", "ignore").decode() for text in some]
    for code, misfits in find_misfits(asked, pl.Series(told, dtype=pl.String)).items():
        for text, is_wrong in zip(told, misfits, strict=True):
            refused = read_cell(asked, text)[1]
            assert not is_wrong or (refused is not None and refused.code == code), (text, code)


@pytest.mark.parametrize("asked", INPUTS, ids=lambda asked: asked.name)
def test_words_and_numbers_out_of_range_are_found(asked: Input) -> None:
    codes = ["not_offered", "not_offered"] if isinstance(asked, ChoiceInput) else ["not_a_number", "out_of_range"]
    found = find_misfits(asked, pl.Series(["house 7", "1234567"]))
    assert [found[code].to_list()[at] for at, code in enumerate(codes)] == [True, True]


def scored(rows: list[str]) -> tuple[list[str], Summary]:
    predictor = get_predictor("census")
    reader = CsvReader(["\n".join([",".join(person()), *rows, ""]).encode()])
    scoring = Scoring(predictor, reader, CsvWriter(reader.dialect))
    summary = Summary(predictor, scoring.scorer.positions)
    scoring.look = summary.add
    return b"".join(scoring.run()).decode().splitlines()[1:], summary


def test_of_very_many_bad_rows_each_is_told_and_the_first_ones_wholly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "MOST_IN_FULL", 100)
    monkeypatch.setattr("model.files.faults.MOST_IN_FULL", 100)
    good = ",".join(person().values())
    rows = [",".join(f"no{name}{number}" for name in person()) for number in range(500)]
    lines, summary = scored([*rows, good])
    assert lines[99].count(" is not one of the ") == 5
    assert lines[100:500] == [
        f'{row},,,,"Age must be a number, like 37; What else is wrong was not looked for"' for row in rows[100:]
    ]
    assert lines[500].startswith(f"{good},0.")
    assert {group.message: group.rows for group in summary.faults_by_number}["Age must be a number, like 37"] == 500


def test_a_file_says_the_same_whether_its_texts_are_looked_at_one_by_one_or_all_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [
        ",".join(person(age=str(number), work=f"w{number}", hours=f"{number} hours").values()) for number in range(300)
    ]
    at_once, _ = scored(rows)
    monkeypatch.setattr(cells, "MANY_TEXTS", 10_000)
    one_by_one, _ = scored(rows)
    assert at_once == one_by_one
