"""The way to the database: off, not made yet, away, of another edition, or open. It imports no library before that."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, current_app
from werkzeug.exceptions import NotFound, ServiceUnavailable

if TYPE_CHECKING:
    from .database import Database

# For so long after the database did not answer nobody asks it again: those who wait would hold the threads.
PAUSE = 1.0
RETRY_AFTER = 5


class Away(ServiceUnavailable):
    """The database does not answer, or its disk is full. Nothing was kept, and asking again may help."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(
            "The database does not answer at the moment, so nothing was kept. Estimates are made as always. "
            "Try again in a few seconds",
            retry_after=RETRY_AFTER,
        )
        self.reason = reason

    def __str__(self) -> str:
        """For whoever ran a command; a page has the description, which tells nobody where the database is."""
        return f"The database cannot be used: {self.reason}"


class Outdated(RuntimeError):
    """The tables are of another edition; the text says what to do."""


class UnknownRevision(ValueError):
    """A revision that no file makes; the text names those that are there."""


class Clash(ValueError):
    """A row that may be there once is there already, or one that it belongs to is gone."""


class Store:
    """One an application. `open` gives the database, once it can be used."""

    def __init__(self, address: str | None, warn: Callable[[str], None] | None = None) -> None:
        self.address = address
        # What a server does with a sentence about the tables; a command gets it as an Outdated.
        self.warn = warn
        self._database: Database | None = None
        self._lock = threading.Lock()
        self._away_until = 0.0
        # Why it could not be used the last time.
        self.reason = ""

    @property
    def is_on(self) -> bool:
        return self.address is not None

    @property
    def file(self) -> Path | None:
        """Where SQLite has it."""
        before, _, path = (self.address or "").partition("sqlite:///")
        return Path(path) if path and not before else None

    @property
    def is_made(self) -> bool:
        """Whether anything can be in it: an SQLite file is made by whoever keeps the first thing."""
        return self.is_on and (self.file is None or self.file.exists())

    def open(self) -> Database:
        """The database. NotFound where there is to be none; Away where it cannot be used now."""
        if self.address is None:
            raise NotFound
        if time.monotonic() < self._away_until:
            raise Away(self.reason)
        if self._database is None:
            with self._lock:
                self._database = self._database or self._make()
        return self._database

    def _make(self) -> Database:
        assert self.address is not None
        from .database import Database

        database = Database(self.address, self.rest)
        try:
            database.prepare()
        except BaseException as fault:
            database.close()
            if self.warn is None or not isinstance(fault, Outdated):
                raise
            self.rest(str(fault))
            raise Away(str(fault)) from None
        return database

    def change(self, way: str, revision: str = "") -> str | None:
        """Bring the tables up or down; it returns the revision that they are then of."""
        assert self.address is not None
        from .database import Database
        from .revision import REVISION, known

        if revision and revision not in ("base", *known()):
            raise UnknownRevision(f"There is no revision {revision}. There are: base, {', '.join(known())}")
        database = Database(self.address, self.rest)
        try:
            return database.change(way, revision or REVISION)
        finally:
            database.close()

    def rest(self, reason: str) -> None:
        """Let the database alone for a moment, and say why."""
        self._away_until = time.monotonic() + PAUSE
        self.reason = reason
        if self.warn:
            self.warn(f"Nothing can be kept now: {reason}")

    def state(self, ask: bool = False) -> str:
        """One word for readiness. A probe does not open what nobody has needed yet, unless it is told to ask."""
        if not self.is_on:
            return "off"
        if not self.is_made:
            return "not made yet"
        if self._database is None and not ask and not self.reason:
            return "not asked yet"
        try:
            self.open().ping()
        except Away:
            return f"away: {self.reason}"
        return "answers"

    def close(self) -> None:
        with self._lock:
            if self._database:
                self._database.close()
            self._database = None


def store() -> Store:
    found: Store = current_app.extensions["store"]
    return found


def init_app(app: Flask) -> None:
    app.extensions["store"] = Store(app.config["DATABASE"], app.logger.error)
