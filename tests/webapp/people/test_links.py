"""Links let somebody in once: used twice, late, or by twenty at once, exactly one of them does."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from webapp.people import accounts, clock, links, passwords
from webapp.people.names import TAKEN

from tests.page import page_of
from tests.people import PASSWORD, add_person, empty, form_token, make_link, make_site, sign_in, signed_in

EARLIER: Mapping[links.Purpose, timedelta] = {
    "owner": timedelta(hours=1, minutes=1),
    "invitation": timedelta(hours=48, minutes=1),
    "reset": timedelta(hours=48, minutes=1),
    "model": timedelta(days=30, minutes=1),
}


@pytest.fixture(scope="module")
def same_site(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return make_site(tmp_path_factory.mktemp("site"), BY_LINK=["iris"])


@pytest.fixture
def site(same_site: Flask) -> Flask:
    add_person(empty(same_site), "Ada", is_admin=True)
    return same_site


def use(app: Flask, key: str, name: str = "Grace", password: str = PASSWORD) -> TestResponse:
    return app.test_client().post("/invite", data={"key": key, "name": name, "password": password})


def names(app: Flask) -> list[str]:
    with app.app_context():
        return [one.name for one in accounts.list_all()[0]]


def test_an_invitation_makes_an_account_with_its_role(site: Flask) -> None:
    key = make_link(site, "invitation", name="Grace", model="iris", role="analyst")
    browser = site.test_client()
    page = page_of(browser.get("/invite", query_string={"key": key}))
    assert dict(page.answers) == {"key": key, "name": "Grace"}
    joined = browser.post("/invite", data={"key": key, "name": "Grace H.", "password": PASSWORD})
    assert (joined.status_code, joined.location) == (303, "/account")
    assert "Analyst of Iris flowers" in browser.get("/account").text
    assert names(site) == ["Ada", "Grace H."]


@pytest.mark.parametrize("act", ["end", "remove", "unmake-admin"])
def test_a_link_of_somebody_who_is_an_admin_no_more_lets_nobody_in(site: Flask, act: str) -> None:
    """Else they would come back under another name, or as somebody whose password they set."""
    number = add_person(site, "Mallory", is_admin=True)
    invitation = make_link(site, "invitation", by=number, model="*", role="owner")
    reset = make_link(site, "reset", by=number, person=1)
    others = make_link(site, "invitation", by=1)
    assert sign_in(site, 1).post(f"/people/{number}/{act}", data={"proof": PASSWORD}).status_code == 303
    assert [use(site, key).status_code for key in (invitation, reset)] == [410, 410]
    assert use(site, others).status_code == 303


def test_to_look_at_a_link_does_not_use_it_up(site: Flask) -> None:
    """Programs that show what a link leads to look at it too."""
    key = make_link(site, "invitation")
    for _ in range(3):
        assert site.test_client().get("/invite", query_string={"key": key}).status_code == 200
    assert use(site, key).status_code == 303


@pytest.mark.parametrize("purpose", ["owner", "invitation"])
def test_a_link_works_once(site: Flask, purpose: links.Purpose) -> None:
    key = make_link(site, purpose)
    assert use(site, key).status_code == 303
    assert use(site, key, "Another").status_code == 410
    assert site.test_client().get("/invite", query_string={"key": key}).status_code == 410
    assert "Another" not in names(site)


@pytest.mark.parametrize("purpose", ["owner", "invitation", "reset"])
def test_a_link_expires(site: Flask, monkeypatch: pytest.MonkeyPatch, purpose: links.Purpose) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(links, "now", lambda: clock.now() - EARLIER[purpose])
        key = make_link(site, purpose, person=1 if purpose == "reset" else None)
    assert site.test_client().get("/invite", query_string={"key": key}).status_code == 410
    assert use(site, key).status_code == 410
    assert names(site) == ["Ada"]


def test_of_twenty_at_once_exactly_one_succeeds(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    # However busy this machine is, none of them gives up.
    monkeypatch.setattr(passwords, "PATIENCE", 120.0)
    key = make_link(site, "invitation")
    barrier, statuses = threading.Barrier(20), []

    def go(number: int) -> None:
        barrier.wait()
        statuses.append(use(site, key, f"Number {number}", f"{PASSWORD} {number}").status_code)

    threads = [threading.Thread(target=go, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303] + [410] * 19
    assert len(names(site)) == 2


@pytest.mark.parametrize("key", ["", "x", "li_" + "x" * 43, "lk_" + "x" * 43, "li_" + "x" * 4000, "li_\x00"])
def test_what_is_no_link_is_gone(site: Flask, key: str) -> None:
    assert site.test_client().get("/invite", query_string={"key": key}).status_code == 410
    assert use(site, key).status_code == 410
    assert site.test_client().get("/open", query_string={"key": key}).status_code == 410


def test_a_name_that_somebody_has_is_refused_and_the_link_still_works(site: Flask) -> None:
    key = make_link(site, "invitation")
    refused = use(site, key, " ADA ")
    assert refused.status_code == 422
    assert page_of(refused).summary == [TAKEN]
    assert use(site, key, "Grace").status_code == 303


@pytest.mark.parametrize("name", ["", "<script>", "-", "x" * 41, "a\x00b", "../etc"])
def test_a_name_that_cannot_be_is_refused(site: Flask, name: str) -> None:
    refused = use(site, make_link(site, "invitation"), name)
    assert refused.status_code == 422
    assert names(site) == ["Ada"]


@pytest.mark.parametrize("name", ["Ada-Marie O’Neil", "Åsa", "李明", "j.doe", "Zoë 2"])
def test_names_of_everywhere_are_taken(site: Flask, name: str) -> None:
    assert use(site, make_link(site, "invitation"), name).status_code == 303
    assert name in names(site)


def test_a_reset_sets_the_password_and_ends_all_sittings(site: Flask) -> None:
    browser = sign_in(site, 1)
    before = make_link(site, "reset", person=1)
    key = make_link(site, "reset", person=1)
    assert use(site, before).status_code == 410, "a newer one was made"
    page = page_of(site.test_client().get("/invite", query_string={"key": key}))
    assert "This is for Ada" in page.text
    assert use(site, key, password="quite another password").status_code == 303
    assert browser.get("/account").status_code == 303
    sent = {"name": "Ada", "password": "quite another password"}
    assert site.test_client().post("/sign-in", data=sent).status_code == 303


def test_a_reset_is_no_good_for_somebody_who_was_ended(site: Flask) -> None:
    number = add_person(site, "Grace")
    key = make_link(site, "reset", person=number)
    with site.app_context():
        accounts.end(number, 1)
    assert use(site, key).status_code == 410


def test_a_new_link_for_the_owner_is_instead_of_the_one_before(site: Flask) -> None:
    before, key = make_link(site, "owner"), make_link(site, "owner")
    assert use(site, before).status_code == 410
    assert use(site, key).status_code == 303


def test_an_invitation_is_taken_back(site: Flask) -> None:
    key = make_link(site, "invitation", name="Grace")
    browser = sign_in(site, 1)
    page = page_of(browser.get("/people"))
    [which] = [one.attributes["value"] for one in page.root.all("input", name="which")]
    browser.post("/people/end-invitation", data={"which": which})
    assert use(site, key).status_code == 410


# -- a link that opens a model -------------------------------------------------------------------------


def open_model(app: Flask, key: str) -> Any:
    browser = app.test_client()
    return browser, browser.post("/open", data={"which": key})


def test_a_link_opens_a_model_to_whoever_has_it(site: Flask) -> None:
    assert site.test_client().get("/iris/card").status_code == 404
    key = make_link(site, "model", model="iris")
    asked = site.test_client().get("/open", query_string={"key": key})
    assert asked.status_code == 200
    browser, opened = open_model(site, key)
    assert opened.location == "/iris"
    assert browser.get("/iris").headers["Cache-Control"] == "no-store"
    assert browser.get("/iris/card").status_code == 200
    assert browser.get("/iris/members").status_code == 303
    other, again = open_model(site, key)
    assert again.status_code == 303
    assert other.get("/iris").status_code == 200


def test_it_opens_it_until_its_owner_ends_it(site: Flask) -> None:
    browser, _ = open_model(site, make_link(site, "model", model="iris"))
    owner = signed_in(site, "Grace", {"iris": "owner"})
    page = page_of(owner.get("/iris/members"))
    [which] = [one.attributes["value"] for one in page.root.all("input", name="which")]
    assert owner.post("/iris/members/end-link", data={"which": which}).status_code == 303
    assert browser.get("/iris/card").status_code == 404


def test_it_opens_it_for_thirty_days(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(links, "now", lambda: clock.now() - EARLIER["model"])
        key = make_link(site, "model", model="iris")
    assert open_model(site, key)[1].status_code == 410


def test_it_opens_no_model_that_is_for_members(tmp_path: Path) -> None:
    app = make_site(tmp_path, FOR_MEMBERS=["iris"])
    add_person(app, "Ada")
    browser, opened = open_model(app, make_link(app, "model", model="iris"))
    assert opened.status_code == 410
    assert browser.get("/iris/card").status_code == 404


def test_a_link_that_lets_somebody_in_opens_no_model_and_the_other_way_round(site: Flask) -> None:
    assert open_model(site, make_link(site, "invitation", model="iris", role="viewer"))[1].status_code == 410
    assert use(site, make_link(site, "model", model="iris")).status_code == 410


def test_an_owner_makes_a_link_on_the_page(site: Flask) -> None:
    owner = signed_in(site, "Grace", {"iris": "owner"})
    made = owner.post("/iris/members/link")
    address = page_of(made).with_id("key").text
    assert address.startswith("http://localhost/open?key=li_")
    assert made.headers["Cache-Control"] == "no-store"
    _, opened = open_model(site, address.partition("key=")[2])
    assert opened.status_code == 303


def test_the_forms_of_links_are_guarded(tmp_path: Path) -> None:
    app = make_site(tmp_path, guarded=True)
    add_person(app, "Ada")
    key = make_link(app, "invitation")
    assert use(app, key).status_code == 400
    browser = app.test_client()
    token = form_token(browser.get("/invite", query_string={"key": key}).text)
    sent = {"key": key, "name": "Grace", "password": PASSWORD, "csrf_token": token}
    assert browser.post("/invite", data=sent).status_code == 303
