"""Adding a model is one file and one command: it gets its page, its result and its answers as JSON."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.page import Page
from tests.processes import Answer, Server, assert_refused, likely, refused_start, server
from tests.toys import write_toy

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sixth model in it, trained by the one command."""
    folder = write_toy(tmp_path_factory.mktemp("models"))
    trained = likely("train", "toy", LIKELY_MODEL_FOLDERS=str(folder))
    assert trained.returncode == 0, trained.stderr
    assert ": 300 rows, out of fold" in trained.stdout
    assert "Gradient boosting" in trained.stdout
    return folder


@pytest.fixture(scope="module")
def sixth(folder: Path) -> Iterator[Server]:
    with server(LIKELY_MODEL_FOLDERS=str(folder), SECRET_KEY="for the tests only") as started:
        yield started


def post_form(sixth: Server, **answers: str) -> Answer:
    """Fetch the form and send it as a browser does, token and cookie and all."""
    form = sixth.ask("GET", "/toy")
    token = dict(Page(form.text).sent)["csrf_token"]
    return sixth.ask(
        "POST",
        "/toy",
        urlencode({**answers, "csrf_token": token}).encode(),
        Content_Type="application/x-www-form-urlencoded",
        Cookie=form.headers["Set-Cookie"].split(";")[0],
    )


def test_its_files_are_in_its_own_folder(folder: Path) -> None:
    assert {"toy.joblib", "toy.json"} <= {path.name for path in (folder / "trained").iterdir()}


def test_its_files_pass_the_check(folder: Path) -> None:
    checked = likely("check", "toy", LIKELY_MODEL_FOLDERS=str(folder))
    assert checked.returncode == 0, checked.stderr
    assert "toy: agreement: card and pickle differ by at most" in checked.stdout


def test_training_it_again_changes_nothing(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in (folder / "trained").iterdir()}
    likely("train", "toy", LIKELY_MODEL_FOLDERS=str(folder))
    assert {path.name: path.read_bytes() for path in (folder / "trained").iterdir()} == before


def test_the_index_names_it(sixth: Server) -> None:
    page = Page(sixth.ask("GET", "/").text)
    assert "Does it rain tomorrow?" in page.text
    assert "/toy" in page.links


def test_it_has_a_form(sixth: Server) -> None:
    answer = sixth.ask("GET", "/toy")
    page = Page(answer.text)
    assert answer.status == 200
    assert page.heading == "Estimate the chance of rain"
    assert "Clouds in eighths" in page.text
    assert "This is a toy." in page.text


def test_it_has_a_result(sixth: Server) -> None:
    sent = post_form(sixth, clouds="7", wind="W")
    assert sent.status == 303
    result = sixth.ask("GET", sent.headers["Location"])
    assert result.status == 200
    assert result.headers["Cache-Control"] == "no-store"
    assert "out of 100" in Page(result.text).heading


def test_it_has_a_card(sixth: Server) -> None:
    answer = sixth.ask("GET", "/toy/card")
    page = Page(answer.text)
    assert answer.status == 200
    assert page.heading == "Rain"
    headings = [heading.text for heading in page.root.all("h2")]
    assert "How good is it?" in headings
    # It says neither what it is for nor which groups to look at.
    assert "What is it for?" not in headings
    assert "Who is it wrong about?" not in page.text


def test_its_unknown_answer_is_taken(sixth: Server) -> None:
    assert post_form(sixth, clouds="7", wind="unknown").status == 303


def test_it_refuses_with_its_own_words(sixth: Server) -> None:
    answer = post_form(sixth, clouds="9", wind="up")
    page = Page(answer.text)
    assert answer.status == 422
    assert page.title.startswith("Error:")
    assert page.summary == [
        "Clouds must be from 0 to 8. A sky has eight eighths",
        '"up" is not one of the winds: North, East, South, West',
    ]
    assert ("clouds", "9") in page.answers


def test_it_answers_programs(sixth: Server) -> None:
    body = json.dumps({"clouds": 7, "wind": "W"}).encode()
    answer = sixth.ask("POST", "/api/models/toy/predict", body, Content_Type="application/json")
    assert answer.status == 200
    told = json.loads(answer.body)
    assert 0 < told["low"] < told["probability"] < told["high"] < 1


