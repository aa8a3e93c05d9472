"""Rows of members: who has which role with which model."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from .tables import member, person


def roles_of(connection: Connection, number: int) -> dict[str, Any]:
    """A person's roles by the model's name."""
    rows = connection.execute(select(member.c.model, member.c.role).where(member.c.person_id == number))
    return {row.model: row.role for row in rows}


def all_roles(connection: Connection) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for row in connection.execute(select(member).order_by(member.c.model)):
        found.setdefault(row.person_id, {})[row.model] = row.role
    return found


def members_of(connection: Connection, model: str) -> Sequence[Row[Any]]:
    query = select(person.c.id, person.c.name, person.c.ended_at, member.c.role).join(
        member, member.c.person_id == person.c.id
    )
    return connection.execute(query.where(member.c.model == model).order_by(person.c.name_key)).all()


def give(connection: Connection, number: int, model: str, role: str | None, by: int | None, now: datetime) -> bool:
    """Give the person this role with the model, instead of the one before; None takes it away. Whether anything changed."""
    before = connection.execute(delete(member).where(member.c.person_id == number, member.c.model == model)).rowcount
    if role:
        row = {"person_id": number, "model": model, "role": role, "added_by": by, "added_at": now}
        connection.execute(insert(member).values(row))
    return bool(role or before)
