"""`python run.py score`: what the form says of one person, a file says of each of its rows."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from model.answering.prediction import get_predictor
from model.answering.registry import get_model
from model.asking.reading import read_answers
from model.scoring.headings import estimate_cells, estimate_columns, row_error

from tests.processes import likely

TABLES = ("census", "titanic", "iris", "housing")
PERSON = {
    "age": "39", "sex": "Male", "status": "Never-married", "race": "White",
    "education": "Bachelors", "work": "State-gov", "hours": "40",
}  # fmt: skip


def write_csv(path: Path, rows: Sequence[Mapping[str, str]], header: Sequence[str] = ()) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, header or list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
    return path


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def some_answer(asked: Any, dice: random.Random) -> str:
    if asked.may_be_unknown and dice.random() < 0.2:
        return dice.choice(["", "?", "unknown", "Unknown", " "])
    if asked.kind == "choice":
        value = dice.choice(list(asked.choices))
        return dice.choice([value, value.upper(), asked.choices[value], f" {value} "])
    if asked.whole:
        return str(dice.randint(asked.lowest, asked.highest))
    return f"{dice.uniform(asked.lowest, asked.highest):.3f}"


def some_rows(name: str, count: int, faults: float = 0.0) -> list[dict[str, str]]:
    dice = random.Random(name)
    rows = []
    for _ in range(count):
        row = {asked.name: some_answer(asked, dice) for asked in get_model(name).inputs}
        if dice.random() < faults:
            row[dice.choice(list(row))] = dice.choice(["x", "", "-1", "1e9", "12,5", '"', "1.25", "ä; ö"])
        rows.append(row)
    return rows


def as_asked(row: Mapping[str, str]) -> dict[str, Any]:
    """What a form would send: nothing for an empty cell."""
    return {name: cell if cell.strip() else None for name, cell in row.items()}


def assert_scored_like_the_form(name: str, scored: Iterable[Mapping[str, Any]]) -> None:
    predictor = get_predictor(name)
    for row in scored:
        answers, faults = read_answers(predictor.model.inputs, as_asked(row))
        assert (row["error"] or "") == row_error(faults)
        cells = [row[heading] for heading in estimate_columns(predictor)]
        if faults:
            assert not any(cells)
            continue
        for cell, expected in zip(cells, estimate_cells(predictor, answers), strict=True):
            if isinstance(expected, str):
                assert cell == expected
            else:
                assert float(cell) == pytest.approx(expected, rel=1e-12, abs=0)


@pytest.mark.parametrize("name", TABLES)
def test_each_row_gets_the_forms_estimate(tmp_path: Path, name: str) -> None:
    rows = some_rows(name, 300)
    result = likely("score", name, str(write_csv(tmp_path / "in.csv", rows)), str(tmp_path / "out.csv"))
    assert (result.returncode, result.stderr) == (0, "")
    scored = read_csv(tmp_path / "out.csv")
    assert [{key: row[key] for key in rows[0]} for row in scored] == rows
    assert_scored_like_the_form(name, scored)


@pytest.mark.parametrize("name", TABLES)
def test_each_bad_row_gets_the_forms_messages(tmp_path: Path, name: str) -> None:
    rows = some_rows(name, 200, faults=0.5)
    result = likely("score", name, str(write_csv(tmp_path / "in.csv", rows)), str(tmp_path / "out.csv"))
    assert result.returncode == 1
    scored = read_csv(tmp_path / "out.csv")
    bad = sum(row["error"] != "" for row in scored)
    assert 40 < bad < 160
    assert f"{bad} of 200 rows could not be scored" in result.stderr
    assert_scored_like_the_form(name, scored)
