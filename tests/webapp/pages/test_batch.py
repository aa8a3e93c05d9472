"""Whole files by the front door: a page about them, or the file back, and never a byte on the disk."""

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

from model.declare.model import Model
from model.files.dialect import EMPTY, HEADER_ONLY, NOT_TEXT, OLD_LINES, SPREADSHEET
from model.files.reader import CsvReader
from model.files.scoring import Scoring
from model.files.workbook import NO_WORKBOOK
from model.files.writer import CsvWriter
from webapp import create_app
from webapp.pages.batch import CUT_SHORT, EXPIRED, NO_FILE, NO_FORM, ONE_FILE

from tests.page import Page, page_of
from tests.payloads import SETTINGS, TYPED, asked, each_typed_model, get_predictor, person

HEADER = ",".join(person())
GOOD = ",".join(person().values())
BAD = ",".join(person(age="").values())
MULTIPART = "multipart/form-data; boundary=edge"
DOWNLOAD = "/census/batch?download=1"
ways = pytest.mark.parametrize("address", ["/census/batch", DOWNLOAD])


def part(name: str, value: str, filename: str | None = None) -> str:
    named = f'; filename="{filename}"' if filename is not None else ""
    return f'--edge\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n{value}'


def body_of(file: bytes | str, name: str = "people.csv", token: str = "x") -> bytes:
    data = file.encode() if isinstance(file, str) else file
    return (part("csrf_token", f"{token}\r\n") + part("file", "", name)).encode() + data + b"\r\n--edge--\r\n"


def send(
    client: FlaskClient,
    file: bytes | str,
    address: str = "/census/batch",
    name: str = "people.csv",
    **headers: str,
) -> TestResponse:
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return client.post(address, data=body_of(file, name), content_type=MULTIPART, headers=named)


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


# -- the page ----------------------------------------------------------------------------------------


@each_typed_model
def test_the_page_says_what_a_file_needs(client: FlaskClient, model: Model) -> None:
    page = page_of(client.get(f"/{model.name}/batch"))
    assert page.heading == "Score a whole file"
    for one in model.inputs:
        assert one.name in page.text
        assert one.label in page.text
        for value in getattr(one, "choices", ()):
            assert value in page.text
    assert "Up to 50 MB" in page.description("file")
    assert f"/{model.name}/batch/template.csv" in page.links


@each_typed_model
@pytest.mark.parametrize("where", ["", "/card"])
def test_the_form_and_the_card_link_to_it(client: FlaskClient, model: Model, where: str) -> None:
    assert f"/{model.name}/batch" in page_of(client.get(f"/{model.name}{where}")).links


@each_typed_model
def test_the_template_is_scored_without_an_error(client: FlaskClient, model: Model) -> None:
    template = client.get(f"/{model.name}/batch/template.csv")
    assert template.mimetype == "text/csv"
    assert template.headers["Content-Disposition"] == f"attachment; filename={model.name}-template.csv"
    response = send(client, template.data, f"/{model.name}/batch?download=1")
    rows = list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"))))
    assert len(rows) == len(model.examples)
    assert {row["error"] for row in rows} == {""}
    assert {name: rows[0][name] for name in model.input} == asked(model)


def test_a_photo_fits_in_no_table(client: FlaskClient) -> None:
    assert client.get("/food/batch").status_code == 404
    assert client.get("/food/batch/template.csv").status_code == 404
    assert send(client, GOOD, "/food/batch").status_code == 404
    for where in ("/food", "/food/card"):
        assert "/food/batch" not in page_of(client.get(where)).links


# -- a file that is checked --------------------------------------------------------------------------


def test_a_checked_file_is_counted_and_shown(client: FlaskClient) -> None:
    response = send(client, "\n".join([HEADER, *[GOOD] * 30, *[BAD] * 12, "1,2", ""]))
    page = page_of(response)
    assert response.status_code == 200
    assert page.heading == "30 of 43 rows can be scored"
    assert page.title.startswith("30 of 43 rows scored – ")
    assert "Rows43 Scored30 With errors13" in page.text
    (wrong,) = page.root.all("table", class_="faults")
    told = [[cell.text for cell in (*row.all("th"), *row.all("td"))] for row in wrong.all("tr")[1:]]
    assert told == [["12", "32", "Enter the person’s age"], ["1", "44", "This row has 2 cells where the header has 7"]]
    first, highest, lowest = page.root.all("table", class_="unbroken")
    assert [row.all("td")[3].text for row in first.all("tr")[1:]] == ["37"] * 20
    assert len(highest.all("tr")) == len(lowest.all("tr")) == 11
    assert response.headers["Cache-Control"] == "no-store"


