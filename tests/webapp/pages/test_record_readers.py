"""Who reads the record of a model: members, and others only with the owner’s consent and of ten cases and more."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from webapp.store.opening import store
from webapp.store.tables import kept_case

from tests.marked import keep
from tests.page import Page
from tests.people import add_person, bearer, form_token, make_site, make_token, signed_in

# Hundreds of cases are kept and marked for each test.
pytestmark = pytest.mark.slow

ADDRESSES = ("/titanic/record", "/titanic/record.csv", "/api/models/titanic/record")


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_stranger_finds_no_record_until_the_owner_opens_it(site, owner, address):
    keep(site, 1)
    stranger = site.test_client()
    assert stranger.get(address).status_code == 404
    assert owner.post("/titanic/record", data={"public": "1"}).status_code == 303
    assert stranger.get(address).status_code == 200
    owner.post("/titanic/record", data={"public": "0"})
    assert stranger.get(address).status_code == 404


def test_a_stranger_is_told_of_no_part_with_fewer_than_ten_cases(site, owner):
    keep(site, 1)
    owner.post("/titanic/record", data={"public": "1"})
    parts = site.test_client().get("/api/models/titanic/record").json["parts"]
    assert [part["due"] for part in parts] == [60, 80, 40]


def test_a_stranger_cannot_work_out_a_few_cases_from_all_and_the_rest(site, owner):
    # All are 62: those of a part that has 2 are what the other one leaves.
    keep(site, 1, ((0.05, 60, 3, 55, 0), (0.97, 2, 2, 0, 0)))
    owner.post("/titanic/record", data={"public": "1"})
    stranger = site.test_client()
    told = stranger.get("/api/models/titanic/record").json
    assert (told["parts"], told["all"]["came_true"]) == ([], 5)
    assert len(list(csv.DictReader(io.StringIO(stranger.get("/titanic/record.csv").text)))) == 1
    for reader, is_member in ((stranger, False), (owner, True)):
        page = reader.get("/titanic/record").text
        assert ("<figure" in page, "shown to members alone" in page) == (is_member, not is_member)
        assert "No part has 20 marked cases yet" not in page


@pytest.mark.parametrize(
    ("drawn", "is_told"), [(1, False), (9, False), (10, True), (55, False), (50, True), (60, True)]
)
def test_a_stranger_is_told_what_came_true_of_neither_a_few_drawn_by_lot_nor_a_few_others(site, owner, drawn, is_told):
    keep(site, 1, ((0.05, 60, 60, 0, 0),))
    with site.app_context():
        store().open().write(
            lambda connection: connection.execute(
                update(kept_case).where(kept_case.c.id <= drawn).values(followed=True)
            )
        )
    owner.post("/titanic/record", data={"public": "1"})
    for reader, is_there in ((owner, True), (site.test_client(), is_told)):
        told = reader.get("/api/models/titanic/record").json["drawn_by_lot"]
        assert (told and told["came_true"]) == (drawn if is_there else None)


def test_whoever_looks_after_each_case_does_not_learn_what_was_answered_in_it(site, owner):
    keep(site, 1, ((0.5, 40, 40, 0, 0),))
    viewer, told = signed_in(site, "Grace", {"titanic": "viewer"}), {}
    for there in (40, 39, 21, 20):
        with site.app_context():
            gone = update(kept_case).where(kept_case.c.id > there).values(expires_at=datetime.now(UTC))
            store().open().write(lambda connection, gone=gone: connection.execute(gone))
        record = viewer.get("/api/models/titanic/record").json
        assert record["cases"]["kept"] == there
        told[there] = record["inputs"]
    assert told[20] == told[21] == told[39] != told[40]


def test_few_cases_in_all_are_told_to_members_alone(site, owner):
    keep(site, 1, ((0.5, 9, 5, 4, 0),))
    owner.post("/titanic/record", data={"public": "1"})
    stranger, link = site.test_client(), 'href="/titanic/record"'
    assert stranger.get("/titanic/record").status_code == 404
    assert link not in stranger.get("/titanic/card").text
    assert owner.get("/titanic/record").status_code == 200
    assert link in owner.get("/titanic/card").text
    keep(site, 1, ((0.5, 1, 1, 0, 0),), after=9)
    assert stranger.get("/titanic/record").status_code == 200
    assert link in stranger.get("/titanic/card").text


@pytest.mark.parametrize(("count", "is_told"), [(1, False), (19, False), (20, True)])
def test_of_fewer_than_twenty_cases_nobody_reads_what_was_answered_and_estimated(site, owner, count, is_told):
    keep(site, 1, ((0.5, count, count, 0, 0),))
    viewer = signed_in(site, "Grace", {"titanic": "viewer"})
    told = viewer.get("/api/models/titanic/record").json
    assert bool(told["inputs"]) == is_told
    assert (told["all"]["said"] is not None) == is_told
    assert ("half lie from" in viewer.get("/titanic/record").text) == is_told
    rows = list(csv.DictReader(io.StringIO(viewer.get("/titanic/record.csv").text)))
    assert bool(rows[-1]["said"]) == is_told


def test_who_does_not_own_the_model_cannot_open_its_record(site, owner):
    analyst = signed_in(site, "Grace", {"titanic": "analyst"})
    assert analyst.get("/titanic/record").status_code == 200
    assert analyst.post("/titanic/record", data={"public": "1"}).status_code == 404


def test_opening_the_record_needs_the_pages_own_token(tmp_path):
    site = make_site(tmp_path, guarded=True)
    owner = signed_in(site, "Ada", {"titanic": "owner"})
    assert owner.post("/titanic/record", data={"public": "1"}).status_code == 400
    keep(site, 1)
    assert site.test_client().get("/titanic/record").status_code == 404
    owner.post("/titanic/record", data={"public": "1", "csrf_token": form_token(owner.get("/titanic/record").text)})
    assert site.test_client().get("/titanic/record").status_code == 200


def test_a_program_with_a_token_to_read_reads_the_record(site):
    number = add_person(site, "Ada", {"titanic": "owner"})
    keep(site, number)
    client = site.test_client()
    may, may_not = make_token(site, number, "read"), make_token(site, number, "predict")
    assert client.get("/api/models/titanic/record", headers=bearer(may)).json["cases"]["due"] == 212
    assert client.get("/api/models/titanic/record", headers=bearer(may_not)).status_code == 404


def test_the_card_links_the_record_for_those_who_may_read_it(site, owner):
    keep(site, 1)
    link, stranger = "/titanic/record", site.test_client()
    assert link in Page(owner.get("/titanic/card").text).links
    assert link not in Page(stranger.get("/titanic/card").text).links
    owner.post(link, data={"public": "1"})
    assert link in Page(stranger.get("/titanic/card").text).links


def test_where_nothing_is_kept_the_card_speaks_of_no_record_and_there_is_none(client):
    assert "/titanic/record" not in Page(client.get("/titanic/card").text).links
    assert client.get("/titanic/record").status_code == 404
