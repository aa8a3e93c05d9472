"""Kept cases as people meet them: kept, found, marked and deleted; another's are not there."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection

from model.declare.reading import read_answers
from webapp.http.addresses import query_of
from webapp.people.roles import Person
from webapp.store import outcomes
from webapp.store.database import Database
from webapp.store.outcomes import write
from webapp.store.tables import kept_case, model_version

from tests.cases import keep_case, make_person
from tests.keepers import keeping_app
from tests.page import Page, page_of
from tests.payloads import each_typed_model, get_model, get_predictor


def result_address(name: str = "titanic") -> str:
    model = get_model(name)
    answers, _ = read_answers(model.inputs, model.examples[0].answers)
    return f"/{name}/result?{query_of(model, answers)}"


def keep_form(client: FlaskClient, name: str = "titanic") -> dict[str, Any]:
    """What the form below a result sends."""
    page = page_of(client.get(result_address(name)))
    return {key: value for key, value in page.sent if not key.startswith("new-")}


def kept(client: FlaskClient, name: str = "titanic", **changes: str) -> Page:
    form = keep_form(client, name) | {f"case-{key}": value for key, value in changes.items()}
    answer = client.post(f"/{name}/keep", data=form)
    assert answer.status_code == 303, answer.text
    return page_of(client.get(answer.location))


def test_nobody_is_offered_to_keep_before_they_sign_in(client: FlaskClient) -> None:
    assert 'id="keep"' not in client.get(result_address()).text
    for address in ("/titanic/keep", "/history/delete", "/history/file"):
        assert client.post(address, data={}).status_code == 404
    assert client.get("/history").status_code == 404


def test_a_stranger_is_sent_to_sign_in_and_back(kept_app: Flask, keeper: FlaskClient) -> None:
    kept_app.config["PERSON"] = None
    assert 'id="keep"' not in keeper.get(result_address()).text
    assert keeper.get("/history?state=due").location == "/sign-in?next=/history?state%3Ddue"
    for address in ("/titanic/keep", "/history/delete", "/history/file", f"/history/{'0' * 32}/outcome"):
        assert keeper.post(address, data={}).location == "/sign-in", address


def test_a_site_with_a_database_says_when_something_is_stored(keeper: FlaskClient, client: FlaskClient) -> None:
    assert "unless you are signed in and press “Keep this”" in keeper.get("/").text
    assert "Nothing you enter is stored.</p>" in client.get("/").text


@each_typed_model
def test_a_result_is_kept_and_its_page_shows_it(keeper: FlaskClient, model: Any) -> None:
    page = kept(keeper, model.name, label="Mrs Brown", note="third visit")
    assert page.text.count("Mrs Brown") >= 1
    assert "Kept." in page.text
    assert "the model has not changed since" in page.text
    assert "third visit" in page.text


def test_the_button_pressed_twice_keeps_once(keeper: FlaskClient) -> None:
    form = keep_form(keeper)
    first, second = keeper.post("/titanic/keep", data=form), keeper.post("/titanic/keep", data=form)
    assert first.location == second.location


def test_a_label_that_is_too_long_is_named_and_nothing_typed_is_lost(keeper: FlaskClient) -> None:
    form = keep_form(keeper) | {"case-label": "x" * 121, "case-note": "my note"}
    answer = keeper.post("/titanic/keep", data=form)
    page = page_of(answer)
    assert answer.status_code == 422
    assert page.title.startswith("Error:")
    assert page.summary == ["The label has 121 characters. Shorten it to 120"]
    assert "x" * 121 in answer.text
    assert "my note" in page.text


def test_a_label_and_a_note_that_are_too_long_are_both_named(keeper: FlaskClient) -> None:
    form = keep_form(keeper) | {"case-label": "x" * 121, "case-note": "y" * 2_001}
    page = page_of(keeper.post("/titanic/keep", data=form))
    assert page.summary == [
        "The label has 121 characters. Shorten it to 120",
        "The note has 2,001 characters. Shorten it to 2,000",
    ]
    assert page.summary_links == ["#case-label", "#case-note"]


def test_the_end_of_a_line_counts_as_one_character_of_a_note(keeper: FlaskClient) -> None:
    note = "y" * 1_990 + "\r\n" * 9 + "."
    kept = keeper.post("/titanic/keep", data=keep_form(keeper) | {"case-note": note})
    assert kept.status_code == 303
    case = kept.location.partition("?")[0]
    assert keeper.post(f"{case}/note", data={"label": "", "note": note}).status_code == 303
    refused = keeper.post(f"{case}/note", data={"label": "", "note": f"x{note}"})
    assert page_of(refused).summary == ["The note has 2,001 characters. Shorten it to 2,000"]


def test_what_would_be_kept_is_what_was_seen_and_nothing_typed_is_lost(keeper: FlaskClient) -> None:
    form = keep_form(keeper) | {"case-version": "another", "case-label": "Mrs Brown", "case-note": "third visit"}
    answer = keeper.post("/titanic/keep", data=form)
    page = page_of(answer)
    assert answer.status_code == 409
    assert page.summary == [
        "The model has changed since you opened this page, and nothing was kept. To keep its answer of now, press “Keep this” again"
    ]
    assert "Mrs Brown" in answer.text
    assert "third visit" in page.text
    assert "You have kept none yet" in page_of(keeper.get("/history")).text


def test_a_page_without_its_token_keeps_nothing(tmp_path: Path) -> None:
    with keeping_app(tmp_path, takes_any_token=False) as app:
        client = app.test_client()
        form = keep_form(client)
        form.pop("csrf_token")
        for address in ("/titanic/keep", "/history/delete", "/history/file"):
            answer = client.post(address, data=form)
            assert answer.status_code == 400, address
            assert "was open for too long" in page_of(answer).summary[0]


def test_pages_of_kept_cases_are_stored_by_no_cache_and_no_search_engine(keeper: FlaskClient) -> None:
    case = keeper.post("/titanic/keep", data=keep_form(keeper)).location
    for address in (case, "/history", "/history/due", "/history/delete", "/history/file", "/history/cases.csv"):
        headers = keeper.get(address).headers
        assert headers["Cache-Control"] == "no-store", address
        assert headers["X-Robots-Tag"] == "noindex", address


def test_anothers_case_is_not_there(keeper: FlaskClient, database: Database) -> None:
    case = keep_case(database, make_person(database, "Bob"), label="Bob's own")
    path = f"/history/{case.public_id}"
    assert keeper.get(path).status_code == 404
    for action in ("outcome", "note", "delete"):
        assert keeper.post(f"{path}/{action}", data={"happened": "yes"}).status_code == 404
    assert "Bob" not in keeper.get("/history").text
    assert "Bob" not in keeper.get("/history/cases.json").text
    file = {"file": (io.BytesIO(f"case,happened\n{case.public_id},yes\n".encode()), "a.csv")}
    answer = keeper.post("/history/file", data=file)
    assert answer.status_code == 422
    assert "You have kept no case" in page_of(answer).text


def test_what_happened_is_said_and_corrected(keeper: FlaskClient, database: Database, ada: Person) -> None:
    case = keep_case(database, ada, days_ago=2)
    path = f"/history/{case.public_id}"
    nothing = keeper.post(f"{path}/outcome", data={})
    assert nothing.status_code == 422
    assert page_of(nothing).summary == ["Select what happened"]
    seen = case.made_at.date().isoformat()
    assert keeper.post(f"{path}/outcome", data={"happened": "yes", "seen_on": seen}).status_code == 303
    assert keeper.post(f"{path}/outcome", data={"happened": "cannot be known"}).status_code == 303
    page = page_of(keeper.get(path))
    assert "Cannot be known. Said on" in page.text
    assert "Said before Yes, seen on" in page.text


@pytest.mark.parametrize("day", ["2026-13-01", "1999-01-01", "9999-12-31", "soon"])
def test_a_day_on_which_it_cannot_have_been_seen_is_refused(
    keeper: FlaskClient, database: Database, ada: Person, day: str
) -> None:
    path = f"/history/{keep_case(database, ada).public_id}"
    answer = keeper.post(f"{path}/outcome", data={"happened": "yes", "seen_on": day})
    assert answer.status_code == 422
    assert page_of(answer).summary[0].startswith("Enter a day from")


@pytest.mark.parametrize(
    ("name", "sent", "shown"),
    [
        ("titanic", {"happened": "no"}, "No"),
        ("iris", {"happened": "virginica"}, "Virginica"),
        ("housing", {"happened": "amount", "amount": "21.5"}, "$21,500"),
    ],
)
def test_each_kind_of_answer_has_its_outcome(
    keeper: FlaskClient, database: Database, ada: Person, name: str, sent: dict[str, str], shown: str
) -> None:
    case = keep_case(database, ada, name, days_ago=1)
    assert keeper.post(f"/history/due/{case.public_id}", data=sent).status_code == 303
    assert f"{shown}. Said on" in page_of(keeper.get(f"/history/{case.public_id}")).text


@pytest.mark.parametrize("amount", ["", "abc", "1e999", "nan"])
def test_an_amount_that_is_no_number_is_refused(
    keeper: FlaskClient, database: Database, ada: Person, amount: str
) -> None:
    case = keep_case(database, ada, "housing", days_ago=1)
    answer = keeper.post(f"/history/due/{case.public_id}", data={"happened": "amount", "amount": amount})
    assert answer.status_code == 422
    assert page_of(answer).title.startswith("Error:")


def test_the_due_cases_are_worked_through_one_after_the_other(
    keeper: FlaskClient, database: Database, ada: Person
) -> None:
    for number in range(3):
        keep_case(database, ada, label=f"Case {number}", days_ago=3 - number)
    for left in (3, 2, 1):
        page = page_of(keeper.get("/history/due"))
        forms = [form for form in page.root.all("form") if form.attributes["action"].startswith("/history/due/")]
        assert len(forms) == left
        assert keeper.post(forms[0].attributes["action"], data={"happened": "yes"}).status_code == 303
    assert "Nothing is due" in page_of(keeper.get("/history/due")).text


@pytest.mark.parametrize("address", ["/history", "/history/due"])
def test_cases_without_a_label_are_told_apart_by_their_first_answers(
    keeper: FlaskClient, database: Database, ada: Person, address: str
) -> None:
    for age in (31.0, 62.0):
        keep_case(database, ada, changes={"age": age})
    page = page_of(keeper.get(address))
    names = [heading.text for heading in [*page.root.all("h3"), *page.root.all("h2")] if "Age" in heading.text]
    assert sorted(re.findall(r"Age[^:]*: (\d+)", " ".join(names))) == ["31", "62"]


def test_a_search_that_finds_nothing_and_a_day_that_is_none_say_so(keeper: FlaskClient) -> None:
    assert "No case matches" in page_of(keeper.get("/history?text=nobody")).text
    answer = keeper.get("/history?since=yesterday")
    assert answer.status_code == 422
    assert page_of(answer).summary[0].startswith("Enter the day like")


@pytest.mark.parametrize("form", ["csv", "json"])
def test_no_file_is_made_of_a_search_with_a_day_that_is_none(keeper: FlaskClient, form: str) -> None:
    answer = keeper.get(f"/history/cases.{form}?text=x&since=yesterday&_scheme=x&_external=1")
    assert (answer.status_code, answer.location) == (303, "/history?text=x&since=yesterday")
    assert page_of(keeper.get(answer.location)).summary[0].startswith("Enter the day like")


def test_many_cases_come_on_several_pages(keeper: FlaskClient, database: Database, ada: Person) -> None:
    for number in range(52):
        keep_case(database, ada, label=f"Case {number}")
    page = page_of(keeper.get("/history"))
    (older,) = [link.attributes["href"] for link in page.root.all("a") if link.text == "Older ones"]
    second = page_of(keeper.get(older))
    assert [len([link for link in one.root.all("a") if link.text.startswith("Case ")]) for one in (page, second)] == [
        50,
        2,
    ]


@pytest.mark.parametrize("after", ["x", "1e99-1", "nan-1", "-5", "1-99999999999999999999999"])
def test_a_place_that_is_none_is_the_start(keeper: FlaskClient, after: str) -> None:
    assert keeper.get(f"/history?after={after}").status_code == 200


def test_a_case_is_deleted_and_all_are(keeper: FlaskClient, database: Database, ada: Person) -> None:
    first = keep_case(database, ada, label="first")
    keep_case(database, ada, label="second")
    assert keeper.post(f"/history/{first.public_id}/delete").status_code == 303
    assert keeper.get(f"/history/{first.public_id}").status_code == 404
    unsure = keeper.post("/history/delete", data={})
    assert unsure.status_code == 422
    assert page_of(unsure).summary == ["Select that you are sure"]
    answer = keeper.post("/history/delete", data={"sure": "yes"}, follow_redirects=True)
    text = page_of(answer).text
    assert "Deleted." in text
    # It is the list of all, and no search that finds nothing.
    assert "You have kept none yet." in text


def test_what_was_deleted_is_not_in_the_file_any_more(
    keeper: FlaskClient, database: Database, ada: Person, tmp_path: Path
) -> None:
    secret = "Zacharias-Quincunx"
    keep_case(database, ada, label=secret, note=f"{secret} again")
    assert any(secret.encode() in file.read_bytes() for file in tmp_path.glob("likely.db*"))
    keeper.post("/history/delete", data={"sure": "yes"})
    assert not any(secret.encode() in file.read_bytes() for file in tmp_path.glob("likely.db*"))


def test_label_and_note_are_changed_and_found(keeper: FlaskClient, database: Database, ada: Person) -> None:
    path = f"/history/{keep_case(database, ada, label='before').public_id}"
    assert keeper.post(f"{path}/note", data={"label": "After", "note": "a word"}).status_code == 303
    assert "After" in page_of(keeper.get("/history?text=WORD")).text
    too_long = keeper.post(f"{path}/note", data={"label": "x", "note": "y" * 2001})
    assert too_long.status_code == 422
    assert "y" * 2001 in too_long.text


def test_an_old_answer_stands_beside_todays(keeper: FlaskClient, database: Database, ada: Person) -> None:
    """The version of then is at work again, though the model was trained anew since."""
    case = keep_case(database, ada)
    for table in (kept_case, model_version):
        database.write(lambda connection, table=table: connection.execute(table.update().values(version="before")))
    database.old_versions.clear()
    page = page_of(keeper.get(f"/history/{case.public_id}"))
    assert "That version was asked again just now, and gives the same." in page.text
    assert f"Version {get_predictor('titanic').version}." in page.text


def test_without_the_database_estimates_go_on_and_pages_say_when_to_come_again(
    kept_app: Flask, keeper: FlaskClient
) -> None:
    form = keep_form(keeper)
    store = kept_app.extensions["store"]
    store.close()
    path = store.file
    moved = path.with_suffix(".away")
    path.rename(moved)
    for beside in path.parent.glob("likely.db-*"):
        beside.unlink()
    path.mkdir()
    refused = keeper.post("/titanic/keep", data=form | {"case-label": "my label"})
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "5"
    assert "The database does not answer" in page_of(refused).summary[0]
    assert "my label" in refused.text
    assert keeper.get("/history").status_code == 503
    assert keeper.get(result_address()).status_code == 200
    assert keeper.get("/readyz?deep=1").get_json()["database"].startswith("away")
    path.rmdir()
    moved.rename(path)
    store._away_until = 0.0
    assert keeper.post("/titanic/keep", data=form).status_code == 303
    assert keeper.get("/readyz").get_json()["database"] == "answers"


def test_a_case_that_is_deleted_while_somebody_says_what_happened_is_no_failure(
    keeper: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = keeper.post("/titanic/keep", data=keep_form(keeper)).location.partition("?")[0]

    def delete_before(connection: Connection, *more: Any) -> bool:
        connection.execute(kept_case.delete())
        return write(connection, *more)

    monkeypatch.setattr(outcomes, "write", delete_before)
    answer = keeper.post(f"{page}/outcome", data={"happened": "yes"})
    assert answer.status_code == 409
    assert page_of(answer).heading == "Somebody was quicker"
    assert "was changed or deleted at the same moment" in answer.text
