"""Deleting what is past its time, in pieces, so that nobody who writes meanwhile waits for long."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import delete, select

from .database import Database
from .tables import kept_case

# So many cases are deleted in one transaction.
PIECE = 2_000


def tidy(database: Database) -> int:
    """Delete the expired cases, and return how many there were."""
    now, deleted = datetime.now(UTC), 0
    expired = select(kept_case.c.id).where(kept_case.c.expires_at <= now).limit(PIECE)
    while piece := database.write(
        lambda connection: connection.execute(delete(kept_case).where(kept_case.c.id.in_(expired))).rowcount
    ):
        deleted += piece
    return deleted
