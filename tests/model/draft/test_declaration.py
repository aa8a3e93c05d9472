"""What a draft writes: a declaration that says all that was asked for, and nothing twice."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from model.declare.words import NEUTRAL_WARNING
from model.draft.declaration import write_declaration
from model.draft.draft import tidied
from model.draft.words import write_words
from model.files.dialect import Unusable
from model.predict.catalog import declared_in

from tests.drafts import Make, amounts, draft_of, outcome, table_of

# Each test fits rough models to a table of its own.
pytestmark = pytest.mark.slow


def text_of(**asked: object) -> str:
    return write_declaration(draft_of(**asked), Path("mine"))  # type: ignore[arg-type]


def test_a_table_is_named_from_the_folder_of_the_declaration() -> None:
    assert 'Path(__file__).parent / "../people.csv",' in text_of()


def test_a_guess_is_marked_where_it_stands() -> None:
    text = text_of(size=["<5", "5", "6+"], height_cm=lambda row: row % 90)
    assert 'choices={"<5": "<5", "5": "5", "6+": "6+"}, ordered=True,\n    )  # guess: the order' in text
    assert ")  # guess: cm, from the heading" in text
    assert "recipe=Recipe(  # guess: “yes” counts as yes" in text


def test_the_declaration_says_how_each_column_is_read() -> None:
    text = text_of(
        price=lambda row: "none" if row == 5 else f"${row % 50}.50",
        born=lambda row: f"{1 + row % 28}.{1 + row % 12}.{1950 + row % 50}",
        seen=lambda row: f"{1 + row % 31}.1.2000",
    )
    assert '    price=Numbers("price", missing=("none",), signs=("$",)),\n' in text
    assert '    born_years=Dates("born", part="years", format="%d.%m.%Y", until="2000-01-31"),\n' in text
    assert '    outcome=Choices("outcome", required=True),\n' in text


def test_a_skewed_number_is_on_offer_on_its_logarithm_but_not_where_little_is_tried() -> None:
    def pay(row: int) -> str:
        return f"{1000 ** random.Random(row).random():.2f}"

    text = text_of(pay=pay, debt=lambda row: "0" if row == 9 else pay(row))
    assert 'ON_LOGARITHMS = on_logarithms(BLOCKS, "pay")\n' in text
    assert "*(Candidate(ON_LOGARITHMS, C=C, name=f" in text
    quick = text_of_table(table_of(outcome=outcome, length=amounts, pay=pay))
    assert "on_logarithms" not in quick + text_of()


def test_many_choices_are_named_once_more_where_they_are_read() -> None:
    text = text_of(city=lambda row: "ab"[row % 2] if row % 9 else f"city {row}")
    assert '    city=Choices("city", keep=("a", "b")),\n' in text
    assert 'choices={"a": "A", "b": "B", "Other": "Other"},' in text


def test_a_quick_recipe_of_enough_rows_is_one_blend_and_of_few_rows_curves_alone() -> None:
    of_many = table_of(600, outcome=outcome, length=amounts)
    assert "candidates=[Blend(Candidate(BLOCKS, C=1.0), Boosted(pairs=10, bags=2), 0.5)]," in text_of_table(of_many)
    few = text_of_table(table_of(outcome=outcome, length=amounts))
    assert 'candidates=[Candidate(BLOCKS, C=C, name=f"curves, C = {C:g}") for C in (0.01, 0.1, 1)],\n' in few
    assert "Blend" not in few


def test_a_whole_recipe_offers_trees_of_few_rounds_and_of_many_and_a_quick_one_none() -> None:
    assert "    Trees(leaves=8, ridge=1.0), Trees(leaves=31), Trees(leaves=31, rounds=100),\n" in text_of()
    assert "Trees" not in text_of_table(table_of(outcome=outcome, length=amounts))


def text_of_table(table: pd.DataFrame) -> str:
    return write_declaration(draft_of(table, wishes={"quick": True}), Path("mine"))


def test_one_column_alone_makes_a_model(tmp_path: Path) -> None:
    for number in (amounts, lambda row: row % 7):
        table = table_of(outcome=outcome, **{"how long the whole of it took in the end": number})
        draft = replace(draft_of(table), name="folk")
        path = tmp_path / "folk.py"
        path.write_text(write_declaration(draft, tmp_path), encoding="utf-8")
        path.with_suffix(".words.toml").write_text(write_words(draft), encoding="utf-8")
        assert len(declared_in(path).learns.candidates[0].blocks) == 1


@pytest.mark.parametrize("heading", ['say "yes"', "it's", "back\\slash", "{braces}", "both ' and \""])
def test_marks_in_headings_and_choices_do_no_harm(tmp_path: Path, heading: str) -> None:
    table = table_of(outcome=["yes", "no"], length=amounts)
    table[heading] = [f"{heading} {row % 3}" for row in range(len(table))]
    draft = replace(draft_of(table), name="folk")
    path = tmp_path / "folk.py"
    path.write_text(write_declaration(draft, tmp_path), encoding="utf-8")
    path.with_suffix(".words.toml").write_text(write_words(draft), encoding="utf-8")
    assert list(declared_in(path).inputs[-1].choices) == [f"{heading} {row}" for row in range(3)]  # type: ignore[attr-defined]


def test_what_a_table_holds_is_never_run(tmp_path: Path) -> None:
    table = table_of(length=amounts, **{'"""; raise SystemExit; """': ["yes\nraise SystemExit", "no\\", "no\\"]})
    table["rare"] = [f"<{row % 3}\nraise SystemExit" for row in range(len(table))]
    draft = replace(draft_of(table, target=list(table)[1]), name="folk", path=Path('"""; raise SystemExit #.csv'))
    path = tmp_path / "folk.py"
    path.write_text(write_declaration(draft, tmp_path), encoding="utf-8")
    path.with_suffix(".words.toml").write_text(write_words(draft), encoding="utf-8")
    assert declared_in(path).learns.yes == "yes\nraise SystemExit"


