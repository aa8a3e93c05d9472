"""gunicorn's threaded worker, made to leave new connections to the others while all its threads are busy.

Without this the worker that wakes first takes every connection that is opened at once, a proxy's sixteen
say, and keeps them for as long as they last, while the other workers have nothing to do.
"""

from __future__ import annotations

import select
import time
from concurrent.futures import Future
from socket import socket
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

# Where somebody has waited for so many seconds, no worker has an idle thread, and the newcomer is taken all the same.
PATIENCE = 0.005
# How often a busy worker looks whether anybody waits.
LOOK = PATIENCE / 2


class SharingWorker(ThreadWorker):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.busy = 0
        self.orphaned = False
        self.waiting_since: float | None = None

    def enqueue_req(self, conn: Any) -> None:
        self.busy += 1
        super().enqueue_req(conn)

    def finish_request(self, conn: Any, fs: Future[Any]) -> None:
        self.busy -= 1
        super().finish_request(conn, fs)

    @property
    def has_idle_thread(self) -> bool:
        return self.busy < int(self.cfg.threads)

    def is_parent_alive(self) -> bool:
        self.orphaned = not super().is_parent_alive()
        return not self.orphaned

    def accept(self, listener: socket) -> None:
        super().accept(listener)
        if not self.has_idle_thread:
            self.set_accept_enabled(False)

    def set_accept_enabled(self, enabled: bool) -> None:
        # gunicorn asks before each of its waits whether it may accept.
        super().set_accept_enabled(enabled and self.has_idle_thread)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        super().wait_for_and_dispatch_events(timeout if self.has_idle_thread else min(timeout, LOOK))
        if self.has_idle_thread:
            self.waiting_since = None
        elif self.alive and not self.orphaned and self.nr_conns < self.worker_connections:
            self.take_who_has_waited()

    def take_who_has_waited(self) -> None:
        called, _, _ = select.select(self.sockets, [], [], 0)
        now = time.monotonic()
        if not called:
            self.waiting_since = None
        elif self.waiting_since is None:
            self.waiting_since = now
        elif now - self.waiting_since > PATIENCE:
            self.waiting_since = None
            for listener in called:
                self.accept(listener)
