"""`python run.py score`: what the form says of one person, a file says of each of its rows."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner, Result

from model.declare.faults import sentence
from model.declare.inputs import NOT_RECORDED
from model.declare.numerals import plain
from model.declare.reading import read_answers
from model.files import cells, reader
from model.files.dialect import BROKEN
from model.files.reader import CsvReader
from model.files.scoring import Scoring
from model.files.writer import CsvWriter
from webapp.commands.main import main

from tests.payloads import get_model, get_predictor
from tests.processes import likely

# Whole files are scored a hundred times.
pytestmark = pytest.mark.slow

TABLES = ("census", "titanic", "iris", "housing")
PERSON = {
    "age": "39",
    "sex": "Male",
    "status": "Never-married",
    "race": "White",
    "education": "Bachelors",
    "work": "State-gov",
    "hours": "40",
}


def write_csv(path: Path, rows: Sequence[Mapping[str, str]], header: Sequence[str] = ()) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, header or list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
    return path


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def score(*arguments: object, given: bytes = b"") -> Result:
    """python run.py score, in this process."""
    return CliRunner().invoke(main, ["score", *map(str, arguments)], input=given)


def scored_text(text: str) -> tuple[Result, list[dict[str, str]]]:
    """Score census rows through standard input and output."""
    result = score("census", "-", "-", given=text.encode())
    return result, list(csv.DictReader(io.StringIO(result.stdout, newline="")))


def one_person(header: str = "", cells: str = "") -> str:
    """A file of one person with further columns."""
    return f"{','.join(PERSON)}{header}\n{','.join(PERSON.values())}{cells}\n"


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


def as_asked(name: str, row: Mapping[str, str]) -> dict[str, Any]:
    """What a form would send: nothing for an empty cell, and that it is not recorded where the form offers that."""
    sent: dict[str, Any] = {key: cell if plain(str(cell)) else None for key, cell in row.items()}
    for asked in get_model(name).inputs:
        if asked.not_recorded and sent[asked.name] in (None, "?"):
            sent[asked.name] = "not recorded"
    return sent


def assert_scored_like_the_form(name: str, scored: Iterable[Mapping[str, Any]]) -> None:
    predictor = get_predictor(name)
    for row in scored:
        answers, faults = read_answers(predictor.model.inputs, as_asked(name, row))
        assert (row["error"] or "") == "; ".join(sentence(fault, predictor.model.input) for fault in faults)
        cells = [row[heading] for heading in predictor.kind.columns]
        if faults:
            assert not any(cells)
            continue
        for cell, expected in zip(cells, predictor.kind.cells(predictor.estimates(answers)), strict=True):
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


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("faults", [0.0, 0.2])
def test_small_pieces_in_turn_make_the_same_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, faults: float
) -> None:
    path = write_csv(tmp_path / "in.csv", some_rows(name, 300, faults))
    score(name, path, tmp_path / "whole.csv", "--errors", tmp_path / "whole-errors.csv")
    monkeypatch.setattr(reader, "PIECE_BYTES", 1000)
    monkeypatch.setattr(cells, "MOST_TEXTS", 40)
    score(name, path, tmp_path / "pieces.csv", "--errors", tmp_path / "pieces-errors.csv")
    assert (tmp_path / "pieces.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert (tmp_path / "pieces-errors.csv").read_bytes() == (tmp_path / "whole-errors.csv").read_bytes()


def test_a_cell_over_many_lines_is_one_cell_wherever_the_pieces_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "PIECE_BYTES", 1000)
    notes = ["".join(f'line {line}\n"said"\n' for line in range(lines)) for lines in (1, 200, 3, 90, 0, 500)]
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, [*PERSON, "notes"], lineterminator="\n")
    table.writeheader()
    table.writerows({**PERSON, "notes": note} for note in notes)
    result, rows = scored_text(text.getvalue())
    assert result.exit_code == 0
    assert [row["notes"] for row in rows] == notes
    assert_scored_like_the_form("census", rows)


def test_a_row_whose_quotation_mark_is_not_closed_gets_the_pages_message() -> None:
    fine, broken, swallowed = (one_person(",notes", cells).partition("\n")[2] for cells in (',5" wide', ',"open', ",x"))
    result, rows = scored_text(one_person(",notes", ",fine") + fine + broken + swallowed)
    assert result.exit_code == 1
    assert [row["error"] for row in rows] == ["", "", BROKEN, ""]


def test_the_row_after_a_quotation_mark_that_is_not_closed_is_scored() -> None:
    first, second = (one_person(",notes", cells).partition("\n")[2] for cells in (',"b', ',""'))
    result, rows = scored_text(one_person(",notes", ",a") + first + second.removesuffix("\n"))
    assert result.exit_code == 1
    assert [row["error"] for row in rows] == ["", BROKEN, ""]


def test_a_quotation_mark_within_a_cell_is_as_good_as_any_letter() -> None:
    _, rows = scored_text(one_person(",notes", ',5" wide') + one_person("", ",plain").partition("\n")[2])
    assert [(row["notes"], row["error"]) for row in rows] == [('5" wide', ""), ("plain", "")]


def test_a_quotation_mark_that_nobody_closed_spoils_its_own_row_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "PIECE_BYTES", 1000)
    monkeypatch.setattr(reader, "LONGEST_LINE", 10_000)
    row = one_person(",notes", ",open").partition("\n")[2]
    result, rows = scored_text(one_person(",notes", ',"open') + row * 1000)
    assert result.exit_code == 1
    assert [row["error"] for row in rows] == [BROKEN, *[""] * 1000]


def test_rows_that_lack_answers_in_several_ways_get_the_forms_estimate(tmp_path: Path) -> None:
    rows = [{**row, "work": work} for row in some_rows("census", 40) for work in ("", "?", "Unknown", "Private")]
    assert score("census", write_csv(tmp_path / "in.csv", rows), tmp_path / "out.csv").exit_code == 0
    assert_scored_like_the_form("census", read_csv(tmp_path / "out.csv"))


def test_an_empty_cell_is_unknown_only_where_the_form_offers_it() -> None:
    _, (lacks_work, lacks_age) = scored_text(
        "age,sex,status,race,education,work,hours\n"
        "39,Male,Divorced,White,Bachelors,,40\n"
        ",Male,Divorced,White,Bachelors,Private,40\n"
    )
    assert (lacks_work["probability"] > "0", lacks_work["error"]) == (True, "")
    assert (lacks_age["probability"], lacks_age["error"]) == ("", "Enter the person’s age")


def test_all_that_is_wrong_with_a_row_is_said() -> None:
    result, (row,) = scored_text(one_person().replace("39", "seven").replace("White", "Green"))
    assert result.exit_code == 1
    assert row["error"].startswith('Age must be a number, like 37; "Green" is not one of the races')


def test_columns_may_be_headed_by_labels_in_any_case_and_order() -> None:
    _, (plain,) = scored_text(one_person())
    headings = {"age": "AGE", "hours": "hours of work IN a usual week", "work": " Employer", "status": "marital_status"}
    names = sorted(PERSON)
    text = ",".join(headings.get(name, name) for name in names) + "\n" + ",".join(PERSON[name] for name in names)
    _, (moved,) = scored_text(text)
    assert (moved["probability"], moved["low"], moved["high"]) == (plain["probability"], plain["low"], plain["high"])


def test_other_columns_stay_as_they_are() -> None:
    result, _ = scored_text(one_person(",note,,note,probability", ',"a, ""b""",00.10,  x ,9'))
    header, row, *_ = result.stdout.splitlines()
    assert header == ",".join(PERSON) + ",note,,note,probability,probability_2,low,high,error"
    assert row.startswith(",".join(PERSON.values()) + ',"a, ""b""",00.10,  x ,9,0.')


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The file is empty. It needs a line that names the columns"),
        (one_person() * 10_000 + "Wh\udc81te", "cannot be read from line 20,001 on"),
        (",,\n1,2,3\n", "The file’s first line is empty. It must name the columns: age, sex"),
        ("age,sex\n1,2\n", "The file has no column “status”, “race”, “education”, “work” or “hours”"),
        ("age,sex\n1,2\n", "It has: age, sex"),
        ("note" * 100 + "\n", "It has: " + "note" * 50 + "…"),
        ("age,Age,sex\n", "The file has two columns for “age”"),
        (one_person().replace("\n", "\r"), "The file’s lines end in carriage returns alone"),
        (one_person().replace("White", "Wh\udc81te"), "cannot be read from line 2 on"),
    ],
)
def test_a_file_that_cannot_be_scored_is_refused_with_what_to_do(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    result = score("census", path, tmp_path / "out.csv")
    assert result.exit_code == 2
    assert message in result.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["in.csv"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("cens", "in.csv", "out.csv"), "cens"),
        (("food", "in.csv", "out.csv"), "food asks for a photo, which fits in no table"),
        (("census", "nowhere.csv", "out.csv"), "nowhere.csv: No such file or directory"),
        (("census", "in.ods", "out.csv"), "in.ods ends in none of .csv, .tsv, .txt, .parquet, .pq"),
        (("census", "-", "out.csv", "--from", "parquet"), "a Parquet file needs a name"),
        (("census", __file__, "out.csv", "--from", "parquet"), "The file is no Parquet file"),
        (("census", "-", "/nowhere/out.csv"), "/nowhere: There is no such folder"),
        (("census", "-", "out.csv", "--errors", "/nowhere/bad.csv"), "/nowhere: There is no such folder"),
        (("census", "in.csv", "out.csv", "--errors", "-"), "--errors needs the name of a file"),
        (("census", "in.csv", "out.csv", "--errors", "./out.csv"), "out.csv is IN or OUT already"),
        (("census", "in.csv", "out.csv", "--errors", "in.csv"), "in.csv is IN or OUT already"),
        (("census", "-", "out.csv", "--column", "sex"), "--column sex names no column. Write it as INPUT=HEADING"),
        (("census", "-", "out.csv", "--column", "sax=sex"), "census has no input “sax”, only age, sex,"),
        (("census", "-", "out.csv", "--column", "sex=a", "--column", "sex=b"), "two columns for “sex”"),
        (("census", "-", "out.csv", "--column", "sex=Gender"), "The file has no column “Gender”. It has: age, sex,"),
    ],
)
def test_what_cannot_be_done_is_said_without_a_traceback(arguments: tuple[str, ...], message: str) -> None:
    result = score(*arguments, given=one_person().encode())
    assert result.exit_code == 2
    assert message in result.stderr
    assert not Path("out.csv").exists()


