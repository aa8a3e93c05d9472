"""A whole file on its way: sent by a form or a script, taken in, refused, and sent back scored."""

from __future__ import annotations

import csv
import io
import random
import re
from collections.abc import Mapping
from typing import Any

import pytest
import xlsxwriter
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from werkzeug.formparser import FormDataParser
from werkzeug.test import TestResponse

from model.files.dialect import EMPTY, HEADER_ONLY, NOT_TEXT, OLD_LINES, SPREADSHEET
from model.files.reader import CsvReader
from model.files.scoring import Scoring
from model.files.workbook import NO_WORKBOOK
from model.files.writer import CsvWriter
from webapp import create_app
from webapp.pages.batch import CUT_SHORT, EXPIRED, NO_FILE, NO_FORM, ONE_FILE

from tests.page import Page, page_of
from tests.payloads import SETTINGS, get_predictor, person
from tests.uploads import BAD, DOWNLOAD, GOOD, HEADER, MULTIPART, body_of, part, send

ways = pytest.mark.parametrize("address", ["/census/batch", DOWNLOAD])


def chunked(client: FlaskClient, body: bytes, address: str) -> TestResponse:
    """Send in chunks, without saying how long the body is, as a server hands it on."""
    return client.post(
        address,
        input_stream=io.BytesIO(body),
        content_type=MULTIPART,
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )


def assert_refused(response: TestResponse, status: int, message: str) -> None:
    page = page_of(response)
    assert response.status_code == status
    assert page.title.startswith("Error:")
    assert page.summary == [message]
    assert page.summary_links == ["#file"]
    assert message in page.description("file")
    assert page.is_invalid("file")


def scored_here(file: bytes) -> bytes:
    rows = CsvReader([file])
    return b"".join(Scoring(get_predictor("census"), rows, CsvWriter(rows.dialect)).run())


def workbook(*rows: list[Any]) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet()
    for at, row in enumerate(rows):
        sheet.write_row(at, 0, row)
    book.close()
    return file.getvalue()


def test_a_workbook_comes_back_as_a_workbook(client: FlaskClient, files_written: list[str]) -> None:
    asked_for = person() | {"age": 37, "hours": 40}
    response = send(client, workbook(["id", *asked_for], ["=1+1", *asked_for.values()]), DOWNLOAD, "people.xlsx")
    assert response.headers["Content-Disposition"] == "attachment; filename=people-scored.xlsx"
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(response.data)).get_sheet_by_index(0)
    head, row = sheet.to_python()
    told = dict(zip(head, row, strict=True))
    (estimate,) = get_predictor("census").estimates(asked_for)
    assert told["probability"] == pytest.approx(estimate.value, rel=1e-12)
    assert told["age"] == 37
    assert files_written == []


def test_a_workbook_may_come_back_as_text_and_text_as_a_workbook(client: FlaskClient) -> None:
    book = workbook(list(person()), list(person().values()))
    for file, wanted, start in ((book, "csv", b"age,"), (f"{HEADER}\n{GOOD}\n".encode(), "xlsx", b"PK")):
        head = (part("csrf_token", "x\r\n") + part("as", f"{wanted}\r\n") + part("file", "", "p")).encode()
        response = client.post(DOWNLOAD, data=head + file + b"\r\n--edge--\r\n", content_type=MULTIPART)
        assert response.data.startswith(start)


# -- a file that is scored ---------------------------------------------------------------------------


def test_a_file_whose_name_has_a_line_break_in_it_comes_back_without(client: FlaskClient) -> None:
    body = body_of(f"{HEADER}\n{GOOD}\n").replace(b'filename="people.csv"', b"filename*=UTF-8''a%0D%0Ab.csv")
    response = client.post(DOWNLOAD, data=body, content_type=MULTIPART)
    assert response.status_code == 200
    assert response.headers["Content-Disposition"] == "attachment; filename=ab-scored.csv"


