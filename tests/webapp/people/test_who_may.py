"""Every address of the site, asked by everybody that there can be. A new address without an expectation fails."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from webapp import create_app
from webapp.people import accounts, clock, tokens
from webapp.people.roles import Person, Scope
from webapp.store.opening import store

from tests.cases import keep_case
from tests.payloads import SETTINGS, asked, get_model, get_predictor, posted
from tests.people import add_person, bearer, make_site, make_token, sign_in

# For members only: one with a tutorial's page, one that a tutorial's program asks, and one that is a plain form.
HIDDEN = ("iris", "titanic", "census")
ROLES = ("viewer", "analyst", "owner")
MEMBERS = ("admin", *ROLES)
PEOPLE = (*MEMBERS, "another's")
STRANGERS = ("another's", "anonymous", "expired", "revoked")
EVERYBODY = (*PEOPLE, "anonymous", "read token", "predict token", "expired", "revoked")
# What somebody may meet: let in, or sent away in one of these ways.
IN, NOTHING, BAD, NOT_ALLOWED, SIGN_IN = "in", 404, 401, 403, "sign in first"

Expected = Callable[[str], Any]


def to_all(who: str) -> Any:
    return IN


def to_programs(who: str) -> Any:
    """Open to all; a token that is not good is told so."""
    return BAD if who in ("expired", "revoked") else IN


def page_of_members(who: str) -> Any:
    """A page about a model that is hidden: a token opens no page."""
    return IN if who in MEMBERS else NOTHING


def about_for_programs(who: str) -> Any:
    return BAD if who in ("expired", "revoked") else NOTHING if who in STRANGERS else IN


def asked_by_programs(who: str) -> Any:
    """A browser's cookie lets no program in, since any site can make a browser send it."""
    by_token: dict[str, Any] = {"predict token": IN, "read token": NOT_ALLOWED, "expired": BAD, "revoked": BAD}
    return by_token.get(who, NOTHING)


def asked_by_tutorial(who: str) -> Any:
    return IN if who in MEMBERS else asked_by_programs(who)


def own_page(who: str) -> Any:
    return IN if who in PEOPLE else SIGN_IN


def page_of_admins(who: str) -> Any:
    return IN if who == "admin" else NOTHING if who in PEOPLE else SIGN_IN


def page_of_owners(who: str) -> Any:
    return IN if who in ("admin", "owner") else NOTHING


def to_this_machine(who: str) -> Any:
    return NOT_ALLOWED


def kept_by_analyst(who: str) -> Any:
    """A case is its keeper’s alone; to an owner of the model and to an admin it is not there."""
    return IN if who == "analyst" else own_page(who) if who not in PEOPLE else NOTHING


def record_for_programs(who: str) -> Any:
    """The scope predict does not read it."""
    return NOTHING if who == "predict token" else about_for_programs(who)


def kept_by_members(who: str) -> Any:
    return {"viewer": NOT_ALLOWED}.get(who, page_of_members(who))


def cases_for_programs(who: str) -> Any:
    """Everybody’s own, which for most are none."""
    return IN if who in PEOPLE or who.endswith(" token") else BAD


def case_for_programs(who: str) -> Any:
    return IN if who == "analyst" else NOTHING if cases_for_programs(who) == IN else BAD


def changed_by_programs(who: str) -> Any:
    """No cookie counts, and the tokens here are not the keeper’s."""
    return NOTHING if who.endswith(" token") else BAD


