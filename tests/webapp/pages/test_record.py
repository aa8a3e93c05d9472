"""What the record of a model tells of the cases that were kept and marked."""

from __future__ import annotations

import csv
import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from sqlalchemy import insert, update

from webapp.keeping import record
from webapp.store.opening import store
from webapp.store.tables import kept_case, outcome

from tests.marked import keep
from tests.page import Page
from tests.payloads import asked, get_predictor
from tests.people import signed_in

# Hundreds of cases are kept and marked for each test.
pytestmark = pytest.mark.slow

# From, to, due, marked, came true: out of 212.
HAND = (
    (0.0, 0.1, 60, 58, 3),
    (0.1, 0.2, 0, 0, 0),
    (0.2, 0.3, 80, 73, 23),
    (0.3, 0.4, 0, 0, 0),
    (0.4, 0.5, 0, 0, 0),
    (0.5, 0.6, 40, 35, 20),
    (0.6, 0.7, 0, 0, 0),
    (0.7, 0.8, 0, 0, 0),
    (0.8, 0.9, 30, 29, 24),
    (0.9, 1.0, 2, 2, 2),
    (0.0, 1.0, 212, 197, 72),
)


def counts(rows):
    return [
        (float(row["from"]), float(row["to"]), int(row["due"]), int(row["marked"]), int(row["came_true"]))
        for row in rows
    ]


def test_the_table_made_by_hand_stands_in_the_json_and_in_the_csv(site, owner):
    keep(site, 1)
    content = owner.get("/api/models/titanic/record").json
    assert counts([*content["parts"], content["all"]]) == list(HAND)
    assert content["cases"] == {
        "kept": 212,
        "due": 212,
        "marked": 197,
        "not_marked": 12,
        "cannot_be_known": 3,
        "not_due_yet": 0,
    }
    sent = owner.get("/titanic/record.csv")
    assert counts(csv.DictReader(io.StringIO(sent.text))) == list(HAND)
    assert sent.headers["Content-Disposition"] == 'attachment; filename="titanic-record.csv"'


def test_the_table_made_by_hand_stands_on_the_page(site, owner):
    keep(site, 1)
    page = Page(owner.get("/titanic/record").text)
    [table] = [table for table in page.root.all("table") if "what happened" in table.all("caption")[0].text]
    rows = [[cell.text for cell in row.all("td")][:3] for row in table.all("tbody")[0].all("tr")]
    assert rows == [[str(number) for number in row[2:]] for row in HAND if row[2]]
    text = page.root.text
    assert "Of the 73 marked cases that were given 20 to 30 out of 100, 23 turned out yes: 32 out of 100" in text
    assert "7 due cases are not marked." in text


def test_a_range_stands_where_50_are_marked_and_nowhere_else(site, owner):
    keep(site, 1)
    parts = owner.get("/api/models/titanic/record").json["parts"]
    assert [part["from"] for part in parts if part["low"] is not None] == [0.0, 0.2]


def test_with_few_cases_it_is_too_early_to_say(site, owner):
    keep(site, 1, ((0.5, 12, 5, 5, 0),))
    text = Page(owner.get("/titanic/record").text).root.text
    assert "It is too early to say" in text
    assert "10 of 12 due cases are marked." in text


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ((0.5, 1, 1, 0, 0), "1 due case was drawn by lot when kept, and none is left to mark."),
        ((0.5, 3, 1, 1, 0), "3 due cases were drawn by lot when kept, and 1 is left to mark."),
        ((0.5, 1, 1, 0, 0), "One case is due, and it is marked."),
        ((0.5, 1, 0, 0, 0), "One case is due, and it is not marked."),
    ],
)
def test_a_single_case_and_those_drawn_by_lot_are_told_in_whole_sentences(site, owner, given, sentence):
    keep(site, 1, (given,))
    with site.app_context():
        store().open().write(lambda c: c.execute(update(kept_case).values(followed=True)))
    page = Page(owner.get("/titanic/record").text)
    assert sentence in page.root.text
    assert ("/history/due?model=titanic&state=follow-up" in page.links) == ("none is left" not in page.root.text)


