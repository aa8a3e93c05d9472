"""`run.py person` and `run.py token`: what an owner does who has no page before them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from webapp.commands.main import main
from webapp.commands.refused import refusals
from webapp.people.keys import KEY
from webapp.store.owner import lacks_owner

from tests.payloads import asked, get_model
from tests.people import PASSWORD, bearer, make_site

Run = Callable[..., str]


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    address = f"sqlite:///{tmp_path / 'likely.db'}"
    monkeypatch.setenv("LIKELY_DATABASE", address)
    return address


@pytest.fixture
def run(address: str) -> Run:
    """A command, within this process: to start one takes longer than all that it does."""

    def run(*arguments: str, refused: bool = False) -> str:
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == (2 if refused else 0), result.output
        return result.output

    return run


def join(folder: Path, link: str, name: str) -> None:
    key = link.strip().partition("key=")[2].split()[0]
    sent = make_site(folder).test_client().post("/invite", data={"key": key, "name": name, "password": PASSWORD})
    assert sent.status_code == 303


def test_the_owner_invites_gives_roles_resets_and_ends(tmp_path: Path, run: Run, address: str) -> None:
    assert lacks_owner(address)
    assert run("person", "list") == ""
    link = run("person", "owner", "--at", "https://likely.example.org/")
    assert link.startswith("https://likely.example.org/invite?key=li_")
    assert lacks_owner(address), "nobody has opened it yet"
    join(tmp_path, link, "Ada")
    assert not lacks_owner(address)
    assert "There is an owner already" in run("person", "owner", refused=True)

    join(tmp_path, run("person", "invite", "--role", "viewer", "--model", "iris", "--name", "Grace"), "Grace")
    run("person", "role", "grace", "analyst", "*")
    assert run("person", "list").splitlines() == ["Ada: admin", "Grace: analyst of every model, viewer of iris"]
    run("person", "role", "Grace", "none", "iris")
    assert "viewer" not in run("person", "list")
    assert run("person", "reset", "Grace").startswith("http://127.0.0.1:5000/invite?key=li_")

    run("person", "end", "Grace")
    assert run("person", "list").splitlines()[1] == "Grace: signs in no more"
    assert "Grace signs in no more" in run("person", "reset", "Grace", refused=True)
    run("person", "back", "Grace")
    assert "This is the only admin" in run("person", "end", "Ada", refused=True)
    assert "This is the only admin" in run("person", "admin", "Ada", "--no", refused=True)
    assert "This is the only admin" in run("person", "remove", "Ada", "--yes", refused=True)
    run("person", "admin", "Grace")
    run("person", "remove", "Ada", "--yes")
    assert run("person", "list").splitlines() == ["Grace: admin"]
    assert "Nobody here is called 'Ada'" in run("person", "reset", "Ada", refused=True)


def test_tokens_are_made_listed_and_ended(tmp_path: Path, run: Run) -> None:
    join(tmp_path, run("person", "owner"), "Ada")
    key = run("token", "make", "Ada", "The report", "--scope", "predict", "--model", "iris", "--days", "7").strip()
    assert KEY.fullmatch(key)
    app = make_site(tmp_path, FOR_MEMBERS=["iris"])
    answers = asked(get_model("iris"))
    assert app.test_client().post("/api/models/iris/predict", json=answers, headers=bearer(key)).status_code == 200
    [line] = run("token", "list").splitlines()
    assert line.startswith(f"1 Ada: The report ({key[:10]}…), predict, iris, until ")
    assert key not in line
    run("token", "end", "1")
    assert run("token", "list") == ""
    assert "There is no token 1" in run("token", "end", "1", refused=True)


def test_the_address_is_made_of_the_settings(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIKELY_HOSTS", ".example.org likely.example.org")
    monkeypatch.setenv("LIKELY_HTTPS", "yes")
    assert run("person", "owner").startswith("https://likely.example.org/invite?key=")


@pytest.mark.parametrize("command", [("person", "owner"), ("person", "list"), ("token", "list")])
def test_without_a_database_there_are_no_people(monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]) -> None:
    monkeypatch.setenv("LIKELY_DATABASE", "off")
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 2
    assert "LIKELY_DATABASE is off, so nobody can have an account" in result.output


def test_a_database_that_cannot_be_opened_is_named_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "likely.db").touch()
    (tmp_path / "likely.db.lock").mkdir()
    monkeypatch.setenv("LIKELY_DATABASE", f"sqlite:///{tmp_path / 'likely.db'}")
    result = CliRunner().invoke(main, ("person", "list"))
    assert result.exit_code == 2
    assert f"The database cannot be used: Is a directory ({tmp_path / 'likely.db.lock'})" in result.output


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"DATABASE": None, "FOR_MEMBERS": ["iris"]}, "LIKELY_DATABASE is off, so nobody could see the models"),
        ({"BY_LINK": ["nowhere"]}, "There is no model 'nowhere'"),
        ({"BY_LINK": ["iris"], "FOR_MEMBERS": ["iris"]}, "LIKELY_BY_LINK and LIKELY_FOR_MEMBERS both name iris"),
    ],
)
def test_a_model_is_closed_by_settings_that_can_be_or_the_start_says_why(
    tmp_path: Path, settings: dict[str, object], words: str
) -> None:
    with pytest.raises(refusals(), match=words):
        make_site(tmp_path, **settings)
