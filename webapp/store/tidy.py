"""Deleting what is past its time, or belongs to nothing any more."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, delete, exists, or_, select

from .cases import forget_expired
from .database import Database
from .tables import content, kept_case, model_version


def tidy(database: Database) -> int:
    """Delete the expired cases, and return how many there were; then the versions that no case is of."""
    deleted = forget_expired(database)
    if deleted:
        database.write(forget_versions)
    return deleted


def forget_versions(connection: Connection) -> None:
    has_cases = exists().where(kept_case.c.version_id == model_version.c.id)
    connection.execute(delete(model_version).where(~has_cases))
    columns = (model_version.c.card, model_version.c.arrays, model_version.c.words)
    is_used = exists(select(1).select_from(model_version).where(or_(*[one == content.c.digest for one in columns])))
    connection.execute(delete(content).where(~is_used))


def tidy_daily(database: Database) -> None:
    """Tidy with the first write of the day."""
    today = datetime.now(UTC).date()
    if database.tidied_on != today:
        database.tidied_on = today
        tidy(database)
