"""Kept cases: kept once, found, changed in label and note, and deleted."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, func, select, tuple_, update

from .database import Database
from .opening import Clash
from .tables import kept_case, outcome

# So many cases are deleted in one transaction, so that nobody who writes meanwhile waits for long.
PIECE = 4_000


@dataclass(frozen=True)
class NewCase:
    """A case as it is kept; the names are those of the table."""

    person_id: int
    version_id: int
    model: str
    version: str
    answers: Mapping[str, Any]
    value: float
    low: float
    high: float
    followed: bool
    source: str
    made_at: datetime
    due_at: datetime
    expires_at: datetime
    classes: Mapping[str, Any] | None = None
    label: str = ""
    note: str = ""
    token_id: int | None = None
    # The idempotency key, and the SHA-256 of what was sent with it.
    key: str | None = None
    body: str | None = None


class KeyTaken(ValueError):
    """The idempotency key came with another body before."""


@dataclass(frozen=True)
class Marked:
    """What is said to have happened, and when it was said."""

    value: float | None
    class_name: str | None
    is_known: bool
    seen_on: date | None
    said_at: datetime
    source: str


@dataclass(frozen=True)
class Case(NewCase):
    id: int = 0
    public_id: str = ""
    # None while nobody has said what happened.
    marked: Marked | None = None

    @property
    def is_due(self) -> bool:
        return self.due_at <= datetime.now(UTC)


COLUMNS = [column for column in kept_case.c if column.name != "sought"]
MARKS = [column.label(f"outcome_{column.name}") for column in outcome.c if column.name in Marked.__annotations__]
# A case with what is said of it now.
WITH_OUTCOME = select(*COLUMNS, *MARKS).outerjoin(
    outcome, and_(outcome.c.case_id == kept_case.c.id, outcome.c.is_current)
)


def case_of(row: Row[Any]) -> Case:
    values = dict(row._mapping)
    marks = {name: values.pop(f"outcome_{name}") for name in Marked.__annotations__}
    return Case(**values, marked=Marked(**marks) if marks["said_at"] else None)


def sought(label: str, note: str) -> str:
    return f"{label}\n{note}".casefold()


# Made once, since SQLAlchemy takes longer to make a statement than SQLite to carry it out.
INSERT = kept_case.insert().inline()


def insert(connection: Connection, case: NewCase) -> str:
    """Insert a case, and return its public id; Clash where there is one under its key."""
    row = row_of(case)
    connection.execute(INSERT, row)
    return str(row["public_id"])


def insert_each(connection: Connection, new: Sequence[NewCase]) -> list[int]:
    """Insert cases whose keys are new, and return their numbers."""
    rows = [row_of(case) for case in new]
    connection.execute(INSERT, rows)
    ids = [row["public_id"] for row in rows]
    asked = select(kept_case.c.public_id, kept_case.c.id).where(kept_case.c.public_id.in_(ids))
    numbers = {row.public_id: int(row.id) for row in connection.execute(asked)}
    return [numbers[one] for one in ids]


def row_of(case: NewCase) -> dict[str, Any]:
    return vars(case) | {"public_id": secrets.token_hex(16), "sought": sought(case.label, case.note)}


def keep(database: Database, case: NewCase) -> tuple[Case, bool]:
    """The case as it is on disk now, and whether it is new: a key that came before names the case of then."""
    try:
        public_id = database.write(lambda connection: insert(connection, case), is_one_statement=True)
    except Clash:
        with database.read() as connection:
            if before := find_by_key(connection, case):
                return before, False
        raise
    return Case(**vars(case), public_id=public_id), True


def find_by_key(connection: Connection, case: NewCase) -> Case | None:
    same = (kept_case.c.person_id == case.person_id) & (kept_case.c.key == case.key)
    row = connection.execute(WITH_OUTCOME.where(same)).one_or_none()
    if row is not None and row.body != case.body:
        raise KeyTaken
    return None if row is None else case_of(row)


def find(connection: Connection, person_id: int, public_id: str) -> Case | None:
    """Somebody's own case; whatever is another's, or is past its time, is not there."""
    row = connection.execute(WITH_OUTCOME.where(own(person_id), kept_case.c.public_id == public_id)).one_or_none()
    return None if row is None else case_of(row)


def own(person_id: int) -> ColumnElement[bool]:
    return (kept_case.c.person_id == person_id) & (kept_case.c.expires_at > datetime.now(UTC))


@dataclass(frozen=True)
class Search:
    """Which of somebody's cases; what is empty asks for nothing."""

    text: str = ""
    model: str = ""
    label: str = ""
    since: datetime | None = None
    until: datetime | None = None
    # "due", "follow-up", "later" or "marked".
    state: str = ""
    # Of these models alone, where it is not None.
    models: Sequence[str] | None = None

    def conditions(self, person_id: int) -> Iterator[ColumnElement[bool]]:
        yield own(person_id)
        if self.text:
            yield kept_case.c.sought.contains(self.text.casefold(), autoescape=True)
        if self.model:
            yield kept_case.c.model == self.model
        if self.models is not None:
            yield kept_case.c.model.in_(self.models)
        if self.label:
            yield kept_case.c.label == self.label
        if self.since:
            yield kept_case.c.made_at >= self.since
        if self.until:
            yield kept_case.c.made_at < self.until
        if self.state:
            yield STATES[self.state]()


