"""What really happened: said once or again, with all that was said before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, select, update

from model.predict.outcome import Outcome

from .cases import Marked
from .database import Database
from .tables import outcome, person

# Made once, as in `cases`.
INSERT = outcome.insert().inline()


@dataclass(frozen=True)
class Saying:
    """Who says what happened, when it was seen, and by which way: "page", "list", "file" or "api"."""

    person_id: int
    source: str
    seen_on: date | None = None
    token_id: int | None = None


def mark(database: Database, case_id: int, what: Outcome, saying: Saying) -> bool:
    """Say what happened; what was said before stays, as not current. False where the same is said already."""
    return mark_each(database, [(case_id, what, saying)]) > 0


def mark_each(database: Database, sayings: Sequence[tuple[int, Outcome, Saying]]) -> int:
    """The same for many, in one transaction; it returns how many of them said something new."""
    return database.write(lambda connection: sum(write(connection, *one) for one in sayings))


def write(connection: Connection, case_id: int, what: Outcome, saying: Saying) -> bool:
    current = (outcome.c.case_id == case_id) & outcome.c.is_current
    # Locked on PostgreSQL, so that two who say it at once come one after the other.
    before = connection.execute(select(outcome).where(current).with_for_update()).one_or_none()
    is_same = before and (before.value, before.class_name) == (what.value, what.class_name)
    if before and is_same and saying.seen_on in (None, before.seen_on):
        return False
    if before:
        connection.execute(update(outcome).where(current).values(is_current=False))
    connection.execute(INSERT, row_of(case_id, what, saying))
    return True


def insert_first(connection: Connection, sayings: Sequence[tuple[int, Outcome, Saying]]) -> None:
    """Say what happened to cases of which nobody has said it."""
    if sayings:
        connection.execute(INSERT, [row_of(*one) for one in sayings])


def row_of(case_id: int, what: Outcome, saying: Saying) -> dict[str, Any]:
    said = {"is_known": what.is_known, "said_at": datetime.now(UTC)}
    return {"case_id": case_id, "is_current": True, **vars(what), **vars(saying), **said}


def history(connection: Connection, case_id: int) -> list[tuple[Marked, str]]:
    """All that was said of a case, the newest first, and by whom."""
    columns = [outcome.c[name] for name in Marked.__annotations__]
    asked = select(*columns, person.c.name).outerjoin(person, person.c.id == outcome.c.person_id)
    rows = connection.execute(asked.where(outcome.c.case_id == case_id).order_by(outcome.c.id.desc()))
    return [(Marked(*row[:-1]), row[-1] or "") for row in rows]
