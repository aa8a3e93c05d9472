"""Rows of sittings: somebody signed in, in one browser, for as long as it lasts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from .tables import person, sitting


def add(connection: Connection, number: int, digest: str, client: str, now: datetime, expires: datetime) -> int:
    row = {
        "person_id": number,
        "digest": digest,
        "made_at": now,
        "seen_at": now,
        "fresh_at": now,
        "expires_at": expires,
        "client": client,
    }
    [made] = connection.execute(insert(sitting).values(row)).inserted_primary_key or [0]
    return made


def find(connection: Connection, digest: str, now: datetime, idle_since: datetime) -> Row[Any] | None:
    """The sitting that still lasts, with its person."""
    who = (person.c.name, person.c.is_admin, person.c.id.label("person_id"))
    query = select(sitting.c.id, sitting.c.seen_at, sitting.c.fresh_at, *who).join(person)
    lasts = (sitting.c.expires_at > now) & (sitting.c.seen_at > idle_since) & person.c.ended_at.is_(None)
    return connection.execute(query.where(sitting.c.digest == digest, lasts)).first()


def all_of(connection: Connection, number: int, now: datetime, idle_since: datetime) -> Sequence[Row[Any]]:
    lasts = (sitting.c.expires_at > now) & (sitting.c.seen_at > idle_since)
    query = select(sitting).where(sitting.c.person_id == number, lasts)
    return connection.execute(query.order_by(sitting.c.seen_at.desc())).all()


def note_seen(connection: Connection, which: int, now: datetime) -> None:
    connection.execute(update(sitting).where(sitting.c.id == which).values(seen_at=now))


def note_proof(connection: Connection, which: int, now: datetime) -> None:
    connection.execute(update(sitting).where(sitting.c.id == which).values(fresh_at=now))


def end(connection: Connection, number: int, which: int) -> bool:
    """End one of the person's own."""
    query = delete(sitting).where(sitting.c.id == which, sitting.c.person_id == number)
    return connection.execute(query).rowcount == 1


def end_others(connection: Connection, number: int, kept: int | None) -> int:
    query = delete(sitting).where(sitting.c.person_id == number, sitting.c.id != (kept or 0))
    return connection.execute(query).rowcount


def tidy(connection: Connection, now: datetime) -> None:
    connection.execute(delete(sitting).where(sitting.c.expires_at <= now))
