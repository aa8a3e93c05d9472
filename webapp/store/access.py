"""Rows of access: whether everybody who sees a model may read its record."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from .tables import access


def record_is_public(connection: Connection, model: str) -> bool:
    return bool(connection.execute(select(access.c.record_is_public).where(access.c.model == model)).scalar())


def set_record(connection: Connection, model: str, is_public: bool, by: int, now: datetime) -> None:
    connection.execute(delete(access).where(access.c.model == model))
    connection.execute(insert(access).values(model=model, record_is_public=is_public, changed_by=by, changed_at=now))