def test_what_is_in_a_file_is_shown_as_text(client: FlaskClient) -> None:
    response = send(client, f"{HEADER}\n{person(age='<b>x</b>')['age']},Male,x,<i>,x,x,x\n")
    assert "<i>" not in response.text
    assert "&lt;i&gt;" in response.text


def test_a_file_without_one_good_row_says_so(client: FlaskClient) -> None:
    page = page_of(send(client, f"{HEADER}\n{BAD}\n"))
    assert page.heading == "No row can be scored"
    assert len(page.root.all("table")) == 1


def test_what_is_wrong_is_grouped_and_what_was_meant_is_guessed(client: FlaskClient) -> None:
    wrong = [",".join(person(work=work).values()) for work in ("Local-govt", "Local-govt", "Privat")]
    page = page_of(send(client, "\n".join([HEADER, GOOD, *wrong, ""])))
    (faults,) = page.root.all("table", class_="faults")
    (row,) = faults.all("tr")[1:]
    assert [cell.text for cell in (*row.all("th"), row.all("td")[0])] == ["3", "3"]
    assert [item.text for item in row.all("li")] == [
        "“Local-govt” in 2 rows. Did you mean “Local government”?",
        "“Privat” in 1 row. Did you mean “Private company”?",
    ]
    begun = page_of(send(client, "\n".join([HEADER, ",".join(person(race="Asian").values()), ""])))
    assert "“Asian” in 1 row. Did you mean “Asian or Pacific Islander”?" in begun.text


@pytest.mark.parametrize("text", ["a; b", "; ; ;", 'a"; "b'])
def test_a_text_with_what_parts_two_faults_is_one_fault(client: FlaskClient, text: str) -> None:
    cell = '"' + text.replace('"', '""') + '"'
    wrong = ",".join({**person(age="x"), "work": cell, "sex": cell}.values())
    page = page_of(send(client, "\n".join([HEADER, GOOD, wrong, ""])))
    (faults,) = page.root.all("table", class_="faults")
    assert len(faults.all("tr")[1:]) == 3
    assert [item.text for item in faults.all("li")] == [f"“{text}” in 1 row."] * 2


def test_estimates_are_drawn_and_averaged_by_group(client: FlaskClient) -> None:
    people = [person(sex=sex, age=age) for sex in ("Male", "Female") for age in (20, 40, 60)]
    page = page_of(send(client, "\n".join([HEADER, *(",".join(map(str, one.values())) for one in people), ""])))
    chances = [get_predictor("census").values({**one, "age": int(one["age"]), "hours": 40})[0] for one in people]
    assert f"Average estimate{100 * sum(chances) / 6:.0f}" in page.text
    (histogram,) = page.root.all("svg", class_="plot wide-plot")
    assert histogram.attributes["aria-label"].startswith("A histogram of 6 estimates. ")
    table = next(
        table for table in page.root.all("table") if table.all("caption") and table.all("caption")[0].text == "Sex"
    )
    rows = [[cell.text for cell in (*row.all("th"), *row.all("td"))] for row in table.all("tr")[1:]]
    assert rows == [
        ["Female", "3", f"{100 * sum(chances[3:]) / 3:.0f}"],
        ["Male", "3", f"{100 * sum(chances[:3]) / 3:.0f}"],
    ]


def test_a_row_leads_to_its_result_and_keeps_its_own_name(client: FlaskClient) -> None:
    page = page_of(send(client, f"id,{HEADER}\nP-7,{GOOD}\n"))
    (table,) = page.root.all("table", class_="unbroken")
    heads, cells = table.all("tr")
    assert [cell.text for cell in heads.all("th")][:2] == ["Line", "id"]
    assert cells.all("td")[0].text == "P-7"
    result = page_of(client.get(cells.all("a")[0].attributes["href"]))
    assert result.number == "18 out of 100"


@each_typed_model
def test_every_kind_of_model_sums_a_file_up(client: FlaskClient, model: Model) -> None:
    template = client.get(f"/{model.name}/batch/template.csv").data
    page = page_of(send(client, template, f"/{model.name}/batch"))
    assert "Averages by group" in page.text
    assert len(page.root.all("table", class_="unbroken")) == 1


