"""What a draft makes of a column of days or moments: its parts, or how long ago it was."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from model.draft.tidied import Dates

from tests.drafts import column_of, draft_of

# Each test reads a table of its own and looks at every column.
pytestmark = pytest.mark.slow


def test_a_days_parts_stand_under_its_whole_name() -> None:
    draft = draft_of(signed_up=lambda row: f"{2020 + row % 3}-{1 + row % 12:02}-{1 + row % 28:02}")
    assert list(draft.fieldsets) == ["The row", "Signed up"]


def test_a_day_becomes_its_year_its_month_and_its_weekday() -> None:
    draft = draft_of(sold=lambda row: f"{2020 + row % 3}-{1 + row % 12:02}-{1 + row % 28:02}")
    labels = {column.name: column.label for column in draft.columns}
    assert labels == {
        "length": "Length", "sold_year": "Sold, year", "sold_month": "Sold, month", "sold_weekday": "Sold, weekday",
    }  # fmt: skip
    assert next(iter(draft.columns[2].choices.items())) == ("1", "January")


@pytest.mark.parametrize("form", ["%d-%b-%Y", "%B %d, %Y", "%Y%m%d", "%d.%m.%Y %H:%M", "%m/%d/%Y"])
def test_days_are_known_however_they_are_written(form: str) -> None:
    days = [date(2020 + row % 3, 1 + row % 12, 1 + row % 28).strftime(form) for row in range(84)]
    found = {column.name for column in draft_of(sold=days).columns}
    assert {"sold_year", "sold_month", "sold_weekday"} <= found


def test_of_a_moment_it_asks_for_the_hour_too() -> None:
    draft = draft_of(
        sold=lambda row: f"2020-01-{1 + row % 28:02} {row % 24:02}:{row % 4 * 15:02}", at=lambda row: f"{row % 24}:30"
    )
    numbers = {column.name: column.numbers for column in draft.columns if column.is_number}
    assert (numbers["sold_hour"].lowest, numbers["at"].highest) == (0, 23.5)
    assert "Sold, hour" in {column.label for column in draft.columns}


@pytest.mark.parametrize("zone", ["+02:00", "Z", "-0500"])
def test_an_hour_of_moments_that_name_their_zone_is_asked_for_as_it_is_read_in_utc(zone: str) -> None:
    draft = draft_of(sold=lambda row: f"2020-01-{1 + row % 28:02}T{row % 24:02}:{row % 4 * 15:02}:00{zone}")
    assert "Sold, hour (UTC)" in {column.label for column in draft.columns}


@pytest.mark.parametrize(
    ("unit", "label", "first", "years"),
    [
        ("years", "Full years from Born to 2000-01-31", 1950, 50),
        ("months", "Full months from Born to 2000-01-31", 1996, 4),
        ("days", "Days from Born to 2000-01-31", 1999, 1),
    ],
)
def test_how_long_ago_somebody_was_born_is_asked_for_as_people_know_it(
    unit: str, label: str, first: int, years: int
) -> None:
    draft = draft_of(
        born=lambda row: f"{1 + row % 28}.{1 + row % 12}.{first + row % years}",
        seen=lambda row: f"{1 + row % 31}.1.2000",
    )
    (column,) = [one for one in draft.columns if one.source == "born"]
    assert (column.name, column.label, column.numbers.unit) == (f"born_{unit}", label, unit)


def test_where_a_table_has_no_other_days_ages_are_counted_until_today() -> None:
    column = draft_of(born=lambda row: f"{1 + row % 28}.{1 + row % 12}.{1950 + row % 50}").columns[-1]
    today = datetime.now(UTC).date()
    assert column.label in {f"Full years from Born to {day}" for day in (today, today - timedelta(days=1))}


@pytest.mark.parametrize(
    ("born", "months", "years"),
    [("1980-06-15", 528, 44), ("1980-06-16", 527, 43), ("2024-06-15", 0, 0), ("2023-07-01", 11, 0), ("", None, None)],
)
def test_only_months_and_years_that_have_wholly_gone_by_count(born: str, months: int | None, years: int | None) -> None:
    for part, expected in (("months", months), ("years", years)):
        reader = Dates("born", part=part, until="2024-06-15")
        read = reader.read(pd.Series([born, "1980-01-01"]))[0]
        assert (None if read != read else read) == expected
        assert born == "" or reader.answer_to(born) == expected


def test_a_day_whose_month_may_come_first_is_told() -> None:
    column = draft_of(sold=lambda row: f"{1 + row % 12}/{1 + row % 12}/{2020 + row % 3}").columns[-1]
    assert column.guesses == ("%m/%d/%Y, though the day may come first",)


def test_a_few_cells_that_are_no_days_count_as_no_answer_and_are_told() -> None:
    column = column_of(
        "born_years", born=lambda row: "31.2.1980" if row == 3 else f"{1 + row % 28}.{1 + row % 12}.{1950 + row % 50}"
    )
    assert column.missing == 1 / 400
    assert column.warnings == ("1 cell without a day, taken for no answer",)