EXPECTED: dict[str, Expected] = {
    "tutorials.census": asked_by_tutorial,
    "tutorials.iris": asked_by_tutorial,
    "tutorials.predict": asked_by_programs,
    "assets.static": to_all,
    "home.index": to_all,
    "home.accessibility": to_all,
    "home.privacy": to_all,
    "form.show": page_of_members,
    "form.send": page_of_members,
    "result.show": page_of_members,
    "card.show": page_of_members,
    "compare.compare": page_of_members,
    "compare.compare_photos": page_of_members,
    "batch.form": page_of_members,
    "batch.template": page_of_members,
    "batch.score": page_of_members,
    "assets.root": to_all,
    "curves.show": page_of_members,
    "picture.show": page_of_members,
    "result.show_somebody": page_of_members,
    "keep.keep": kept_by_members,
    "record.show": page_of_members,
    "record.open_to_all": page_of_owners,
    "record.as_csv": page_of_members,
    "record.as_json_": record_for_programs,
    "history.show": own_page,
    "history.export": own_page,
    "history.ask_to_delete": own_page,
    "history.delete": own_page,
    "due.show": own_page,
    "due.say": own_page,
    "kept_files.show": own_page,
    "kept_files.send": own_page,
    "case.show": kept_by_analyst,
    "case.say": kept_by_analyst,
    "case.annotate": kept_by_analyst,
    "case.delete": kept_by_analyst,
    "people.sign_in": to_all,
    "people.sign_out": to_all,
    "people.invite": to_all,
    "people.open": to_all,
    "people.account": own_page,
    "people.end_sitting": own_page,
    "people.end_other_sittings": own_page,
    "people.remove_account": own_page,
    "people.tokens": own_page,
    "people.end_token": own_page,
    "people.everybody": page_of_admins,
    "people.end_invitation": page_of_admins,
    "people.events": page_of_admins,
    "people.somebody": page_of_admins,
    "people.somebody_act": page_of_admins,
    "people.members": page_of_owners,
    "people.take_role": page_of_owners,
    "people.make_model_link": page_of_owners,
    "people.end_model_link": page_of_owners,
    "health.healthz": to_programs,
    "health.readyz": to_programs,
    "metrics.show": to_this_machine,
    "security.show": to_all,
    "api.all_models": to_programs,
    "api.one_model": about_for_programs,
    "api.predict": asked_by_programs,
    "api_cases.all_cases": cases_for_programs,
    "api_cases.show": case_for_programs,
    "api_cases.annotate": changed_by_programs,
    "api_cases.say": changed_by_programs,
    "api_docs.openapi_json": to_programs,
    "api_docs.documentation": to_programs,
    "inference.server": to_programs,
    "inference.health": to_programs,
    "inference.model_ready": about_for_programs,
    "inference.metadata": about_for_programs,
    "inference.infer": asked_by_programs,
}
# What stands in an address; anything else that a rule has is a fault of this test.
PLACES = {"model": "census", "name": "likely.css", "act": "let-back", "version": get_predictor("census").version}
TENSORS = [
    {"name": name, "shape": [1], "datatype": "BYTES", "data": [text]}
    for name, text in asked(get_model("census")).items()
]
# After these one is signed in no more, or elsewhere, so that they get a sitting of their own.
ENDING = ("people.sign_in", "people.sign_out", "people.end_other_sittings", "people.account")
# What has to be sent so that an answer tells who may, and not that the question is wrong.
SENT: dict[tuple[str, str], dict[str, Any]] = {
    ("tutorials.census", "GET"): {"query_string": asked(get_model("census"))},
    ("tutorials.iris", "POST"): {"data": {"data": "[[5.1, 3.5, 1.4, 0.2]]"}},
    ("tutorials.predict", "POST"): {"json": [{"Age": 3, "Sex": "male", "Embarked": "C"}]},
    ("form.send", "POST"): {"data": posted(get_model("census"))},
    ("result.show", "GET"): {"query_string": asked(get_model("census"))},
    ("picture.show", "GET"): {"query_string": asked(get_model("census"))},
    ("api.predict", "POST"): {"json": asked(get_model("census"))},
    ("inference.infer", "POST"): {"json": {"inputs": TENSORS}},
}


@dataclass(frozen=True)
class Site:
    app: Flask
    numbers: dict[str, int]
    keys: dict[str, str]
    browsers: dict[str, FlaskClient] = field(default_factory=dict)

    def ask(self, who: str, method: str, rule: Rule) -> TestResponse:
        client = self.browser(who, rule.endpoint)
        places = {**PLACES, "number": str(self.numbers["another's"])}
        if "case" in rule.arguments:
            places["case"] = self.keep()
        if "any(" in rule.rule:
            places |= {"name": "favicon.ico", "form": "csv"}
        address = re.sub(r"<(?:[^>]*:)?(\w+)>", lambda place: places[place[1]], rule.rule)
        return self.send(client, who, method, address, **SENT.get((rule.endpoint, method), {}))

    def keep(self) -> str:
        """The name of a case that the analyst keeps."""
        with self.app.app_context():
            return keep_case(store().open(), Person(self.numbers["analyst"], "A analyst"), "census").public_id

    def browser(self, who: str, endpoint: str) -> FlaskClient:
        if who not in PEOPLE:
            return self.app.test_client()
        if endpoint in ENDING or who not in self.browsers:
            self.browsers[who] = sign_in(self.app, self.numbers[who])
        return self.browsers.pop(who) if endpoint in ENDING else self.browsers[who]

    def send(self, client: FlaskClient, who: str, method: str, address: str, **sent: Any) -> TestResponse:
        # Each of them from an address of their own, so that nobody is one too many.
        place = {"REMOTE_ADDR": f"192.0.2.{EVERYBODY.index(who) + 1}"}
        headers = bearer(self.keys[who]) if who in self.keys else {}
        return client.open(address, method=method, headers=headers, environ_base=place, **sent)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    app = make_site(
        tmp_path_factory.mktemp("site"), FOR_MEMBERS=list(HIDDEN), PAGES=None, SECURITY_CONTACT="mailto:a@b"
    )
    numbers = {role: add_person(app, f"A {role}", dict.fromkeys(HIDDEN, role)) for role in ROLES}
    numbers["admin"] = add_person(app, "An admin", is_admin=True)
    numbers["another's"] = add_person(app, "Of another model", {"housing": "owner"})
    keys = {
        "read token": make_token(app, numbers["owner"], "read", "outcome"),
        "predict token": make_token(app, numbers["viewer"], "predict"),
        "revoked": make_token(app, numbers["owner"], "read", "predict"),
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokens, "now", lambda: clock.now() - timedelta(days=31))
        keys["expired"] = make_token(app, numbers["owner"], "read", "predict", days=30)
    with app.app_context():
        revoked = next(one for one in tokens.list_own(numbers["owner"]) if one.scopes == ["predict", "read"])
        assert tokens.end(revoked.id, numbers["owner"], numbers["owner"])
    return Site(app, numbers, keys)


