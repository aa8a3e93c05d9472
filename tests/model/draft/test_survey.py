"""What a draft says of a whole table: the kind of answer, what may leak, whose rows belong together, and its examples."""

from __future__ import annotations

import random
import re
from datetime import date
from functools import partial

import pandas as pd
import pytest

from model.draft.draft import tidied
from model.draft.report import report
from model.files.dialect import Unusable

from tests.drafts import ROWS, Make, amounts, draft_of, outcome, table_of

# Each test fits a rough model to a table of its own.
pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["yes", "no"], "probability"),
        ([3, 7], "probability"),
        (["a", "b", "c"], "classes"),
        ([3, 4, 5, 6], "classes"),
        (list(range(50)), "amount"),
        ([f"${one}.50" for one in range(30)], "amount"),
    ],
)
def test_the_kind_of_answer_follows_from_the_target(values: list[object], kind: str) -> None:
    assert draft_of(outcome=values).target.kind == kind


@pytest.mark.parametrize(
    ("values", "yes"),
    [
        (["no", "yes", "yes"], "yes"),
        (["True", "True", "False"], "True"),
        ([1, 1, 0], "1"),
        ([">50K", ">50K", "<=50K"], ">50K"),
        (["positive", "positive", "negative"], "positive"),
        (["bad", "bad", "good"], "bad"),
        (["lived", "died", "lived"], "died"),
    ],
)
def test_what_says_yes_counts_as_yes_or_else_the_rarer(values: list[object], yes: str) -> None:
    assert draft_of(outcome=values).target.yes == yes


def test_one_of_several_texts_may_count_as_yes() -> None:
    draft = draft_of(outcome=["setosa", "virginica", "versicolor"], wishes={"yes": "Setosa"})
    assert (draft.target.kind, draft.target.yes) == ("probability", "setosa")
    assert set(tidied(draft, table_of(outcome=["setosa", "virginica", "versicolor"], length=amounts)).outcome) == {
        "setosa",
        "Other",
    }


def test_a_few_whole_numbers_are_an_amount_if_one_says_so() -> None:
    draft = draft_of(outcome=[3, 4, 5], wishes={"kind": "amount"})
    assert draft.target.kind == "amount"
    assert (
        draft_of(outcome=[3, 4, 5]).target.guess
        == "3 numbers are taken for kinds; --kind amount takes them for an amount"
    )


def test_rare_classes_are_one_or_left_out() -> None:
    draft = draft_of(outcome=lambda row: "de" if row < 8 else "fr" if row < 14 else ["a", "b"][row % 2])
    assert list(draft.target.classes or ()) == ["a", "b", "Other"]
    draft = draft_of(outcome=lambda row: "de" if row < 8 else ["a", "b", "c"][row % 3])
    assert (list(draft.target.classes or ()), draft.rows) == (["a", "b", "c"], 392)


def test_classes_are_in_their_order() -> None:
    assert list(draft_of(outcome=["high", "low", "medium"]).target.classes or ()) == ["low", "medium", "high"]
    assert list(draft_of(outcome=[5, 3, 4]).target.classes or ()) == ["3", "4", "5"]


