"""What a declaration may say and what it may not: told in a sentence before anything is trained or served."""

from __future__ import annotations

import tracemalloc
from itertools import chain
from pathlib import Path

import pytest

from model.declare.model import Model
from model.learn.check import check
from model.learn.table import Disagreement
from model.learn.train import train
from model.predict.catalog import BadModel, declared_in
from model.predict.predictor import Predictor

from tests.processes import assert_refused, likely
from tests.toys import MODEL, Row, write_toy

pytestmark = pytest.mark.slow

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
        ('Curve("clouds", knots=(0, 4, 8))', 'Slope("wind")', "Slope(input='wind', scaled=True, log=False): 'wind'"),
        ("(0, 4, 8)", "(0, 4, 8), log=True", "the form takes 0, and only numbers above 0 have a logarithm"),
        ("knots=(0, 4, 8)", "knots=()", "the knots must be two at least"),
        ('(Curve("clouds", knots=(0, 4, 8)), Table("wind"))', "()", "candidates: one has no blocks"),
        ("knots=(0, 4, 8)", "knots=(0, 8, 4)", "the knots must be two at least, each greater than the one before"),
        ("knots=(0, 4, 8)", "knots=(0, 4, 80)", "the form takes 0 to 8, and a knot is beyond"),
        ('tutorial=("clouds", "wind")', 'tutorial=("rain",)', "tutorial: there is no input 'rain'"),
        ("{rows} days.", "{row} days.", "words: lead: nothing is known to put in these braces. There may be {rows}"),
        ("{rows} days.", "{} days.", "words: lead: nothing is known"),
        ("{rows} days.", "{rows days.", "words: lead: nothing is known"),
        ('thing="where', 'phrase="From {wind}", thing="where', "wind: phrase: nothing is known"),
        (
            'yes="yes",\n        c',
            "yes=True,\n        c",
            "yes: the table is read as text, so write 'True' and not True",
        ),
        ('yes="yes",', 'yes="yes", multiplies=True,', "multiplies: only an amount is multiplied"),
        (
            'Table("wind"))),',
            'Table("wind"))), Trees(),',
            "candidates: boosted trees of 31 leaves, 300 rounds take an unknown answer as missing",
        ),
        (
            "    examples=",
            "    keeping=Keeping(days=0),\n    examples=",
            "keeping: days must be from 1 to 36500, and is 0",
        ),
        (
            "    examples=",
            "    keeping=Keeping(9, 9),\n    examples=",
            "keeping: due_after must be from 0 to less than days",
        ),
        (
            "    examples=",
            "    keeping=Keeping(followed=101),\n    examples=",
            "keeping: followed must be from 0 to 100",
        ),
        ("    examples=", '    compares_with="sex",\n    examples=', "compares_with: there is no input 'sex'"),
        ("    examples=", '    compares_with="wind",\n    examples=', "compares_with: 'wind' is none of the groups"),
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    source = (
        MODEL.replace(old, new).replace("Curve, ", "Curve, Slope, ").replace("Recipe, Table", "Recipe, Table, Trees")
    )
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


@pytest.mark.parametrize("name", ["n_jobs", "verbose", "my__clouds", "remainder"])
def test_an_input_may_have_any_name_that_a_form_takes(tmp_path: Path, name: str) -> None:
    model = declared(tmp_path, "clouds", name)
    table = tmp_path / "toy.csv"
    table.write_text(table.read_text().replace("clouds", name, 1))
    train(model)
    assert list(check(model))


def test_one_input_may_stand_in_two_blocks(tmp_path: Path) -> None:
    both = 'Slope("clouds"), Curve("clouds", knots=(0, 4, 8))'
    model = declared(tmp_path, 'Curve("clouds", knots=(0, 4, 8))', both, "Curve, ", "Curve, Slope, ")
    card = train(model)
    assert list(check(model))
    (grey,), (clear,) = (Predictor(model, card).estimates({"clouds": clouds, "wind": "W"}) for clouds in (8, 0))
    assert grey.value > clear.value


@pytest.mark.parametrize("rare", [1, 9])
def test_a_table_with_too_few_rows_of_an_answer_is_refused_in_words(tmp_path: Path, rare: int) -> None:
    def dry(rows: list[Row]) -> list[Row]:
        return [{**row, "rain": "yes" if at < rare else "no"} for at, row in enumerate(rows)]

    model = declared_in(write_toy(tmp_path, change_rows=dry) / "toy.py")
    with pytest.raises(Disagreement, match=f"rain must have 10 rows of each answer at least; there are only {rare}"):
        train(model)
