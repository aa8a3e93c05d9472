"""The limiter: exact over processes and threads, without memory of who asked, and never in anybody's way."""

from __future__ import annotations

import errno
import json
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.http import limiter as limiting
from webapp.http.limiter import LONGEST, NANOSECONDS, Limiter, network_of
from webapp.settings import Rate

from tests.processes import environment, run

HUNDRED = Rate(minute=1, burst=100)
# Four threads, each of which asks five hundred times, all at once with those of another process.
ASKERS = """
import json, sys, threading, time
from webapp.http.limiter import Limiter
from webapp.settings import Rate
limiter, rate, allowed = Limiter(sys.argv[1]), Rate(1, 100), []
def ask():
    allowed.append(sum(limiter.take("pages", "192.0.2.1", rate).allowed for _ in range(500)))
threads = [threading.Thread(target=ask) for _ in range(4)]
print("ready", flush=True)
sys.stdin.readline()
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(json.dumps([sum(allowed), limiter.is_shared]))
"""


class Clock:
    def __init__(self, now: int = 10**15) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def allowed(limiter: Limiter, times: int, rate: Rate = HUNDRED, address: str = "192.0.2.1") -> int:
    return sum(limiter.take("pages", address, rate).allowed for _ in range(times))


def test_two_processes_of_four_threads_let_in_exactly_a_hundred_of_four_thousand(folder: Path) -> None:
    import subprocess
    import sys

    command = [sys.executable, "-c", ASKERS, "a secret that is shared"]
    places = environment(TMPDIR=str(folder), TEMP=str(folder))
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    askers = [subprocess.Popen(command, env=places, **pipes) for _ in range(2)]  # type: ignore[call-overload]
    for asker in askers:
        assert asker.stdout.readline() == "ready\n"
    told = [json.loads(asker.communicate("\n", timeout=60)[0]) for asker in askers]
    assert [shared for _, shared in told] == [True, True]
    assert sum(number for number, _ in told) == 100


def test_what_is_used_up_comes_back_with_time() -> None:
    clock = Clock()
    limiter, rate = Limiter("secret", clock), Rate(minute=60, burst=10)
    assert allowed(limiter, 20, rate) == 10
    refused = limiter.take("pages", "192.0.2.1", rate)
    assert (refused.allowed, refused.left, refused.wait) == (False, 0, 1.0)
    clock.now += 3 * NANOSECONDS
    assert allowed(limiter, 20, rate) == 3
    clock.now += 3600 * NANOSECONDS
    assert allowed(limiter, 20, rate) == 10


@given(st.lists(st.tuples(st.integers(0, 3 * NANOSECONDS), st.integers(1, 5)), max_size=60))
def test_nobody_ever_gets_more_than_the_burst_and_what_came_back(steps: list[tuple[int, int]]) -> None:
    clock = Clock()
    limiter, rate = Limiter("secret", clock), Rate(minute=60, burst=5)
    address = f"192.0.2.{len(steps)}-{hash(tuple(steps))}"
    start, got = clock.now, 0
    for pause, weight in steps:
        clock.now += pause
        if limiter.take("pages", address, rate, weight).allowed:
            got += weight
        assert got <= 5 + (clock.now - start) / NANOSECONDS


def test_clients_and_kinds_are_counted_apart() -> None:
    limiter = Limiter("secret")
    assert allowed(limiter, 200) == 100
    assert limiter.take("predictions", "192.0.2.1", HUNDRED).allowed
    assert limiter.take("pages", "192.0.2.2", HUNDRED).allowed


def test_a_client_has_all_of_its_network_of_ipv6() -> None:
    assert network_of("2001:db8:1:2::1") == network_of("2001:db8:1:2:ffff::9%eth0") != network_of("2001:db8:1:3::1")
    assert network_of("::ffff:192.0.2.1") == "192.0.2.1"
    assert network_of("no: address") == "no: address"


def test_a_weight_that_never_fits_takes_all_there_is() -> None:
    limiter = Limiter("secret")
    assert limiter.take("pages", "192.0.2.1", HUNDRED, 5000).allowed
    assert not limiter.take("pages", "192.0.2.1", HUNDRED).allowed


def test_a_time_from_before_the_machine_was_started_anew_keeps_nobody_out() -> None:
    clock = Clock()
    assert allowed(Limiter("secret", clock), 200) == 100
    clock.now = 5 * NANOSECONDS
    assert allowed(Limiter("secret", clock), 200) == 100


def test_more_clients_than_there_are_places_push_out_those_who_are_free_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiting, "GROUPS", 1)
    limiter = Limiter("secret")
    assert allowed(limiter, 200, address="192.0.2.1") == 100
    for number in range(200):
        assert limiter.take("pages", f"198.51.100.{number}", HUNDRED).allowed
    assert not limiter.take("pages", "192.0.2.1", HUNDRED).allowed


def test_times_that_cannot_be_give_their_places_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiting, "GROUPS", 1)
    clock = Clock(LONGEST * 10)
    for number in range(8):
        allowed(Limiter("secret", clock), 1, address=f"192.0.2.{number}")
    clock.now = NANOSECONDS
    limiter = Limiter("secret", clock)
    assert allowed(limiter, 200, address="198.51.100.1") == 100


def test_the_file_holds_no_address(folder: Path) -> None:
    limiter = Limiter("secret")
    allowed(limiter, 5, address="198.51.100.77")
    (file,) = folder.glob("likely-*/limits")
    assert b"198.51" not in file.read_bytes()
    assert file.stat().st_size == 1024 * 1024
    # What is counted outlives the server.
    assert allowed(Limiter("secret"), 200, address="198.51.100.77") == 95
    if os.name == "posix":
        assert file.stat().st_blocks * 512 >= file.stat().st_size
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.parent.stat().st_mode & 0o777 == 0o700


def test_a_full_disk_leaves_each_worker_a_limit_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def is_full(file: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", is_full)
    limiter = Limiter("secret")
    monkeypatch.undo()
    assert not limiter.is_shared
    assert allowed(limiter, 200) == 100


def test_a_folder_of_somebody_else_is_not_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Limiter("secret")
    (own,) = folder.glob("likely-*")
    monkeypatch.setattr(os, "getuid", lambda: own.stat().st_uid + 1, raising=False)
    assert not Limiter("secret").is_shared


def test_a_killed_worker_lets_its_locks_go(folder: Path) -> None:
    script = (
        "import os, signal, sys; from webapp.http.limiter import Limiter; one = Limiter('secret');"
        "[one.locks.acquire(place) for place in range(64)]; os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert run("-c", script, TMPDIR=str(folder), TEMP=str(folder)).returncode != 0
    assert allowed(Limiter("secret"), 200) == 100
