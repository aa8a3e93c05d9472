"""Both databases: what is tested on the file's takes no time, and is tested on PostgreSQL too where `slow` tests run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from webapp.store.opening import Store

from tests.databases import postgresql


@pytest.fixture(scope="session")
def postgresql_address() -> Iterator[str]:
    with postgresql(fsync="off") as address:
        yield address


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def empty_address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with no tables in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'instance' / 'likely.db'}"
        return
    address: str = request.getfixturevalue("postgresql_address")
    yield address
    from sqlalchemy import create_engine, text

    engine = create_engine(address)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()


@pytest.fixture
def store(empty_address: str) -> Iterator[Store]:
    """A database with its tables."""
    store = Store(empty_address)
    store.change("upgrade")
    yield store
    store.close()
