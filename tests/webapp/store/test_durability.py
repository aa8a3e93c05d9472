"""What is said to be kept is on disk: whoever is killed, and whatever the database does meanwhile."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.engine import Connection

from bench.databases import Cluster
from bench.load import Load
from webapp.store.opening import Away, Clash, Store
from webapp.store.tables import kept_case, person

from tests.cases import keep_case, make_person
from tests.people import add_person, make_site, make_token
from tests.processes import Server, server


def children(number: int) -> list[int]:
    text = Path(f"/proc/{number}/task/{number}/children").read_text()
    return [int(child) for child in text.split()]


def kill_a_worker(running: Server) -> None:
    os.kill(children(running.process.pid)[-1], signal.SIGKILL)


def kill_the_server(running: Server) -> None:
    workers = children(running.process.pid)
    for one in (running.process.pid, *workers):
        os.kill(one, signal.SIGKILL)
    running.process.wait()


@pytest.mark.slow
def test_no_case_is_lost_or_there_twice_when_workers_and_the_server_are_killed(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    load = Load(make_token(site, add_person(site, "Ada", {"titanic": "analyst"}), "predict"))
    settings = {"LIKELY_DATABASE": f"sqlite:///{tmp_path}/likely.db", "LIKELY_PREDICTIONS": "off"}
    with server("--workers", "2", **settings) as running:
        load.begin(running.port)
        load.wait_for(40)
        kill_a_worker(running)
        load.wait_for(40)
        kill_the_server(running)
    with server("--workers", "2", **settings) as running:
        load.port = running.port
        load.wait_for(20)
        load.end()
    assert_kept(site, load.told)


def assert_kept(site: Flask, told: dict[str, str]) -> None:
    with site.extensions["store"].open().read() as connection:
        rows = connection.execute(select(kept_case.c.key, kept_case.c.public_id)).all()
    assert max(Counter(key for key, _ in rows).values()) == 1
    there = {key.removeprefix("api "): public_id for key, public_id in rows}
    assert told.items() <= there.items()


def wait_until(holds: Callable[[], bool], seconds: float) -> float:
    started = time.monotonic()
    while not holds():
        assert time.monotonic() - started < seconds
        time.sleep(0.05)
    return time.monotonic() - started


def does_keep(store: Store, owner: Any) -> bool:
    try:
        keep_case(store.open(), owner)
    except Away:
        return False
    return True


def test_a_full_disk_is_told_and_what_was_kept_before_stays(tmp_path: Path) -> None:
    said: list[str] = []
    store = Store(f"sqlite:///{tmp_path}/likely.db", said.append)
    owner = make_person(store.open())
    before = keep_case(store.open(), owner)
    full = [True]

    @event.listens_for(store.open().engine, "begin")
    def fill(connection: Connection) -> None:
        # What SQLite says of a file that may not grow is what it says of a full disk.
        connection.exec_driver_sql(f"PRAGMA max_page_count = {1 if full[0] else 1_000_000}")

    with pytest.raises(Away):
        keep_case(store.open(), owner, note="x" * 100_000)
    assert said == ["Nothing can be kept now: OperationalError SQLITE_FULL"]
    assert store.state().startswith("away")
    full[0] = False
    wait_until(lambda: does_keep(store, owner), 5)
    with store.open().read() as connection:
        ids = list(connection.execute(select(kept_case.c.public_id)).scalars())
    assert before.public_id in ids
    assert len(ids) == 2
    store.close()


def test_whoever_writes_something_wrong_is_alone_with_it(store: Store) -> None:
    """Writes that come at once are in one commit, and one that cannot be does not undo the others."""
    database, held, faults = store.open(), threading.Event(), []
    owner = make_person(database)
    threads = [threading.Thread(target=lambda: database.write(lambda connection: held.wait(5)))]

    def fail() -> None:
        try:
            make_person(database, "Ada")
        except Clash as clash:
            faults.append(clash)

    threads += [threading.Thread(target=fail)]
    threads += [threading.Thread(target=keep_case, args=(database, owner)) for _ in range(5)]
    for thread in threads:
        thread.start()
        time.sleep(0.02)
    held.set()
    for thread in threads:
        thread.join()
    assert len(faults) == 1
    with database.read() as connection:
        assert len(connection.execute(select(kept_case.c.id)).all()) == 5
        assert len(connection.execute(select(person.c.id)).all()) == 1


@pytest.mark.slow
def test_a_postgresql_that_is_away_is_told_at_once_and_found_again(
    own_cluster: Cluster, postgresql_address: str
) -> None:
    store = Store(postgresql_address, lambda reason: None)
    store.change("upgrade")
    owner = make_person(store.open())
    assert does_keep(store, owner)
    own_cluster.stop()
    started = time.monotonic()
    for _ in range(5):
        assert not does_keep(store, owner)
    assert time.monotonic() - started < 5
    assert store.state().startswith("away")
    own_cluster.start()
    assert wait_until(lambda: does_keep(store, owner), 5) < 5
    store.close()