@pytest.mark.parametrize(
    ("due", "sentence"),
    [
        (52, "Whatever the 2 cases without an answer were, it is"),
        (51, "Whatever the one case without an answer was, it is"),
    ],
)
def test_what_the_unmarked_could_change_is_told(site, owner, due, sentence):
    keep(site, 1, ((0.5, due, 25, 25, 0),))
    assert sentence in Page(owner.get("/titanic/record").text).root.text


def test_past_cases_that_came_in_a_file_are_told_apart_and_count_in_nothing_else(site, owner):
    keep(site, 1)
    before = owner.get("/api/models/titanic/record").json
    answers = asked(get_predictor("titanic").model)
    lines = [",".join([*answers, "happened", "kept_on"])]
    lines += [",".join([*answers.values(), "yes" if number < 9 else "no", "2026-01-31"]) for number in range(30)]
    sent = {"model": "titanic", "file": (io.BytesIO("\n".join(lines).encode()), "past.csv")}
    assert "30 outcomes were stored" in owner.post("/history/file", data=sent).text
    after = owner.get("/api/models/titanic/record").json
    past = after.pop("from_files")
    assert (past["due"], past["marked"], past["came_true"]) == (30, 30, 9)
    assert before.pop("from_files") is None
    assert after == before
    text = Page(owner.get("/titanic/record").text).root.text
    assert "30 past cases came in files." in text
    assert "It turned out yes for 9 of them: 30.0 out of 100." in text


def test_cases_of_a_version_before_are_counted_apart_once_the_model_was_trained_anew(site, owner):
    keep(site, 1, ((0.5, 30, 20, 10, 0),))
    assert "of other versions" not in owner.get("/titanic/record").text
    with site.app_context():
        store().open().write(lambda c: c.execute(update(kept_case).values(version="before")))
    text = Page(owner.get("/titanic/record").text).root.text
    assert "30 cases were kept of other versions, and they do not count here." in text
    assert "No case is due yet." in text


def test_a_case_that_is_not_due_does_not_count(site, owner):
    keep(site, 1, ((0.5, 30, 20, 10, 0),), due_in=timedelta(days=30))
    content = owner.get("/api/models/titanic/record").json
    assert (content["cases"]["due"], content["cases"]["not_due_yet"]) == (0, 30)


def test_a_model_that_is_far_off_meets_an_alarm_with_its_reason_and_day(site, owner):
    keep(site, 1, ((0.2, 200, 160, 40, 0),))
    text = Page(owner.get("/titanic/record").text).root.text
    assert "The model now says too little" in text
    assert "at least 160 turned out yes, where the model expected 40." in text
    assert re.search(r"cases that fell due (from .* to|on) .* \d{4}, at", text)
    assert "are enough to tell." in text
    alarm = owner.get("/api/models/titanic/record").json["alarm"]
    assert (alarm["says"], alarm["at_least"], alarm["due"]) == ("too little", 160, 200)


def say_yes(site, case):
    row = {"case_id": case, "is_current": True, "value": 1.0, "is_known": True}
    with site.app_context():
        said = row | {"said_at": datetime.now(UTC), "source": "page"}
        store().open().write(lambda connection: connection.execute(insert(outcome), said))


def test_an_outcome_that_comes_later_is_told_at_the_next_look(site, owner):
    keep(site, 1, ((0.5, 30, 20, 9, 0),))
    assert owner.get("/api/models/titanic/record").json["cases"]["marked"] == 29
    say_yes(site, 30)
    assert owner.get("/api/models/titanic/record").json["cases"]["marked"] == 30


def test_a_case_that_takes_the_place_of_one_that_was_deleted_is_told_at_the_next_look(site, owner):
    keep(site, 1, ((0.5, 30, 20, 9, 0),))
    assert owner.get("/api/models/titanic/record").json["parts"][5]["due"] == 30
    with site.app_context():
        newest = kept_case.c.id == 30

        def replace(connection):
            case = dict(connection.execute(kept_case.select().where(newest)).one()._mapping)
            connection.execute(kept_case.delete().where(newest))
            del case["id"]
            connection.execute(insert(kept_case), case | {"public_id": "f" * 32, "value": 0.95})

        store().open().write(replace)
    assert [part["due"] for part in owner.get("/api/models/titanic/record").json["parts"]][5:] == [29, 0, 0, 0, 1]


