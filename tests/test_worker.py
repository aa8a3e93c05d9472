"""Two workers share what comes in at once, and a newcomer is answered however busy both are."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from model.predict.catalog import get_model

from tests.payloads import example
from tests.processes import PATIENCE, Server, server

pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts the workers' sockets in /proc")

CONNECTIONS = 16
# A list that keeps a thread busy for some milliseconds.
PEOPLE = json.dumps([example(get_model("census"))] * 300)


@pytest.fixture
def running() -> Iterator[Server]:
    with server("--workers", "2") as started:
        await_that(lambda: len(workers(started)) == 2, started)
        yield started


def await_that(is_so: Callable[[], bool], running: Server) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, running.log
        time.sleep(0.01)


def workers(running: Server) -> list[int]:
    children = Path(f"/proc/{running.process.pid}/task/{running.process.pid}/children")
    return [int(number) for number in children.read_text().split()]


def sockets(process: int) -> int:
    """How many sockets a process has open."""
    found = 0
    for link in Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(OSError):
            found += str(link.readlink()).startswith("socket:")
    return found


def ask(line: http.client.HTTPConnection) -> int:
    line.request("POST", "/api/models/census/predict", PEOPLE, {"Content-Type": "application/json"})
    with line.getresponse() as answer:
        answer.read()
        return answer.status


@contextlib.contextmanager
def busy(running: Server, number: int) -> Iterator[list[int]]:
    """So many connections that ask without a pause, and the statuses of their answers."""
    stop, statuses = threading.Event(), list[int]()

    def keep_asking() -> None:
        line = http.client.HTTPConnection("127.0.0.1", running.port, timeout=PATIENCE)
        with contextlib.closing(line):
            while not stop.is_set():
                statuses.append(ask(line))

    threads = [threading.Thread(target=keep_asking) for _ in range(number)]
    for thread in threads:
        thread.start()
    try:
        yield statuses
    finally:
        stop.set()
        for thread in threads:
            thread.join(PATIENCE)


def test_connections_opened_at_once_are_shared_among_the_workers(running: Server) -> None:
    with busy(running, CONNECTIONS) as statuses:
        await_that(lambda: len(statuses) >= 3 * CONNECTIONS, running)
        # One more each: the one that both listen to.
        held = [sockets(process) - 1 for process in workers(running)]
    assert sum(held) >= CONNECTIONS
    assert min(held) >= CONNECTIONS // 4, held
    assert set(statuses) == {200}


def test_a_newcomer_is_answered_while_every_thread_is_busy(running: Server) -> None:
    with busy(running, 2 * CONNECTIONS) as statuses:
        await_that(lambda: len(statuses) >= 2 * CONNECTIONS, running)
        assert running.ask("GET", "/healthz").status == 200
    assert set(statuses) == {200}
