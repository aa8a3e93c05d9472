"""Whether there is an owner, asked by the server that starts, without the libraries that its workers may never need."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

QUERY = "SELECT 1 FROM person WHERE is_admin AND ended_at IS NULL LIMIT 1"
PATIENCE = 3


def lacks_owner(address: str) -> bool:
    """Whether nobody can let anybody in yet; a database that cannot be asked now is taken to have an owner."""
    before, _, path = address.partition("sqlite:///")
    return file_lacks_owner(Path(path)) if path and not before else server_lacks_owner(address)


def file_lacks_owner(file: Path) -> bool:
    if not file.exists():
        return True
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=PATIENCE)) as database:
            return database.execute(QUERY).fetchone() is None
    except sqlite3.Error as fault:
        return "no such table" in str(fault)


def server_lacks_owner(address: str) -> bool:
    import psycopg

    try:
        with psycopg.connect(address.replace("+psycopg", ""), connect_timeout=PATIENCE) as connection:
            return connection.execute(QUERY).fetchone() is None
    except psycopg.errors.UndefinedTable:
        return True
    except psycopg.Error:
        return False
