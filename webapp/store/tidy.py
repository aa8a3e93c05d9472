"""Deleting what is past its time, or belongs to nothing any more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, exists, or_, select

from . import events, links, sittings, tokens
from .cases import forget_expired
from .database import Database
from .tables import content, kept_case, model_version

# What is ended or expired is still named in the events of that time.
TOKENS_STAY = timedelta(days=30)
EVENTS_STAY = timedelta(days=365)


def tidy(database: Database) -> int:
    """Delete the expired cases, and return how many there were; then the versions that no case is of."""
    deleted = forget_expired(database)
    if deleted:
        database.write(forget_versions)
    database.write(forget_past)
    return deleted


def forget_past(connection: Connection) -> None:
    """Forget sittings and links that are over, tokens that were of no use for a month, and events after a year."""
    now = datetime.now(UTC)
    sittings.tidy(connection, now)
    links.tidy(connection, now)
    tokens.tidy(connection, now - TOKENS_STAY)
    events.tidy(connection, now - EVENTS_STAY)


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
