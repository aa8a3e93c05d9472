"""Every address of the site, asked by everybody that there can be. A new address without an expectation fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from webapp import create_app

from tests.everybody import EVERYBODY, HIDDEN, MEMBERS, PEOPLE, Site
from tests.payloads import SETTINGS, get_model
from tests.people import add_person, make_site, sign_in

STRANGERS = ("another's", "anonymous", "expired", "revoked")
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
