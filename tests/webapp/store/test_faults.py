"""Whatever a database says of what it was sent, no value of it reaches the log."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, text

from webapp.store.database import DatabaseFault
from webapp.store.opening import Away, Clash, Store

from tests.cases import keep_case, make_person

SECRET = "Zacharias-Quincunx"


def ask_nowhere(connection: Connection) -> Any:
    return connection.execute(text("SELECT 1 FROM nowhere WHERE name = :name"), {"name": SECRET})


def write_too_little(connection: Connection) -> Any:
    return connection.execute(text("INSERT INTO person (name) VALUES (:name)"), {"name": SECRET})


def write_again(connection: Connection) -> Any:
    values = {"name": SECRET, "key": SECRET.casefold()}
    for _ in range(2):
        connection.execute(
            text("INSERT INTO person (name, name_key, is_admin, made_at) VALUES (:name, :key, false, '2026-01-01')"),
            values,
        )


@pytest.mark.parametrize("work", [ask_nowhere, write_too_little, write_again], ids=lambda work: work.__name__)
def test_what_fails_is_told_without_its_values(store: Store, work: Callable[[Connection], Any]) -> None:
    database = store.open()
    with pytest.raises((DatabaseFault, Clash)) as failed:
        database.write(work)
    said = "".join(traceback.format_exception(failed.value))
    assert SECRET.casefold() not in said.casefold()
    assert type(failed.value).__module__.startswith("webapp.")


def test_a_probe_tells_of_a_database_that_never_answered_once_somebody_needed_it() -> None:
    store = Store("postgresql+psycopg://likely@127.0.0.1:9/nowhere", lambda reason: None)
    assert store.state() == "not asked yet"
    with pytest.raises(Away):
        store.open()
    assert store.state().startswith("away: ")


def test_nobody_reads_a_file_of_another_user(tmp_path: Any) -> None:
    store = Store(f"sqlite:///{tmp_path}/new/likely.db")
    keep_case(store.open(), make_person(store.open()))
    for file in [tmp_path / "new", *(tmp_path / "new").iterdir()]:
        assert file.stat().st_mode & 0o077 == 0, file
    store.close()
