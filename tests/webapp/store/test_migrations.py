"""The tables, made at once and step by step, on both databases."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, inspect, select

from bench.databases import opened
from webapp.store.opening import Away, Outdated, Store
from webapp.store.revision import REVISION, known
from webapp.store.tables import metadata, person

from tests.processes import assert_refused, likely

NAMES = {table.name for table in metadata.sorted_tables}


def tables(address: str) -> set[str]:
    database = opened(address)
    with database.read() as connection:
        found = set(inspect(connection).get_table_names())
    database.close()
    return found


def test_the_newest_file_is_the_revision_that_is_checked() -> None:
    assert known()[-1] == REVISION


def test_the_steps_make_the_tables_that_the_code_asks(store: Store) -> None:
    with store.open().read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_new_file_has_the_same_tables_at_once(tmp_path: object) -> None:
    address = f"sqlite:///{tmp_path}/likely.db"
    store = Store(address)
    with store.open().read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    store.close()


@pytest.mark.parametrize("by_steps", [False, True])
def test_no_number_of_a_row_that_is_gone_is_given_to_another(tmp_path: object, by_steps: bool) -> None:
    """Another worker may still know it: it would say of a new case what happened to an old one."""
    store = Store(f"sqlite:///{tmp_path}/likely.db")
    if by_steps:
        store.change("upgrade")
    with store.open().read() as connection:
        counting = "SELECT name FROM sqlite_master WHERE sql LIKE '%PRIMARY KEY AUTOINCREMENT%'"
        found = set(connection.exec_driver_sql(counting).scalars())
    assert found == {table.name for table in metadata.sorted_tables if "id" in table.c}
    store.close()


def test_the_tables_go_up_down_and_up_again(empty_address: str) -> None:
    store = Store(empty_address)
    assert store.change("upgrade") == REVISION
    assert store.change("downgrade", "base") is None
    assert tables(empty_address) == {"alembic_version"}
    assert store.change("upgrade") == REVISION
    assert tables(empty_address) == {"alembic_version"} | NAMES
    store.close()


def test_each_foreign_key_has_a_plain_index() -> None:
    """Without one, deleting all of somebody's cases would read the whole table for each."""
    for table in metadata.sorted_tables:
        plain = [next(iter(index.columns)).name for index in table.indexes if "outcome_current" not in str(index.name)]
        plain += [next(iter(table.primary_key.columns)).name]
        for key in table.foreign_keys:
            assert key.parent.name in plain, key


def test_a_revision_that_nobody_knows_is_left_alone(tmp_path: object) -> None:
    address = f"sqlite:///{tmp_path}/likely.db"
    store = Store(address)
    store.change("upgrade")
    store.change("downgrade", "base")
    with sqlite3.connect(f"{tmp_path}/likely.db") as file:
        file.execute("INSERT INTO alembic_version VALUES ('0000')")
    with pytest.raises(Outdated, match="does not know"):
        store.open()
    store.close()


@pytest.mark.slow
def test_an_empty_postgresql_says_what_to_do(postgresql_address: str) -> None:
    said: list[str] = []
    with pytest.raises(Outdated, match=r"Run: python run\.py database upgrade"):
        Store(postgresql_address).open()
    store = Store(postgresql_address, said.append)
    with pytest.raises(Away):
        store.open()
    assert "python run.py database upgrade" in said[0]
    assert "python run.py database upgrade" in store.state(ask=True)


def test_the_command_makes_the_tables_and_takes_them_away(tmp_path: object) -> None:
    address = f"sqlite:///{tmp_path}/likely.db"
    up = likely("database", "upgrade", LIKELY_DATABASE=address)
    assert up.stdout == f"The tables are of revision {REVISION}\n", up.stderr
    assert tables(address) == {"alembic_version"} | NAMES
    assert_refused(likely("database", "downgrade", "9", LIKELY_DATABASE=address), "no revision 9", REVISION)
    down = likely("database", "downgrade", "base", LIKELY_DATABASE=address)
    assert "there are none" in down.stdout, down.stderr


def test_without_a_database_the_command_says_so() -> None:
    assert_refused(likely("database", "upgrade", LIKELY_DATABASE="off"), "LIKELY_DATABASE is off")


def test_a_case_that_was_written_is_there_for_the_next_one(store: Store) -> None:
    values = {"name": "Ada", "name_key": "ada", "is_admin": False, "made_at": datetime.now(UTC)}
    key = store.open().write(lambda connection: connection.execute(person.insert(), values).inserted_primary_key)
    with store.open().read() as connection:
        assert connection.scalar(select(func.count()).select_from(person)) == 1
        assert connection.scalar(select(person.c.made_at).where(person.c.id == key[0])) == values["made_at"]
