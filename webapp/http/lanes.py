"""Lanes for what takes long, so that everything else is answered meanwhile, and a share of the threads for each client."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

from werkzeug.exceptions import HTTPException, ServiceUnavailable, TooManyRequests

from .limiter import EXEMPT, network_of

# How many of each kind a worker does at once; what more comes waits this long for its turn.
LANES = {"photos": 4, "file uploads": 2, "long lists": 2, "pictures": 2}
# An upload that is still on its way holds no place among those, however slow it is, but the room for what came of it.
ARRIVING = "megabytes of files"
FILES_ON_THE_WAY = 4
PATIENCE = 5.0


class Lane:
    def __init__(self, name: str, size: int) -> None:
        self.name = name
        self.size = size
        self.inside: Counter[str] = Counter()
        self.change = threading.Condition()

    def enter(self, address: str, places: int = 1, patience: float | None = None) -> None:
        """Wait for places. Nobody has more than half of them, so that one client cannot keep all others out."""
        client = network_of(address)
        most = self.size if address in EXEMPT else self.size // 2

        def has_room() -> bool:
            return self.inside.total() + places <= self.size and self.inside[client] + places <= most

        with self.change:
            if not self.change.wait_for(has_room, PATIENCE if patience is None else patience):
                raise busy(self.name)
            self.inside[client] += places

    def leave(self, address: str, places: int = 1) -> None:
        with self.change:
            give_back(self.inside, network_of(address), places)
            self.change.notify_all()


def make_lanes(megabytes: int) -> dict[str, Lane]:
    """A worker's lanes, where the longest file is so long."""
    sizes = {**LANES, ARRIVING: FILES_ON_THE_WAY * (megabytes + 1)}
    return {name: Lane(name, size) for name, size in sizes.items()}


def give_back(held: Counter[str], client: str, places: int = 1) -> None:
    held[client] -= places
    if not held[client]:
        del held[client]


def busy(name: str) -> HTTPException:
    return ServiceUnavailable(
        f"Too many {name} are being worked on at the moment. Nothing was lost: send it again in a few seconds",
        retry_after=max(1, round(PATIENCE)),
    )


class TooManyAtOnce(TooManyRequests):
    """More requests under way than a client may have; they are counted, and not how often they come."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"You may have {most} requests under way at once from one address. "
            "Wait until one of them is answered, and send this one again",
            retry_after=1,
        )
        self.most = most

    def get_headers(self, *given: Any) -> list[tuple[str, str]]:
        name = '"requests-at-once"'
        policy = ("RateLimit-Policy", f'{name};q={self.most};qu="concurrent-requests"')
        return [*super().get_headers(*given), policy, ("RateLimit", f"{name};r=0;t=1")]


class Shares:
    """How many requests of each client a worker has begun and not ended, slow bodies among them."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.begun: Counter[str] = Counter()
        # An answer that was forgotten leaves whenever Python collects it, also while this very thread counts.
        self.lock = threading.RLock()

    def enter(self, address: str) -> None:
        client = network_of(address)
        with self.lock:
            if self.begun[client] >= self.most:
                raise TooManyAtOnce(self.most)
            self.begun[client] += 1

    def leave(self, address: str) -> None:
        with self.lock:
            give_back(self.begun, network_of(address))
