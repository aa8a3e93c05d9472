"""Excel workbooks: read with bounds on what they come to, and written without formulas."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from model.files import workbook
from model.files.dialect import Unusable
from model.files.workbook import AS_TEXT, NO_PLACES, NO_WORKBOOK, UNSOLVED, read_rows, write_workbook

SHEET = '<worksheet><sheetData><row r="1">{}</row></sheetData></worksheet>'


def made(rows: list[list[Any]]) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet("people")
    for at, row in enumerate(rows):
        sheet.write_row(at, 0, row)
    book.close()
    return file.getvalue()


def changed(**files: str) -> bytes:
    """A sound workbook with other content in some of its files; __ stands for a slash in their names."""
    file, names = io.BytesIO(), {name.replace("__", "/") + ".xml": text for name, text in files.items()}
    with zipfile.ZipFile(io.BytesIO(made([["a"], [1]]))) as sound, zipfile.ZipFile(file, "w", 8) as packed:
        for name in {*sound.namelist(), *names}:
            packed.writestr(name, names[name] if name in names else sound.read(name))
    return file.getvalue()


def read(content: bytes) -> str:
    return b"".join(read_rows(content)).decode()


def test_a_sheet_is_read_as_people_would_type_it() -> None:
    assert read(made([["a", "b"], [1, "x,y"], [2.5, True], ["", "ü"]])) == '"a","b"\n1,"x,y"\n2.5,true\n,ü\n'


def test_a_sheet_may_begin_with_blank_rows() -> None:
    assert read(made([[], ["", ""], ["a", "b"], [1, 2]])) == '\n\n"a","b"\n1,2\n'
    reader, _ = workbook.open_table([made([[], ["a"], [1]])])
    assert (reader.header, [list(reader.read(item, {}).numbers) for item in reader]) == (["a"], [[3]])


def test_a_sheet_may_have_a_title_above_its_header() -> None:
    assert read(made([["Profit 2026"], [], ["a", "b", "c"], [1, 2, 3]])) == '\n\n"a","b","c"\n1,2,3\n'
    assert read(made([["a", "b", "c"], ["only one"], [1, 2, 3]])) == '"a","b","c"\nonly one,,\n1,2,3\n'
    assert read(made([["", "b"], [1, 2]])) == '"","b"\n1,2\n'


def test_what_was_written_is_read_again() -> None:
    content = write_workbook([b"a,b\n1,x\n-0.25,007\n"], AS_TEXT)
    assert content is not None
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert rows == [["a", "b"], [1.0, "x"], [-0.25, "007"]]


def test_a_formula_is_written_as_text() -> None:
    content = write_workbook([b"a\n'=1+1\n=HYPERLINK(1)\nhttp://example.org\n"], AS_TEXT)
    assert content is not None
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert b"<f>" not in packed.read("xl/worksheets/sheet1.xml")
        assert b"hyperlink" not in packed.read("xl/worksheets/sheet1.xml")


def solved(kind: str, formula: str) -> str:
    """A sheet whose second row begins with this."""
    head = '<row r="1"><c r="A1"><v>5</v></c><c r="B1"><v>6</v></c></row>'
    row = f'<row r="2"><c r="A2"{kind}>{formula}</c><c r="B2"><v>8</v></c></row>'
    return f"<worksheet><sheetData>{head}{row}</sheetData></worksheet>"


@pytest.mark.parametrize(
    "formula",
    ["<f>6+1</f>", "<f>6+1</f><v/>", "<f>6+1</f><v></v>", '<f t="shared" si="0"/>', '<f t="shared" si="0" /> <v />'],
)
def test_a_formula_that_nothing_has_worked_out_is_no_empty_cell(formula: str) -> None:
    with pytest.raises(Unusable) as refused:
        read(changed(xl__worksheets__sheet1=solved("", formula)))
    assert str(refused.value) == UNSOLVED


@pytest.mark.parametrize(
    ("kind", "formula", "result"),
    [("", "<f>6+1</f><v>7</v>", "7"), (' t="str"', "<f>T(1)</f><v></v>", ""), ("", "", ""), ("", "<v>7</v>", "7")],
)
def test_what_a_spreadsheet_has_worked_out_is_its_result(kind: str, formula: str, result: str) -> None:
    assert read(changed(xl__worksheets__sheet1=solved(kind, formula))) == f'"5","6"\n{result},8\n'


def test_more_cells_than_a_workbook_may_have_are_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_WRITTEN", 5)
    assert write_workbook([b"a,b\n1,2\n3,4\n"], AS_TEXT) is None


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ('<c r="XFD1048576"><v>1</v></c>', "The sheet has more than"),
        ('<c r = "XFD1048576"><v>1</v></c>', NO_PLACES),
        ("<c><v>1</v></c>", NO_PLACES),
        ('<x:c t="n" r="XFD1048576"/>', NO_PLACES),
    ],
)
def test_a_sheet_that_is_nearly_empty_and_very_large_is_refused(cells: str, says: str) -> None:
    for padding in ("", " " * (workbook.CHUNK - 60)):
        with pytest.raises(Unusable, match=says):
            read(changed(xl__worksheets__sheet1=SHEET.format(padding + cells)))


@pytest.mark.parametrize("name", [":c", "é:c", ",:c", "/:c", "\x0b:c", "a<c", 'a":c'])
def test_a_cell_is_counted_whatever_stands_before_its_name(name: str) -> None:
    """What opens the sheet takes all of these for cells."""
    with pytest.raises(Unusable, match=NO_PLACES):
        read(changed(xl__worksheets__sheet1=SHEET.format(f'<{name} r="B2"><v>1</v></{name}>')))


@pytest.mark.parametrize("more", [' r="B2"', ' t="n" r="B2"', "\tr='B2'", ' r = "B2"'])
def test_a_cell_that_says_two_places_is_refused(more: str) -> None:
    with pytest.raises(Unusable, match=NO_PLACES):
        read(changed(xl__worksheets__sheet1=SHEET.format(f'<c r="A1"{more}><v>1</v></c>')))


@pytest.mark.parametrize("wrong_at", [4, 6, 8])
def test_what_was_counted_is_what_is_opened_where_one_file_is_two_archives(wrong_at: int) -> None:
    """Another reader of archives passes over an end that says it is of several disks, or counts otherwise."""
    sound = bytearray(made([["a"], [1]]))
    sound[sound.rfind(b"PK\x05\x06") + wrong_at] += 1
    assert read(made([["another"], [1]]) + sound) == '"a"\n1\n'


def test_a_workbook_with_two_files_of_one_name_is_refused() -> None:
    file = io.BytesIO(made([["a"], [1]]))
    with zipfile.ZipFile(file, "a") as packed:
        packed.writestr("XL/workbook.xml", "<x/>")
    with pytest.raises(Unusable, match=NO_WORKBOOK):
        read(file.getvalue())


@pytest.mark.parametrize("name", ["si", "é:si"])
def test_a_long_text_that_many_cells_share_is_refused(name: str) -> None:
    cells = "".join(f'<c r="A{row}" t="s"><v>0</v></c>' for row in range(1, 5000))
    shared = f"<sst><{name}><t>{'x' * (3 << 20)}</t></{name}></sst>"
    with pytest.raises(Unusable, match="The workbook unpacks to more than"):
        read(changed(xl__worksheets__sheet1=SHEET.format(cells), xl__sharedStrings=shared))


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_UNPACKED", 2 << 20)
    with pytest.raises(Unusable, match="unpacks to more than 2 MB"):
        read(changed(xl__styles=" " * (3 << 20)))


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x03\x04" + bytes(100), b"", changed(content="<x/>")])
def test_what_is_no_workbook_is_said(content: bytes) -> None:
    with pytest.raises(Unusable, match=NO_WORKBOOK):
        read(content)


def test_a_sheet_with_its_headings_alone_is_said() -> None:
    with pytest.raises(Unusable, match="The sheet “people” needs a row that names the columns"):
        read(made([["a", "b"]]))
