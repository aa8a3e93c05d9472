"""One table of files, each sent to be checked, sent to be scored, and scored by command: all three say the same."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from model.declare.inputs import first_lower
from model.draft.source import read_source
from model.files.dialect import (
    AS_WINDOWS,
    BROKEN,
    EMPTY,
    HEADER_ONLY,
    LONGEST_LINE,
    NOT_TEXT,
    OLD_LINES,
    SPREADSHEET,
    TOO_BROKEN,
    TOO_LONG,
    TOO_WIDE,
    UNREADABLE,
    Unusable,
)
from model.files.workbook import NO_WORKBOOK
from webapp.commands.main import main

from tests.page import page_of
from tests.payloads import person
from tests.uploads import DOWNLOAD, send

# Each case runs through the web and through a command of its own.
pytestmark = pytest.mark.slow

HEADER = ",".join(person())
GOOD = ",".join(person().values())
AGE = ",".join(person(age="").values())
NO_AGE = "Enter the person’s age"
TABLE = f"{HEADER}\n{GOOD}\n{GOOD}\n"
WIDE = f"{HEADER},note\n"


def count(cells: int, width: int = 7) -> str:
    return f"This row has {cells} cell{'s' * (cells > 1)} where the header has {width}"


# A file, and what each of its rows is told; nothing where it is scored.
SCORED: dict[str, tuple[str | bytes, list[str]]] = {
    "plain": (TABLE, ["", ""]),
    "last line without an end": (TABLE.removesuffix("\n"), ["", ""]),
    "CRLF": (TABLE.replace("\n", "\r\n"), ["", ""]),
    "semicolons": (TABLE.replace(",", ";"), ["", ""]),
    "tabs": (TABLE.replace(",", "\t"), ["", ""]),
    "UTF-8 with a mark": (TABLE.encode("utf-8-sig"), ["", ""]),
    "UTF-16 LE with a mark": (codecs.BOM_UTF16_LE + TABLE.encode("utf-16-le"), ["", ""]),
    "UTF-16 BE with a mark": (codecs.BOM_UTF16_BE + TABLE.encode("utf-16-be"), ["", ""]),
    "Windows-1252": (f"{WIDE}{GOOD},3 €\n{GOOD},Köln\n".encode("cp1252"), ["", ""]),
    "Windows-1252 further on": ((WIDE + f"{GOOD},x\n" * 50_000 + f"{GOOD},Köln\n").encode("cp1252"), [""] * 50_001),
    "Windows-1252 at the very end": (f"{WIDE}{GOOD},x\n{GOOD},caf\xe9".encode("cp1252"), ["", ""]),
    "UTF-16 LE without a mark": (TABLE.encode("utf-16-le"), ["", ""]),
    "UTF-16 BE without a mark": (TABLE.encode("utf-16-be"), ["", ""]),
    "blank lines": (f"\n\r\n{HEADER}\n\n{GOOD}\n\r\n\n{AGE}\n\n", ["", NO_AGE]),
    "ragged rows": (f"{HEADER}\n{GOOD}\n1,2\n{GOOD},x\n{GOOD},=1,2\n", ["", count(2), count(8), count(9)]),
    "ragged rows with quotation marks": (f'{HEADER}\n{GOOD}\n"1",2\n{GOOD},"x, y","=1"\n', ["", count(2), count(9)]),
    "one cell": (f"{HEADER}\nx\nx\n", [count(1), count(1)]),
    "a carriage return in a cell": (f"{WIDE}{GOOD},a\rb\n{GOOD},\r\n", ["", ""]),
    "a quoted carriage return": (f'{WIDE}{GOOD},"a\rb"\n{GOOD},x\n', ["", ""]),
    "an answer before two carriage returns": (f"{HEADER}\n{GOOD}\r\r\n", [""]),
    "a quoted line break": (f'{WIDE}{GOOD},"a\nb\r\n\n""c"""\n{AGE},x\n', ["", NO_AGE]),
    "a quotation mark within a cell": (f'{WIDE}{GOOD},5" wide\n{GOOD},"x"y\n', ["", ""]),
    "an unclosed quotation mark": (f'{WIDE}{GOOD},"x\n{GOOD},x\n', [BROKEN, ""]),
    "an unclosed quotation mark far above": (f'{WIDE}{GOOD},"x\n' + f"{GOOD},x\n" * 30_000, [BROKEN] + [""] * 30_000),
    "an unclosed quotation mark at the end": (f'{WIDE}{GOOD},x\n{GOOD},"x', ["", BROKEN]),
    "formulas": (f'{WIDE}{GOOD},=1+1\n{GOOD},"@x, y"\n{GOOD},-5\n', ["", "", ""]),
    "headings in quotation marks": (f'"no\nte",{HEADER}\n1,{GOOD}\n', [""]),
    "two other columns of one name": (f"x,x,{HEADER}\n1,2,{GOOD}\n", [""]),
    "a long cell": (f"{WIDE}{GOOD},{'x' * 900_000}\n{GOOD},x\n", ["", ""]),
}

