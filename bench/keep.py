"""Print how many cases a second are kept, each on disk before it is acknowledged: python bench/keep.py

Several processes with several threads keep cases in one database, as workers do, and each waits until its case is on
disk. With --kill the processes are ended by SIGKILL again and again while they write, and each begins anew with the
case that it had no answer for, under the same key; afterwards every acknowledged case must be there, and none twice.
--postgresql starts a PostgreSQL of its own (Debian's package) that waits for the disk as well. --http asks a server
with two workers by wrk (apt install wrk) over 16 connections, with a token and `keep`, and without `keep`.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sqlalchemy import func, select

from bench.databases import postgresql
from bench.processes import say_how_quiet
from bench.servers import free_port, likely, server
from bench.sites import add_person, keep_case, make_person, make_token, predictor_of
from webapp import create_app
from webapp.store.cases import forget_all
from webapp.store.database import Database
from webapp.store.opening import Store
from webapp.store.tables import kept_case

PROCESSES, THREADS, SECONDS = 2, 4, 10.0
TO_REACH = {"sqlite": (500, 0.1), "postgresql": (1_000, 0.1)}
ALL = 73_000
SECRET = "for the benchmark only"


def work(address: str, owner: Any, seconds: float, name: str, log: str) -> None:
    """One worker: its threads keep cases until the time is over, and write down each that was acknowledged."""
    database = Store(address).open()
    ends = time.perf_counter() + seconds

    def keep(thread: int) -> None:
        # Without a buffer: what stands in this file was acknowledged, also where the process is killed.
        with Path(log, f"{name}-{thread}").open("ab", buffering=0) as file:
            done = file.tell() // LINE
            while time.perf_counter() < ends:
                key = f"{name}-{thread}-{done}"
                started = time.perf_counter()
                case = keep_case(database, owner, key=key)
                took = time.perf_counter() - started
                file.write(f"{case.public_id} {key:<30} {took:9.6f}\n".encode())
                done += 1

    threads = [threading.Thread(target=keep, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database.close()


LINE = len(f"{'0' * 32} {'':<30} {0:9.6f}\n")


def acknowledged(folder: Path) -> list[tuple[str, str, float]]:
    lines = [line.split() for file in folder.iterdir() for line in file.read_text().splitlines()]
    return [(line[0], line[1], float(line[2])) for line in lines if len(line) == 3]


def start(address: str, owner: Any, seconds: float, number: int, folder: Path) -> Any:
    spawn = multiprocessing.get_context("spawn")
    process = spawn.Process(target=work, args=(address, owner, seconds, f"p{number}", str(folder)))
    process.start()
    return process


def measure(address: str, owner: Any, folder: Path) -> tuple[float, float]:
    """Cases a second, and how long one of a hundred took."""
    processes = [start(address, owner, SECONDS + 2, number, folder) for number in range(PROCESSES)]
    time.sleep(2)
    before, started = len(acknowledged(folder)), time.perf_counter()
    time.sleep(SECONDS - 2)
    rate = (len(acknowledged(folder)) - before) / (time.perf_counter() - started)
    for process in processes:
        process.join()
        assert process.exitcode == 0, process.exitcode
    took = [one[2] for one in acknowledged(folder)]
    return rate, statistics.quantiles(took, n=100)[98]


def kill(address: str, owner: Any, folder: Path, rounds: int) -> None:
    """End every process in the middle of its work, again and again."""
    for _ in range(rounds):
        processes = [start(address, owner, 60, number, folder) for number in range(PROCESSES)]
        before = len(acknowledged(folder))
        while len(acknowledged(folder)) < before + 50:
            time.sleep(0.05)
        time.sleep(random.uniform(0, 0.5))
        for process in processes:
            os.kill(process.pid, signal.SIGKILL)
        for process in processes:
            process.join()


def compare(database: Database, folder: Path) -> tuple[int, int, int]:
    """How many cases were acknowledged, how many of those are lost, and how many are there twice."""
    told = {(public_id, key) for public_id, key, _ in acknowledged(folder)}
    with database.read() as connection:
        rows = connection.execute(select(kept_case.c.public_id, kept_case.c.key).where(kept_case.c.key.like("p%")))
        there = [(public_id, key) for public_id, key in rows]
    twice = sum(count - 1 for count in Counter(key for _, key in there).values())
    return len(told), len(told - set(there)), twice


def ask_by_http(address: str) -> None:
    """Print how many cases a second programs keep over http, and how long one of a hundred takes."""
    app = create_app({"DATABASE": address, "SECRET_KEY": SECRET})
    token = make_token(app, add_person(app, "Bench", {"titanic": "analyst"}), "predict")
    body = json.dumps(dict(predictor_of("titanic").model.examples[0].answers))
    script = f"wrk.method, wrk.body = 'POST', {json.dumps(body)}\nwrk.headers['Content-Type'] = 'application/json'\n"
    script += f"wrk.headers['Authorization'] = 'Bearer {token}'\n"
    port = free_port()
    settings = {"LIKELY_DATABASE": address, "SECRET_KEY": SECRET}
    with server(likely(port), port, **settings), tempfile.NamedTemporaryFile("w", suffix=".lua") as lua:
        lua.write(script)
        lua.flush()
        command = ["wrk", "-t", "1", "-c", "16", "-d", "8s", "--latency", "-s", lua.name]
        # The first turn, in which the workers load what they need, is not counted.
        for name, query in (("", "?keep=1"), *([("not kept", ""), ("kept", "?keep=1")] * 2)):
            asked = [*command, f"http://127.0.0.1:{port}/api/models/titanic/predict{query}"]
            told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
            assert "Non-2xx" not in told, told
            rate, slow = (re.search(rf"{what}\s+([\d.]+\w*)", told) for what in ("Requests/sec:", "99%"))
            assert rate
            assert slow
            if name:
                print(
                    f"  over http, {name}: {float(rate[1]):,.0f} a second, one of a hundred takes longer than {slow[1]}"
                )
    app.extensions["store"].close()


def delete_all(database: Database, owner: Any) -> float:
    """Seconds that it takes to delete all of somebody's cases."""
    case = keep_case(database, owner)
    with database.read() as connection:
        row = dict(connection.execute(kept_case.select().where(kept_case.c.public_id == case.public_id)).one()._mapping)
        have = connection.execute(select(func.count()).where(kept_case.c.person_id == owner.id)).scalar_one()
    del row["id"]
    rows = [row | {"public_id": f"{number:032x}", "key": None} for number in range(ALL - have)]
    for at in range(0, len(rows), 5_000):
        database.write(lambda connection, at=at: connection.execute(kept_case.insert(), rows[at : at + 5_000]))
    started = time.perf_counter()
    deleted = forget_all(database, owner.id)
    seconds = time.perf_counter() - started
    print(f"  {deleted:,} cases deleted in {seconds:.1f} s")
    return seconds


