"""A file that is written as the model's own table: its cells mean what they meant to training."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from model.declare.inputs import is_known
from model.draft.draft import tidied
from model.files.cells import Column
from model.files.dialect import Unusable
from model.files.headings import input_columns
from model.predict.catalog import declared_in

from tests.drafts import ROWS, Make, draft_of, outcome, table_of
from tests.model.draft.test_public_tables import declare


def german(number: float) -> str:
    return f"{number:,.2f}".translate(str.maketrans(",.", ".,"))


COLUMNS: dict[str, Any] = {
    "Einkommen__(€)": lambda row: f"{german(900 + 7.25 * row)} €",
    "Quote__%": lambda row: "k.A." if row == 7 else f"{german(row % 37 / 3)} %",
    "Vertrag": lambda row: "NA" if row % 9 == 0 else f"{1 + row % 28:02}.{1 + row % 12:02}.{2019 + row % 3}",
    "geboren": lambda row: f"{1 + row % 28:02}.{1 + row % 7:02}.{1950 + row % 40}",
    "Anruf": lambda row: f"2024-02-{1 + row % 28:02}T{row % 24:02}:15:00",
    "Gewinn": lambda row: f"({german(30 + row)})" if row % 4 else german(row),
    "Ort": lambda row: f"Ort {row % 50}" if row % 3 else "Berlin",
    "Stufe": ["1.0", "2.0", "-"],
    "ja": ["TRUE", "false", "False", "true"],
}


def test_a_file_like_the_table_that_a_model_was_made_of_says_the_same(tmp_path: Path) -> None:
    table = table_of(**{"outcome": outcome, **COLUMNS})
    draft = replace(draft_of(table), name="contracts")
    model = declared_in(declare(draft, tmp_path))
    learnt = tidied(draft, table)
    header = list(table.columns)
    places = input_columns(model, header)
    assert len(set(places.values())) == len(COLUMNS)
    for asked in model.inputs:
        column = Column(asked, model.written[asked.name], as_written=True)
        for cell, value in zip(table[header[places[asked.name]]], learnt[asked.name], strict=True):
            answer, fault = column.read(cell)
            assert fault is None
            assert answer == value if is_known(answer) else value in ("", None) or value != value


def test_a_file_may_have_two_columns_of_one_heading_where_the_table_had(tmp_path: Path) -> None:
    table = table_of(**{"outcome": outcome, "price": lambda row: row % 50, "price (2)": lambda row: row % 31})
    model = declared_in(declare(replace(draft_of(table), name="contracts"), tmp_path))
    assert input_columns(model, ["price", "outcome", "price"]) == {"price": 0, "price_2": 2}
    with pytest.raises(Unusable, match="two columns for “price”"):
        input_columns(model, ["price", "Price", "price (2)"])
    with pytest.raises(Unusable, match="two columns for “price_2”"):
        input_columns(model, ["price", "price", "price (2)"])


def test_headings_that_differ_only_in_their_signs_or_capitals_are_told_apart_as_in_the_table(tmp_path: Path) -> None:
    made: dict[str, Make] = {
        "net__price": lambda row: row % 50,
        "net-price": lambda row: row % 31,
        "Day": lambda row: f"{1990 + row % 9}-05-11",
        "day": lambda row: f"{2000 + row % 8}-05-11",
    }
    table = table_of(outcome=outcome, **made)
    model = declared_in(declare(replace(draft_of(table), name="contracts"), tmp_path))
    header = ["net-price", "day", "outcome", " net  price", "Day"]
    places = input_columns(model, header)
    assert [places[name] for name in ("net_price", "net_price_2", "day_year", "day_year_2")] == [3, 0, 4, 1]
    with pytest.raises(Unusable, match="no column “net_price”\\. "):
        input_columns(model, ["net-price", "day", "Day"])
    with pytest.raises(Unusable, match="no column “day_year”"):
        input_columns(model, ["net-price", "net price", "day"])


def test_of_two_columns_of_days_with_one_heading_none_is_taken_without_a_word(tmp_path: Path) -> None:
    table = table_of(outcome=outcome, sold=lambda row: f"{1990 + row % 9}-05-11")
    model = declared_in(declare(replace(draft_of(table), name="contracts"), tmp_path))
    assert set(input_columns(model, ["bought", "Sold"]).values()) == {1}
    assert set(input_columns(model, ["Sold", "sold"]).values()) == {1}
    for header in (["sold", "bought", "sold"], ["Sold", "bought", "SOLD"]):
        with pytest.raises(Unusable, match="two columns for “sold”\\. Leave one of them out"):
            input_columns(model, header)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1.234,5", 1234.5),
        ("1234.5", 1234.5),
        ("1,234.5", 1234.5),
        ("1.250", 1250),
        ("950.5", 950.5),
        ("950.25", 950.25),
    ],
)
def test_under_the_tables_own_heading_a_full_stop_parts_thousands_as_it_does_there(
    tmp_path: Path, cell: str, number: float
) -> None:
    table = table_of(ROWS, outcome=outcome, **{"Einkommen__(€)": COLUMNS["Einkommen__(€)"]})
    model = declared_in(declare(replace(draft_of(table), name="contracts"), tmp_path))
    (asked,) = model.inputs
    assert Column(asked, model.written[asked.name], as_written=True).read(cell) == (number, None)


@pytest.mark.parametrize(("cell", "number"), [("20,5", 20.5), ("20.5", 20.5), ("1,205", 1205), ("0,205", 0.205)])
def test_a_comma_that_can_part_no_thousands_is_a_decimal_one_in_a_table_of_points_too(
    tmp_path: Path, cell: str, number: float
) -> None:
    table = table_of(ROWS, outcome=outcome, fee=lambda row: f"{0.1 + row * 7.3:.1f}")
    model = declared_in(declare(replace(draft_of(table), name="contracts"), tmp_path))
    (asked,) = model.inputs
    assert Column(asked, model.written["fee"], as_written=True).read(cell) == (number, None)


def test_what_the_table_would_write_is_refused_as_that_and_not_taken_for_something_else(tmp_path: Path) -> None:
    table = table_of(ROWS, outcome=outcome, Betrag=lambda row: f"{german(400.25 + row * 500)} EUR")
    model = declared_in(declare(replace(draft_of(table), name="contracts"), tmp_path))
    (asked,) = model.inputs
    _, fault = Column(asked, model.written["betrag"], as_written=True).read("150,123 EUR")
    assert fault
    assert fault.code == "out_of_range"


def test_another_unit_that_begins_as_the_tables_own_is_no_number_of_these(tmp_path: Path) -> None:
    table = table_of(ROWS, outcome=outcome, length=lambda row: f"{1 + row % 90} m")
    model = declared_in(declare(replace(draft_of(table), name="contracts"), tmp_path))
    (asked,) = model.inputs
    column = Column(asked, model.written["length"], as_written=True)
    assert column.read("5 m") == (5, None)
    _, fault = column.read("5 mm")
    assert fault
    assert fault.code == "not_a_number"


def test_a_day_beyond_the_tables_days_is_out_of_range_and_not_no_number(tmp_path: Path) -> None:
    table = table_of(ROWS, outcome=outcome, geboren=COLUMNS["geboren"])
    model = declared_in(declare(replace(draft_of(table), name="contracts"), tmp_path))
    (asked,) = model.inputs
    column = Column(asked, model.written[asked.name], as_written=True)
    for cell, code in ("01.01.1900", "out_of_range"), ("31.02.1960", "not_a_number"):
        _, fault = column.read(cell)
        assert fault
        assert fault.code == code, cell


def test_a_day_of_a_workbook_is_one_too_where_the_table_writes_days_otherwise(tmp_path: Path) -> None:
    table = table_of(ROWS, outcome=outcome, geboren=COLUMNS["geboren"])
    model = declared_in(declare(replace(draft_of(table), name="contracts"), tmp_path))
    (asked,) = model.inputs
    column = Column(asked, model.written[asked.name], as_written=True, of_workbook=True)
    known = column.read("03.02.1961")
    assert known[1] is None
    assert column.read("1961-02-03") == column.read("1961-02-03 12:30:00") == known


def test_the_numbers_of_a_workbook_have_their_own_point_whatever_the_table_has(tmp_path: Path) -> None:
    table = table_of(ROWS, outcome=outcome, Betrag=lambda row: f"{german(1.25 + row * 50)} EUR")
    model = declared_in(declare(replace(draft_of(table), name="contracts"), tmp_path))
    (asked,) = model.inputs
    of_workbook = Column(asked, model.written["betrag"], as_written=True, of_workbook=True)
    assert of_workbook.read("5.725") == (5.725, None)
    assert of_workbook.read("5.725,00 EUR") == (5725, None)
    as_text = Column(asked, model.written["betrag"], as_written=True)
    assert as_text.read("5.725") == (5725, None)
    assert as_text.read(5.725) == (5.725, None)
