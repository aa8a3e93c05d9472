"""Which revision the tables are of, and how they come to the one that this edition needs.

Alembic is imported where tables are changed, and not where they are made for the first time or only looked at.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, column, inspect, select, table

from .opening import Outdated
from .tables import metadata

if TYPE_CHECKING:
    from .commits import Commits

# The name of the newest file in migrations/versions, which the tests hold it to.
REVISION = "0001"
VERSION_TABLE = "alembic_version"
UPGRADE = "Run: python run.py database upgrade"


def prepare(engine: Engine, commits: Commits | None) -> None:
    """Look at the revision. An SQLite file is made here, or brought up to date: it is this machine's own."""
    if commits is None:
        with engine.connect() as connection:
            return check(connection)
    with changing(engine, commits) as connection:
        found = revision_of(connection)
        if found is None and not inspect(connection).get_table_names():
            make(connection)
        elif found != REVISION and found in known():
            migrate(connection, "upgrade")
        else:
            check(connection)
    return None


@contextmanager
def changing(engine: Engine, commits: Commits | None) -> Iterator[Connection]:
    """A transaction that may change tables; nobody else writes meanwhile."""
    if commits is None:
        with engine.begin() as connection:
            yield connection
        return
    make_private(Path(str(engine.url.database)))
    with commits.alone(), engine.connect().execution_options(writes=True) as connection:
        raw = connection.connection
        # The file keeps this.
        raw.execute("PRAGMA journal_mode = WAL")
        # Else the rows that belong to a table's would go when Alembic puts another table in its place.
        raw.execute("PRAGMA foreign_keys = OFF")
        with connection.begin():
            yield connection
        connection.invalidate()


def make_private(file: Path) -> None:
    """The file and its folder, which only this user can read: answers are in it."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))


def revision_of(connection: Connection) -> str | None:
    """None where there are no tables of ours."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found: str | None = connection.execute(select(column("version_num")).select_from(table(VERSION_TABLE))).scalar()
    return found


def check(connection: Connection) -> None:
    found = revision_of(connection)
    if found == REVISION:
        return
    if found is None:
        raise Outdated(f"The database has no tables yet. {UPGRADE}")
    if found not in known():
        raise Outdated(
            f"The database is of revision {found}, which this edition of Likely does not know: a newer one has been at "
            "work there. Start that one, or have it run: python run.py database downgrade " + REVISION
        )
    raise Outdated(f"The database is of revision {found}, and this edition of Likely needs {REVISION}. {UPGRADE}")


def known() -> list[str]:
    """The revisions that this edition knows, the oldest first: the first part of each file's name."""
    return sorted(path.stem.partition("_")[0] for path in Path(__file__).with_name("migrations").glob("versions/0*.py"))


def make(connection: Connection) -> None:
    """All tables at once, as all migrations would have made them."""
    metadata.create_all(connection)
    connection.exec_driver_sql(
        f"CREATE TABLE {VERSION_TABLE} (version_num VARCHAR(32) NOT NULL, "
        f"CONSTRAINT {VERSION_TABLE}_pkc PRIMARY KEY (version_num))"
    )
    connection.execute(table(VERSION_TABLE, column("version_num")).insert(), {"version_num": REVISION})


def migrate(connection: Connection, way: str, revision: str = REVISION) -> None:
    """Go up or down to a revision, as `changing` allows."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    getattr(command, way)(config, revision)
