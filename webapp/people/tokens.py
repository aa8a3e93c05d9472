"""Tokens: with one a program asks for a person, for what its scopes and models allow, until it expires or is ended."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from flask import current_app

from webapp.store import events, members, tokens
from webapp.store.opening import store

from .clock import now
from .current import forget_tokens
from .keys import TOKEN, hash_of, make_key
from .roles import EVERY, Person, Scope, Token

# That it is used is written down so often at most.
NOTED = timedelta(hours=1)
MOST = 50
START = 10


def make(person: int, label: str, scopes: Collection[Scope], models: Sequence[str], days: int, by: int | None) -> str:
    """A new token of this person's, which is told once; empty where they have too many already."""
    key, moment = make_key(TOKEN), now()
    chosen = None if EVERY in models else sorted(models)
    row = {
        "person_id": person,
        "name": label,
        "digest": hash_of(key),
        "start": key[:START],
        "scopes": sorted(scopes),
        "models": chosen,
        "made_at": moment,
        "expires_at": moment + timedelta(days=days),
    }

    def work(connection: Any) -> bool:
        if tokens.how_many(connection, person, moment) >= MOST:
            return False
        number = tokens.add(connection, **row)
        # Not its label, which stays with the token and is forgotten with it.
        told = {"scopes": row["scopes"], "models": chosen or [EVERY], "days": days}
        events.add(connection, "token made", moment, by, person, details=told, token_id=number)
        return True

    return key if store().open().write(work) else ""


def find_person(digest: str) -> Person | None:
    """For whom a program asks with the token of this hash."""
    moment, database = now(), store().open()
    with database.read() as connection:
        found = tokens.find(connection, digest, moment)
        roles = members.roles_of(connection, found.person_id) if found else {}
    if found is None:
        return None
    is_new = found.used_at is None or moment - found.used_at > NOTED
    if is_new and not database.note(lambda c: tokens.note_used(c, found.id, moment)):
        current_app.logger.warning("That a token is used could not be written down")
    own = Token(found.id, frozenset(found.scopes), frozenset(found.models or [EVERY]))
    return Person(found.person_id, found.person, found.is_admin, roles, own)


def list_own(person: int) -> Sequence[Any]:
    with store().open().read() as connection:
        return tokens.all_of(connection, person, now())


def list_all() -> Sequence[Any]:
    with store().open().read() as connection:
        return tokens.everybodys(connection, now())


def end(which: int, by: int | None, owner: int | None = None) -> bool:
    """End a token: at once in this process, and within current.TOKEN_SECONDS in all others."""
    moment = now()

    def work(connection: Any) -> bool:
        row = tokens.end(connection, which, moment, owner)
        if row:
            events.add(connection, "token ended", moment, by, row.person_id, token_id=which)
        return row is not None

    is_ended = store().open().write(work)
    forget_tokens()
    return is_ended