def test_a_scored_file_comes_back_as_a_file(client: FlaskClient) -> None:
    response = send(client, f"{HEADER}\n{GOOD}\n{BAD}\n", DOWNLOAD)
    assert response.status_code == 200
    assert response.mimetype == "text/csv"
    assert response.headers["Content-Disposition"] == "attachment; filename=people-scored.csv"
    assert response.headers["Cache-Control"] == "no-store"
    good, bad = csv.DictReader(io.StringIO(response.text))
    (estimate,) = get_predictor("census").estimates({**person(), "age": 37, "hours": 40})
    assert float(good["probability"]) == pytest.approx(estimate.value, rel=1e-12, abs=0)
    assert (bad["probability"], bad["error"]) == ("", "Enter the person’s age")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_the_answer_is_what_scoring_gives(client: FlaskClient, encoding: str, line_end: str) -> None:
    dice = random.Random(1)
    notes = ['"a\nb"', "x", "=1", "ü" * 50, "-3", '"""q"""']
    rows = [
        ",".join(map(str, person(age=dice.randint(10, 99)).values())) + "," + dice.choice(notes) for _ in range(5000)
    ]
    file = line_end.join([f"{HEADER},note", *rows, ""]).encode(encoding)
    assert send(client, file, DOWNLOAD).data == scored_here(file)
    assert chunked(client, body_of(file), DOWNLOAD).data == scored_here(file)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd", "passwd-scored.csv"),
        ("a.b.csv", "a.b-scored.csv"),
        ("Köln.csv", "K%C3%B6ln-scored.csv"),
        ("x\r\ny.csv", "scored.csv"),
        (".csv", "scored.csv"),
        ('a"b.csv', "scored.csv"),
    ],
)
def test_the_files_name_cannot_do_harm(client: FlaskClient, name: str, expected: str) -> None:
    response = send(client, f"{HEADER}\n{GOOD}\n", DOWNLOAD, name)
    if response.status_code == 200:
        disposition = response.headers["Content-Disposition"]
        assert expected in disposition
        assert "/" not in disposition
        assert "\n" not in disposition
    else:
        assert response.status_code in (400, 422)


def test_the_script_gets_the_file_and_the_page_at_once(client: FlaskClient) -> None:
    file = f"{HEADER}\n{GOOD}\n{BAD}\n".encode()
    response = send(client, file, DOWNLOAD, X_Fragment="1")
    assert response.mimetype == "multipart/form-data"
    parser = FormDataParser(lambda **described: io.BytesIO())
    _, fields, files = parser.parse(
        io.BytesIO(response.data), response.mimetype, len(response.data), response.mimetype_params
    )
    assert files["file"].read() == scored_here(file)
    page = Page(fields["page"])
    assert page.heading == "1 of 2 rows were scored"
    assert page.with_id("download").text == "Download the scored file"


# -- files that cannot be scored ---------------------------------------------------------------------

FAULTS: Mapping[str, tuple[Any, str]] = {
    "empty": (b"", EMPTY),
    "header only": (HEADER + "\n", HEADER_ONLY),
    "PNG": (b"\x89PNG\r\n\x1a\n\0\0", NOT_TEXT),
    "no workbook": (b"PK\x03\x04", NO_WORKBOOK),
    "an old workbook": (b"\xd0\xcf\x11\xe0", SPREADSHEET),
    "carriage returns alone": (f"{HEADER}\r{GOOD}\r{GOOD}\r", OLD_LINES),
    "zeros further on": (f"{HEADER}\n".encode() + f"{GOOD}\n".encode() * 5000 + b"\0", NOT_TEXT),
    "no column": (
        "age,sex\n1,2\n",
        "The file has no column “status”, “race”, “education”, “work” or “hours”. "
        f"Its first line must name the columns: {', '.join(get_predictor('census').model.input)}. It has: age, sex",
    ),
    "a letter that Windows has not further on": (
        HEADER.encode() + b"\n" + f"{GOOD}\n".encode() * 5000 + b"\x81",
        "The file’s text cannot be read from line 5,002 on. Save it as CSV in UTF-8, and choose the new file",
    ),
}


@ways
@pytest.mark.parametrize("fault", FAULTS)
def test_a_file_that_cannot_be_scored_is_the_form_again(client: FlaskClient, address: str, fault: str) -> None:
    file, message = FAULTS[fault]
    assert_refused(send(client, file, address), 422, message)


@ways
def test_no_file_chosen_is_said(client: FlaskClient, address: str) -> None:
    assert_refused(send(client, b"", address, name=""), 422, NO_FILE)
    only_token = (part("csrf_token", "x\r\n") + "--edge--\r\n").encode()
    assert_refused(client.post(address, data=only_token, content_type=MULTIPART), 422, NO_FILE)


@ways
def test_two_files_are_one_too_many(client: FlaskClient, address: str) -> None:
    one = part("file", f"{HEADER}\n{GOOD}\n\r\n", "one.csv")
    body = (part("csrf_token", "x\r\n") + one + one.replace("one.csv", "two.csv") + "--edge--\r\n").encode()
    assert_refused(client.post(address, data=body, content_type=MULTIPART), 422, ONE_FILE)


