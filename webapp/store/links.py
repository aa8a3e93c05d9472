"""Rows of links: each lets somebody in once, or opens a model until it ends."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from .tables import link, person


def add(connection: Connection, **row: Any) -> int:
    [made] = connection.execute(insert(link).values(row)).inserted_primary_key or [0]
    return made


def find(connection: Connection, digest: str, now: datetime) -> Row[Any] | None:
    """A link that was not used yet and did not expire, with the name of whom it is for."""
    query = select(link, person.c.name.label("of"), person.c.ended_at).outerjoin(
        person, link.c.person_id == person.c.id
    )
    good = link.c.used_at.is_(None) & ((link.c.expires_at.is_(None)) | (link.c.expires_at > now))
    return connection.execute(query.where(link.c.digest == digest, good)).first()


def use_up(connection: Connection, digest: str, now: datetime) -> bool:
    """Whether it was there to be used. Of twenty who try at once, one is told so."""
    good = link.c.used_at.is_(None) & (link.c.expires_at > now)
    return connection.execute(update(link).where(link.c.digest == digest, good).values(used_at=now)).rowcount == 1


def opened(connection: Connection, digests: Collection[str], now: datetime) -> Sequence[str]:
    """The models that these links open."""
    good = (link.c.expires_at.is_(None)) | (link.c.expires_at > now)
    query = select(link.c.model).where(link.c.digest.in_(digests), link.c.purpose == "model", good)
    return connection.execute(query).scalars().all()


def of_model(connection: Connection, model: str, now: datetime) -> Sequence[Row[Any]]:
    good = (link.c.expires_at.is_(None)) | (link.c.expires_at > now)
    query = select(link, person.c.name.label("by")).outerjoin(person, link.c.made_by == person.c.id)
    return connection.execute(
        query.where(link.c.model == model, link.c.purpose == "model", good).order_by(link.c.id)
    ).all()


def waiting(connection: Connection, now: datetime) -> Sequence[Row[Any]]:
    """Invitations that nobody has used yet."""
    good = link.c.used_at.is_(None) & (link.c.expires_at > now)
    return connection.execute(select(link).where(link.c.purpose == "invitation", good).order_by(link.c.id)).all()


def end(connection: Connection, which: int, purpose: str, model: str | None = None) -> bool:
    where = [link.c.id == which, link.c.purpose == purpose, *([link.c.model == model] if model else [])]
    return connection.execute(delete(link).where(*where)).rowcount == 1


def forget(connection: Connection, purpose: str, number: int | None = None) -> None:
    """Forget all of this purpose that were not used: those of this person, where there is one."""
    where = [link.c.purpose == purpose, link.c.used_at.is_(None)]
    connection.execute(delete(link).where(*where, *([link.c.person_id == number] if number else [])))


def tidy(connection: Connection, now: datetime) -> None:
    connection.execute(delete(link).where((link.c.expires_at <= now) | link.c.used_at.is_not(None)))
