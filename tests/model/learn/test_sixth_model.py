"""Adding a model is one file and one command: it gets its page, its result and its answers as JSON."""

from __future__ import annotations

import json
import shutil
import subprocess
import tracemalloc
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from urllib.parse import urlencode

import pytest

from model.declare.model import Model
from model.learn.check import check
from model.learn.train import train
from model.predict.catalog import BadModel, declared_in
from model.predict.predictor import Predictor

from tests.page import Page
from tests.processes import Answer, Server, likely, refused_start, server
from tests.toys import MODEL, write_toy

pytestmark = pytest.mark.slow


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


def assert_refused(result: subprocess.CompletedProcess[str], *words: str) -> None:
    """The command ends with 1 and a message; a traceback would be for us and not for its reader."""
    assert result.returncode == 1, result.stderr
    assert "Traceback" not in result.stderr
    for word in words:
        assert word in result.stderr


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


EXAMPLE = 'Example("A grey day", {"clouds": 7, "wind": "W"})'


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"probability"', '"probabilty"', "the kind is 'probabilty', and must be one of probability, classes, amount"),
        ('("clouds", "wind")}', '("clouds",)}', "fieldsets: 'wind' is not there"),
        ('("clouds", "wind")}', '("clouds", "wind", "wind")}', "fieldsets: 'wind' is there 2 times"),
        ('("clouds", "wind")}', '("clouds", "winds", "wind")}', "fieldsets: there is no input 'winds'"),
        (f"({EXAMPLE},)", "()", "examples: there is none"),
        ('"clouds": 7', '"clouds": 70', "the example 'A grey day': clouds: Clouds must be from 0 to 8"),
        ('"clouds": 7, ', "", "the example 'A grey day': clouds: Enter how many eighths of the sky are clouded"),
        ('"wind": "W"', '"wnd": "W"', "the example 'A grey day': there is no input 'wnd'"),
        ('Curve("clouds"', 'Curve("cloud"', "there is no input 'cloud'. There are: clouds, wind"),
        ('Curve("clouds", knots=(0, 4, 8))', 'Slope("wind")', "Slope(input='wind', scaled=True): 'wind' is no number"),
        ("knots=(0, 4, 8)", "knots=()", "the knots must be two at least"),
        ('(Curve("clouds", knots=(0, 4, 8)), Table("wind"))', "()", "candidates: one has no blocks"),
        ("knots=(0, 4, 8)", "knots=(0, 8, 4)", "the knots must be two at least, each greater than the one before"),
        ("knots=(0, 4, 8)", "knots=(0, 4, 80)", "the form takes 0 to 8, and a knot is beyond"),
        ('tutorial=("clouds", "wind")', 'tutorial=("rain",)', "tutorial: there is no input 'rain'"),
        ("    examples=", '    compares_with="sex",\n    examples=', "compares_with: there is no input 'sex'"),
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    source = MODEL.replace(old, new).replace("Curve, ", "Curve, Slope, ")
    write_toy(tmp_path, lambda model: source)
    assert_refused(likely("train", "toy", LIKELY_MODEL_FOLDERS=str(tmp_path)), "toy.py contradicts itself", words)


@pytest.mark.parametrize(
    ("old", "new"),
    [("knots=(0, 4, 8)", "knots=4"), (f"({EXAMPLE},)", EXAMPLE), ('{"The sky": ("clouds", "wind")}', "None")],
)
def test_a_declaration_of_another_shape_is_refused_by_its_files_name(tmp_path: Path, old: str, new: str) -> None:
    write_toy(tmp_path, lambda model: model.replace(old, new))
    assert_refused(likely("check", "toy", LIKELY_MODEL_FOLDERS=str(tmp_path)), "toy.py", "Error")


@pytest.mark.parametrize(
    "name", ["errors", "meta", "process", "data", "validate", "csrf_token", "v", "explain", "new_age"]
)
def test_a_name_that_means_something_else_to_a_form_or_an_address_is_refused(tmp_path: Path, name: str) -> None:
    write_toy(tmp_path, lambda model: model.replace("clouds", name))
    with pytest.raises(BadModel) as refused:
        declared_in(tmp_path / "toy.py")
    assert f"{name!r} means something else to a form or an address. Rename the input, say to" in str(refused.value)


def declared(folder: Path, *pairs: str) -> Model:
    """The sixth model with each second text in the place of the one before it."""

    def change(source: str) -> str:
        for old, new in zip(pairs[::2], pairs[1::2], strict=True):
            assert old in source
            source = source.replace(old, new)
        return source

    return declared_in(write_toy(folder, change) / "toy.py")


@pytest.mark.parametrize("words", ['"unknown": "Not seen"', '"U": "Unknown"', '"?": "Odd"', '"": "None"'])
def test_a_choice_that_reads_as_unknown_is_refused_where_unknown_is_offered(tmp_path: Path, words: str) -> None:
    with pytest.raises(BadModel, match="reads as “I don’t know”"):
        declared(tmp_path, '"N": "North"', f'"N": "North", {words}')


def test_choices_may_be_whole_numbers_and_nothing_else_that_is_no_text(tmp_path: Path) -> None:
    model = declared(tmp_path / "whole", '"N": "North"', '"N": "North", 1: "First"')
    assert model.input["wind"].read(1) == model.input["wind"].read("first") == "1"
    with pytest.raises(BadModel, match=r"toy.py: TypeError: choices are texts; write 1.5 as '1.5'"):
        declared(tmp_path / "part", '"N": "North"', '"N": "North", 1.5: "First"')


def test_an_example_may_hold_numbers_of_numpy(tmp_path: Path) -> None:
    model = declared(tmp_path, "from pathlib", "import numpy\nfrom pathlib", '"clouds": 7', '"clouds": numpy.int64(7)')
    assert model.input["clouds"].read(model.examples[0].answers["clouds"]) == 7


def test_a_choice_without_a_phrase_begins_a_sentence_with_its_label(tmp_path: Path) -> None:
    assert declared(tmp_path, "a toy", "a small toy").input["wind"].phrased("N") == "Wind from “North”"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('Curve("clouds", knots=(0, 4, 8))', 'Table("clouds")', "'clouds' has too many numbers to list"),
        ("knots=(0, 4, 8)", "knots=(0, 4, 8), degree=2", "'clouds' has too many numbers to list"),
        ('Table("wind")', 'Pair(Slope("clouds"), Slope("clouds"))', "only one of the two may be a Slope"),
    ],
)
def test_what_would_make_an_endless_table_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(BadModel, match=words):
        declared(tmp_path, old, new, "between=(0, 8)", "between=(0, 10_000_000)", "Curve, ", "Curve, Pair, Slope, ")


def test_a_whole_number_up_to_ten_million_is_not_listed(tmp_path: Path) -> None:
    change = {"between=(0, 8)": "between=(0, 10_000_000)", "knots=(0, 4, 8)": "knots=(0, 4, 10_000_000)"}
    model = declared(tmp_path, *chain.from_iterable(change.items()))
    tracemalloc.start()
    card = train(model)
    Predictor(model, card).estimates({"clouds": 9_999_999, "wind": "W"})
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 50_000_000
    assert list(check(model))


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
