"""One request on its way: its id, its client, what it is about, what it may ask for, and what it holds till its end."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

from werkzeug.exceptions import ServiceUnavailable

from model.declare.deadline import END
from webapp.settings import Rate

from . import metrics
from .lanes import LANES, Lane, Shares
from .limiter import EXEMPT, Limiter, TooMany

Item = TypeVar("Item")

# No server goes on for so many seconds.
ALWAYS = threading.TIMEOUT_MAX
LATE = "This takes longer than one request may. Send less at once"


@dataclass(frozen=True)
class Allowances:
    """What every client may ask for: one of these an application."""

    limiter: Limiter
    rates: dict[str, Rate | None]
    shares: Shares | None
    # How long one request may be worked on.
    seconds: float
    lanes: dict[str, Lane]


@dataclass
class Visit:
    id: str = ""
    address: str = ""
    allowances: Allowances | None = None
    # What the log says of it: none of these is anything that a client typed.
    route: str = ""
    # Whether its address holds something about somebody.
    is_private: bool = False
    model: str = ""
    version: str = ""
    worked: float = 0.0
    taken: dict[str, int] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    share: Shares | None = None
    # What pages ask for dozens of times: where the site begins, and the parts of pages that are kept.
    root_path: str | None = None
    shelf: Any = None

    def take(self, what: str, weight: int = 1) -> None:
        """Count what this client asks for, less what was counted of this request; TooMany where that is too often."""
        allowed, left = self.allowances, weight - self.taken.get(what, 0)
        if allowed is None or self.address in EXEMPT or left <= 0 or (rate := allowed.rates[what]) is None:
            return
        verdict = allowed.limiter.take(what, self.address, rate, left)
        if not verdict.allowed:
            metrics.count_refusal(what)
            raise TooMany(what, rate, verdict)
        self.taken[what] = weight

    def enter(self, name: str, places: int = 1, patience: float | None = None) -> None:
        """Wait until this request has so many places in a lane, and keep them until the answer was sent."""
        if self.allowances is None or (more := places - self.places.get(name, 0)) <= 0:
            return
        try:
            self.allowances.lanes[name].enter(self.address, more, patience)
        except ServiceUnavailable:
            metrics.count_refusal(name)
            raise
        self.places[name] = places

    def begin_work(self, endless: bool = False) -> None:
        """From here on it is timed: what came before is the client's. A list that is sent as it is made times each item."""
        seconds = math.inf if endless or self.allowances is None else self.allowances.seconds
        END.set(time.monotonic() + seconds)

    @property
    def is_late(self) -> bool:
        return self.allowances is not None and self.worked > self.allowances.seconds

    def work(self, items: Iterable[Item]) -> Iterator[Item]:
        """Each item as it is worked out. A client may take its time to read: it is not timed, and holds no place."""
        rest = iter(items)
        while True:
            started = time.perf_counter()
            try:
                item = next(rest)
            except StopIteration:
                return
            finally:
                self.worked += time.perf_counter() - started
            with self.out_of_the_way():
                yield item

    @contextmanager
    def out_of_the_way(self) -> Iterator[None]:
        """Leave the lanes meanwhile; whoever has begun gets a place again, however long that takes."""
        left = {name: places for name, places in self.places.items() if name in LANES}
        self.leave(*left)
        yield
        for name, places in left.items():
            self.enter(name, places, ALWAYS)

    def work_in_time(self, items: Iterable[Item]) -> Iterator[Item]:
        """The same, which breaks off once it takes too long."""
        for item in self.work(items):
            if self.is_late:
                metrics.count_refusal("seconds")
                raise ServiceUnavailable(LATE, retry_after=60)
            yield item

    def leave(self, *names: str) -> None:
        for name in names:
            if self.allowances and (places := self.places.pop(name, 0)):
                self.allowances.lanes[name].leave(self.address, places)

    def end(self) -> None:
        self.leave(*self.places)
        if self.share:
            self.share.leave(self.address)
            self.share = None


# What is asked outside of a request, by a command or a test, has no limits, and no id; nothing is put into it.
CURRENT: ContextVar[Visit] = ContextVar("visit", default=Visit())  # noqa: B039 - what is written to it decides nothing


def current() -> Visit:
    return CURRENT.get()