@pytest.mark.parametrize(
    ("values", "wishes", "says"),
    [
        (["yes"], {}, "The target outcome has “yes” alone in it, so there is nothing to tell apart"),
        ([f"text {one}" for one in range(60)], {}, "The target outcome has 60 different texts, like 'text 0'"),
        (
            lambda row: "yes" if row < 9 else "no",
            {},
            "The target outcome has 9 rows of one answer; each needs 10 at least",
        ),
        (["a", "b"], {"kind": "amount"}, "--kind: outcome is no amount. It has 'a', 'b'"),
        (["yes", "no"], {"yes": "ja"}, "--yes: outcome has no 'ja'. It has 'yes', 'no'"),
        (["yes", "no"], {"drop": ("size",)}, "--drop: there is no column 'size'. There are: outcome, length"),
        (["yes", "no"], {"drop": ("length",)}, "people.csv has no column but outcome that a form could ask for"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_in_a_sentence(
    values: Make, wishes: dict[str, object], says: str
) -> None:
    with pytest.raises(Unusable) as refused:
        draft_of(outcome=values, wishes=wishes)
    assert str(refused.value).startswith(says)


def test_rows_without_a_target_are_left_out_and_told() -> None:
    table = table_of(outcome=["yes", "no", "", "no"], length=amounts)
    draft = draft_of(table)
    assert draft.notes == (
        "100 of 400 rows lack outcome or another answer, and are left out",
        "these inputs tell next to nothing of the target, as far as a rough look shows",
    )
    assert len(tidied(draft, table)) == draft.rows == 300


def test_the_tidied_table_has_numbers_texts_and_gaps() -> None:
    table = table_of(
        outcome=["yes", "no"],
        price=lambda row: "" if row % 9 == 0 else f"${row % 70},000",
        colour=["?", "Red", "red", "blue"],
    )
    found = tidied(draft_of(table), table)
    assert list(found) == ["price", "colour", "outcome"]
    assert found.iloc[1].to_list() == [1000, "red", "no"]
    assert found["price"].isna().sum() == 45
    assert set(found["colour"]) == {"", "red", "blue"}


@pytest.mark.parametrize(
    ("heading", "make", "why"),
    [
        (
            "score",
            lambda row: (outcome(row) == "yes") * 100 + row % 50,
            "it tells the outcome almost alone (AUC 1.000)",
        ),
        ("paid", lambda row: row % 50 if outcome(row) == "yes" else "", "it is filled in for one outcome only"),
        ("weight_after", lambda row: row % 50, "its name says that it comes after the outcome"),
    ],
)
def test_an_input_that_may_know_the_answer_is_warned_of_and_not_dropped(heading: str, make: object, why: str) -> None:
    draft = draft_of(**{heading: make})  # type: ignore[arg-type]
    assert draft.leaks == {heading: why}
    assert heading in {column.source for column in draft.columns}
    assert f"  WARNING: {heading} may not be known beforehand: {why}. To leave it out: --drop {heading}" in report(
        draft
    )


def test_a_column_is_said_to_come_back_by_keep_only_where_it_does_and_as_a_shell_takes_it() -> None:
    made: dict[str, Make] = {
        "number": range(ROWS),
        "paid__in__$USD": range(ROWS),
        "code": [f"k{one}" for one in range(ROWS)],
        "same": ["x"],
    }
    lines = list(report(draft_of(length=amounts, **made)))
    assert [line.split("→ ")[1] for line in lines if "→ dropped" in line] == [
        "dropped (--keep number)", "dropped (--keep 'paid in $USD')", "dropped", "dropped",
    ]  # fmt: skip
    kept = draft_of(length=amounts, **made, wishes={"keep": ("number", "code", "same")})
    assert [*kept.dropped] == ["paid in $USD", "code", "same"]


def test_an_input_that_tells_a_little_is_no_leak() -> None:
    assert not draft_of(score=lambda row: (outcome(row) == "yes") * 30 + row % 50).leaks


def test_an_amount_told_in_another_currency_is_a_leak() -> None:
    draft = draft_of(outcome=amounts, length=["a", "b"], price=lambda row: float(amounts(row)) * 1.1)
    assert list(draft.leaks) == ["price"]


def test_folds_by_groups_are_proposed_where_ids_repeat() -> None:
    draft = draft_of(patient_id=lambda row: row // 4)
    assert draft.dropped["patient_id"] == "an id that repeats"
    assert draft.notes[0] == "patient_id repeats: --group patient_id keeps its rows in one fold, and the figures honest"
    grouped = draft_of(patient_id=lambda row: row // 4, wishes={"group": "patient_id"})
    assert grouped.dropped["patient_id"] == "the groups of the folds"
    assert not [note for note in grouped.notes if "patient_id" in note]
    assert "patient_id" in grouped.readers


def test_rows_that_are_there_several_times_are_told_and_those_alike_by_chance_are_not() -> None:
    table = table_of(200, outcome=outcome, score=lambda row: random.Random(row).random(), sort=["a", "b"])
    notes = draft_of(pd.concat([table] * 3, ignore_index=True)).notes
    assert any(
        note.startswith("400 of 600 rows repeat another in every column: if they are the same case") for note in notes
    )
    assert not any("repeat another" in note for note in draft_of(table).notes)
    few = table_of(outcome=outcome, sort=["a", "b", "c"], size=[1, 2, 3, 4])
    assert few.duplicated().mean() > 0.9
    assert not any("repeat another" in note for note in draft_of(few).notes)


def test_groups_are_made_of_what_is_sensitive() -> None:
    draft = draft_of(age=lambda row: 18 + row % 60, Sex=["male", "female"], wages=amounts)
    assert draft.groups == {"age": (25, 35, 45, 55, 65), "sex": ()}


def test_inputs_whose_names_begin_alike_stand_together() -> None:
    draft = draft_of(bill_length=lambda row: row % 31, bill_depth=lambda row: row % 37, wishes={"noun": "penguin"})
    assert draft.fieldsets == {"The penguin": ("length",), "Bill": ("bill_length", "bill_depth")}


def test_few_cases_for_many_inputs_are_told() -> None:
    assert draft_of(table_of(90, outcome=outcome, length=amounts)).is_small
    assert not draft_of(length=amounts).is_small


def test_of_many_inputs_the_fewest_that_tell_nearly_all_are_proposed() -> None:
    made = {f"dice_{at}": partial(lambda at, row: random.Random(row * 31 + at).randrange(90), at) for at in range(13)}
    draft = draft_of(score=lambda row: (outcome(row) == "yes") * 30 + row % 50, **made)
    (note,) = draft.notes
    assert re.match(
        r"score, \w+ and \w+ tell as much of the target as all 15 inputs\. To ask for no others: --drop ", note
    )
    assert note.count("--drop") == 12


def test_a_day_that_tells_all_is_named_by_its_heading_and_left_out_wholly_or_not_at_all() -> None:
    def day(row: int) -> date:
        return date(2001 + row % 9, 1 + row % 11, 1 + row % 28)

    def told(row: int) -> int:
        return 100 * day(row).year + 50 * day(row).month + 30 * day(row).weekday()

    (note,) = draft_of(table_of(600, outcome=told, Seen__on=day, other=amounts)).notes
    assert note == "Seen on tells as much of the target as all 4 inputs. To ask for no others: --drop other"

    def told_by_both(row: int) -> int:
        return 100 * day(row).year + 30 * day(row).weekday() + 400 * (row % 2)

    assert draft_of(table_of(600, outcome=told_by_both, Seen__on=day, half=["a", "b"])).notes == ()


def test_inputs_that_tell_a_little_less_than_all_are_never_said_to_tell_all() -> None:
    def rolled(row: int, most: int) -> int:
        return random.Random(row).randrange(most)

    def told(row: int) -> float:
        return 20.0 * (row % 29) + 19.0 * (row % 31) + 18.0 * (row % 37) + rolled(row, 60)

    four = {
        "a": lambda row: row % 29,
        "b": lambda row: row % 31,
        "c": lambda row: row % 37,
        "d": lambda row: rolled(row, 60),
    }
    (note,) = draft_of(table_of(600, outcome=told, length=amounts, **four)).notes
    assert re.match(r"c, b and a tell 99% of what all 5 inputs tell\. To ask for no others: --drop ", note)


@pytest.mark.parametrize("kind", ["so", "an amount"])
def test_inputs_that_tell_only_together_are_not_said_to_tell_nothing_or_to_be_left_out(kind: str) -> None:
    """Whether an odd number of three are “b” is nothing that one or two of them tell."""

    def answer(at: int, row: int) -> str:
        return random.Random(row * 31 + at).choice("ab")

    def told(row: int) -> str:
        odd = sum(answer(at, row) == "b" for at in range(3)) % 2
        return "ny"[odd] if kind == "so" else f"{100 * odd + random.Random(row).random():.2f}"

    three = {f"answer_{at}": partial(answer, at) for at in range(3)}
    (note,) = draft_of(table_of(600, outcome=told, length=amounts, **three)).notes
    assert note == "these inputs tell much of the target only together, so leaving any of them out may lose much"


def test_inputs_that_tell_nothing_are_told() -> None:
    assert draft_of(score=lambda row: row % 50).notes == (
        "these inputs tell next to nothing of the target, as far as a rough look shows",
    )


def test_what_is_kept_is_kept_though_it_was_dropped_before() -> None:
    assert not draft_of(age=lambda row: row % 50, wishes={"drop": ("age",), "keep": ("age",)}).dropped


def test_the_three_examples_are_low_middling_and_high_and_are_no_row_of_the_table() -> None:
    dice = random.Random(3)
    made = {"age": lambda row: dice.randint(18, 90), "sex": ["m", "f"], "size": lambda row: round(dice.gauss(50, 9), 1)}
    table = table_of(outcome=outcome, **made)
    draft = draft_of(table)
    rows = set(tidied(draft, table)[["age", "sex", "size"]].itertuples(index=False, name=None))
    assert [example.name for example in draft.examples] == [
        "A row with a low chance", "A row with a middling chance", "A row with a high chance",
    ]  # fmt: skip
    assert not rows & {tuple(example.answers.values()) for example in draft.examples}


def test_the_report_has_a_line_a_column() -> None:
    lines = list(report(draft_of(age=lambda row: 17 + row % 74, PassengerId=lambda row: row * 7919 % 10_007)))
    assert "  age          number 17–90 whole, 0% missing → curve" in lines
    assert "  PassengerId  all different → dropped (--keep PassengerId)" in lines


def test_the_ends_of_a_wide_number_are_nobodys_own() -> None:
    draft = draft_of(pay=lambda row: 1_234 + row * 97_531 // 399, balance=lambda row: row * 8_863 // 399 - 4_321)
    ends = {one.name: (one.numbers.lowest, one.numbers.highest) for one in draft.columns}
    assert (ends["pay"], ends["balance"]) == ((1_200, 98_800), (-4_330, 4_550))
    (balance,) = [line for line in report(draft) if line.strip().startswith("balance")]
    assert "number −4330 to 4550 whole" in balance
