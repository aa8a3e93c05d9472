"""What a role, a scope and a token let somebody do, and what is left once they are taken away."""

from __future__ import annotations

import re

import pytest

from webapp.people import accounts
from webapp.people.roles import Person, Scope
from webapp.store.opening import store

from tests.cases import keep_case
from tests.everybody import Site
from tests.payloads import asked, get_model
from tests.people import add_person, bearer, make_token, sign_in


@pytest.mark.parametrize("who", ["admin", "owner", "viewer", "another's", "anonymous", "read token", "predict token"])
def test_nobody_changes_what_somebody_else_kept(site: Site, who: str) -> None:
    case, mine = site.keep(), site.browser("analyst", "case.show")
    before = mine.get(f"/history/{case}").text
    for rest in ("", "/outcome", "/note", "/delete"):
        for address in (f"/history/{case}{rest}", f"/history/due/{case}"):
            sent = {"happened": "yes", "label": "Theirs", "note": "Theirs"}
            site.send(site.browser(who, "case.show"), who, "POST", address, data=sent)
    after = mine.get(f"/history/{case}").text
    assert re.sub('value="[^"]+"', "", after) == re.sub('value="[^"]+"', "", before)


@pytest.mark.parametrize(
    ("scope", "read", "label", "happened", "keep"),
    [("read", 200, 403, 403, 403), ("outcome", 403, 403, 200, 403), ("predict", 403, 200, 403, 200)],
)
def test_a_scope_does_what_it_says_with_ones_own_case(
    site: Site, scope: Scope, read: int, label: int, happened: int, keep: int
) -> None:
    case, headers = site.keep(), bearer(make_token(site.app, site.numbers["analyst"], scope))
    client = site.app.test_client()
    assert client.get(f"/api/cases/{case}", headers=headers).status_code == read
    assert client.patch(f"/api/cases/{case}", json={"label": "x"}, headers=headers).status_code == label
    said = client.post(f"/api/cases/{case}/outcome", json={"happened": "yes"}, headers=headers)
    assert said.status_code == happened
    answers = asked(get_model("census"))
    kept = client.post("/api/models/census/predict?keep=1", json=answers, headers=headers)
    assert kept.status_code == keep


@pytest.mark.parametrize("scope", ["predict", "outcome"])
def test_a_token_that_may_not_read_changes_a_case_without_being_told_what_is_in_it(site: Site, scope: Scope) -> None:
    case, headers = site.keep(), bearer(make_token(site.app, site.numbers["analyst"], scope))
    client = site.app.test_client()
    if scope == "predict":
        answer = client.patch(f"/api/cases/{case}", json={"label": "theirs"}, headers=headers)
    else:
        answer = client.post(f"/api/cases/{case}/outcome", json={"happened": "yes"}, headers=headers)
    assert (answer.status_code, answer.get_json()) == (200, {"case": case})


def test_a_viewer_keeps_nothing_by_program_either(site: Site) -> None:
    headers, answers = bearer(site.keys["predict token"]), asked(get_model("census"))
    kept = site.app.test_client().post("/api/models/census/predict?keep=1", json=answers, headers=headers)
    assert kept.status_code == 403


def test_a_person_who_may_no_more_is_a_stranger_at_once(site: Site) -> None:
    number = add_person(site.app, "For a while", {"census": "viewer"})
    client = sign_in(site.app, number)
    assert client.get("/census").status_code == 200
    with site.app.app_context():
        accounts.give_role(number, "census", None, None)
    assert client.get("/census").status_code == 404


def test_whoever_loses_a_role_keeps_what_is_theirs_on_the_pages_and_their_programs_lose_it(site: Site) -> None:
    number = add_person(site.app, "Once an analyst", {"census": "analyst"})
    with site.app.app_context():
        case = keep_case(store().open(), Person(number, "Once an analyst"), "census").public_id
    client, headers = sign_in(site.app, number), bearer(make_token(site.app, number, "read", "outcome"))
    assert site.app.test_client().get(f"/api/cases/{case}", headers=headers).status_code == 200
    with site.app.app_context():
        accounts.give_role(number, "census", None, None)
    assert site.app.test_client().get(f"/api/cases/{case}", headers=headers).status_code == 403
    assert client.post(f"/history/{case}/outcome", data={"happened": "yes"}).status_code == 422
    assert client.get(f"/history/{case}").status_code == 200
    assert case in client.get("/history/cases.csv").text
    # By the name that their case has; what the model is called today is not theirs to know any more.
    assert '<option value="census">census</option>' in client.get("/history").text
    assert client.post(f"/history/{case}/delete").status_code == 303
    assert client.get(f"/history/{case}").status_code == 404


def test_an_owner_finds_what_an_owner_is_said_to_may(site: Site) -> None:
    owner = site.browser("owner", "people.members")
    told = owner.get("/census/members").text
    assert "Owner: also says who else may, and who may read the record" in told
    assert "Let everybody read it" in owner.get("/census/record").text


def test_a_person_who_was_ended_is_signed_out_and_so_are_their_programs(site: Site) -> None:
    number = add_person(site.app, "Until today", {"census": "analyst"})
    client, key = sign_in(site.app, number), make_token(site.app, number, "predict")
    assert client.get("/api/models/census", headers=bearer(key)).status_code == 200
    with site.app.app_context():
        assert accounts.end(number, None)
    assert client.get("/census").status_code == 404
    assert client.get("/account").status_code == 303
    assert client.get("/api/models/iris", headers=bearer(key)).status_code == 401


def test_a_token_for_other_models_says_nothing_of_this_one(site: Site) -> None:
    key = make_token(site.app, site.numbers["owner"], "predict", models=("titanic",))
    client = site.app.test_client()
    assert client.get("/api/models/titanic", headers=bearer(key)).status_code == 200
    assert client.get("/api/models/iris", headers=bearer(key)).status_code == 404


def test_a_public_model_is_asked_with_any_token(site: Site) -> None:
    answers = asked(get_model("housing"))
    for key in ("read token", "predict token"):
        sent = site.app.test_client().post("/api/models/housing/predict", json=answers, headers=bearer(site.keys[key]))
        assert sent.status_code == 200
