"""Adding a model is one file and one command: it gets its page, its result and its answers as JSON."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.page import Page
from tests.processes import Server, likely, server
from tests.toys import write_toy


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sixth model in it, trained by the one command."""
    folder = write_toy(tmp_path_factory.mktemp("models"))
    trained = likely("train", "toy", LIKELY_MODEL_FOLDERS=str(folder))
    assert trained.returncode == 0, trained.stderr
    assert "Rain: 300 rows, out of fold" in trained.stdout
    assert "Gradient boosting" in trained.stdout
    return folder


@pytest.fixture(scope="module")
def sixth(folder: Path) -> Iterator[Server]:
    with server(LIKELY_MODEL_FOLDERS=str(folder), SECRET_KEY="for the tests only") as started:
        yield started


def ask(sixth: Server, method: str, path: str, body: str = "", **headers: str) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", sixth.port, timeout=10)
    try:
        connection.request(method, path, body or None, {n.replace("_", "-"): v for n, v in headers.items()})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode()
    finally:
        connection.close()


def post_form(sixth: Server, **answers: str) -> tuple[int, dict[str, str], str]:
    """Fetch the form and send it as a browser does, token and cookie and all."""
    _, headers, html = ask(sixth, "GET", "/toy")
    token = dict(Page(html).sent)["csrf_token"]
    cookie = headers["Set-Cookie"].split(";")[0]
    return ask(
        sixth, "POST", "/toy", urlencode({**answers, "csrf_token": token}),
        Content_Type="application/x-www-form-urlencoded", Cookie=cookie,
    )  # fmt: skip


def test_its_files_are_in_its_own_folder(folder: Path) -> None:
    assert {"toy.joblib", "toy.json"} <= {path.name for path in (folder / "trained").iterdir()}


def test_its_files_pass_the_check(folder: Path) -> None:
    checked = likely("check", "toy", LIKELY_MODEL_FOLDERS=str(folder))
    assert checked.returncode == 0, checked.stderr
    assert "toy: agreement: scorecard and pickle differ by at most" in checked.stdout


def test_training_it_again_changes_nothing(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in (folder / "trained").iterdir()}
    likely("train", "toy", LIKELY_MODEL_FOLDERS=str(folder))
    assert {path.name: path.read_bytes() for path in (folder / "trained").iterdir()} == before


def test_the_index_names_it(sixth: Server) -> None:
    page = Page(ask(sixth, "GET", "/")[2])
    assert "Does it rain tomorrow?" in page.text
    assert "/toy" in page.links


def test_it_has_a_form(sixth: Server) -> None:
    status, _, html = ask(sixth, "GET", "/toy")
    page = Page(html)
    assert status == 200
    assert page.heading == "Estimate the chance of rain"
    assert "Clouds in eighths" in page.text
    assert "This is a toy." in page.text


def test_it_has_a_result(sixth: Server) -> None:
    status, headers, _ = post_form(sixth, clouds="7", wind="W")
    assert status == 303
    status, headers, html = ask(sixth, "GET", headers["Location"])
    assert status == 200
    assert headers["Cache-Control"] == "no-store"
    assert "out of 100" in Page(html).heading


def test_its_unknown_answer_is_taken(sixth: Server) -> None:
    assert post_form(sixth, clouds="7", wind="unknown")[0] == 303


def test_it_refuses_with_its_own_words(sixth: Server) -> None:
    status, _, html = post_form(sixth, clouds="9", wind="up")
    page = Page(html)
    assert status == 422
    assert page.title.startswith("Error:")
    assert page.summary == [
        "Clouds must be from 0 to 8. A sky has eight eighths",
        '"up" is not one of the winds: North, East, South, West',
    ]
    assert ("clouds", "9") in page.answers


def test_it_answers_programs(sixth: Server) -> None:
    status, _, text = ask(
        sixth, "POST", "/api/models/toy/predict", json.dumps({"clouds": 7, "wind": "W"}), Content_Type="application/json"
    )  # fmt: skip
    assert status == 200
    told = json.loads(text)
    assert 0 < told["low"] < told["probability"] < told["high"] < 1


