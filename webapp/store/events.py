"""Rows of events: who did what to whom, and never an answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from .tables import event, person, token


def add(
    connection: Connection,
    what: str,
    now: datetime,
    by: int | None = None,
    subject: int | None = None,
    model: str | None = None,
    details: dict[str, Any] | None = None,
    token_id: int | None = None,
) -> None:
    row = {
        "at": now,
        "what": what,
        "person_id": by,
        "token_id": token_id,
        "subject_id": subject,
        "model": model,
        "details": details,
    }
    connection.execute(insert(event).values(row))


def newest(connection: Connection, most: int, before: int | None = None) -> Sequence[Row[Any]]:
    """With the names that people have now, and the labels of tokens; whoever was removed has none."""
    subject = person.alias("subject")
    names = (person.c.name.label("by"), subject.c.name.label("subject"), token.c.name.label("token"))
    query = (
        select(event, *names)
        .outerjoin(person, event.c.person_id == person.c.id)
        .outerjoin(subject, event.c.subject_id == subject.c.id)
        .outerjoin(token, event.c.token_id == token.c.id)
        .order_by(event.c.id.desc())
        .limit(most)
    )
    return connection.execute(query.where(event.c.id < before) if before else query).all()


def tidy(connection: Connection, before: datetime) -> int:
    return connection.execute(delete(event).where(event.c.at < before)).rowcount