@ways
def test_what_comes_after_the_file_is_no_part_of_it(client: FlaskClient, address: str) -> None:
    file, none = part("file", f"{HEADER}\n{GOOD}\n\r\n", "one.csv"), part("file", "\r\n", "")
    more = "".join(part(f"more{number}", "words\r\n") for number in range(20)) + none
    body = (part("csrf_token", "x\r\n") + file + more + "--edge--\r\n").encode()
    alone = (part("csrf_token", "x\r\n") + file + "--edge--\r\n").encode()
    both = [client.post(address, data=data, content_type=MULTIPART) for data in (body, alone)]
    assert [answer.status_code for answer in both] == [200, 200]
    first, second = (re.sub(r'name="csrf_token"[^>]*', "", answer.text) for answer in both)
    assert first == second


@ways
def test_a_file_over_the_limit_is_said(address: str) -> None:
    client = small_site().test_client()
    large = f"{HEADER}\n" + f"{GOOD}\n" * 30_000
    message = "The file must be 1 MB or smaller. Cut it into several files, each with the line that names the columns"
    token = token_of(client)
    body = body_of(large, token=token)
    assert len(body) > 1024 * 1024 + 64 * 1024
    assert_refused(client.post(address, data=body, content_type=MULTIPART), 413, message)
    assert_refused(chunked(client, body, address), 413, message)
    good = body_of(f"{HEADER}\n" + f"{GOOD}\n" * 20_000, token=token)
    assert client.post(address, data=good, content_type=MULTIPART).status_code == 200


def small_site() -> Flask:
    return create_app({**SETTINGS, "BATCH_MB": 1})


def token_of(client: FlaskClient) -> str:
    (token,) = page_of(client.get("/census/batch")).controls("csrf_token")
    return token.attributes["value"]


@ways
@pytest.mark.parametrize(
    ("body", "kind", "status", "message"),
    [
        (b"{}", "application/json", 415, NO_FORM),
        (b"file=x", "application/x-www-form-urlencoded", 415, NO_FORM),
        (b"x", "multipart/form-data", 415, NO_FORM),
        (b"--edge", MULTIPART, 400, CUT_SHORT),
        (body_of(f"{HEADER}\n{GOOD}\n")[:-20], MULTIPART, 400, CUT_SHORT),
        (b"--edge\r\nX: y\r\n\r\nx\r\n--edge--\r\n", MULTIPART, 400, CUT_SHORT),
        (b"--edge\r\nContent-Disposition: form-data\r\n\r\nx\r\n--edge--\r\n", MULTIPART, 422, NO_FILE),
        (b"--edge--\r\n", MULTIPART, 422, NO_FILE),
        (b"--edge\r\n\xff: \xfe\r\n\r\n\r\n--edge--", MULTIPART, 400, CUT_SHORT),
    ],
)
def test_a_broken_body_is_no_failure(
    client: FlaskClient, address: str, body: bytes, kind: str, status: int, message: str
) -> None:
    assert_refused(client.post(address, data=body, content_type=kind), status, message)


# -- the token ---------------------------------------------------------------------------------------


@ways
def test_a_file_without_the_forms_token_is_refused(guarded_client: FlaskClient, address: str) -> None:
    assert_refused(send(guarded_client, f"{HEADER}\n{GOOD}\n", address), 400, EXPIRED)


@ways
@pytest.mark.parametrize("as_header", [True, False])
def test_the_token_stands_before_the_file_or_in_a_header(
    guarded_client: FlaskClient, address: str, as_header: bool
) -> None:
    token = token_of(guarded_client)
    body = body_of(f"{HEADER}\n{GOOD}\n", token=token)
    headers = {}
    if as_header:
        body = re.sub(rb"^--edge.*?(?=--edge)", b"", body, count=1, flags=re.DOTALL)
        headers["X-CSRFToken"] = token
    response = guarded_client.post(address, data=body, content_type=MULTIPART, headers=headers)
    assert response.status_code == 200


# -- the memory and the disk -------------------------------------------------------------------------


@ways
def test_a_file_is_never_written_to_disk(client: FlaskClient, files_written: list[str], address: str) -> None:
    large = f"{HEADER}\n" + f"{GOOD}\n" * 40_000
    assert len(send(client, large, address).data) > 0
    assert len(chunked(client, body_of(large), address).data) > 0
    assert files_written == []
