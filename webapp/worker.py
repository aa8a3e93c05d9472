"""gunicorn's threaded worker, made to leave new connections to the others while all its threads are busy.

Without this the worker that wakes first takes every connection that is opened at once, a proxy's sixteen
say, and keeps them for as long as they last, while the other workers have nothing to do.
"""

from __future__ import annotations

import time
from concurrent.futures import Future
from socket import socket
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

# A connection that nobody took for so many seconds is taken all the same: everyone is busy.
PATIENCE = 0.002


class SharingWorker(ThreadWorker):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.busy = 0
        self.last_accepted = 0.0

    def enqueue_req(self, conn: Any) -> None:
        self.busy += 1
        super().enqueue_req(conn)

    def finish_request(self, conn: Any, fs: Future[Any]) -> None:
        self.busy -= 1
        super().finish_request(conn, fs)

    @property
    def has_idle_thread(self) -> bool:
        return self.busy < int(self.cfg.threads)

    def accept(self, listener: socket) -> None:
        super().accept(listener)
        self.last_accepted = time.monotonic()
        if not self.has_idle_thread:
            self.set_accept_enabled(False)

    def set_accept_enabled(self, enabled: bool) -> None:
        # gunicorn asks before each of its waits whether it may accept.
        super().set_accept_enabled(enabled and self.has_idle_thread)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        super().wait_for_and_dispatch_events(timeout if self.has_idle_thread else min(timeout, PATIENCE))
        waited = time.monotonic() - self.last_accepted
        if self.alive and not self.has_idle_thread and waited > PATIENCE and self.nr_conns < self.worker_connections:
            for listener in self.sockets:
                self.accept(listener)
