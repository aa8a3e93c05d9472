"""People in both databases: what two do at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

from sqlalchemy import Connection

from webapp.people.accounts import is_last_admin
from webapp.store import people
from webapp.store.opening import Store


def test_of_two_admins_who_end_each_other_at_once_one_stays(store: Store) -> None:
    database, now = store.open(), datetime.now(UTC)
    both = [
        database.write(lambda c, name=name: people.add(c, name, name, None, True, now)) for name in ("ada", "grace")
    ]
    together = Barrier(2)

    def end(number: int) -> None:
        def work(connection: Connection) -> None:
            if not is_last_admin(connection, number):
                people.end(connection, number, now)

        together.wait(10)
        database.write(work)

    with ThreadPoolExecutor(2) as threads:
        for _ in range(30):
            list(threads.map(end, both))
            with database.read() as connection:
                assert people.admins(connection) == 1
            for number in both:
                database.write(lambda c, number=number: people.let_back(c, number))
