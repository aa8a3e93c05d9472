"""Sittings: somebody is signed in, in one browser. The cookie has a key, and the database its hash."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from flask import current_app, request
from werkzeug.wrappers import Response

from webapp.store import members, people, sittings
from webapp.store.opening import store

from .clock import now
from .current import SITTING_COOKIE
from .keys import SITTING, hash_of, make_key
from .roles import Person

# Without a page for so long it ends, and after so many days in any case.
IDLE = timedelta(hours=12)
LASTS = timedelta(days=30)
# That a sitting goes on is written down so often at most.
NOTED = timedelta(minutes=5)
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
SYSTEMS = ("Windows", "Android", "iPhone", "iPad", "Mac OS", "Linux")


def start(number: int, password: str | None = None) -> str:
    """A new sitting of this person's, always with a key of its own; the key.

    Empty where the password with this hash, which somebody gave a moment ago, lets them in no more.
    """
    key, moment, client = make_key(SITTING), now(), describe_client()

    def work(connection: Any) -> bool:
        if password is not None and not people.has_password(connection, number, password):
            return False
        sittings.add(connection, number, hash_of(key), client, moment, moment + LASTS)
        return True

    return key if store().open().write(work) else ""


def find_person(key: str) -> Person | None:
    """Who is signed in with this key."""
    moment, database = now(), store().open()
    with database.read() as connection:
        found = sittings.find(connection, hash_of(key), moment, moment - IDLE)
        roles = members.roles_of(connection, found.person_id) if found else {}
    if found is None:
        return None
    if moment - found.seen_at > NOTED and not database.note(lambda c: sittings.note_seen(c, found.id, moment)):
        current_app.logger.warning("That a sitting goes on could not be written down")
    return Person(found.person_id, found.name, found.is_admin, roles, None, found.id, found.fresh_at)


def note_proof(person: Person) -> None:
    """The password was just given."""
    which, moment = person.sitting, now()
    if which is not None:
        store().open().write(lambda c: sittings.note_proof(c, which, moment))


def describe_client() -> str:
    """The browser and the system, as somebody would know their own again; nothing else that it tells is kept."""
    told = request.headers.get("User-Agent", "")
    browser = next((name for mark, name in BROWSERS if mark in told), "A browser")
    system = next((name for name in SYSTEMS if name in told), "")
    return f"{browser} on {system.replace('Mac OS', 'a Mac')}" if system else browser


def set_cookie(response: Response, key: str) -> Response:
    """Give the browser the key, for this site alone and for no script; an empty one takes it away."""
    set_private_cookie(response, SITTING_COOKIE, key, LASTS)
    return response


def set_private_cookie(response: Response, name: str, value: str, lasts: timedelta) -> None:
    response.set_cookie(
        name,
        value,
        max_age=int(lasts.total_seconds()) if value else 0,
        path=re.sub("/$", "", request.root_path) or "/",
        secure=bool(current_app.config["HTTPS"]) or request.is_secure,
        httponly=True,
        samesite="Lax",
    )