def is_due() -> ColumnElement[bool]:
    return kept_case.c.due_at <= datetime.now(UTC)


STATES: Mapping[str, Any] = {
    "due": lambda: is_due() & outcome.c.id.is_(None),
    "follow-up": lambda: is_due() & outcome.c.id.is_(None) & kept_case.c.followed,
    "later": lambda: ~is_due() & outcome.c.id.is_(None),
    "marked": lambda: outcome.c.id.is_not(None),
}

NEWEST_FIRST = (kept_case.c.made_at.desc(), kept_case.c.id.desc())


def listed(
    connection: Connection, person_id: int, search: Search, most: int, after: tuple[datetime, int] | None = None
) -> list[Case]:
    """Some of the cases that are searched for, the newest first, or those that come after one."""
    asked = WITH_OUTCOME.where(*search.conditions(person_id)).order_by(*NEWEST_FIRST).limit(most)
    if after:
        asked = asked.where(tuple_(kept_case.c.made_at, kept_case.c.id) < after)
    return [case_of(row) for row in connection.execute(asked)]


def waiting(connection: Connection, person_id: int, search: Search, most: int) -> list[Case]:
    """The cases of which nobody has said what happened: those that were drawn first, then the longest due."""
    order = (kept_case.c.followed.desc(), kept_case.c.due_at, kept_case.c.id)
    asked = WITH_OUTCOME.where(*search.conditions(person_id)).order_by(*order).limit(most)
    return [case_of(row) for row in connection.execute(asked)]


def count(connection: Connection, person_id: int, search: Search) -> int:
    current = and_(outcome.c.case_id == kept_case.c.id, outcome.c.is_current)
    there = kept_case.outerjoin(outcome, current) if search.state else kept_case
    asked = select(func.count()).select_from(there).where(*search.conditions(person_id))
    return int(connection.execute(asked).scalar_one())


def each(database: Database, person_id: int, search: Search) -> Iterator[Case]:
    """All of them, a piece at a time: no number of them fills the memory, and no slow reader holds a connection."""
    after = None
    while True:
        with database.read() as connection:
            piece = listed(connection, person_id, search, PIECE, after)
        yield from piece
        if len(piece) < PIECE:
            return
        after = (piece[-1].made_at, piece[-1].id)


def labels(connection: Connection, person_id: int, most: int) -> list[str]:
    asked = select(kept_case.c.label).where(own(person_id), kept_case.c.label != "").distinct()
    return list(connection.execute(asked.order_by(kept_case.c.label).limit(most)).scalars())


def models(connection: Connection, person_id: int) -> Sequence[str]:
    asked = select(kept_case.c.model).where(own(person_id)).distinct().order_by(kept_case.c.model)
    return connection.execute(asked).scalars().all()


def annotate(database: Database, case: Case, label: str, note: str) -> None:
    changed = {"label": label, "note": note, "sought": sought(label, note)}
    database.write(
        lambda connection: connection.execute(
            update(kept_case).where(kept_case.c.public_id == case.public_id).values(changed)
        )
    )


def forget(database: Database, case: Case) -> None:
    database.write(
        lambda connection: connection.execute(delete(kept_case).where(kept_case.c.public_id == case.public_id))
    )
    database.clean()


def forget_all(database: Database, person_id: int) -> int:
    """Delete all that somebody has kept, and return how many there were."""
    return delete_each(database, select(kept_case.c.id).where(kept_case.c.person_id == person_id))


def forget_expired(database: Database) -> int:
    return delete_each(database, select(kept_case.c.id).where(kept_case.c.expires_at <= datetime.now(UTC)))


def delete_each(database: Database, cases: Select[tuple[int]]) -> int:
    """Delete these cases with their outcomes, in pieces."""
    those = kept_case.c.id.in_(cases.limit(PIECE))
    deleted = 0
    while piece := database.write(lambda connection: connection.execute(delete(kept_case).where(those)).rowcount):
        deleted += piece
    if deleted:
        database.clean()
    return deleted
