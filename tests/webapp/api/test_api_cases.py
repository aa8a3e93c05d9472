"""Programs keep cases with a token, find them again, and say what happened; nobody else's are there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema_rs
import pytest
from flask import Flask
from flask.testing import FlaskClient
from schemathesis.specs.openapi.definitions import OPENAPI_31

from tests.payloads import get_model
from tests.people import add_person, bearer, make_site, make_token


class Program(NamedTuple):
    client: FlaskClient
    headers: dict[str, str]

    def keep(self, name: str = "titanic", key: str | None = None, query: str = "keep=1", **changes: Any) -> Any:
        sent = dict(get_model(name).examples[0].answers) | changes
        headers = self.headers | ({"Idempotency-Key": key} if key else {})
        return self.client.post(f"/api/models/{name}/predict?{query}", json=sent, headers=headers)

    def ask(self, path: str, method: str = "GET", json: Any = None) -> Any:
        return self.client.open(path, method=method, json=json, headers=self.headers)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = make_site(tmp_path_factory.mktemp("api"))
    yield app
    app.extensions["store"].close()


@pytest.fixture(scope="module")
def program(site: Flask) -> Program:
    person = add_person(site, "Ada", {"titanic": "analyst", "iris": "analyst", "housing": "analyst"})
    return Program(site.test_client(), bearer(make_token(site, person, "predict", "read", "outcome")))


def test_a_program_keeps_an_answer_and_reads_it_again(program: Program) -> None:
    answer = program.keep().get_json()
    kept = answer.pop("kept")
    assert kept["is_new"] is True
    case = program.ask(kept["url"]).get_json()
    assert case["estimate"] == answer["probability"]
    assert (case["low"], case["high"], case["version"]) == (answer["low"], answer["high"], answer["version"])
    assert case["answers"]["sex"]["label"] in ("Female", "Male")
    assert answer == program.keep(query="keep=0").get_json()


def test_a_token_for_one_model_lists_its_cases_and_says_nothing_of_others(
    site: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.api.cases.MOST_AT_ONCE", 1)
    person = add_person(site, "Limited", {"titanic": "analyst", "iris": "analyst"})
    whole = Program(site.test_client(), bearer(make_token(site, person, "predict", "read")))
    for name in ("titanic", "iris", "iris"):
        assert whole.keep(name).status_code == 200
    limited = Program(site.test_client(), bearer(make_token(site, person, "read", models=("titanic",))))
    listed = limited.ask("/api/cases").get_json()
    assert ([case["model"] for case in listed["cases"]], listed["next"]) == (["titanic"], None)
    assert limited.ask("/api/cases?model=iris").get_json() == {"cases": [], "next": None}
    blind = Program(site.test_client(), bearer(make_token(site, person, "predict")))
    assert blind.ask("/api/cases").get_json() == {"cases": [], "next": None}


def test_an_answer_that_nobody_asked_to_keep_is_not_kept(program: Program) -> None:
    before = program.ask("/api/cases").get_json()
    assert "kept" not in program.keep(query="explain=0").get_json()
    assert program.ask("/api/cases").get_json() == before


def test_the_same_key_keeps_once_and_tells_the_same(program: Program) -> None:
    first, second = program.keep(key="order 17").get_json(), program.keep(key="order 17").get_json()
    assert (first["kept"].pop("is_new"), second["kept"].pop("is_new")) == (True, False)
    assert first == second


def test_the_same_key_with_other_answers_is_a_conflict(program: Program) -> None:
    assert program.keep(key="order 18").status_code == 200
    refused = program.keep(key="order 18", age="44")
    assert refused.status_code == 409
    assert "came with other answers" in refused.get_json()["detail"]
    assert program.keep("iris", key="order 18").status_code == 409


@pytest.mark.parametrize("key", ["x" * 201, "\x7f", "é", " "])
def test_a_key_that_is_none_is_refused(program: Program, key: str) -> None:
    assert program.keep(key=key).status_code == 400


def test_a_list_is_not_kept(program: Program) -> None:
    sent = [dict(get_model("titanic").examples[0].answers)]
    refused = program.ask("/api/models/titanic/predict?keep=1", "POST", sent)
    assert refused.status_code == 422
    assert "not a list" in refused.get_json()["detail"]


def test_answers_with_a_fault_are_not_kept(program: Program) -> None:
    before = program.ask("/api/cases").get_json()
    assert program.keep(age="x").status_code == 422
    assert program.ask("/api/cases").get_json() == before


def test_without_a_token_nothing_is_kept_or_told(site: Flask, program: Program) -> None:
    stranger = Program(site.test_client(), {})
    kept = program.keep().get_json()["kept"]["url"]
    for answer in (
        stranger.keep(),
        stranger.ask("/api/cases"),
        stranger.ask(kept),
        stranger.ask(kept, "PATCH", {"label": "x"}),
        stranger.ask(f"{kept}/outcome", "POST", {"happened": "yes"}),
    ):
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_anothers_case_is_not_there(site: Flask, program: Program) -> None:
    bob = add_person(site, "Bob", {"titanic": "analyst"})
    other = Program(site.test_client(), bearer(make_token(site, bob, "predict", "read", "outcome")))
    kept = program.keep(key="shared").get_json()["kept"]
    assert other.ask(kept["url"]).status_code == 404
    assert other.ask(f"{kept['url']}/outcome", "POST", {"happened": "yes"}).status_code == 404
    assert other.ask(kept["url"], "PATCH", {"label": "x"}).status_code == 404
    assert other.ask("/api/cases").get_json() == {"cases": [], "next": None}
    assert other.keep(key="shared").get_json()["kept"]["id"] != kept["id"]


@pytest.mark.parametrize(
    ("scope", "allowed"), [("predict", {"keep", "label"}), ("read", {"read"}), ("outcome", {"outcome"})]
)
def test_a_token_may_what_its_scopes_say(site: Flask, program: Program, scope: Any, allowed: set[str]) -> None:
    person = add_person(site, f"Carl {scope}", {"titanic": "analyst"})
    whole = Program(site.test_client(), bearer(make_token(site, person, "predict", "read", "outcome")))
    part = Program(site.test_client(), bearer(make_token(site, person, scope)))
    kept = whole.keep().get_json()["kept"]["url"]
    answers = {
        "keep": part.keep(),
        "label": part.ask(kept, "PATCH", {"label": "x"}),
        "read": part.ask(kept),
        "outcome": part.ask(f"{kept}/outcome", "POST", {"happened": "yes"}),
    }
    assert {name: answer.status_code for name, answer in answers.items()} == {
        name: 200 if name in allowed else 403 for name in answers
    }


@pytest.mark.parametrize(
    ("name", "happened", "told"),
    [
        ("titanic", "no", "no"),
        ("titanic", True, "yes"),
        ("titanic", "cannot be known", "cannot be known"),
        ("iris", "Setosa", "setosa"),
        ("housing", 21.5, "21.5"),
    ],
)
def test_what_happened_is_said_by_a_program(program: Program, name: str, happened: Any, told: str) -> None:
    kept = program.keep(name).get_json()["kept"]
    answer = program.ask(f"{kept['url']}/outcome", "POST", {"happened": happened})
    assert answer.status_code == 200
    assert answer.get_json()["happened"] == told
    assert kept["id"] in [case["case"] for case in program.ask("/api/cases?state=marked").get_json()["cases"]]


@pytest.mark.parametrize(
    "sent",
    [{}, [], {"happened": "perhaps"}, {"happened": None}, {"happened": ["yes"]}, {"was": "yes"}]
    + [{"happened": "yes", "seen_on": day} for day in ("2999-01-01", "soon", 5)],
)
def test_what_says_no_outcome_is_refused(program: Program, sent: Any) -> None:
    kept = program.keep().get_json()["kept"]
    answer = program.ask(f"{kept['url']}/outcome", "POST", sent)
    assert answer.status_code == 422
    assert program.ask(kept["url"]).get_json()["happened"] is None


def test_a_program_labels_a_case(program: Program) -> None:
    kept = program.keep().get_json()["kept"]["url"]
    assert program.ask(kept, "PATCH", {"label": "Order 17"}).get_json()["label"] == "Order 17"
    told = program.ask(kept, "PATCH", {"note": "late"}).get_json()
    assert (told["label"], told["note"]) == ("Order 17", "late")
    assert program.ask(kept, "PATCH", {"label": "x" * 121}).status_code == 422


def test_what_cannot_be_used_has_one_title_wherever_it_was_sent(program: Program) -> None:
    kept = program.keep().get_json()["kept"]["url"]
    refused = [program.keep(age="x"), program.ask(kept, "PATCH", {}), program.ask(f"{kept}/outcome", "POST", {})]
    assert {(one.status_code, one.get_json()["title"]) for one in refused} == {(422, "Unprocessable Content")}


@pytest.mark.parametrize("query", ["state=soon", "color=red"])
def test_a_parameter_that_is_none_is_refused(program: Program, query: str) -> None:
    assert program.ask(f"/api/cases?{query}").status_code == 400


def test_without_the_database_programs_are_told_when_to_come_again(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    person = add_person(site, "Ada", {"titanic": "analyst"})
    program = Program(site.test_client(), bearer(make_token(site, person, "predict")))
    assert program.keep().status_code == 200
    store = site.extensions["store"]
    store.close()
    (tmp_path / "likely.db").rename(tmp_path / "away")
    (tmp_path / "likely.db").mkdir()
    refused = program.keep()
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "5"
    assert "nothing was kept" in refused.get_json()["detail"]
    assert Program(program.client, {}).keep(query="").status_code == 200


def test_where_nothing_is_kept_programs_are_told_so(client: FlaskClient) -> None:
    stranger = Program(client, {})
    assert stranger.keep().status_code == 404
    assert stranger.ask("/api/cases").status_code == 404


def test_what_is_kept_is_as_the_document_says(program: Program) -> None:
    document = program.ask("/api/openapi.json").get_json()
    assert [str(one) for one in jsonschema_rs.validator_for(OPENAPI_31).iter_errors(document)] == []

    def faults(name: str, content: Any) -> list[str]:
        whole = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        return [str(fault) for fault in jsonschema_rs.validator_for(whole).iter_errors(content)]

    for name in ("titanic", "iris", "housing"):
        answer = program.keep(name, query="keep=1&explain=1").get_json()
        assert faults(f"{name}_estimate", answer) == []
        assert faults("Case", program.ask(answer["kept"]["url"]).get_json()) == []
        said = program.ask(f"{answer['kept']['url']}/outcome", "POST", {"happened": "cannot be known"})
        assert faults("Case", said.get_json()) == []
    assert faults("Cases", program.ask("/api/cases").get_json()) == []
    for path in document["paths"]:
        if path.startswith("/api/cases"):
            assert program.client.options(path.replace("{case}", "0" * 32)).status_code == 200


def test_half_a_character_in_a_label_is_no_fault_of_ours(program: Program) -> None:
    kept = program.keep().get_json()["kept"]["url"]
    assert program.ask(kept, "PATCH", {"label": "a\ud800b\0"}).get_json()["label"] == "a?b"
    assert program.ask(f"{kept}/outcome", "POST", {"happened": "\ud800\0"}).status_code == 422
    assert program.ask("/api/cases?model=%00%ED%A0%80").status_code == 200
