"""The tables in data/ are what data/README.md says they are."""

import csv
import gzip
import hashlib
import re
from collections import Counter
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parent.parent / "data"
README = (DATA / "README.md").read_text(encoding="utf-8")
FILES = ["census.csv.gz", "titanic.csv", "housing.csv"]


def number(text):
    return int(text.replace(",", ""))


def read_table(name):
    path = DATA / name
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def promised_files():
    """Return what the first table of the README says: {name: (rows, columns, sha256)}."""
    found = re.findall(r"^\| `(\S+)` \| ([\d,]+) \| (\d+) \| `([0-9a-f]{64})` \|$", README, re.MULTILINE)
    return {name: (number(rows), int(columns), digest) for name, rows, columns, digest in found}


def promised_missing(name):
    """Return what the README says of a file's columns, in their order: {column: missing}."""
    section = README.split(f"\n## {name}\n")[1].split("\n## ")[0]
    found = re.findall(r"^\| `(\w+)` \| .* \| ([\d,]+) \|$", section, re.MULTILINE)
    return {column: number(missing) for column, missing in found}


@pytest.fixture(scope="module")
def tables():
    return {name: read_table(name) for name in FILES}


def test_the_readme_lists_every_table():
    assert set(promised_files()) == {path.name for path in DATA.glob("*.csv*")} == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_the_checksum_in_the_readme_is_the_files(name):
    digest = hashlib.sha256((DATA / name).read_bytes()).hexdigest()
    assert digest == promised_files()[name][2]


@pytest.mark.parametrize("name", FILES)
def test_a_table_has_the_rows_and_columns_the_readme_says(name, tables):
    rows, columns, _ = promised_files()[name]
    assert len(tables[name]) == rows
    assert len(tables[name][0]) == columns
    assert list(tables[name][0]) == list(promised_missing(name))


@pytest.mark.parametrize("name", FILES)
def test_every_row_is_as_long_as_the_header(name, tables):
    assert all(None not in row and None not in row.values() for row in tables[name])


@pytest.mark.parametrize("name", FILES)
def test_values_are_missing_only_where_the_readme_says(name, tables):
    missing = {column: sum(row[column] in ("", "?") for row in tables[name]) for column in tables[name][0]}
    assert missing == promised_missing(name)


@pytest.mark.parametrize("name", FILES)
def test_no_value_has_a_space_round_it_or_a_full_stop_after_it(name, tables):
    values = {value for row in tables[name] for value in row.values()}
    assert [value for value in values if value != value.strip() or value.endswith(".")] == []


def test_a_missing_value_is_a_question_mark_in_the_census_and_empty_on_the_titanic(tables):
    assert "" not in {value for row in tables["census.csv.gz"] for value in row.values()}
    assert "?" not in {value for row in tables["titanic.csv"] for value in row.values()}


def test_the_census_has_its_training_rows_first_and_then_its_test_rows(tables):
    parts = [row["part"] for row in tables["census.csv.gz"]]
    assert parts == ["train"] * 32_561 + ["test"] * 16_281


def test_the_census_has_two_incomes_as_often_as_the_readme_says(tables):
    incomes = Counter(row["income"] for row in tables["census.csv.gz"])
    assert incomes == {"<=50K": 37_155, ">50K": 11_687}


@pytest.mark.parametrize(
    ("name", "column", "low", "high"),
    [
        ("census.csv.gz", "age", 17, 90),
        ("census.csv.gz", "hours", 1, 99),
        ("titanic.csv", "age", 0.1667, 80),
        ("titanic.csv", "siblings_spouses", 0, 8),
        ("titanic.csv", "parents_children", 0, 9),
        ("titanic.csv", "fare", 0, 512.3292),
        ("housing.csv", "rooms", 3.561, 8.78),
        ("housing.csv", "price", 5, 50),
    ],
)
def test_numbers_span_the_range_the_readme_gives(name, column, low, high, tables):
    numbers = [float(row[column]) for row in tables[name] if row[column]]
    assert (min(numbers), max(numbers)) == (low, high)


@pytest.mark.parametrize(
    ("column", "counts"),
    [
        ("survived", {"0": 809, "1": 500}),
        ("ticket_class", {"1": 323, "2": 277, "3": 709}),
        ("sex", {"female": 466, "male": 843}),
        ("port", {"C": 270, "Q": 123, "S": 914, "": 2}),
    ],
)
def test_the_titanic_has_the_groups_the_readme_counts(column, counts, tables):
    assert Counter(row[column] for row in tables["titanic.csv"]) == counts


def test_sixteen_boston_prices_are_capped(tables):
    assert sum(row["price"] == "50.0" for row in tables["housing.csv"]) == 16