def test_columns_with_other_headings_are_asked_for_and_may_be_named() -> None:
    text = one_person().replace("sex", "Gender", 1).replace("hours", "per=week", 1)
    refused = score("census", "-", "-", given=text.encode())
    assert refused.exit_code == 2
    assert "The file has no column “sex” or “hours”" in refused.stderr
    assert "say which: --column sex=Gender --column hours=HEADING" in refused.stderr
    named = score("census", "-", "-", "--column", "sex=Gender", "--column", "hours=per=week", given=text.encode())
    (row,) = csv.DictReader(io.StringIO(named.stdout, newline=""))
    _, (usual,) = scored_text(one_person())
    assert (row["Gender"], row["per=week"]) == (PERSON["sex"], PERSON["hours"])
    assert row["probability"] == usual["probability"]


def test_one_column_is_not_taken_for_two_inputs() -> None:
    refused = score("census", "-", "-", "--column", "sex=race", "--column", "race=race", given=one_person().encode())
    assert refused.exit_code == 2
    assert "The column “race” is chosen for “sex” and “race”. Choose one for each" in refused.stderr


def test_formulas_are_made_text_and_numbers_left_alone() -> None:
    cells = ["=1+1", "+cmd", "-x", "@y", "\tz", "-5", "+0.5", "-1e-5", "a=b", "=x, y"]
    header = "".join(f",c{number}" for number in range(len(cells)))
    written = "".join(f',"{cell}"' for cell in cells)
    _, (row,) = scored_text(one_person(header, written))
    after = [row[name] for name in header[1:].split(",")]
    assert after == ["'=1+1", "'+cmd", "'-x", "'@y", "'\tz", "-5", "+0.5", "-1e-5", "a=b", "'=x, y"]


