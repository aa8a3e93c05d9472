"""Both databases: what is tested on the file's takes no time, and is tested on PostgreSQL too where `slow` tests run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bench.databases import Cluster, cluster
from webapp.store.opening import Store


@pytest.fixture(scope="session")
def own_cluster() -> Iterator[Cluster]:
    with cluster(fsync="off") as own:
        yield own


@pytest.fixture
def postgresql_address(own_cluster: Cluster) -> Iterator[str]:
    """A database with no tables in it."""
    yield own_cluster.address
    engine = create_engine(own_cluster.address)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def empty_address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with no tables in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'instance' / 'likely.db'}"
        return
    yield request.getfixturevalue("postgresql_address")


@pytest.fixture
def store(empty_address: str) -> Iterator[Store]:
    """A database with its tables."""
    store = Store(empty_address)
    store.change("upgrade")
    yield store
    store.close()