def test_it_is_ready_with_the_others(sixth: Server) -> None:
    answer = sixth.ask("GET", "/readyz")
    states = json.loads(answer.body)["models"]
    assert answer.status == 200
    assert states["toy"] == "answers"
    assert len(states) == 6


# -- a model that is not as it should be -------------------------------------------------------------


def test_the_server_does_not_start_before_it_is_trained(tmp_path: Path) -> None:
    result = refused_start(LIKELY_MODEL_FOLDERS=str(write_toy(tmp_path)), SECRET_KEY="for the tests only")
    assert_refused(result, "toy", "python run.py train toy")


@pytest.mark.parametrize("options", [[], ["--debug"]], ids=["granian", "debug"])
def test_the_server_does_not_start_with_a_scorecard_that_was_changed(
    folder: Path, tmp_path: Path, options: list[str]
) -> None:
    copied = copy(folder, tmp_path)
    card = copied / "trained" / "toy.json"
    card.write_bytes(card.read_bytes().replace(b'"probability"', b'"possibility"', 1))
    result = refused_start(*options, LIKELY_MODEL_FOLDERS=str(copied), SECRET_KEY="for the tests only")
    assert_refused(result, "toy.json was changed after training", "python run.py train toy")


def test_the_server_does_not_start_with_people_that_were_changed(folder: Path, tmp_path: Path) -> None:
    copied = copy(folder, tmp_path)
    people = copied / "trained" / "toy.people"
    people.write_bytes(people.read_bytes() + b"\0")
    result = refused_start(LIKELY_MODEL_FOLDERS=str(copied), SECRET_KEY="for the tests only")
    assert_refused(result, "toy.people was changed after training", "python run.py train toy")


def test_a_changed_scorecard_can_be_trained_anew(folder: Path, tmp_path: Path) -> None:
    copied = copy(folder, tmp_path)
    card = copied / "trained" / "toy.json"
    whole = card.read_bytes()
    card.write_bytes(whole[:-10])
    assert likely("train", "toy", LIKELY_MODEL_FOLDERS=str(copied)).returncode == 0
    anew = [line for line in card.read_bytes().splitlines() if b'"sha256"' not in line and b"checksum" not in line]
    assert anew == [line for line in whole.splitlines() if b'"sha256"' not in line and b"checksum" not in line]


@pytest.mark.parametrize(
    ("name", "source", "words"),
    [
        ("broken", "this is no Python", "broken.py"),
        ("empty", "", "empty.py declares no MODEL. If it is a helper of the models beside it, name it _empty.py"),
        ("Progress", "", "Progress.py: the name of a model's file begins with a small letter"),
        ("Progress", "", "Name it progress.py"),
        ("2nd model", "", "Name it nd_model.py"),
        ("misnamed", "from toy_source import MODEL", "misnamed.py"),
    ],
)
def test_a_file_that_is_no_model_is_named(folder: Path, tmp_path: Path, name: str, source: str, words: str) -> None:
    copied = copy(folder, tmp_path)
    (copied / f"{name}.py").write_text(source)
    assert_refused(likely("check", "toy", LIKELY_MODEL_FOLDERS=str(copied)), words)


def test_models_can_import_a_helper_beside_them_whose_name_begins_with_a_line(folder: Path, tmp_path: Path) -> None:
    copied = copy(folder, tmp_path)
    (copied / "_sky.py").write_text("NORTH = 'North'\n")
    source = (copied / "toy.py").read_text()
    (copied / "toy.py").write_text(
        source.replace('"North"', "_sky.NORTH").replace("from pathlib", "import _sky\nfrom pathlib")
    )
    checked = likely("check", "toy", LIKELY_MODEL_FOLDERS=str(copied))
    assert checked.returncode == 0, checked.stderr


def test_knots_may_be_a_list(tmp_path: Path) -> None:
    write_toy(tmp_path, lambda model: model.replace("knots=(0, 4, 8)", "knots=[0, 4, 8]"))
    assert likely("train", "toy", LIKELY_MODEL_FOLDERS=str(tmp_path)).returncode == 0


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
    return Path(shutil.copytree(folder, to / "models", ignore=shutil.ignore_patterns("__pycache__")))