@contextmanager
def addresses(kind: str) -> Iterator[str]:
    if kind == "postgresql":
        with postgresql() as address:
            yield address
        return
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/likely.db"


def run(kind: str, rounds: int, http: bool) -> bool:
    say_how_quiet()
    print(f"{kind}, {PROCESSES} processes with {THREADS} threads each:")
    with addresses(kind) as address, tempfile.TemporaryDirectory() as log, tempfile.TemporaryDirectory() as killed:
        store = Store(address)
        store.change("upgrade")
        database = store.open()
        owner = make_person(database)
        keep_case(database, owner)
        rate, slow = measure(address, owner, Path(log))
        print(f"  {rate:,.0f} cases a second, one of a hundred takes longer than {slow * 1000:.0f} ms")
        count, lost, twice = compare(database, Path(log))
        seconds = delete_all(database, owner)
        if http:
            ask_by_http(address)
        if rounds:
            kill(address, owner, Path(killed), rounds)
            count, lost, twice = compare(database, Path(killed))
            print(f"  killed {rounds} times: {count:,} acknowledged, {lost} lost, {twice} there twice")
        store.close()
    least, most = TO_REACH[kind]
    print(f"  to reach: {least:,} a second, {most * 1000:.0f} ms, {ALL:,} deleted in 5 s, 0 lost, 0 twice")
    return rate >= least and slow <= most and seconds <= 5 and lost == twice == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--postgresql", action="store_true", help="measure PostgreSQL too")
    parser.add_argument("--kill", type=int, default=0, metavar="TIMES", help="end all processes so often")
    parser.add_argument("--http", action="store_true", help="ask a server by wrk as well")
    given = parser.parse_args()
    good = [
        run(kind, given.kill, given.http) for kind in (["sqlite", "postgresql"] if given.postgresql else ["sqlite"])
    ]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
