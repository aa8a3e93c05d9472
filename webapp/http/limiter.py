"""How often one client may ask: counted exactly by all workers of a machine together, in a file in memory.

It counts by the generic cell rate algorithm: for each key it keeps a single time, before which the client
has used up what it may. A key is a keyed hash of what is asked and of the client's address; nothing else
is stored, and nobody can tell an address from it.
"""

from __future__ import annotations

import errno
import hashlib
import ipaddress
import math
import mmap
import os
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request

from webapp.settings import Rate

from .shared import Locks, folder_of, let_byte_go, lock_byte

# Keys are kept in groups of eight; where a group is full, the key that is nearest to being free again gives way.
GROUPS = 8192
GROUP = struct.Struct("<16Q")
PLACES = range(0, 16, 2)
LOCKS = 64
NANOSECONDS = 1_000_000_000
MINUTE = 60 * NANOSECONDS
# No rate lets anybody wait longer; a later time was written before the machine was started anew.
LONGEST = 24 * 60 * MINUTE
# The machine's own people and health checks are not counted.
LOOPBACK = frozenset({"127.0.0.1", "::1", "::ffff:127.0.0.1"})
# A socket in a file has no address.
EXEMPT = LOOPBACK | {""}


# What proxies tell of whom they ask for.
PROXIED = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via")


def is_this_machine(request: Request) -> bool:
    """Whether this machine itself asks; a proxy in front makes nobody that."""
    return request.remote_addr in LOOPBACK and not any(name in request.headers for name in PROXIED)


@dataclass(frozen=True)
class Verdict:
    """What is left of a rate; refused where it has to be waited for."""

    left: int
    # Seconds until one more is let in, or until as many as were asked for.
    wait: float
    allowed: bool


class TooMany(HTTPException):
    """More than a client may ask for in a minute; the text says when there is more."""

    code = 429
    name = "Too Many Requests"

    def __init__(self, what: str, rate: Rate, verdict: Verdict) -> None:
        seconds = max(1, math.ceil(verdict.wait))
        unit = "second" if seconds == 1 else "seconds"
        super().__init__(
            f"You may ask for {rate.minute:,} {what} a minute from one address. Wait {seconds} {unit} and send it again"
        )
        name = what.replace(" ", "-")
        self.headers = [
            ("Retry-After", str(seconds)),
            ("RateLimit-Policy", f'"{name}";q={rate.minute};w=60'),
            ("RateLimit", f'"{name}";r={verdict.left};t={seconds}'),
        ]

    def get_headers(self, *given: object) -> list[tuple[str, str]]:
        return [("Content-Type", "text/html; charset=utf-8"), *self.headers]


class Limiter:
    def __init__(self, secret: str, clock: Callable[[], int] = time.monotonic_ns) -> None:
        """The limiter of all workers with this secret; where they cannot share a file, of this worker alone."""
        self.key = hashlib.sha256(secret.encode()).digest()
        self.clock = clock
        file: int | None
        try:
            file = open_whole(folder_of(secret) / "limits", GROUPS * GROUP.size)
            self.memory = mmap.mmap(file, GROUPS * GROUP.size)
        except OSError:
            file = None
            self.memory = mmap.mmap(-1, GROUPS * GROUP.size)
        self.locks = Locks(file, LOCKS)

    @property
    def is_shared(self) -> bool:
        return self.locks.file is not None

    def take(self, what: str, address: str, rate: Rate, weight: int = 1) -> Verdict:
        """Take so many from what the client may ask, or nothing where that is more than is left."""
        name = hashlib.blake2b(f"{what} {network_of(address)}".encode(), key=self.key, digest_size=10).digest()
        key, group = int.from_bytes(name[:8]) or 1, int.from_bytes(name[8:]) % GROUPS
        interval = MINUTE // rate.minute
        room = rate.burst * interval
        asked = min(weight, rate.burst) * interval
        # A process that has much to do holds a lock for long, so that each group has its own.
        self.locks.acquire(group)
        try:
            now = self.clock()
            slots = list(GROUP.unpack_from(self.memory, group * GROUP.size))
            place = slot_of(slots, key, now)
            used_up = slots[place + 1] if slots[place] == key else 0
            # A time that no request of this start of the machine can have left is none.
            start = used_up if now < used_up <= now + room else now
            allowed = start + asked <= now + room
            if allowed:
                slots[place], slots[place + 1] = key, start + asked
                GROUP.pack_into(self.memory, group * GROUP.size, *slots)
        finally:
            self.locks.release(group)
        left = (now + room - start - (asked if allowed else 0)) // interval
        wait = max(0, start + asked - now - room) / NANOSECONDS
        return Verdict(left, wait, allowed)


def slot_of(slots: list[int], key: int, now: int) -> int:
    """Where the key is in its group, or where it may be written: in the place that is free first."""
    for place in PLACES:
        if slots[place] == key:
            return place
    return min(PLACES, key=lambda place: slots[place + 1] if slots[place + 1] < now + LONGEST else 0)


def open_whole(path: Path, size: int) -> int:
    """Open a file of this size that is wholly on the disk: writing to it can then fail no more."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0), 0o600)
    try:
        lock_byte(file, 0)
        try:
            if os.fstat(file).st_size < size and os.write(file, bytes(size)) < size:
                raise OSError(errno.ENOSPC, "The disk is full")
        finally:
            let_byte_go(file, 0)
    except OSError:
        os.close(file)
        raise
    return file


@lru_cache(maxsize=4096)
def network_of(address: str) -> str:
    """The address; of IPv6 the first half, since one client has all of the second."""
    if ":" not in address:
        return address
    try:
        found = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    return str(found.ipv4_mapped or ipaddress.IPv6Network((int(found) >> 64 << 64, 64)))
