"""Reading a table of any of the kinds that people have."""

from __future__ import annotations

import gzip
import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from model.draft import source
from model.draft.source import read_source
from model.files.dialect import Unusable

ROWS = [["Ann", 1.5, True, date(2024, 2, 29)], ["Bob", 2, None, None]]
HEADER = ["name", "size", "here", "since"]
TEXTS = {"name": ["Ann", "Bob"], "size": ["1.5", "2"], "here": ["true", ""], "since": ["2024-02-29", ""]}


def write_csv(path: Path, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    lines = [HEADER, *([str(cell or "").replace("True", "true") for cell in row] for row in ROWS)]
    content = "\n".join(map(delimiter.join, lines)).encode(encoding)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def write_workbook(path: Path, *sheets: str, rows: list[list[object]] | None = None) -> Path:
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for sheet in sheets or ("people",):
            written = book.add_worksheet(sheet)
            for number, row in enumerate(rows or [HEADER, *ROWS]):
                for at, cell in enumerate(row):
                    if isinstance(cell, date):
                        written.write_datetime(number, at, cell, day)
                    elif cell is not None:
                        written.write(number, at, cell)
    return path


@pytest.mark.parametrize(
    ("name", "delimiter", "encoding"),
    [("t.csv", ",", "utf-8"), ("t.csv", ";", "utf-16"), ("t.tsv", "\t", "utf-8-sig"), ("t.csv.gz", ",", "utf-8")],
)
def test_csv_is_read_in_any_dialect(tmp_path: Path, name: str, delimiter: str, encoding: str) -> None:
    frame, notes = read_source(write_csv(tmp_path / name, delimiter, encoding))
    assert (frame.to_dict("list"), notes) == (TEXTS, [])


def test_parquet_is_read_as_texts(tmp_path: Path) -> None:
    pl.DataFrame([dict(zip(HEADER, row, strict=True)) for row in ROWS]).write_parquet(tmp_path / "t.parquet")
    assert read_source(tmp_path / "t.parquet")[0].to_dict("list") == TEXTS


def test_a_workbook_is_read_as_texts(tmp_path: Path) -> None:
    frame, notes = read_source(write_workbook(tmp_path / "t.xlsx"))
    assert (frame.to_dict("list"), notes) == (TEXTS, [])


def test_a_title_above_a_workbooks_header_is_no_heading(tmp_path: Path) -> None:
    rows: list[list[object]] = [["Everybody, 2026"], [], [*HEADER], *([*row] for row in ROWS)]
    assert read_source(write_workbook(tmp_path / "t.xlsx", rows=rows))[0].to_dict("list") == TEXTS


def test_of_several_sheets_the_first_is_read_and_told(tmp_path: Path) -> None:
    frame, notes = read_source(write_workbook(tmp_path / "t.xlsx", "people", "notes"))
    assert (len(frame), notes) == (2, ["of 2 sheets the first, “people”, is read"])


def test_letters_that_are_no_utf_8_are_windows_own_and_that_is_told(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes("Größe;Preis\n1,5;3 €\n".encode("cp1252"))
    frame, notes = read_source(tmp_path / "t.csv")
    assert (frame.to_dict("list"), notes) == (
        {"Größe": ["1,5"], "Preis": ["3 €"]},
        ["its letters are read as Windows-1252, since they are no UTF-8"],
    )


def test_a_number_of_32_bits_has_the_digits_that_it_was_written_with(tmp_path: Path) -> None:
    pl.DataFrame({"a": [0.53, None]}, schema={"a": pl.Float32}).write_parquet(tmp_path / "t.parquet")
    assert read_source(tmp_path / "t.parquet")[0]["a"].to_list() == ["0.53", ""]


def test_rows_that_are_too_long_or_too_short_are_left_out_and_told(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b\n1,2\n3\n4,5,6\n7,8\n")
    frame, notes = read_source(tmp_path / "t.csv")
    assert frame["a"].to_list() == ["1", "7"]
    assert notes == ["2 rows with cells too few or too many left out, the first in line 3"]


def test_columns_of_one_heading_and_of_none_get_names(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(",a,a,a\n1,2,3,4\n")
    assert list(read_source(tmp_path / "t.csv")[0]) == ["Unnamed: 0", "a", "a (2)", "a (3)"]


def test_a_heading_that_comes_again_beside_one_with_that_number_has_the_next_one(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,a (2),a,a (3),a\n1,2,3,4,5\n")
    assert list(read_source(tmp_path / "t.csv")[0]) == ["a", "a (2)", "a (3)", "a (3) (2)", "a (4)"]


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MOST_UNPACKED", 2 << 20)
    with zipfile.ZipFile(tmp_path / "t.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b" " * (3 << 20))
    with pytest.raises(Unusable, match=r"^t\.xlsx unpacks to more than 2 MB\. If it is what it should be, save it as"):
        read_source(tmp_path / "t.xlsx")


def test_a_packed_table_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MOST_UNPACKED", 10)
    with pytest.raises(Unusable, match="unpacks to more than"):
        read_source(write_csv(tmp_path / "t.csv.gz"))


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("t.xlsx", b"PK\x03\x04 and no more", "t.xlsx is no Excel workbook that can be read"),
        ("t.parquet", b"text", "The file is no Parquet file"),
        ("t.ods", b"text", "t.ods must end in .csv, .tsv, .txt, .parquet, .pq, .xlsx"),
        ("t.csv", b"", "The file is empty"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Unusable) as told:
        read_source(tmp_path / name)
    assert str(told.value).startswith(says)


def test_a_table_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="There is no table"):
        read_source(tmp_path / "t.csv")


def test_an_empty_sheet_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="needs a row that names the columns, and rows below it"):
        read_source(write_workbook(tmp_path / "t.xlsx", rows=[HEADER]))
