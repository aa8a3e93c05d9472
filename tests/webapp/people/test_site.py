"""What else changes where people have accounts, and what stays as it is where nobody has one."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection
from sqlalchemy.event import listens_for

from webapp.people import accounts
from webapp.people.current import SITTING_COOKIE
from webapp.store.opening import Away, Store, store
from webapp.store.tables import event, sitting

from tests.page import page_of
from tests.payloads import asked, get_model, person
from tests.people import PASSWORD, add_person, bearer, make_link, make_site, make_token, sign_in, signed_in
from tests.processes import run


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    app = make_site(tmp_path_factory.mktemp("site"), FOR_MEMBERS=["iris"], BY_LINK=["titanic"])
    add_person(app, "Ada", is_admin=True)
    return app


@pytest.fixture
def admin(site: Flask) -> FlaskClient:
    return sign_in(site, 1)


LAZY = """
import json, sys
from webapp import create_app

def imported():
    return [name for name in ("sqlalchemy", "argon2", "psycopg", "alembic") if name in sys.modules]

def ask(key, **settings):
    client = create_app({"SECRET_KEY": "for the tests only", "MODELS": ["census", "iris"], **settings}).test_client()
    client.get("/census")
    client.set_cookie("another", "cookie")
    client.set_cookie("likely_sitting", key)
    statuses = [client.get(path).status_code for path in %r]
    client.post("/api/models/census/predict", json=%r)
    client.get("/api/models", headers={"Authorization": "Bearer of something else"})
    return statuses, imported()

