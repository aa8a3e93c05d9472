"""What a draft takes each column for: one made-up table for each inference."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from tests.drafts import amounts, column_of, draft_of, table_of, why_dropped

# Each test reads a table of its own and looks at every column.
pytestmark = pytest.mark.slow


def test_a_column_of_whole_numbers_is_asked_for_within_its_range() -> None:
    asked = column_of("age", age=lambda row: 17 + row % 74).numbers
    assert (asked.lowest, asked.highest, asked.whole, asked.like) == (17, 90, True, "51")


def test_choices_have_no_unit_beside_them_and_so_their_label_keeps_its_last_word() -> None:
    assert column_of("survived_5_years", survived_5_years=["yes", "no", "no"]).label == "Survived 5 years"
    assert column_of("width_cm", width_cm=lambda row: row % 50).label == "Width"


def test_choices_in_small_letters_begin_with_a_capital_in_one_word_or_more() -> None:
    column = column_of("paid", paid=lambda row: ["card", "bank transfer", "PayPal", "b2b"][row % 4])
    assert list(column.choices.values()) == ["b2b", "Bank transfer", "Card", "PayPal"]


def test_an_example_of_a_number_is_the_middle_one_in_the_table() -> None:
    assert column_of("length").numbers.like in table_of(length=amounts)["length"].to_list()


@pytest.mark.parametrize(
    ("write", "number"),
    [
        ("${:,}", 1200),
        ("{:,} €", 1200),
        ("USD {}", 1200),
        ("{} %", 1200),
        ("{} kg", 1200),
        ("{}e1", 12_000),
        ("−{}", -1200),
        ("{}.5", 1200.5),
        ("{:,}.50", 1200.5),
        ("{},5", 1200.5),
        ("({:,})", -1200),
        ("(${:,})", -1200),
        ("-${:,}.50", -1200.5),
    ],
)
def test_numbers_are_read_as_the_table_writes_them(write: str, number: float) -> None:
    table = table_of(outcome=["yes", "no", "no"], price=lambda row: write.format(1200 + row % 150))
    (column,) = draft_of(table).columns
    assert column.reader.read(table["price"])[0] == number


def test_a_decimal_comma_may_follow_thousands_with_points() -> None:
    table = table_of(outcome=["yes", "no", "no"], price=lambda row: f"1.{200 + row % 150},50 €")
    assert draft_of(table).columns[0].reader.read(table["price"])[0] == 1200.5


def test_a_number_with_the_other_decimal_mark_is_read_as_what_it_can_only_be_and_told() -> None:
    table = table_of(
        outcome=["yes", "no", "no"],
        paid=lambda row: "35.5" if row % 40 == 7 else f"{20 + row % 150},5",
        owed=lambda row: "20,5" if row == 9 else f"1,{200 + row % 90}.5",
    )
    paid, owed = draft_of(table).columns
    assert [paid.reader.read(table["paid"])[row] for row in (0, 7)] == [20.5, 35.5]
    assert [owed.reader.read(table["owed"])[row] for row in (0, 9)] == [1200.5, 20.5]
    assert any("'35.5' in" in one and "decimal point, unlike the others" in one for one in paid.warnings)
    assert owed.warnings == ("'20,5' in 1 row counts as written with a decimal comma, unlike the others",)


def test_three_figures_behind_a_comma_are_decimals_where_some_numbers_have_fewer_or_begin_with_0() -> None:
    table = table_of(
        outcome=["yes", "no", "no"],
        length=lambda row: f"{row % 23},{100 + row * 7 % 800}",
        width=lambda row: f"{row % 23},{row % 10}" if row % 9 == 0 else f"{1 + row % 23},{100 + row * 7 % 800}",
    )
    length, width = draft_of(table).columns
    assert length.reader.read(table["length"])[1] == 1.107
    assert width.reader.read(table["width"])[1] == 2.107


def test_a_point_before_three_figures_parts_thousands_where_the_table_writes_decimal_commas() -> None:
    table = table_of(
        outcome=["yes", "no", "no"], weight=lambda row: f"{row % 9},{row % 7}", price=lambda row: f"1.{100 + row % 300}"
    )
    price = draft_of(table).columns[1]
    assert price.numbers.lowest == 1100
    alone = draft_of(table.drop(columns="weight")).columns[0]
    assert alone.numbers.lowest == 1.1


def test_a_few_cells_that_are_no_numbers_count_as_no_answer_and_are_told() -> None:
    column = column_of("hours", hours=lambda row: "abc" if row == 3 else row % 50)
    assert (column.reader.missing, column.missing) == (("abc",), 1 / 400)
    assert column.warnings == ("“abc” in 1 row counts as no answer",)


def test_where_most_cells_are_many_different_numbers_the_others_are_no_answer() -> None:
    column = column_of("crp", crp=lambda row: "<5" if row % 5 == 0 else 5 + row % 70)
    assert (column.is_number, column.missing) == (True, 0.2)
    assert column.warnings == ("“<5” in 80 rows counts as no answer",)


@pytest.mark.parametrize("mark", ["", "?", "NA", "N/A", "null", "-", "NaN", "unknown"])
def test_what_stands_for_no_answer_is_known(mark: str) -> None:
    column = column_of("hours", hours=lambda row: mark if row % 4 == 0 else row % 50)
    assert column.is_number
    assert column.missing == 0.25


@pytest.mark.parametrize("code", ["-9", "99", "999"])
def test_a_code_that_may_mean_no_answer_is_told_and_not_assumed(code: str) -> None:
    column = column_of("hours", hours=lambda row: code if row % 20 == 0 else row % 10)
    assert column.missing == 0
    assert column.warnings == (f"{code} stands in 20 rows: if it means no answer, add it to “missing”",)


def test_of_two_codes_for_no_answer_both_are_pointed_out() -> None:
    column = column_of("age", age=lambda row: -1 if row % 20 == 0 else 999 if row % 20 == 1 else row % 90)
    assert [warning.split(" ")[0] for warning in column.warnings] == ["-1", "999"]


def test_ninety_nine_years_are_no_code() -> None:
    assert not column_of("age", age=lambda row: 20 + row % 80).warnings


@pytest.mark.parametrize(
    ("no", "yes"), [("no", "yes"), ("False", "True"), ("0", "1"), ("N", "Y"), ("0.0", "1.0"), ("off", "on")]
)
def test_booleans_are_asked_for_as_yes_and_no(no: str, yes: str) -> None:
    choices = column_of("smokes", smokes=[no, no, yes]).choices
    assert list(choices.values()) == ["No", "Yes"]


def test_whole_numbers_are_codes_where_the_heading_says_so() -> None:
    assert list(column_of("region", region=[1, 2, 5, 9]).choices) == ["1", "2", "5", "9"]
    assert column_of("rooms", rooms=[1, 2, 5, 9]).is_number


def test_figures_with_leading_noughts_are_codes() -> None:
    assert list(column_of("area", area=["007", "010"]).choices) == ["007", "010"]


@pytest.mark.parametrize(
    "choices",
    [
        ["<5", "5", "6", "10+"],
        ["under 18", "18-25", "26-35", "over 35"],
        ["Strongly disagree", "Disagree", "Neutral", "Agree"],
        ["low", "medium", "high"],
        ["1st", "2nd", "3rd"],
        ["$0k - $20k", "$20k - $40k", "$100k+"],
    ],
)
def test_choices_in_an_order_are_listed_in_it(choices: list[str]) -> None:
    column = column_of("much", much=[*reversed(choices)])
    assert list(column.choices) == choices
    assert column.ordered
    assert column.guesses == ("the order",)


def test_grades_are_in_an_order_and_blood_types_are_not() -> None:
    assert list(column_of("grade", grade=["B", "A-", "A", "A+"]).choices) == ["A+", "A", "A-", "B"]
    assert not column_of("blood", blood=["B", "AB", "A", "O"]).ordered


def test_months_are_listed_as_a_calendar_has_them_but_are_no_scale() -> None:
    column = column_of("month", month=["March", "January", "February"])
    assert (list(column.choices), column.ordered) == (["January", "February", "March"], False)


def test_spellings_of_one_choice_are_joined() -> None:
    column = column_of("colour", colour=["red", "red", "Red", "RED ", "blue"])
    assert column.choices == {"blue": "Blue", "red": "Red"}


def test_above_30_choices_the_commonest_29_are_kept_and_the_others_are_one() -> None:
    column = column_of("city", city=lambda row: f"city {random.Random(row).randrange(12) if row % 2 else row % 72}")
    assert len(column.choices) <= 30
    assert list(column.choices)[-1] == "Other"


def test_forty_common_choices_become_30() -> None:
    table = table_of(800, outcome=["yes", "no", "no"], city=lambda row: f"city {row % 40}")
    assert len(draft_of(table).columns[0].choices) == 30


def test_choices_of_fewer_than_ten_rows_are_one_which_has_ten() -> None:
    column = column_of("city", city=lambda row: "a" if row < 9 else "b" if row < 30 else "cd"[row % 2])
    assert list(column.choices) == ["c", "d", "Other"]
    assert column.guesses == ("2 of 4 choices count as Other",)


def test_knots_are_quantiles_without_repeats() -> None:
    knots = column_of("gain", gain=lambda row: 0 if row % 3 else row).numbers.knots
    assert list(knots) == sorted(set(knots))
    assert (knots[0], knots[-1]) == (0, 399)


def test_a_few_common_whole_numbers_have_points_each() -> None:
    assert column_of("rooms", rooms=[1, 2, 3, 4]).numbers.each
    assert not column_of("rooms", rooms=[1, 2, 4]).numbers.each


@pytest.mark.parametrize(
    ("heading", "unit", "label"),
    [
        ("height_cm", "cm", "Height"),
        ("weight__(kg)", "kg", "Weight"),
        ("share_pct", "%", "Share"),
        ("sales__(€)", "€", "Sales"),
        ("rate__%", "%", "Rate"),
        ("rent__in__€", "€", "Rent"),
        ("weight__(in__kg)", "kg", "Weight"),
        ("%__discount", "%", "Discount"),
        ("temperature_c", "°C", "Temperature"),
        ("Temp__(°F)", "°F", "Temp"),
        ("vitamin_c", "", "Vitamin c"),
        ("cm", "", "Cm"),
    ],
)
def test_a_unit_is_taken_from_the_end_of_the_heading_or_its_beginning(heading: str, unit: str, label: str) -> None:
    column = draft_of(**{heading: lambda row: row % 50}).columns[-1]
    assert (column.numbers.unit, column.label) == (unit, label)


@pytest.mark.parametrize(
    ("heading", "label"),
    [
        ("LivingArea", "Living area"),
        ("DistanceFromHome", "Distance from home"),
        ("totalPay", "Total pay"),
        *((same, same) for same in ("BMI", "pH", "iPhone", "McDonalds", "GDPgrowth", "HbA1c")),
        ("Paid?", "Paid"),
        ("#__of__visits", "Number of visits"),
        ("No.__of__visits", "Number of visits"),
    ],
)
def test_a_label_is_the_heading_as_a_person_reads_it(heading: str, label: str) -> None:
    assert draft_of(**{heading: lambda row: row % 50}).columns[-1].label == label


@pytest.mark.parametrize(
    ("heading", "name"),
    [("class", "class_asked"), ("data", "data_asked"), ("New size", "size_asked"), ("2020", "n_2020"),
     ("Größe", "grosse"), ("高さ", "column"), ("Bill.Length", "bill_length")],
)  # fmt: skip
def test_a_name_that_python_or_a_form_cannot_take_is_made_safe(heading: str, name: str) -> None:
    column = draft_of(**{heading.replace(" ", "__"): lambda row: row % 50}).columns[-1]
    assert (column.name, column.source) == (name, heading)


@pytest.mark.parametrize(
    ("why", "heading", "make"),
    [
        ("“a” in every row", "kind", ["a"]),
        ("“x” or nothing in every row", "kind", ["x", ""]),
        ("no row has it", "kind", ["", "NA"]),
        ("all different", "PassengerId", lambda row: row * 7919 % 10_007),
        ("nearly all different", "ID", lambda row: 1_000_000 + (row - row % 20 // 19) * 7919 % 100_003),
        ("counts the rows", "Unnamed:__0", lambda row: row),
        ("all different", "ticket", lambda row: f"T{row}"),
        ("nearly all different", "cabin", lambda row: f"C{row // 1.5:.0f}"),
        ("e-mail addresses", "contact", lambda row: f"p{row % 300}@example.org"),
        ("telephone numbers", "contact", lambda row: f"+49 30 {100_000 + row}"),
        ("telephone numbers", "phone", lambda row: 5_550_000 + row * 3),
        (
            "days that are written in several ways",
            "sold",
            lambda row: (date(2020, 1, 1) + timedelta(row)).strftime("%Y-%m-%d" if row % 2 else "%d/%m/%Y"),
        ),
        ("web addresses", "page", lambda row: f"https://example.org/{row % 300}"),
        ("names", "Name", lambda row: f"Braund, Mr. Owen {row % 200}"),
        ("free text", "notes", lambda row: f"This was written by hand about {row}"),
        ("only 3 rows with another answer than “no”", "rare", lambda row: "yes" if row < 3 else "no"),
    ],
)  # fmt: skip
def test_what_no_form_should_ask_for_is_dropped_with_a_reason(why: str, heading: str, make: object) -> None:
    assert why_dropped(**{heading: make}) == why  # type: ignore[arg-type]


def test_a_measure_is_no_id_though_its_name_ends_like_one() -> None:
    assert column_of("body_mass_index", body_mass_index=lambda row: f"{17 + row * 7919 % 10_007 / 500:.3f}").is_number


def test_a_column_is_kept_that_is_asked_for() -> None:
    draft = draft_of(PassengerId=lambda row: row * 7919 % 10_007, wishes={"keep": ("passenger_id",)})
    assert [column.name for column in draft.columns] == ["length", "passenger_id"]


def test_headings_that_differ_in_capitals_alone_get_labels_that_a_file_tells_apart() -> None:
    draft = draft_of(size=lambda row: row % 50, Size=lambda row: row % 31, SIZE__=lambda row: row % 41)
    assert [column.label for column in draft.columns] == ["Length", "Size", "Size (2)", "SIZE (3)"]


def test_a_column_is_left_out_that_is_not_wanted() -> None:
    assert draft_of(age=lambda row: row % 50, wishes={"drop": ("age",)}).dropped == {"age": "as asked"}


def test_a_column_that_says_the_same_in_other_words_is_dropped() -> None:
    assert why_dropped(sex=["m", "f"], male=["1", "0"]) == "says the same as sex"
    assert why_dropped(grams=amounts, weight=amounts) == "says the same as length"
