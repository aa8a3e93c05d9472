"""Passwords: what one must be, and how it is kept, so that whoever reads the database can sign in nowhere."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from werkzeug.exceptions import ServiceUnavailable

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST = 15
LONGEST = 200
FEWEST_DIFFERENT = 5
# Each takes 19 MiB and a processor for 20 to 40 ms; a worker works on so many at once, and others wait for them.
AT_ONCE = 2
PATIENCE = 5.0

TOO_SHORT = f"The password must have {SHORTEST} characters or more. Four or five words are easy to remember"
TOO_LONG = f"The password must have {LONGEST} characters or fewer"
TOO_PLAIN = f"The password must have {FEWEST_DIFFERENT} different characters or more"
HAS_NAME = "The password must not be made of the name. Take words that have nothing to do with it"

room = threading.BoundedSemaphore(AT_ONCE)


def find_fault(password: str, name: str = "") -> str:
    """What is wrong with a new password; empty where nothing is."""
    text = normalize(password)
    if len(text) < SHORTEST:
        return TOO_SHORT
    if len(text) > LONGEST:
        return TOO_LONG
    if len(set(text)) < FEWEST_DIFFERENT:
        return TOO_PLAIN
    rest = text.casefold().replace(normalize(name).casefold(), "") if name else text
    return HAS_NAME if len(rest) * 2 < len(text) else ""


def normalize(password: str) -> str:
    """The same password typed on another keyboard is the same characters."""
    return unicodedata.normalize("NFKC", password)


@cache
def hasher() -> PasswordHasher:
    # Needed by the first sign-in, and by most servers never.
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@cache
def nobodys() -> str:
    """What an unknown name's password is compared with, so that it takes as long as a known one's."""
    return hasher().hash("nobody has this password")


def hash_password(password: str) -> str:
    with a_place():
        return hasher().hash(normalize(password))


def is_right(password: str, kept: str | None) -> bool:
    """Whether this is the password that was kept; where none was, it is not, and takes as long."""
    from argon2.exceptions import VerificationError

    # One that is too long is no password, and hashing it would take longer. A letter may be typed in four characters.
    text = normalize(password[: 4 * (LONGEST + 1)])[: LONGEST + 1]
    against = kept or nobodys()
    with a_place():
        try:
            return hasher().verify(against, text) and kept is not None
        except VerificationError:
            return False


@contextmanager
def a_place() -> Iterator[None]:
    if not room.acquire(timeout=PATIENCE):
        raise ServiceUnavailable(
            "Too many people are signing in at the moment. Send it again in a few seconds", retry_after=5
        )
    try:
        yield
    finally:
        room.release()