key = "ls_" + "x" * 43
found = [ask(key, DATABASE=None), ask("not a key of ours", DATABASE=%r, FOR_MEMBERS=["iris"])]
found.append(ask(key, DATABASE=%r, FOR_MEMBERS=["iris"]))
print("FOUND" + json.dumps(found))
"""
PATHS = ("/", "/census", "/iris/card", "/api/models", "/api/models/iris", "/readyz", "/privacy", "/healthz")


def test_nothing_of_it_is_imported_before_somebody_has_a_key(tmp_path: Path) -> None:
    add_person(make_site(tmp_path), "Ada")
    address = f"sqlite:///{tmp_path / 'likely.db'}"
    result = run("-c", LAZY % (PATHS, person(), address, address))
    assert result.returncode == 0, result.stderr
    off, without_key, with_key = json.loads(result.stdout.partition("FOUND")[2])
    hidden = [200, 200, 404, 200, 404, 200, 200, 200]
    assert off == [[200] * len(PATHS), []]
    assert without_key == [hidden, []]
    assert with_key == [hidden, ["sqlalchemy"]]


def test_no_page_sets_a_cookie_before_one_is_needed(site: Flask) -> None:
    for path in ("/", "/privacy", "/accessibility", "/api/", "/census/card"):
        assert "Set-Cookie" not in site.test_client().get(path).headers, path


def test_the_privacy_page_is_true_for_both_ways_of_running(site: Flask, client: FlaskClient) -> None:
    without, with_people = page_of(client.get("/privacy")), page_of(site.test_client().get("/privacy"))
    assert "Nothing you enter is stored." in without.text
    assert "account" not in without.text
    assert "Nothing you enter is stored, unless you are signed in" in with_people.text
    assert "If you have an account" in with_people.text
    assert "keeps the day that its page shows" in with_people.text
    # What holds for every model is said once.
    assert with_people.text.count("730 days") == 1
    assert "from 20 cases on averages" in with_people.text


def test_openapi_says_that_a_token_may_be_sent(site: Flask, client: FlaskClient) -> None:
    document = site.test_client().get("/api/openapi.json").get_json()
    assert document["security"] == [{}, {"token": []}]
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert {"401", "403"} <= document["paths"]["/api/models/census/predict"]["post"]["responses"].keys()
    assert "/api/models/iris" not in document["paths"]
    assert client.get("/api/openapi.json").get_json()["security"] == []


def test_events_tell_who_did_what_and_no_answers(site: Flask, admin: FlaskClient) -> None:
    number = add_person(site, "Grace")
    for address, fields in {
        f"/people/{number}": {"role": "analyst", "model": "census"},
        f"/people/{number}/take-role": {"which": "census"},
        f"/people/{number}/reset": {},
        f"/people/{number}/end": {},
        f"/people/{number}/let-back": {},
        "/people": {"name": "Mary", "role": "viewer", "model": "*"},
    }.items():
        assert admin.post(address, data=fields).status_code in (200, 303), address
    signed_in(site, "Somebody", {"census": "analyst"}).get("/census/result", query_string=person(age="77"))
    rows = page_of(admin.get("/people/events")).root.all("tr")[1:]
    expected = [
        "Ada Made an invitation (viewer)  Every model",
        "Ada Let sign in again Grace",
        "Ada Stopped from signing in Grace",
        "Ada Made a link for a new password Grace",
        "Ada Took a role away Grace census",
        "Ada Gave a role (analyst) Grace census",
    ]
    told = [" ".join([cell.text for cell in row.all("td")[1:]]).strip() for row in rows]
    assert [one for one in told if one.startswith("Ada")][: len(expected)] == expected
    assert "77" not in " ".join(told)


def test_whoever_is_removed_has_no_name_in_the_events(site: Flask, admin: FlaskClient) -> None:
    key = make_link(site, "invitation", by=1, name="Forgotten Person")
    sent = {"key": key, "name": "Forgotten Person", "password": PASSWORD}
    assert site.test_client().post("/invite", data=sent).status_code == 303
    with site.app_context():
        number = accounts.find("Forgotten Person").id
    admin.post(f"/people/{number}/end")
    assert "Forgotten Person" in admin.get("/people/events").text
    assert admin.post(f"/people/{number}/remove").status_code == 422, "there is no way back from it"
    assert admin.post(f"/people/{number}/remove", data={"proof": PASSWORD}).location == "/people"
    assert "Forgotten Person" not in admin.get("/people/events").text
    assert "Removed somebody and all that they kept" in admin.get("/people/events").text


def test_the_events_tell_a_tokens_label_until_its_person_is_removed(site: Flask, admin: FlaskClient) -> None:
    number = add_person(site, "Forgotten Person")
    browser = sign_in(site, number)
    sent = {"label": "Report of Mrs Forgotten", "scopes": ["read"], "models": ["*"], "days": "7"}
    assert browser.post("/tokens", data=sent).status_code == 200
    [token] = page_of(browser.get("/tokens")).root.all("input", name="which")
    assert browser.post("/tokens/end", data={"which": token.attributes["value"]}).status_code == 303
    told = page_of(admin.get("/people/events")).root.text
    assert "Made a token (Report of Mrs Forgotten; read; every model; 7 days)" in told
    assert "Ended a token (Report of Mrs Forgotten)" in told
    assert admin.post(f"/people/{number}/remove", data={"proof": PASSWORD}).location == "/people"
    told = page_of(admin.get("/people/events")).root.text
    assert "Mrs Forgotten" not in told
    assert "Made a token (read; every model; 7 days)" in told
    with site.app_context(), store().open().read() as connection:
        assert "Mrs Forgotten" not in str(connection.execute(event.select()).all())


def test_a_role_that_nobody_had_is_not_taken_away_in_the_events(site: Flask, admin: FlaskClient) -> None:
    number = add_person(site, "Without a role")
    assert admin.post("/iris/members/take", data={"which": str(number)}).status_code == 303
    assert "Without a role" not in admin.get("/people/events").text


def test_the_last_admin_stays(site: Flask, admin: FlaskClient) -> None:
    for act in ("end", "unmake-admin", "remove"):
        refused = admin.post(f"/people/1/{act}", data={"proof": PASSWORD})
        assert refused.status_code == 422
        assert page_of(refused).summary == ["They are the only admin. Make somebody else one first"]
    assert admin.get("/people").status_code == 200


@pytest.mark.parametrize("address", ["/people/999999", "/people/99999999999999999999999", "/people/1/nothing"])
def test_nobody_is_a_404(admin: FlaskClient, address: str) -> None:
    assert admin.post(address).status_code == 404


@pytest.mark.parametrize(
    "query", ["before=x", "before=-1", "before=" + "9" * 30, "before=²", "before=1&before=2", "before=%00"]
)
def test_events_are_shown_whatever_the_address_asks(admin: FlaskClient, query: str) -> None:
    assert admin.get(f"/people/events?{query}").status_code == 200


def test_an_owner_gives_and_takes_roles_with_their_model_alone(site: Flask) -> None:
    number = add_person(site, "Member Tobe")
    owner = signed_in(site, "Owner of Iris", {"iris": "owner"})
    given = owner.post("/iris/members", data={"name": "member tobe", "role": "viewer"})
    assert given.status_code == 303
    assert sign_in(site, number).get("/iris/card").status_code == 200
    assert owner.post("/iris/members/take", data={"which": str(number)}).status_code == 303
    assert sign_in(site, number).get("/iris/card").status_code == 404
    assert owner.post("/census/members", data={"name": "member tobe", "role": "viewer"}).status_code == 404
    unknown = owner.post("/iris/members", data={"name": "Nobody At All", "role": "viewer"})
    assert unknown.status_code == 422
    assert page_of(unknown).summary == ["Nobody here has this name. An admin can invite them"]


@pytest.fixture
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A site whose database does not answer any more."""
    app = make_site(tmp_path, FOR_MEMBERS=["iris"])
    add_person(app, "Ada", is_admin=True)
    app.config["KEY"] = make_token(app, 1, "predict")

    def open_none(self: Store) -> None:
        raise Away

    monkeypatch.setattr(Store, "open", open_none)
    return app


