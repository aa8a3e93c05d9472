"""People and cases for tests, put into a database without asking for each by a page."""

from __future__ import annotations

from typing import Any

from bench.sites import keep_case, make_person
from model.predict.outcome import Outcome
from webapp.people.roles import Person
from webapp.store.cases import Case
from webapp.store.database import Database
from webapp.store.outcomes import Saying, mark
from webapp.store.tables import kept_case

# Benchmarks keep cases in the same way.
__all__ = ["find_id", "keep_case", "make_person", "say"]


def say(database: Database, case: Case, owner: Person, value: float | None = 1.0, **saying: Any) -> None:
    mark(database, find_id(database, case), Outcome(value), Saying(owner.id, **{"source": "page", **saying}))


def find_id(database: Database, case: Case) -> int:
    with database.read() as connection:
        found = connection.execute(kept_case.select().where(kept_case.c.public_id == case.public_id)).one()
    number: int = found.id
    return number
