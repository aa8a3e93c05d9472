"""A file's rows keep their cells and get their estimates, or the form's own words for what is wrong."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from model.declare.model import Model
from model.files import reader
from model.files.dialect import BROKEN, HEADER_ONLY, Unusable
from model.files.headings import input_columns
from model.files.reader import CsvReader
from model.files.scoring import SHOWN_ROWS, SHOWN_WRONG, Scoring
from model.files.writer import CsvWriter, guard

from tests.page import page_of
from tests.payloads import TYPED, asked, each_typed_model, example, get_predictor, passenger, person

# Each property is held by hundreds of files.
pytestmark = pytest.mark.slow

CENSUS = get_predictor("census")
TITANIC = get_predictor("titanic")
FIELDS = list(person())
GOOD = ",".join(person().values())
HEADER = ",".join(FIELDS)


def scoring_of(data: bytes | str, predictor: Any = CENSUS, size: int = 7) -> Scoring:
    raw = data.encode() if isinstance(data, str) else data
    rows = CsvReader(raw[at : at + size] for at in range(0, len(raw), size))
    return Scoring(predictor, rows, CsvWriter(rows.dialect))


def scored(data: bytes | str, predictor: Any = CENSUS, size: int = 7) -> tuple[str, Scoring]:
    scoring = scoring_of(data, predictor, size)
    return b"".join(scoring.run()).decode("utf-8-sig"), scoring


def read(text: str, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def table(*rows: Iterable[Any], delimiter: str = ",", line_end: str = "\n") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=line_end).writerows(rows)
    return out.getvalue()


def people(*changes: dict[str, Any]) -> str:
    return table(FIELDS, *(person(**change).values() for change in changes))


# -- estimates ---------------------------------------------------------------------------------------


@each_typed_model
def test_each_row_gets_the_estimates_of_its_answers(model: Model) -> None:
    predictor = get_predictor(model.name)
    examples = [asked(model), asked(model)]
    text, scoring = scored(table(list(model.input), *(one.values() for one in examples)), predictor)
    for row in read(text):
        assert {name: row[name] for name in model.input} == asked(model)
        cells = [row[name] for name in scoring.added]
        for cell, expected in zip(cells, [*predictor.kind.cells(predictor.estimates(example(model))), ""], strict=True):
            assert cell == expected or float(cell) == pytest.approx(expected, rel=1e-12, abs=0)
    assert (scoring.counts.rows, scoring.counts.scored, scoring.counts.wrong) == (2, 2, 0)


def test_the_estimates_are_the_predictors_own() -> None:
    ages = range(17, 91)
    for row, age in zip(read(scored(people(*({"age": age} for age in ages)))[0]), ages, strict=True):
        (estimate,) = CENSUS.estimates({**person(), "age": age, "hours": 40})
        numbers = [float(row[name]) for name in ("probability", "low", "high")]
        assert numbers == pytest.approx([estimate.value, estimate.low, estimate.high], rel=1e-12, abs=0)


def test_an_empty_cell_is_unknown_where_that_is_an_answer() -> None:
    text, _ = scored(table(passenger(), passenger(port="").values(), passenger(port="unknown").values()), TITANIC)
    empty, unknown = read(text)
    assert empty["port"] == ""
    assert empty["probability"] == unknown["probability"] != ""


def test_an_empty_cell_is_not_recorded_where_the_model_learnt_from_such_rows() -> None:
    ages = ("", "?", "not recorded", "unknown")
    text, _ = scored(table(passenger(), *(passenger(age=age).values() for age in ages)), TITANIC)
    empty, question_mark, lacking, unknown = [row["probability"] for row in read(text)]
    assert empty == question_mark == lacking != ""
    assert unknown != empty


# -- what is wrong with a row ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"age": ""},
        {"age": "abc"},
        {"age": "37.5"},
        {"age": "12"},
        {"age": "1e3"},
        {"sex": "x"},
        {"race": ""},
        {"work": "Local government, mostly"},
        {"hours": "٤٠٠"},
        {"age": "", "sex": "?", "hours": "-1"},
        dict.fromkeys([name for name in FIELDS if name != "work"], ""),
    ],
    ids=str,
)
def test_a_bad_row_says_what_the_form_says(client: FlaskClient, changes: dict[str, str]) -> None:
    text, scoring = scored(people({}, changes, {}))
    before, bad, after = read(text)
    answer = client.post("/census", data=person(**changes))
    assert bad["error"] == "; ".join(page_of(answer).summary) != ""
    assert {name: bad[name].lstrip("'") for name in FIELDS} == person(**changes)
    assert (bad["probability"], bad["low"], bad["high"]) == ("", "", "")
    assert before["probability"] == after["probability"] != ""
    assert (scoring.counts.rows, scoring.counts.wrong) == (3, 1)
    assert [(row.line, row.error) for row in scoring.counts.first_wrong] == [(3, bad["error"])]


@pytest.mark.parametrize("cells", [1, 6, 8, 12])
def test_a_row_too_short_or_too_long_says_so_and_keeps_its_cells(cells: int) -> None:
    text, _ = scored(f"{HEADER}\n{','.join('abcdefghijkl'[:cells])}\n{GOOD}\n")
    (_, odd, good) = list(csv.reader(io.StringIO(text)))
    counted = "1 cell" if cells == 1 else f"{cells} cells"
    assert odd[10] == f"This row has {counted} where the header has 7"
    assert "".join(odd[:7]) + "".join(odd[11:]) == "abcdefghijkl"[:cells]
    assert odd[7:10] == ["", "", ""]
    assert good[10] == ""


def test_only_the_first_rows_are_kept_to_be_looked_at() -> None:
    text, scoring = scored(people(*([{"age": ""}] * 30 + [{}] * 50)))
    assert len(scoring.counts.first_wrong) == SHOWN_WRONG
    assert len(scoring.counts.first) == SHOWN_ROWS
    assert [row.line for row in scoring.counts.first] == list(range(32, 32 + SHOWN_ROWS))
    assert (scoring.counts.scored, scoring.counts.wrong, len(read(text))) == (50, 30, 80)


# -- ways of writing ---------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [5, 1000])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_cells_come_back_as_they_are_written(encoding: str, delimiter: str, line_end: str, size: int) -> None:
    names = [*FIELDS, "note"]
    notes = ["Köln", "a\nb", 'says "x"', "", "a,b;c\td", "\u2028x"]
    lines = table(names, *([*person().values(), note] for note in notes), delimiter=delimiter, line_end=line_end)
    text, scoring = scored(lines.encode(encoding), size=size)
    assert [row["note"] for row in read(text, delimiter)] == notes
    assert all(row["probability"] and not row["error"] for row in read(text, delimiter))
    assert text.startswith(delimiter.join([*names, "probability", "low", "high", "error"]) + line_end)
    assert text.count("\r\n") == (len(notes) + 1 if line_end == "\r\n" else 0)
    assert scoring.reader.dialect.marked == (encoding != "utf-8")


def test_quotation_marks_that_need_not_be_there_go() -> None:
    quoted = ",".join(f'"{cell}"' for cell in person().values())
    assert scored(f"{HEADER}\n{quoted}\n")[0] == scored(f"{HEADER}\n{GOOD}\n")[0]


def test_headings_are_found_in_any_order_and_case_and_by_their_labels() -> None:
    names = list(reversed(FIELDS))
    labels = [CENSUS.model.input[name].label.upper() for name in names]
    text, _ = scored(table(["id", *labels], [7, *(person()[name] for name in names)]))
    (row,) = read(text)
    assert row["probability"] == read(scored(f"{HEADER}\n{GOOD}\n")[0])[0]["probability"]
    assert row["id"] == "7"


@pytest.mark.parametrize("heading", ["Hours.of.work (in a usual week)", "HOURS OF WORK IN A USUAL WEEK", "“hours”"])
def test_a_heading_is_known_by_its_letters_whatever_parts_them(heading: str) -> None:
    columns = input_columns(CENSUS.model, [heading, *(name for name in FIELDS if name != "hours")])
    assert columns["hours"] == 0


def test_a_column_that_is_already_there_is_kept() -> None:
    (row,) = read(scored(f"{HEADER},probability,error\n{GOOD},mine,ours\n")[0])
    assert (row["probability"], row["error"], row["error_2"]) == ("mine", "ours", "")
    assert float(row["probability_2"]) > 0


def test_a_line_is_numbered_as_an_editor_numbers_it() -> None:
    bad = person(age="")
    lines = table([*FIELDS, "no\nte"], [*person().values(), "a\nb\n\nc"]) + "\n\n" + table([*bad.values(), "x"])
    for size in (3, 50, 1000):
        _, scoring = scored(lines, size=size)
        assert [row.line for row in scoring.counts.first_wrong] == [9]
        assert scoring.counts.rows == 2


def test_the_last_line_need_not_end() -> None:
    assert scored(f"{HEADER}\n{GOOD}")[0] == scored(f"{HEADER}\n{GOOD}\n")[0]


def test_a_quotation_mark_that_is_never_closed_is_said_at_the_row_that_opens_it() -> None:
    text, scoring = scored(f'{HEADER}\n{GOOD}\n"{GOOD}\n{GOOD}')
    assert [(row.line, row.error) for row in scoring.counts.first_wrong] == [(3, BROKEN)]
    assert [row["error"] for row in read(text)] == ["", BROKEN, ""]


PIECES = st.text(st.sampled_from('ab,";\n\r\t'), max_size=40)


@given(PIECES, st.integers(1, 50))
def test_records_are_what_pythons_own_reader_finds(text: str, size: int) -> None:
    header = "rooms,note"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "PIECE_BYTES", size)
        rows = CsvReader([f"{header}\n{text}".encode()])
        assert rows.header == ["rooms", "note"]
        try:
            pieces = [rows.read(item, {}) for item in rows]
        except Unusable as refused:
            assert str(refused) == HEADER_ONLY
            assert not text.strip("\r\n")
            return
    found = []
    for piece in pieces:
        for at, row in enumerate(piece.frame.rows()):
            cells = [cell or "" for cell in row]
            surplus = piece.surplus[at].to_list() if piece.surplus is not None else []
            found.append(
                (int(piece.numbers[at]), cells + surplus, piece.faults[at] if piece.faults is not None else None)
            )
    expected = list(read_by_python(text))
    assert [(number, fault == BROKEN) for number, _, fault in found] == [
        (number, cells is None) for number, cells in expected
    ]
    for (_, cells, _), (_, wanted) in zip(found, expected, strict=True):
        assert wanted is None or cells == wanted + [""] * (2 - len(wanted))


def read_by_python(text: str) -> Iterator[tuple[int, list[str] | None]]:
    """The line that each row starts on, below a header, and its cells; None for a line whose quotation mark is open.

    A carriage return that ends no line is a letter like another.
    """
    lines = text.removesuffix("\n").split("\n")
    at = 0
    while at < len(lines):
        taken, cells = 1, None
        while cells is None and at + taken <= len(lines):
            cells = one_record("\n".join(lines[at : at + taken]))
            taken += cells is None
        if lines[at].strip("\r"):
            yield at + 2, cells
        at += taken if cells is not None else 1


def one_record(text: str) -> list[str] | None:
    """The cells of a record; None where a quotation mark is open at its end."""
    held = text.removesuffix("\r").replace("\r", "\0")
    rows = list(csv.reader(io.StringIO(held + '\n"', newline="\n")))
    if len(rows) < 2:
        return None
    (cells,) = csv.reader(io.StringIO(held, newline="\n")) if held else [[""]]
    return [cell.replace("\0", "\r") for cell in cells]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)), st.integers(1, 99))
def test_no_cell_changes_but_for_the_guard(notes: list[str], size: int) -> None:
    lines = table(["rooms", "note"], ["6", ""], *(["6.5", note] for note in notes), line_end="\r\n")
    text, scoring = scored(lines, get_predictor("housing"), size)
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert [row[1] for row in rows[2:]] == list(map(guard, notes))
    assert {len(row) for row in rows} == {6}
    assert scoring.counts.wrong == 0


# -- formulas ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd", "'+cmd"),
        ("-x", "'-x"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("-5", "-5"),
        ("+3.25", "+3.25"),
        ("-1e-5", "-1e-5"),
        ("-1,5", "-1,5"),
        ("-", "'-"),
        ("a=b", "a=b"),
        ("x-y", "x-y"),
    ],
)
def test_a_cell_that_a_spreadsheet_would_run_is_made_safe(cell: str, safe: str) -> None:
    for at in (0, 7):
        names, cells = list(FIELDS), list(person().values())
        names.insert(at, "note")
        cells.insert(at, cell)
        for again in (1, 40):
            rows = list(csv.reader(io.StringIO(scored(table(names, *[cells] * again, line_end="\r\n"))[0], newline="")))
            assert rows[-1][at] == safe
            assert rows[-1][11] == ""


def test_a_heading_that_a_spreadsheet_would_run_is_made_safe() -> None:
    assert scored(f"=x,{HEADER}\n1,{GOOD}\n")[0].startswith("'=x,age,")


# -- files that cannot be scored ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (HEADER, HEADER_ONLY),
        (HEADER + "\n\n\r\n", HEADER_ONLY),
        ("age,sex\n37,Male\n", "has no column “status”, “race”, “education”, “work” or “hours”"),
        (f"{HEADER},Age\n{GOOD},1\n", "two columns for “age”"),
        (",,\n1,2,3\n", "first line is empty"),
    ],
)
def test_a_file_that_cannot_be_scored_says_why(data: str, message: str) -> None:
    with pytest.raises(Unusable, match=message):
        scored(data)


def test_every_model_but_the_photos_has_a_test_here() -> None:
    assert {model.name for model in TYPED} == {"census", "titanic", "iris", "housing"}
