"""Accounts: signing in, a new password, and what an admin does with the people there are. Each act leaves an event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from webapp.http import metrics
from webapp.store import events, members, people, sittings
from webapp.store.opening import store

from .clock import now
from .current import forget_tokens
from .names import key_of
from .passwords import hash_password, is_right
from .roles import Role
from .sittings import IDLE


def find(name: str) -> Any:
    """The person of this name; None where there is none."""
    with store().open().read() as connection:
        return people.find(connection, key_of(name))


def get(number: int) -> Any:
    with store().open().read() as connection:
        return people.get(connection, number)


def find_signing_in(name: str, password: str) -> Any:
    """The person whose name and password these are; None where they are nobody's. For a name that nobody has it takes as long to say no."""
    found = find(name)
    is_good = is_right(password, found.password if found else None)
    if found is None or found.ended_at is not None or not is_good:
        # Counted, and written nowhere: that would take longer, or tell which names there are.
        metrics.count_refusal("passwords")
        return None
    note("signed in", found.id, found.id)
    return found


def has_password(number: int, password: str) -> bool:
    found = get(number)
    return is_right(password, found.password if found else None)


def set_password(number: int, password: str) -> None:
    """A new password, which ends all sittings."""
    moment, hashed = now(), hash_password(password)

    def work(connection: Any) -> None:
        people.set_password(connection, number, hashed, moment)
        events.add(connection, "password changed", moment, number, number)

    store().open().write(work)


def note(what: str, by: int | None, subject: int | None = None, model: str | None = None) -> None:
    moment = now()
    store().open().write(lambda c: events.add(c, what, moment, by, subject, model))


def has_owner() -> bool:
    if not store().is_made:
        return False
    with store().open().read() as connection:
        return people.admins(connection) > 0


def list_all() -> tuple[Sequence[Any], Mapping[int, Mapping[str, Role]]]:
    """Everybody, and the roles that each has."""
    with store().open().read() as connection:
        return people.all_people(connection), members.all_roles(connection)


def roles_of(number: int) -> Mapping[str, Role]:
    with store().open().read() as connection:
        return members.roles_of(connection, number)


def list_members(model: str) -> Sequence[Any]:
    with store().open().read() as connection:
        return members.members_of(connection, model)


def list_sittings(number: int) -> Sequence[Any]:
    moment = now()
    with store().open().read() as connection:
        return sittings.all_of(connection, number, moment, moment - IDLE)


def end_sitting(number: int, which: int) -> bool:
    moment = now()

    def work(connection: Any) -> bool:
        is_ended = sittings.end(connection, number, which)
        if is_ended:
            events.add(connection, "sitting ended", moment, number, number)
        return is_ended

    return store().open().write(work)


def end_other_sittings(number: int, kept: int | None) -> None:
    moment = now()

    def work(connection: Any) -> None:
        if sittings.end_others(connection, number, kept):
            events.add(connection, "other sittings ended", moment, number, number)

    store().open().write(work)


def give_role(number: int, model: str, role: Role | None, by: int | None) -> None:
    """Give somebody a role with a model, or take it away."""
    moment = now()

    def work(connection: Any) -> None:
        if people.get(connection, number) is None or not members.give(connection, number, model, role, by, moment):
            return
        what = "role given" if role else "role taken"
        events.add(connection, what, moment, by, number, model, {"role": role} if role else None)

    store().open().write(work)
    forget_tokens()


def set_admin(number: int, is_admin: bool, by: int | None) -> bool:
    """Make somebody an admin, or no longer; False where they are the last one."""
    moment = now()

    def work(connection: Any) -> bool:
        if people.get(connection, number) is None or (not is_admin and is_last_admin(connection, number)):
            return False
        people.set_admin(connection, number, is_admin)
        events.add(connection, "made admin" if is_admin else "no longer admin", moment, by, number)
        return True

    is_done = store().open().write(work)
    forget_tokens()
    return is_done


def end(number: int, by: int | None) -> bool:
    """They sign in no more; False where they are the last admin, without whom nobody could let anybody in."""
    moment = now()

    def work(connection: Any) -> bool:
        if people.get(connection, number) is None or is_last_admin(connection, number):
            return False
        people.end(connection, number, moment)
        events.add(connection, "ended", moment, by, number)
        return True

    is_done = store().open().write(work)
    forget_tokens()
    return is_done


def let_back(number: int, by: int | None) -> None:
    moment = now()

    def work(connection: Any) -> None:
        if people.get(connection, number) is None:
            return
        people.let_back(connection, number)
        events.add(connection, "let back", moment, by, number)

    store().open().write(work)


def remove(number: int, by: int | None) -> bool:
    """Forget somebody with all that they kept; False where they are the last admin."""
    moment = now()

    def work(connection: Any) -> bool:
        if is_last_admin(connection, number):
            return False
        # Before the row is gone, and without the name, which is forgotten with it.
        events.add(connection, "removed", moment, None if by == number else by)
        people.remove(connection, number)
        return True

    database = store().open()
    is_done = database.write(work)
    forget_tokens()
    if is_done:
        database.clean()
    return is_done


def is_last_admin(connection: Any, number: int) -> bool:
    found = people.get(connection, number)
    can_sign_in = found is not None and found.is_admin and found.ended_at is None
    return can_sign_in and people.admins(connection, stay=True) == 1


def list_events(most: int, before: int | None = None) -> Sequence[Any]:
    with store().open().read() as connection:
        return events.newest(connection, most, before)