def test_it_is_ready_with_the_others(sixth: Server) -> None:
    status, _, text = ask(sixth, "GET", "/readyz")
    assert status == 200
    assert json.loads(text)["models"]["toy"] == "answers"
    assert len(json.loads(text)["models"]) == 6


# -- a model that is not as it should be -------------------------------------------------------------


def assert_refused(result: object, *words: str) -> None:
    """The command ends with 1 and a message; a traceback would be for us and not for its reader."""
    stderr: str = result.stderr  # type: ignore[attr-defined]
    assert result.returncode == 1, stderr  # type: ignore[attr-defined]
    assert "Traceback" not in stderr
    for word in words:
        assert word in stderr


def test_the_server_does_not_start_before_it_is_trained(tmp_path: Path) -> None:
    result = likely(LIKELY_MODEL_FOLDERS=str(write_toy(tmp_path)), SECRET_KEY="for the tests only")
    assert_refused(result, "toy", "python run.py train toy")


@pytest.mark.parametrize("options", [[], ["--debug"]], ids=["gunicorn", "debug"])
def test_the_server_does_not_start_with_a_scorecard_that_was_changed(
    folder: Path, tmp_path: Path, options: list[str]
) -> None:
    copied = copy(folder, tmp_path)
    card = copied / "trained" / "toy.json"
    card.write_bytes(card.read_bytes().replace(b'"probability"', b'"possibility"', 1))
    result = likely(*options, LIKELY_MODEL_FOLDERS=str(copied), SECRET_KEY="for the tests only")
    assert_refused(result, "toy.json was changed after training", "python run.py train toy")


def test_the_server_does_not_start_with_people_that_were_changed(folder: Path, tmp_path: Path) -> None:
    copied = copy(folder, tmp_path)
    people = copied / "trained" / "toy.people"
    people.write_bytes(people.read_bytes() + b"\0")
    result = likely(LIKELY_MODEL_FOLDERS=str(copied), SECRET_KEY="for the tests only")
    assert_refused(result, "toy.people was changed after training", "python run.py train toy")


def test_a_changed_scorecard_can_be_trained_anew(folder: Path, tmp_path: Path) -> None:
    copied = copy(folder, tmp_path)
    card = copied / "trained" / "toy.json"
    whole = card.read_bytes()
    card.write_bytes(whole[:-10])
    assert likely("train", "toy", LIKELY_MODEL_FOLDERS=str(copied)).returncode == 0
    assert card.read_bytes() == whole


@pytest.mark.parametrize(
    ("name", "source", "words"),
    [
        ("broken", "this is no Python", "broken.py"),
        ("empty", "", "empty.py declares no MODEL"),
        ("misnamed", "from toy_source import MODEL", "misnamed.py"),
    ],
)
def test_a_file_that_is_no_model_is_named(folder: Path, tmp_path: Path, name: str, source: str, words: str) -> None:
    copied = copy(folder, tmp_path)
    (copied / f"{name}.py").write_text(source)
    assert_refused(likely("check", "toy", LIKELY_MODEL_FOLDERS=str(copied)), words)


def test_a_name_that_the_site_uses_is_refused(folder: Path, tmp_path: Path) -> None:
    copied = copy(folder, tmp_path)
    source = (copied / "toy.py").read_text().replace('name="toy"', 'name="api"')
    (copied / "api.py").write_text(source)
    assert_refused(likely("check", "toy", LIKELY_MODEL_FOLDERS=str(copied)), "A model cannot be named 'api'")


def test_the_name_of_one_of_the_five_is_taken(folder: Path, tmp_path: Path) -> None:
    copied = copy(folder, tmp_path)
    source = (copied / "toy.py").read_text().replace('name="toy"', 'name="census"')
    (copied / "census.py").write_text(source)
    assert_refused(likely("check", "toy", LIKELY_MODEL_FOLDERS=str(copied)), "census")


def test_an_unknown_model_is_refused_with_those_there_are() -> None:
    result = likely("train", "cencus")
    assert result.returncode == 2
    assert "There is no model 'cencus'. There are: census, titanic, iris, housing, food" in result.stderr


def copy(folder: Path, to: Path) -> Path:
    import shutil

    return Path(shutil.copytree(folder, to / "models", ignore=shutil.ignore_patterns("__pycache__")))