def test_while_the_database_can_only_be_read_whoever_is_signed_in_and_programs_go_on(tmp_path: Path) -> None:
    app = make_site(tmp_path, FOR_MEMBERS=["iris"])
    add_person(app, "Ada", is_admin=True)
    browser, token = sign_in(app, 1), bearer(make_token(app, 1, "predict", "read"))
    with app.app_context():
        database = store().open()
    # So that it is to be written down that she is here.
    database.write(lambda c: c.execute(sitting.update().values(seen_at=datetime.now(UTC) - timedelta(hours=1))))

    @listens_for(database.engine, "begin")
    def write_nothing(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA query_only = ON")

    program = app.test_client()
    for _ in range(2):
        for path in ("/history", "/account", "/iris/card"):
            assert browser.get(path).status_code == 200, path
        assert program.get("/api/cases", headers=token).status_code == 200
        flower = {"json": asked(get_model("iris")), "headers": token}
        assert program.post("/api/models/iris/predict", **flower).status_code == 200
    kept = program.post("/api/models/iris/predict?keep=1", **flower)
    assert kept.status_code == 503
    assert "Retry-After" in kept.headers


def test_while_the_database_is_away_public_models_answer_and_hidden_ones_stay_hidden(away: Flask) -> None:
    browser = away.test_client()
    assert browser.get("/iris/card").status_code == 404
    browser.set_cookie(SITTING_COOKIE, "ls_" + "x" * 43)
    for path in ("/", "/census", "/privacy"):
        assert browser.get(path).status_code == 200, path
    program, token = away.test_client(), bearer(away.config["KEY"])
    asked_of = {"json": asked(get_model("census")), "headers": token}
    assert program.post("/api/models/census/predict", **asked_of).status_code == 200
    for client, path in ((browser, "/iris/card"), (browser, "/account"), (program, "/api/models/iris")):
        refused = client.get(path, headers=token if client is program else {})
        assert refused.status_code == 503, path
        assert "Retry-After" in refused.headers
    assert browser.post("/sign-in", data={"name": "Ada", "password": "x"}).status_code == 503


def test_while_the_database_is_away_a_hidden_model_is_answered_like_one_that_is_not_there(away: Flask) -> None:
    stranger, made_up = away.test_client(), away.test_client()
    made_up.set_cookie(SITTING_COOKIE, "ls_" + "x" * 43)
    keys: tuple[tuple[FlaskClient, dict[str, str]], ...] = (
        (stranger, {}),
        (made_up, {}),
        (stranger, bearer("lk_" + "x" * 43)),
    )
    for client, headers in keys:
        for path in ("/{}/card", "/{}/result", "/{}/members", "/api/models/{}", "/v2/models/{}"):
            said = {client.get(path.format(name), headers=headers).status_code for name in ("iris", "nowhere")}
            assert len(said) == 1, path
        for path in ("/{}/keep", "/api/models/{}/predict", "/v2/models/{}/infer"):
            said = {client.post(path.format(name), headers=headers).status_code for name in ("iris", "nowhere")}
            assert len(said) == 1, path


def test_a_link_that_is_away_says_so(away: Flask) -> None:
    assert away.test_client().get("/invite?key=li_" + "x" * 43).status_code == 503


def test_a_site_all_of_whose_models_are_closed_leads_to_signing_in(tmp_path: Path) -> None:
    app = make_site(tmp_path, MODELS=["iris"], FOR_MEMBERS=["iris"])
    add_person(app, "Ada")
    page = page_of(app.test_client().get("/"))
    assert "not open to everybody" in page.text
    assert app.test_client().get("/api/").status_code == 404
    assert app.test_client().get("/api/openapi.json").status_code == 200
    assert make_link(app, "reset", person=1)