def test_a_formula_in_a_heading_or_an_answer_is_made_text() -> None:
    result, _ = scored_text(one_person(",=now()", ",1").replace("White", "=White"))
    header, row = result.stdout.splitlines()
    assert "'=now()" in header
    assert "'=White" in row


def test_bad_rows_are_listed_with_their_lines(tmp_path: Path) -> None:
    header, row = one_person(",note", ",").splitlines()
    lines = [header, row, row.replace("39", "x"), "", row + '"two\nlines"', row + ",more", row.replace("40", "")]
    (tmp_path / "in.csv").write_text("\r\n".join(lines), encoding="utf-8-sig", newline="")
    result = score("census", tmp_path / "in.csv", tmp_path / "out.csv", "--errors", tmp_path / "bad.csv")
    assert result.exit_code == 1
    assert "3 of 5 rows could not be scored" in result.stderr
    assert [(row["line"], row["error"]) for row in read_csv(tmp_path / "bad.csv")] == [
        ("3", "Age must be a number, like 37"),
        ("7", "This row has 9 cells where the header has 8"),
        ("8", "Enter the hours of work in a usual week"),
    ]


def test_parquet_keeps_its_types_and_gets_numbers(tmp_path: Path) -> None:
    text = pl.DataFrame(some_rows("census", 200))
    typed = text.with_columns(pl.col("age", "hours").cast(pl.Int16), extra=pl.lit([1, 2])).with_row_index()
    typed.write_parquet(tmp_path / "in.parquet")
    assert score("census", tmp_path / "in.parquet", tmp_path / "out.parquet").exit_code == 0
    scored = pl.read_parquet(tmp_path / "out.parquet")
    assert scored.select(typed.columns).equals(typed)
    assert scored.schema["probability"] == pl.Float64
    rows = [{**row, "age": str(row["age"]), "hours": str(row["hours"])} for row in scored.to_dicts()]
    assert_scored_like_the_form("census", rows)