REFUSED: dict[str, tuple[str | bytes, str]] = {
    "empty": (b"", EMPTY),
    "blank lines alone": ("\n\r\n \n", EMPTY),
    "a mark alone": (codecs.BOM_UTF8, EMPTY),
    "header only": (HEADER, HEADER_ONLY),
    "header and blank lines": (f"{HEADER}\r\n\r\n\n", HEADER_ONLY),
    "carriage returns alone": (TABLE.replace("\n", "\r"), OLD_LINES),
    "no workbook": (b"PK\x03\x04\x14\0", NO_WORKBOOK),
    "old spreadsheet": (b"\xd0\xcf\x11\xe0\xa1\xb1", SPREADSHEET),
    "picture": (b"\x89PNG\r\n\x1a\n\0", NOT_TEXT),
    "Parquet under another name": (b"PAR1\x15\x04", NOT_TEXT),
    "zeros": (bytes(100), NOT_TEXT),
    "a zero further on": (TABLE + f"{GOOD}\n" * 50_000 + "\0", NOT_TEXT),
    "UTF-8 with a broken letter": (f"{WIDE}{GOOD},Köln\n{GOOD},K".encode() + b"\xf6ln\n", UNREADABLE.format(3)),
    "UTF-8 with a broken letter further on": (
        (WIDE + f"{GOOD},Köln\n" * 50_000 + f"{GOOD},").encode() + b"\xff\n",
        UNREADABLE.format(50_002),
    ),
    "UTF-8 with a mark and a broken letter": (f"\ufeff{WIDE}{GOOD},K".encode() + b"\xf6ln\n", UNREADABLE.format(2)),
    "a letter that Windows has not": (f"{WIDE}{GOOD},".encode() + b"\x81\n", UNREADABLE.format(2)),
    "a letter that Windows has not further on": (
        (WIDE + f"{GOOD},x\n" * 50_000 + f"{GOOD},").encode() + b"\x81\n",
        UNREADABLE.format(50_002),
    ),
    "half a letter of UTF-16": (TABLE.encode("utf-16") + b"1", UNREADABLE.format(4)),
    "a very long line": (TABLE + "x" * (LONGEST_LINE + 1), TOO_LONG.format(4)),
    "a very long line between others": (TABLE + "x" * (LONGEST_LINE + 1) + f"\n{GOOD}\n" * 5, TOO_LONG.format(4)),
    # Half a million of them would be worked on for hours.
    "very many columns": (f"{HEADER}{',x' * 500_000}\n{GOOD}\n", TOO_WIDE.format(500_007)),
    # It takes a look at all that follows each of them.
    "a quotation mark that nobody closed on every line": (HEADER + "\n" + 'x","\n' * 200_000, TOO_BROKEN.format(22)),
    "first line without names": (
        f",,\n{GOOD}\n",
        "The file’s first line is empty. It must name the columns: " + HEADER.replace(",", ", "),
    ),
    "two columns of one input": (
        f"{HEADER},Age\n{GOOD},1\n",
        "The file has two columns for “age”. Leave one of them out",
    ),
    "missing columns": (
        "age,sex\n1,2\n",
        "The file has no column “status”, “race”, “education”, “work” or “hours”. "
        f"Its first line must name the columns: {HEADER.replace(',', ', ')}. It has: age, sex",
    ),
}


