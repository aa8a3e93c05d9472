"""Rows of tokens, with which programs ask for a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from .tables import person, token


def add(connection: Connection, **row: Any) -> int:
    [made] = connection.execute(insert(token).values(row)).inserted_primary_key or [0]
    return made


def find(connection: Connection, digest: str, now: datetime) -> Row[Any] | None:
    """The token that is still good, with its person."""
    who = (person.c.name.label("person"), person.c.is_admin)
    good = token.c.ended_at.is_(None) & (token.c.expires_at > now) & person.c.ended_at.is_(None)
    return connection.execute(select(token, *who).join(person).where(token.c.digest == digest, good)).first()


def all_of(connection: Connection, number: int, now: datetime) -> Sequence[Row[Any]]:
    """Those that are still good, the newest first."""
    good = token.c.ended_at.is_(None) & (token.c.expires_at > now)
    return connection.execute(select(token).where(token.c.person_id == number, good).order_by(token.c.id.desc())).all()


def everybodys(connection: Connection, now: datetime) -> Sequence[Row[Any]]:
    good = token.c.ended_at.is_(None) & (token.c.expires_at > now)
    query = select(token, person.c.name.label("person")).join(person).where(good)
    return connection.execute(query.order_by(token.c.id)).all()


def how_many(connection: Connection, number: int, now: datetime) -> int:
    good = (token.c.person_id == number) & token.c.ended_at.is_(None) & (token.c.expires_at > now)
    return connection.execute(select(func.count()).select_from(token).where(good)).scalar_one()


def note_used(connection: Connection, which: int, now: datetime) -> None:
    connection.execute(update(token).where(token.c.id == which).values(used_at=now))


def end(connection: Connection, which: int, now: datetime, number: int | None = None) -> Row[Any] | None:
    """End a token, if it is this person's and was good; its row."""
    where = [token.c.id == which, token.c.ended_at.is_(None), *([token.c.person_id == number] if number else [])]
    row = connection.execute(select(token).where(*where)).first()
    if row:
        connection.execute(update(token).where(token.c.id == which).values(ended_at=now))
    return row


def tidy(connection: Connection, before: datetime) -> None:
    """Forget those that were over before this."""
    is_over = (token.c.expires_at <= before) | (token.c.ended_at <= before)
    connection.execute(delete(token).where(is_over))