@pytest.mark.parametrize(
    ("option", "recipe", "make", "values"),
    [
        ("weights", "weights", lambda row: f"{1 + row % 3},5", [1.5, 2.5]),
        ("group", "grouped_by", lambda row: f"family {row // 3}", ["family 0", "family 0"]),
        ("order_by", "ordered_by", lambda row: f"2024-01-{1 + row % 28:02}", [19723, 19724]),
    ],
)
def test_what_training_asks_for_beside_the_inputs_is_read_and_declared(
    option: str, recipe: str, make: Make, values: list[object]
) -> None:
    table = table_of(outcome=outcome, length=amounts, beside=make)
    draft = draft_of(table, wishes={option: "beside"})
    assert [column.name for column in draft.columns] == ["length"]
    assert tidied(draft, table)["beside"].to_list()[:2] == values
    assert f'{recipe}="beside",' in write_declaration(draft, Path("mine"))


def test_weights_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(Unusable, match=r"^--weights: kind has 'a', 'b', no numbers$"):
        draft_of(kind=["a", "b"], wishes={"weights": "kind"})


def test_the_words_of_a_noun_are_of_things_or_of_people() -> None:
    assert 'another = "Another patient"' in write_words(draft_of(wishes={"noun": "patient"}))
    assert "things = false" in write_words(draft_of(wishes={"noun": "patient"}))
    words = write_words(draft_of(wishes={"noun": "person"}))
    assert 'lead = "From {rows} people of people.csv."' in words
    assert 'many = "cities"\nthings = true' in write_words(draft_of(wishes={"noun": "city"}))


def test_where_inputs_may_know_the_answer_every_page_says_so() -> None:
    def until(most: int) -> Make:
        return lambda row: row % most

    leaks = {f"after_{most}": until(most) for most in (31, 37, 41, 43, 47)}
    assert 'warning = "' + NEUTRAL_WARNING + '"' in write_words(draft_of())
    one = write_words(draft_of(**dict([*leaks.items()][:1])))
    assert f'{NEUTRAL_WARNING} It may look better than it is: “after_31” may not be known beforehand."' in one
    several = write_words(draft_of(**leaks))
    assert "is: “after_31”, “after_37”, “after_41” and 2 more may not be known beforehand." in several


@pytest.mark.parametrize(
    ("heading", "values", "lines"),
    [
        (
            "income",
            [">50K", "<=50K", "<=50K"],
            ['question = "Is income “>50K”?"', 'yes = "had income “>50K”"', 'no = "had another"'],
        ),
        ("Sick", [1, 0, 0], ['question = "Is sick “yes”?"']),
        ("Failed in 30 days", ["Yes", "No", "No"], ['question = "Is failed in 30 days “Yes”?"']),
        ("species", ["a", "b", "c"], ['question = "Which species is it?"', 'heading = "Estimate species"']),
        (
            "price",
            ["$1.50", "$2.75", "$9.25"],
            ['question = "What is the value of price?"', 'amount = "price"', 'before_unit = "$"'],
        ),
        ("length_cm", [1.5, 2.25, 3.75], ['after_unit = " cm"']),
    ],
)
def test_neutral_words_are_made_of_the_target(heading: str, values: list[object], lines: list[str]) -> None:
    table = table_of(length=amounts, **{heading: values})
    words = write_words(draft_of(table, target=heading)).splitlines()
    assert [line for line in lines if line not in words] == []
