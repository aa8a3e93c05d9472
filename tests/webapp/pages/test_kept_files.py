"""Kept cases taken home as files, and files of cases and of what happened sent in."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from webapp.people.roles import Person
from webapp.store.cases import forget_all
from webapp.store.database import Database
from webapp.store.tidy import forget_versions

from tests.cases import keep_case, say
from tests.page import page_of
from tests.people import make_site, signed_in


def test_the_csv_has_values_and_labels_and_no_formula(keeper: FlaskClient, database: Database, ada: Person) -> None:
    say(database, keep_case(database, ada, label="=HYPERLINK(1)", changes={"ticket_class": "3"}), ada)
    keep_case(database, ada, "iris")
    rows = list(csv.DictReader(io.StringIO(keeper.get("/history/cases.csv").data.decode("utf-8-sig"))))
    assert [row["model"] for row in rows] == ["iris", "titanic"]
    assert (rows[1]["ticket_class"], rows[1]["ticket_class_label"]) == ("3", "Third class")
    assert rows[1]["label"] == "'=HYPERLINK(1)"
    assert (rows[1]["happened"], rows[0]["happened"]) == ("yes", "")
    assert rows[0]["class"] in ("setosa", "versicolor", "virginica")


def test_an_export_of_no_cases_has_its_heading(keeper: FlaskClient, database: Database, ada: Person) -> None:
    heading = keeper.get("/history/cases.csv").data.decode("utf-8-sig").strip().split(",")
    keep_case(database, ada)
    (row,) = csv.DictReader(io.StringIO(keeper.get("/history/cases.csv").data.decode("utf-8-sig")))
    assert [*row][: len(heading)] == heading


def test_the_json_has_values_and_labels(keeper: FlaskClient, database: Database, ada: Person) -> None:
    assert keeper.get("/history/cases.json").get_json() == {"cases": []}
    case = keep_case(database, ada, changes={"age": None})
    keep_case(database, ada, "iris")
    (told,) = keeper.get("/history/cases.json?model=titanic").get_json()["cases"]
    assert told["estimate"] == case.value
    assert told["answers"]["age"] == {"value": None, "label": "I don’t know"}


def test_the_exported_file_comes_back_with_what_happened(keeper: FlaskClient, database: Database, ada: Person) -> None:
    case = keep_case(database, ada)
    text = keeper.get("/history/cases.csv").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    rows[0]["happened"] = "no"
    back = io.StringIO()
    writer = csv.DictWriter(back, rows[0].keys(), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    answer = send_file(keeper, back.getvalue())
    assert "No cases were kept, and 1 outcome was stored." in page_of(answer).text
    assert "No. Said on" in page_of(keeper.get(f"/history/{case.public_id}")).text


@pytest.mark.parametrize("amount", [1234567.891, -5.25, 22.0])
def test_an_amount_goes_out_and_comes_back_as_it_was_said(
    keeper: FlaskClient, database: Database, ada: Person, amount: float
) -> None:
    case = keep_case(database, ada, "housing")
    say(database, case, ada, amount)
    text = keeper.get("/history/cases.csv").data.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["happened"] == f"{amount:.10g}"
    assert "1 row was stored already." in page_of(send_file(keeper, text)).text


def send_file(client: FlaskClient, text: str, model: str = "") -> Any:
    return client.post("/history/file", data={"file": (io.BytesIO(text.encode()), "cases.csv"), "model": model})


PAST = """Sex,age,ticket_class,port,siblings_spouses,parents_children,happened,kept_on,label
female,29,1,S,0,0,yes,2026-01-02,First
male,,3,unknown,0,0,cannot be known,2026-01-03,Second
male,40,2,C,0,0,,2026-01-04,Third
"""


def test_past_cases_come_by_file_with_what_happened_and_only_once(keeper: FlaskClient) -> None:
    assert "3 cases were kept, and 2 outcomes were stored." in page_of(send_file(keeper, PAST, "titanic")).text
    assert "3 rows were stored already." in page_of(send_file(keeper, PAST, "titanic")).text
    told = {case["label"]: case for case in keeper.get("/history/cases.json").get_json()["cases"]}
    assert {label: case["happened"] for label, case in told.items()} == {
        "First": "yes",
        "Second": "cannot be known",
        "Third": None,
    }
    assert told["First"]["kept_at"] == "2026-01-02T00:00:00+00:00"


@pytest.mark.parametrize(
    ("text", "model", "message"),
    [
        (PAST, "", "The file has no column “case”. Choose which model these are past cases of"),
        ("case\nx\n", "", "The file has no column “happened”. It needs the columns case and happened"),
        ("", "", "The file is empty. It needs a line that names the columns, and a line for each row"),
        ("case,happened\n", "", "The file has no rows below the line that names the columns"),
        ("case,happened" + ",a" * 3_000 + "\nx,yes\n", "", "The file has 3,002 columns, and 2,000 is the most"),
        (PAST.replace("29", "290"), "titanic", "There is one fault in the file, so nothing of it was stored"),
        (PAST.replace("yes", "maybe").replace("29", "x"), "titanic", "There are 2 faults in the file"),
        (PAST.replace("2026-01-02", "2999-01-02"), "titanic", "There is one fault in the file"),
    ],
)
def test_a_file_with_a_fault_stores_nothing(keeper: FlaskClient, text: str, model: str, message: str) -> None:
    answer = send_file(keeper, text, model)
    assert answer.status_code == 422
    assert page_of(answer).summary[0].startswith(message)
    assert keeper.get("/history/cases.json").get_json() == {"cases": []}


def test_a_file_that_takes_too_long_stores_nothing(tmp_path: Path) -> None:
    client = signed_in(make_site(tmp_path, SECONDS=0), "Ada", is_admin=True)
    answer = send_file(client, PAST, "titanic")
    assert answer.status_code == 503
    assert "This takes longer than one request may" in page_of(answer).text
    assert client.get("/history/cases.json").get_json() == {"cases": []}


def test_a_file_is_stored_though_the_version_was_forgotten_with_its_last_case(
    keeper: FlaskClient, database: Database
) -> None:
    send_file(keeper, PAST, "titanic")
    forget_all(database, 1)
    database.write(forget_versions)
    assert "3 cases were kept" in page_of(send_file(keeper, PAST, "titanic")).text
