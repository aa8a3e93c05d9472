"""Links: one makes the owner, one invites, one sets a new password, each once; and one opens a model until it ends."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from webapp.store import events, links, members, people
from webapp.store.opening import Clash, store

from .clock import now
from .keys import LINK, hash_of, is_key, make_key
from .names import TAKEN, key_of
from .passwords import hash_password
from .roles import Role

Purpose = Literal["owner", "invitation", "reset", "model"]

LASTS: dict[Purpose, timedelta] = {
    "owner": timedelta(hours=1),
    "invitation": timedelta(hours=48),
    "reset": timedelta(hours=48),
    "model": timedelta(days=30),
}
EVENTS: dict[Purpose, str] = {
    "owner": "owner link made",
    "invitation": "invited",
    "reset": "reset link made",
    "model": "model link made",
}


@dataclass(frozen=True)
class Link:
    """A link that is still good: what it is for, whom it is for or which name it proposes, and until when."""

    purpose: Purpose
    name: str
    person: int | None
    expires_at: datetime


def make(
    purpose: Purpose,
    by: int | None = None,
    person: int | None = None,
    name: str = "",
    model: str | None = None,
    role: Role | None = None,
) -> str:
    """The key of a new link, which is told once. Another link of the owner's, or to reset, is no good any more."""
    key, moment = make_key(LINK), now()

    def work(connection: Any) -> None:
        if purpose == "owner" or purpose == "reset":
            links.forget(connection, purpose, person)
        links.add(
            connection,
            digest=hash_of(key),
            purpose=purpose,
            person_id=person,
            name=name or None,
            model=model,
            role=role,
            made_by=by,
            made_at=moment,
            expires_at=moment + LASTS[purpose],
        )
        # Not the name that it proposes: that would stay when whoever joined under it is forgotten.
        told = {"role": role} if purpose == "invitation" else None
        events.add(connection, EVENTS[purpose], moment, by, person, model, told)

    store().open().write(work)
    return key


def find(key: str) -> Link | None:
    """What a key of a link that lets somebody in is for. To look at it does not use it up."""
    if not is_key(key, LINK) or not store().is_made:
        return None
    with store().open().read() as connection:
        found = links.find(connection, hash_of(key), now())
    if found is None or found.purpose == "model" or (found.person_id and found.ended_at):
        return None
    return Link(found.purpose, found.of or found.name or "", found.person_id, found.expires_at)


def use(key: str, name: str, password: str) -> int | str | None:
    """Let somebody in by a link: their number; what is wrong with the name; or None where it is no good any more."""
    moment, digest = now(), hash_of(key)
    # It takes its time, so it is done before anybody else has to wait for the database.
    hashed = hash_password(password)

    def work(connection: Any) -> int | str | None:
        found = links.find(connection, digest, moment)
        if found is None or found.purpose == "model" or (found.person_id and found.ended_at):
            return None
        if found.person_id is None and people.find(connection, key_of(name)):
            return TAKEN
        if not links.use_up(connection, digest, moment):
            return None
        if found.person_id is not None:
            people.set_password(connection, found.person_id, hashed, moment)
            events.add(connection, "password set by link", moment, found.person_id, found.person_id)
            return int(found.person_id)
        number = people.add(connection, name, key_of(name), hashed, found.purpose == "owner", moment)
        assert number is not None
        if found.role and found.model:
            members.give(connection, number, found.model, found.role, found.made_by, moment)
        events.add(
            connection, "joined", moment, number, number, found.model, {"role": found.role} if found.role else None
        )
        return number

    try:
        return store().open().write(work)
    except Clash:
        # Somebody else took the name in this very moment.
        return TAKEN


def find_opened(keys: Collection[str]) -> frozenset[str]:
    """The models that these keys open."""
    with store().open().read() as connection:
        return frozenset(links.opened(connection, [hash_of(key) for key in keys], now()))


def list_for(model: str) -> Sequence[Any]:
    with store().open().read() as connection:
        return links.of_model(connection, model, now())


def list_invitations() -> Sequence[Any]:
    with store().open().read() as connection:
        return links.waiting(connection, now())


def end(which: int, purpose: Purpose, by: int | None, model: str | None = None) -> bool:
    moment = now()

    def work(connection: Any) -> bool:
        is_ended = links.end(connection, which, purpose, model)
        if is_ended:
            what = "invitation taken back" if purpose == "invitation" else "model link ended"
            events.add(connection, what, moment, by, model=model)
        return is_ended

    return store().open().write(work)
