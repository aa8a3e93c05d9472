"""Where there are as many workers as processors, each stays on one of its own; what takes long may use all."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from model.files.scoring import run_in_order

from tests.processes import Server, server
from tests.serving import KEY, await_that, workers

# Servers are waited for, and a second test beside them would make each wait longer.
pytestmark = [pytest.mark.slow, pytest.mark.alone]


@pytest.fixture(autouse=True)
def two() -> Iterator[set[int]]:
    """All that the server has of this machine."""
    before = os.sched_getaffinity(0)
    assert len(before) > 1, "These tests need two processors"
    two = set(sorted(before)[:2])
    os.sched_setaffinity(0, two)
    yield two
    os.sched_setaffinity(0, before)


def places(worker: int) -> set[int]:
    """On which processors any thread of it may be."""
    threads = [int(task.name) for task in Path(f"/proc/{worker}/task").iterdir()]
    return set().union(*map(os.sched_getaffinity, threads))


def are_apart(running: Server, two: set[int]) -> bool:
    found = [places(worker) for worker in workers(running)]
    return [len(one) for one in found] == [1, 1] and set().union(*found) == two


def test_each_of_two_workers_stays_on_a_processor_of_its_own_also_after_one_died_and_after_a_reload(
    two: set[int],
) -> None:
    with server("--workers", "2", SECRET_KEY=KEY) as running:
        running.wait_until_it_answers()
        await_that(lambda: are_apart(running, two), running)
        # The one on the second, since a third that just takes turns would come to the first.
        victim = max(workers(running), key=lambda worker: max(places(worker)))
        os.kill(victim, signal.SIGKILL)
        await_that(lambda: victim not in workers(running) and are_apart(running, two), running)
        before = set(workers(running))
        running.process.send_signal(signal.SIGHUP)
        await_that(lambda: not before & set(workers(running)) and are_apart(running, two), running)


def test_where_there_are_fewer_workers_than_processors_they_may_use_all(two: set[int]) -> None:
    with server("--workers", "1", SECRET_KEY=KEY) as running:
        running.wait_until_it_answers()
        assert [places(worker) for worker in workers(running)] == [two]


def test_pieces_are_scored_on_all_processors_also_where_a_worker_stays_on_one() -> None:
    allowed: list[set[int]] = []

    def score_as_a_worker() -> None:
        os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
        allowed.extend(run_in_order(lambda piece: os.sched_getaffinity(0), range(4)))

    thread = threading.Thread(target=score_as_a_worker)
    thread.start()
    thread.join()
    assert allowed == [os.sched_getaffinity(os.getppid())] * 4


def test_where_a_system_forbids_to_step_back_pieces_are_scored_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbid(*asked: object) -> None:
        raise PermissionError

    monkeypatch.setattr("os.setpriority", forbid)
    assert [*run_in_order(lambda piece: 2 * piece, range(3))] == [0, 2, 4]