RULES = [
    (rule, method)
    for rule in create_app(SETTINGS).url_map.iter_rules()
    for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
]


def test_every_address_has_an_expectation() -> None:
    assert {rule.endpoint for rule, _ in RULES} == EXPECTED.keys()


WORDS = [text for name in HIDDEN for text in (get_model(name).words.title, get_model(name).words.question)]


def leaks_of(text: str) -> list[str]:
    """What a page tells of a hidden model."""
    return [
        *[word for word in WORDS if word in text],
        *[name for name in HIDDEN if f"/{name}" in text or f'"{name}"' in text],
    ]


def met(answer: TestResponse) -> Any:
    if answer.status_code == 303 and answer.location.startswith("/sign-in"):
        return SIGN_IN
    return answer.status_code if answer.status_code in (NOTHING, BAD, NOT_ALLOWED) else IN


@pytest.mark.parametrize(("rule", "method"), RULES, ids=[f"{method} {rule.rule}" for rule, method in RULES])
def test_whoever_asks_meets_what_they_may(site: Site, rule: Rule, method: str) -> None:
    for who in EVERYBODY:
        answer = site.ask(who, method, rule)
        assert answer.status_code < 500, who
        expected = EXPECTED[rule.endpoint](who)
        if (rule.endpoint, method) == ("tutorials.predict", "GET"):
            expected = to_programs(who)
        assert met(answer) == expected, who
        if who in STRANGERS:
            assert leaks_of(answer.get_data().decode("utf-8", "replace")) == [], who


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A site where none of the hidden models is installed."""
    app = make_site(tmp_path_factory.mktemp("without"), MODELS=["housing", "food"], PAGES=None)
    add_person(app, "Of another model", {"housing": "owner"})
    return app


# What differs from answer to answer.
TELLING_NOTHING = ("X-Request-ID", "Set-Cookie")
PROBES = [
    *[("GET", f"/iris{rest}") for rest in ("", "/", "/result", "/card", "/nowhere", "/members", "/batch/template.csv")],
    *[("POST", f"/iris{rest}") for rest in ("", "/batch", "/compare", "/card", "/members", "/members/link")],
    *[("GET", path) for path in ("/", "/api/", "/api/models", "/api/openapi.json", "/readyz", "/v2/health/ready")],
    *[(method, f"/census{rest}") for method in ("GET", "POST") for rest in ("", "/result", "/compare", "/batch")],
    *[("GET", f"{path}/iris") for path in ("/api/models", "/v2/models")],
    *[("POST", f"{path}/iris/{end}") for path in ("/api/models", "/v2/models") for end in ("predict", "infer")],
    ("GET", "/v2/models/iris/ready"),
    ("GET", "/probability?age=39"),
    ("PUT", "/iris"),
    ("OPTIONS", "/iris"),
    ("DELETE", "/api/models/iris"),
]


@pytest.mark.parametrize(("method", "address"), PROBES)
def test_a_hidden_model_is_answered_like_one_that_is_not_installed(
    site: Site, without: Flask, method: str, address: str
) -> None:
    for who, clients in {
        "anonymous": (site.app.test_client(), without.test_client()),
        "another's": (site.browser("another's", "form.show"), sign_in(without, 1)),
    }.items():
        said = []
        for client in clients:
            answer = site.send(client, who, method, address)
            headers = {name: value for name, value in answer.headers.items() if name not in TELLING_NOTHING}
            said.append((answer.status_code, answer.text.replace(answer.headers["X-Request-ID"], ""), headers))
        assert said[0] == said[1], who


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