def test_metrics_tell_the_figures_of_the_record(site, owner):
    keep(site, 1, ((0.2, 200, 160, 40, 0),))
    version = get_predictor("titanic").version
    text = owner.get("/metrics").text
    assert f'likely_record_cases{{model="titanic",state="marked",version="{version}"}} 200.0' in text
    assert f'likely_record_alarm{{model="titanic",version="{version}"}} 1.0' in text


def test_where_the_file_is_no_database_any_more_metrics_go_on_and_the_record_says_when_to_come_again(site, owner):
    keep(site, 1)
    with site.app_context():
        store().close()
        assert store().file
        for file in store().file.parent.glob("likely.db*"):
            file.write_bytes(b"no database " * 1000)
    text = owner.get("/metrics").text
    assert "likely_model_info" in text
    assert "likely_record_cases{" not in text
    answer = owner.get("/titanic/record")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert site.test_client().get("/titanic").status_code == 200


def test_metrics_work_a_record_out_anew_only_once_that_is_a_hundredth_of_the_time(site, owner, monkeypatch):
    keep(site, 1, ((0.5, 30, 20, 8, 0),))
    marked = re.compile(r'likely_record_cases\{model="titanic",state="marked",version="\w+"\} (\d+)')
    monkeypatch.setattr(record, "AS_OLD", 1e9)
    assert marked.search(owner.get("/metrics").text)[1] == "28"
    say_yes(site, 29)
    assert marked.search(owner.get("/metrics").text)[1] == "28"
    assert owner.get("/api/models/titanic/record").json["cases"]["marked"] == 29
    say_yes(site, 30)
    monkeypatch.setattr(record, "AS_OLD", 0)
    assert marked.search(owner.get("/metrics").text)[1] == "30"


def test_who_asks_while_a_record_is_worked_out_waits_for_it_and_works_out_none(site, owner, monkeypatch):
    keep(site, 1)
    cases, begun, go_on = record.due_cases, Event(), Event()

    def slowly(*asked):
        assert not begun.is_set(), "it was worked out twice"
        begun.set()
        go_on.wait()
        return cases(*asked)

    monkeypatch.setattr(record, "due_cases", slowly)
    clients = [owner, *[signed_in(site, name, {"titanic": "viewer"}) for name in ("Grace", "Mary")]]
    with ThreadPoolExecutor() as others:
        answers = [others.submit(client.get, "/api/models/titanic/record") for client in clients]
        assert begun.wait(10)
        go_on.set()
        assert [answer.result().json["cases"]["marked"] for answer in answers] == [197] * 3


@pytest.mark.parametrize(
    ("model", "named", "sentence"),
    [
        ("iris", "setosa", "It was the class that the model named for 30 of them"),
        ("housing", 20.0, "Of the 30 marked cases 30 did"),
        ("housing", 18.0, "The model missed the price of the 30 marked cases by $2,000 on average. "),
        ("housing", 18.0, "Taken together, it said $2,000 too much."),
        ("housing", 21.5, "Taken together, it said $1,500 too little."),
        ("housing", 20.0, "Taken together, it said neither too much nor too little."),
    ],
)
def test_classes_and_amounts_have_a_record_in_words_of_their_own(site, model, named, sentence):
    owner = signed_in(site, "Ada", {model: "owner"})
    keep(site, 1, ((20.0 if model == "housing" else 0.9, 30, 30, 0, 0),), model)
    said = {"value": named, "class_name": None} if model == "housing" else {"value": None, "class_name": named}
    classes = None if model == "housing" else {"setosa": [0.9, 0.8, 1.0], "virginica": [0.1, 0, 0.2]}
    with site.app_context():
        store().open().write(lambda c: c.execute(update(outcome).values(**said)))
        store().open().write(lambda c: c.execute(update(kept_case).values(classes=classes, low=10.0, high=30.0)))
    assert sentence in Page(owner.get(f"/{model}/record").text).text
