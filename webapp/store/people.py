"""Rows of people: who there is, under which name, and whether they may sign in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from .tables import link, person, sitting, token

Found = Row[Any]


def find(connection: Connection, key: str) -> Found | None:
    """By the name as it is looked for, those who may not sign in any more among them."""
    return connection.execute(select(person).where(person.c.name_key == key)).first()


def get(connection: Connection, number: int) -> Found | None:
    return connection.execute(select(person).where(person.c.id == number)).first()


def all_people(connection: Connection) -> Sequence[Found]:
    seen = select(func.max(sitting.c.seen_at)).where(sitting.c.person_id == person.c.id).scalar_subquery()
    return connection.execute(select(person, seen.label("seen_at")).order_by(person.c.name_key)).all()


def add(connection: Connection, name: str, key: str, password: str | None, is_admin: bool, now: datetime) -> int | None:
    """The new person's number; None where somebody has the name."""
    if find(connection, key):
        return None
    row = {
        "name": name,
        "name_key": key,
        "password": password,
        "password_at": now if password else None,
        "is_admin": is_admin,
        "made_at": now,
    }
    [number] = connection.execute(insert(person).values(row)).inserted_primary_key or [None]
    return number


def admins(connection: Connection, stay: bool = False) -> int:
    """How many there are who can sign in. If they are to stay so until the transaction ends, others wait for that."""
    asked = select(person.c.id).where(person.c.is_admin, person.c.ended_at.is_(None))
    # SQLite has one writer at a time anyway.
    return len(connection.execute(asked.with_for_update() if stay else asked).all())


def has_password(connection: Connection, number: int, password: str) -> bool:
    """Whether somebody may still sign in with the password of this hash; who changes that waits until this is written."""
    still = (person.c.id == number) & (person.c.password == password) & person.c.ended_at.is_(None)
    return connection.execute(select(person.c.id).where(still).with_for_update()).first() is not None


def set_password(connection: Connection, number: int, password: str, now: datetime) -> None:
    """A new password ends all sittings, and links that were to set one."""
    connection.execute(update(person).where(person.c.id == number).values(password=password, password_at=now))
    connection.execute(delete(sitting).where(sitting.c.person_id == number))
    connection.execute(delete(link).where(link.c.person_id == number, link.c.used_at.is_(None)))


def end(connection: Connection, number: int, now: datetime) -> None:
    """They sign in no more, and no program asks for them; what they kept stays."""
    connection.execute(update(person).where(person.c.id == number).values(ended_at=now))
    connection.execute(delete(sitting).where(sitting.c.person_id == number))
    connection.execute(delete(link).where(link.c.person_id == number))
    forget_links_by(connection, number)
    connection.execute(
        update(token).where(token.c.person_id == number, token.c.ended_at.is_(None)).values(ended_at=now)
    )


def let_back(connection: Connection, number: int) -> None:
    connection.execute(update(person).where(person.c.id == number).values(ended_at=None))


def set_admin(connection: Connection, number: int, is_admin: bool) -> None:
    connection.execute(update(person).where(person.c.id == number).values(is_admin=is_admin))
    if not is_admin:
        forget_links_by(connection, number)


def forget_links_by(connection: Connection, number: int) -> None:
    """Whoever is an admin no more lets nobody in either, themselves under another name least of all."""
    lets_in = link.c.purpose.in_(("invitation", "reset"))
    connection.execute(delete(link).where(link.c.made_by == number, lets_in, link.c.used_at.is_(None)))


def remove(connection: Connection, number: int) -> None:
    """They are forgotten, with all that is theirs."""
    forget_links_by(connection, number)
    connection.execute(delete(person).where(person.c.id == number))