def test_what_another_kind_of_model_says_is_a_choice_that_is_off(client: FlaskClient) -> None:
    (choice,) = page_of(client.get("/census/batch")).controls("challenger")
    assert "checked" not in choice.attributes
    assert page_of(client.get("/iris/batch")).controls("challenger") == []
    file = f"{HEADER}\n{GOOD}\n{','.join(person(work='').values())}\n"
    (plain, *_) = csv.DictReader(io.StringIO(send(client, file, DOWNLOAD).text))
    assert "challenger_probability" not in plain
    body = part("csrf_token", "x\r\n") + part("challenger", "1\r\n") + part("file", f"{file}\r\n--edge--\r\n", "p.csv")
    rows = list(csv.DictReader(io.StringIO(client.post(DOWNLOAD, data=body, content_type=MULTIPART).text)))
    told = [
        client.post("/api/models/census/predict?challenger=1", json=person() | {"work": work}).json["challenger"][
            "value"
        ]
        for work in (person()["work"], "not recorded")
    ]
    assert [float(row["challenger_probability"]) for row in rows] == pytest.approx(told, abs=1e-12)
    page = page_of(client.post("/census/batch", data=body, content_type=MULTIPART))
    assert "says its own number in the column challenger_probability." in page.text
    assert f"Its average is {100 * sum(told) / 2:.0f}." in page.text
    apart = sum(abs(float(row["probability"]) - other) > 0.05 for row, other in zip(rows, told, strict=True))
    assert f"{apart} row{'s' * (apart != 1)} the two differ by more than 5 points" in page.text or apart == 0
    # What was chosen stays chosen in the form for another file.
    (choice,) = page.controls("challenger")
    assert "checked" in choice.attributes


def test_what_was_chosen_stays_chosen_where_columns_have_other_names(client: FlaskClient) -> None:
    chosen = part("csrf_token", "x\r\n") + part("challenger", "1\r\n") + part("as", "xlsx\r\n")
    body = chosen + part("file", f"{HEADER.replace('sex', 'Gender')}\n{GOOD}\n\r\n--edge--\r\n", "p.csv")
    page = page_of(client.post("/census/batch", data=body, content_type=MULTIPART))
    assert ("challenger", "1") in page.sent
    assert ("as", "xlsx") in page.sent


def test_an_empty_cell_leads_to_the_result_of_what_is_not_recorded(client: FlaskClient) -> None:
    page = page_of(send(client, f"{HEADER}\n{','.join(person(work='').values())}\n{GOOD}\n"))
    table = page.root.all("table", class_="unbroken")[0]
    assert "work=not+recorded" in table.all("a")[0].attributes["href"]
    (work,) = [one for one in page.root.all("table") if one.all("caption") and one.all("caption")[0].text == "Employer"]
    assert [row.all("th")[0].text for row in work.all("tr")[1:]] == ["Private company", "Not recorded in the census"]


# -- columns with other names, and workbooks -----------------------------------------------------------


def test_a_column_with_another_name_is_chosen_by_hand(client: FlaskClient) -> None:
    file = f"{HEADER.replace('sex', 'Gender')}\n{GOOD}\n"
    refused = send(client, file)
    page = page_of(refused)
    assert refused.status_code == 422
    (choice,) = page.controls("column-sex")
    assert "Gender" in [option.text for option in choice.all("option")]
    near = page_of(send(client, f"{HEADER.replace('age', 'Age (years)')}\n{GOOD}\n"))
    assert ("column-age", "Age (years)") in near.sent
    body = part("csrf_token", "x\r\n") + part("column-sex", "Gender\r\n") + part("file", f"{file}\r\n", "p.csv")
    response = client.post(DOWNLOAD, data=f"{body}--edge--\r\n".encode(), content_type=MULTIPART)
    (row,) = csv.DictReader(io.StringIO(response.text))
    assert (row["Gender"], row["error"]) == ("Male", "")
    assert float(row["probability"]) > 0


def test_a_heading_that_was_chosen_and_is_not_there_is_said(client: FlaskClient) -> None:
    body = part("csrf_token", "x\r\n") + part("column-sex", "Gender\r\n") + part("file", "age\n1\n\r\n", "p.csv")
    assert client.post(DOWNLOAD, data=f"{body}--edge--\r\n".encode(), content_type=MULTIPART).status_code == 422


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


def test_every_model_that_a_table_can_hold_is_covered() -> None:
    assert "food" not in {model.name for model in TYPED}


def test_a_file_whose_numbers_are_not_recorded_is_averaged_by_group(client: FlaskClient) -> None:
    csv = b"sex,age,ticket_class,port,siblings_spouses,parents_children\nmale,,,,0,0\nfemale,30,1,S,0,0\n"
    page = page_of(send(client, csv, "/titanic/batch"))
    assert page.heading == "Every row can be scored"
