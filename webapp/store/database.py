"""One database: an engine to read with, and a way to write that ends only once what was written is on disk."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnection

from .commits import Commits, Work
from .opening import Away, Clash
from .revision import changing, migrate, prepare, revision_of

Result = TypeVar("Result")

# Inserts that may find the row there already, which each database says in its own way.
INSERTS: Mapping[str, Any] = {"sqlite": insert_sqlite, "postgresql": insert_postgresql}
# Connections that a worker holds, and in the worst moment.
CONNECTIONS = 10
MOST_CONNECTIONS = 20
# Seconds that a request waits for one, or for the other side to answer.
PATIENCE = 3
# For so many seconds nothing is noted after it could not be, so that not everybody waits for that.
NOTELESS = 60.0
# How often two transactions that stood in each other's way are tried.
TRIES = 5
# As PostgreSQL calls it when two transactions stand in each other's way.
TRY_AGAIN = ("40001", "40P01")
# The last of these is what SQLite says of a file that is damaged or no database.
AWAY = ("OperationalError", "InterfaceError", "DatabaseError")
PRAGMAS = (
    "PRAGMA foreign_keys = ON",
    # Where a program of somebody else's holds the file.
    "PRAGMA busy_timeout = 5000",
    "PRAGMA synchronous = FULL",
    # What is deleted is overwritten.
    "PRAGMA secure_delete = ON",
)


class DatabaseFault(RuntimeError):
    """What the database said, without the values that its own message would show in the log."""


class Database:
    def __init__(self, address: str, rest: Callable[[str], None]) -> None:
        url = make_url(address)
        # Told why the database does not answer.
        self.rest = rest
        self.engine = sqlite(url) if url.get_backend_name() == "sqlite" else postgresql(url)
        # Where each statement is a transaction.
        self.by_itself = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self.commits = Commits(self.engine, f"{url.database}.lock") if self.is_sqlite else None
        # The numbers of the versions that this process has stored, by model and version.
        self.version_ids: dict[tuple[str, str], int] = {}
        # What was worked out of the cases, by model and version.
        self.records: dict[tuple[str, str], Any] = {}
        self.working_out = threading.Lock()
        # What whoever shows old answers has made of them.
        self.old_versions: dict[int, Any] = {}
        self.tidied_on: date | None = None
        self.notes_from = 0.0

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def prepare(self) -> None:
        """Make an SQLite file or bring it up to date; Outdated where somebody has to decide that."""
        with self.faults():
            prepare(self.engine, self.commits)

    def change(self, way: str, revision: str) -> str | None:
        with self.faults(), changing(self.engine, self.commits) as connection:
            migrate(connection, way, revision)
            return revision_of(connection)

    def ping(self) -> None:
        with self.read() as connection:
            connection.execute(text("SELECT 1"))

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the tables till it is given back."""
        with self.faults(), self.engine.connect() as connection:
            yield connection

    def write(self, work: Work[Result], is_one_statement: bool = False) -> Result:
        """Do this in a transaction, and return what it returns once it is on disk.

        It may be done a second time, after what it did first was undone, so it must do nothing else.
        One statement alone is a transaction in PostgreSQL, and need not be asked for its begin and its end.
        Clash where a row is there already.
        """
        with self.faults():
            return self._commit(work, is_one_statement)

    def note(self, work: Work[None]) -> bool:
        """Write what may as well be written the next time; False where it could not be, as on a full disk.

        The database is not let alone for that, since whoever asks may only want to read.
        """
        if time.monotonic() < self.notes_from:
            return True
        try:
            with self.faults(rests=False):
                self._commit(work)
        except Away:
            self.notes_from = time.monotonic() + NOTELESS
            return False
        return True

    def _commit(self, work: Work[Result], is_one_statement: bool = False) -> Result:
        return self.commits.write(work) if self.commits else self._write(work, is_one_statement)

    def _write(self, work: Work[Result], is_one_statement: bool) -> Result:
        engine = self.by_itself if is_one_statement else self.engine
        for tries_left in reversed(range(TRIES)):
            with engine.connect() as connection:
                try:
                    transaction = connection.begin()
                    result = work(connection)
                except DBAPIError as fault:
                    # After a restart of the database each connection fails once.
                    is_gone = fault.connection_invalidated
                    if not tries_left or not (is_gone or getattr(fault.orig, "sqlstate", "") in TRY_AGAIN):
                        raise
                    time.sleep(0 if is_gone else 0.02 * (TRIES - tries_left))
                    continue
                transaction.commit()
                return result
        raise AssertionError("the last try returns or raises")

    def clean(self) -> None:
        """Have what was deleted leave an SQLite file now: until then the log beside it still holds it."""
        if self.commits:
            with self.faults():
                self.commits.clean()

    @contextmanager
    def faults(self, rests: bool = True) -> Iterator[None]:
        """The database's own exceptions as ours: its messages hold values, and nobody above imports its library.

        One that does not answer is let alone for a moment.
        """
        try:
            yield
        except NoConnection:
            raise Away("no connection came free") from None
        except IntegrityError as fault:
            raise Clash(said_by(fault)) from None
        except DBAPIError as fault:
            is_away = fault.connection_invalidated or type(fault).__name__ in AWAY
            # SQLite calls a statement that makes no sense operational, too.
            if not is_away or getattr(fault.orig, "sqlite_errorname", "") == "SQLITE_ERROR":
                raise DatabaseFault(said_by(fault)) from None
            if rests:
                self.rest(said_by(fault))
            raise Away(said_by(fault)) from None
        except OSError as fault:
            # As of a folder that nobody may write, or a file that somebody else made for themselves.
            if rests:
                self.rest(str(fault.strerror))
            raise Away(f"{fault.strerror} ({fault.filename})") from None

    def close(self) -> None:
        self.engine.dispose()
        if self.commits:
            self.commits.close()


def said_by(fault: DBAPIError) -> str:
    code = getattr(fault.orig, "sqlstate", "") or getattr(fault.orig, "sqlite_errorname", "")
    return f"{type(fault.orig).__name__} {code}".strip()


def sqlite(url: URL) -> Engine:
    engine = create_engine(url, pool_size=CONNECTIONS, max_overflow=64, pool_timeout=PATIENCE, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def set_up(raw: Any, record: Any) -> None:
        # The standard library would begin transactions at moments of its own.
        raw.isolation_level = None
        for pragma in PRAGMAS:
            raw.execute(pragma)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def postgresql(url: URL) -> Engine:
    # A machine that is gone says nothing; without these a request would wait for a quarter of an hour.
    alive = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 2, "tcp_user_timeout": 5000}
    return create_engine(
        url,
        pool_size=CONNECTIONS,
        max_overflow=MOST_CONNECTIONS - CONNECTIONS,
        pool_timeout=PATIENCE,
        hide_parameters=True,
        connect_args={"connect_timeout": PATIENCE, "application_name": "likely", **alive},
    )