# What of these is about letters, and not about the inputs of a model.
LETTERS = [name for name in SCORED if name.startswith(("plain", "semicolons", "UTF", "Windows"))]
NO_LETTERS = [name for name in REFUSED if name.startswith(("UTF", "a letter", "half", "empty", "zeros", "carriage"))]


def in_bytes(file: str | bytes) -> bytes:
    return file.encode() if isinstance(file, str) else file


@pytest.mark.parametrize("case", SCORED)
def test_a_file_is_scored_alike_by_web_and_by_command(client: FlaskClient, tmp_path: Path, case: str) -> None:
    file, errors = in_bytes(SCORED[case][0]), SCORED[case][1]
    (tmp_path / "in.csv").write_bytes(file)
    paths = [str(tmp_path / name) for name in ("in.csv", "out.csv", "bad.csv")]
    result = CliRunner().invoke(main, ["score", "census", *paths[:2], "--errors", paths[2]])
    wrong = sum(map(bool, errors))
    assert result.exit_code == bool(wrong), result.output
    assert send(client, file, DOWNLOAD).data == (tmp_path / "out.csv").read_bytes()
    page = page_of(send(client, file))
    assert ("Windows-1252" in page.text) == ("Windows-1252" in result.stderr) == case.startswith("Windows-1252")
    assert f"Rows{len(errors):,} Scored{len(errors) - wrong:,} With errors{wrong:,}" in page.text
    # What is wrong is grouped, the commonest first.
    listed = (
        [row.all("td")[1].text for row in page.root.all("table", class_="faults")[0].all("tr")[1:]] if wrong else []
    )
    expected = {message for error in errors if error for message in error.split("; ")}
    assert len(listed) <= len(expected)
    assert {message for message in expected if "is not one of" not in message} <= set(listed)
    lines = (tmp_path / "bad.csv").read_text().splitlines()[1:]
    assert [line.partition(",")[2] for line in lines] == [error for error in errors if error]


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_is_refused_alike_by_web_and_by_command(client: FlaskClient, tmp_path: Path, case: str) -> None:
    file, message = in_bytes(REFUSED[case][0]), REFUSED[case][1]
    (tmp_path / "in.csv").write_bytes(file)
    result = CliRunner().invoke(main, ["score", "census", str(tmp_path / "in.csv"), str(tmp_path / "out.csv")])
    # The page has a form below it where columns are missing, and the command a line.
    told, *way = result.stderr.splitlines()
    assert (result.exit_code, told) == (2, f"Error: {message}")
    assert [line[: line.index("--column") + 8] for line in way] == (
        ["Where they have other headings, say which: --column"] if "missing columns" in case else []
    )
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]
    for address in ("/census/batch", DOWNLOAD):
        response = send(client, file, address)
        assert (response.status_code, page_of(response).summary) == (422, [message])


@pytest.mark.parametrize("case", LETTERS)
def test_a_table_to_draft_from_has_the_cells_that_a_scored_file_has(
    client: FlaskClient, tmp_path: Path, case: str
) -> None:
    file = in_bytes(SCORED[case][0])
    (tmp_path / "in.csv").write_bytes(file)
    frame, notes = read_source(tmp_path / "in.csv")
    (tmp_path / "out.csv").write_bytes(send(client, file, DOWNLOAD).data)
    scored, _ = read_source(tmp_path / "out.csv")
    assert frame.to_dict("list") == scored[list(frame)].to_dict("list")
    assert notes == ([first_lower(AS_WINDOWS)] if case.startswith("Windows-1252") else [])


@pytest.mark.parametrize("case", NO_LETTERS)
def test_a_table_to_draft_from_is_refused_as_a_file_to_score_is(tmp_path: Path, case: str) -> None:
    file, message = in_bytes(REFUSED[case][0]), REFUSED[case][1]
    (tmp_path / "in.csv").write_bytes(file)
    with pytest.raises(Unusable) as told:
        read_source(tmp_path / "in.csv")
    assert str(told.value) == message