def test_missing_numbers_in_parquet_are_not_recorded(tmp_path: Path) -> None:
    ages = [30.0, float("nan"), None, 0.5, 1e-5]
    others = {"sex": "male", "ticket_class": "3", "port": "S", "siblings_spouses": 0, "parents_children": 0}
    pl.DataFrame({"age": ages}).with_columns(**{name: pl.lit(value) for name, value in others.items()}).write_parquet(
        tmp_path / "in.parquet"
    )
    assert score("titanic", tmp_path / "in.parquet", tmp_path / "out.parquet").exit_code == 0
    predictor = get_predictor("titanic")
    found = pl.read_parquet(tmp_path / "out.parquet")["probability"]
    for age, chance in zip([30.0, NOT_RECORDED, NOT_RECORDED, 0.5, 1e-5], found, strict=True):
        assert chance == pytest.approx(predictor.values({**others, "age": age})[0], rel=1e-12)


def test_csv_and_parquet_turn_into_one_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "PARQUET_ROWS", 50)
    path = write_csv(tmp_path / "in.csv", some_rows("iris", 300, faults=0.2))
    score("iris", path, tmp_path / "out.csv")
    score("iris", path, tmp_path / "out.parquet")
    pl.read_csv(path, infer_schema=False).write_parquet(tmp_path / "in.data")
    score("iris", tmp_path / "in.data", tmp_path / "back.csv", "--from", "parquet")
    assert (tmp_path / "back.csv").read_text() == (tmp_path / "out.csv").read_text()
    assert pl.read_parquet(tmp_path / "out.parquet").write_csv() == (tmp_path / "out.csv").read_text()


def test_tabs_need_no_option(tmp_path: Path) -> None:
    for name in ("in.tsv", "in.txt"):
        (tmp_path / name).write_text(one_person().replace(",", "\t"))
        assert score("census", tmp_path / name, tmp_path / "out.tsv").exit_code == 0
        assert (tmp_path / "out.tsv").read_text().startswith("age\tsex\t")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_is_written_as_it_was(tmp_path: Path, encoding: str, delimiter: str, end: str) -> None:
    cells = [*PERSON.values(), "“ä\n;,” é"]
    text = io.StringIO()
    table = csv.writer(text, delimiter=delimiter, lineterminator=end)
    table.writerows([[*PERSON, "note"], cells, cells[:3], cells])
    (tmp_path / "in.csv").write_bytes(text.getvalue().encode(encoding))
    assert score("census", tmp_path / "in.csv", tmp_path / "out.csv", "--errors", tmp_path / "bad.csv").exit_code == 1
    written = (tmp_path / "out.csv").read_bytes()
    assert written.startswith(b"\xef\xbb\xbf") == (encoding != "utf-8")
    assert written.endswith(end.encode())
    rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""), delimiter=delimiter))
    assert [row[: len(cells)] for row in rows[1:]] == [cells, [*cells[:3], *[""] * 5], cells]
    assert rows[2][-1] == "This row has 3 cells where the header has 8"
    assert [row["line"] for row in read_csv(tmp_path / "bad.csv")] == ["4"]


def test_cells_that_a_row_has_too_many_come_after_its_error() -> None:
    _, rows = scored_text(one_person(",note", ",n") + ",".join(PERSON.values()) + ',n,=1,"a,b"\n')
    assert rows[1].pop(None) == ["'=1", "a,b"]  # type: ignore[call-overload]
    assert rows[1] == {**rows[0], "probability": "", "low": "", "high": "", "error": rows[1]["error"]}
    assert rows[1]["error"] == "This row has 10 cells where the header has 8"


def test_a_file_may_take_its_own_place(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "in.csv", [PERSON])
    assert score("census", path, path).exit_code == 0
    assert read_csv(path)[0]["probability"]


def test_what_the_challenger_says_is_the_same_however_few_rows_it_is_asked_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [f"male,{20 + at},unknown,unknown,0,{at % 3}" for at in range(9)] + ["female,30,1,S,0,0", ",,,,,"]
    file = "\n".join(["sex,age,ticket_class,port,siblings_spouses,parents_children", *rows, ""]).encode()

    def scored() -> bytes:
        table = CsvReader([file])
        return b"".join(Scoring(get_predictor("titanic"), table, CsvWriter(table.dialect), challenger=True).run())

    whole = scored()
    monkeypatch.setattr("model.files.scorer.MOST_FACED", 30)
    assert scored() == whole
    assert b"challenger_probability" in whole
