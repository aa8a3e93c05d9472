"""SQLite's writes: many in one commit, and one process after the other, by a lock that a killed process lets go of.

SQLite has one writer, and whoever waits for it asks again and again: most wait for seconds. Here the threads of a
process stand in one queue. The first one commits what all have brought, while the others bring more.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from webapp.http.shared import let_byte_go, lock_byte

Result = TypeVar("Result")
Work = Callable[[Connection], Result]
# So many are committed together at most, so that the first ones do not wait for long.
MOST_TOGETHER = 200
# How often the log is tried to be emptied, and how long between.
CLEANINGS = 10
PAUSE = 0.1


class Job:
    def __init__(self, work: Work[Any]) -> None:
        self.work = work
        self.wake = threading.Event()
        self.is_done = False
        self.result: Any = None
        self.fault: BaseException | None = None

    def end(self, fault: BaseException | None = None) -> None:
        self.fault = self.fault or fault
        self.is_done = True
        self.wake.set()


class Commits:
    def __init__(self, engine: Engine, lock_path: str) -> None:
        self.engine = engine
        self.lock_path = lock_path
        self._file: int | None = None
        self._lock = threading.Lock()
        self._waiting: list[Job] = []
        self._is_led = False
        # The system's lock is the whole process's.
        self._alone = threading.Lock()

    def write(self, work: Work[Result]) -> Result:
        """What the work returns, once it is on disk."""
        job = Job(work)
        with self._lock:
            self._waiting.append(job)
            leads = not self._is_led
            self._is_led = True
        if not leads:
            job.wake.wait()
        if not job.is_done:
            self._lead()
        if job.fault:
            raise job.fault
        result: Result = job.result
        return result

    def _lead(self) -> None:
        """Commit what all have brought, and wake the next one to lead."""
        jobs: list[Job] = []
        fault: BaseException | None = None
        try:
            with self.alone():
                # Those that came while another process had the lock are in it too.
                with self._lock:
                    jobs, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
                self._commit(jobs)
        except BaseException as failed:
            fault = failed
        with self._lock:
            if not jobs:
                # There was no lock to be had, so that nobody's is done.
                jobs, self._waiting = self._waiting, []
            following = self._waiting[0] if self._waiting else None
            self._is_led = following is not None
        for job in jobs:
            job.end(fault)
        if following:
            following.wake.set()

    def _commit(self, jobs: list[Job]) -> None:
        """All together; where one of them fails, each by itself: a savepoint for each would take as long as its work."""
        try:
            with self.engine.connect().execution_options(writes=True) as connection, connection.begin():
                for job in jobs:
                    job.result = job.work(connection)
        except OperationalError:
            # As of a full disk, which fails all of them.
            raise
        except BaseException as fault:
            if len(jobs) == 1:
                jobs[0].fault = fault
                return
            for job in jobs:
                self._commit([job])

    def clean(self) -> None:
        """Bring the log beside the file into it and empty the log; whoever is reading holds that up for a moment."""
        for _ in range(CLEANINGS):
            with self.alone(), self.engine.connect() as connection:
                raw = connection.connection
                # Those who write wait meanwhile.
                raw.execute("PRAGMA busy_timeout = 100")
                (is_held_up, _, _) = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                connection.invalidate()
            if not is_held_up:
                return
            time.sleep(PAUSE)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While nobody else writes, in this process or another."""
        with self._alone:
            if self._file is None:
                self._file = os.open(self.lock_path, os.O_RDWR | os.O_CREAT, 0o600)
            lock_byte(self._file, 0)
            try:
                yield
            finally:
                let_byte_go(self._file, 0)

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
