"""Databases for tests and benchmarks: an SQLite file of one's own, and a PostgreSQL that runs while they do."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.servers import free_port
from webapp.store.database import Database

# Debian keeps the programs of each edition by themselves.
PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
# PostgreSQL does not run as root; this user comes with Debian's package.
OWNER = "postgres"


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL of one's own, which can be stopped and started."""

    folder: Path
    port: int
    settings: dict[str, str]

    @property
    def address(self) -> str:
        return f"postgresql+psycopg://likely@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = {"port": str(self.port), "listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
        said = " ".join(f"-c {name}='{value}'" for name, value in (options | self.settings).items())
        run(
            "pg_ctl",
            "--pgdata",
            self.folder / "data",
            "--log",
            self.folder / "log",
            "--wait",
            "--options",
            said,
            "start",
        )

    def stop(self) -> None:
        run("pg_ctl", "--pgdata", self.folder / "data", "--mode", "immediate", "stop")


@contextlib.contextmanager
def cluster(**settings: str) -> Iterator[Cluster]:
    """It runs, and ends with the context."""
    folder = Path(tempfile.mkdtemp(dir="/tmp", prefix="likely-postgresql-"))
    if os.getuid() == 0:
        owner = pwd.getpwnam(OWNER)
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    try:
        run("initdb", "--pgdata", folder / "data", "--username", "likely", "--auth", "trust", "--encoding", "UTF8")
        own = Cluster(folder, free_port(), settings)
        own.start()
        try:
            yield own
        finally:
            own.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def postgresql(**settings: str) -> Iterator[str]:
    """The address of a PostgreSQL that nobody else uses."""
    with cluster(**settings) as own:
        yield own.address


def run(program: str, *arguments: str | Path) -> None:
    command = [PROGRAMS[-1] / program, *arguments]
    as_owner = {"user": OWNER, "group": OWNER, "extra_groups": []} if os.getuid() == 0 else {}
    # The server keeps the output open that it is started with, so nobody may wait for its end.
    with tempfile.TemporaryFile() as output:
        ended = subprocess.run(command, stdout=output, stderr=output, cwd="/", timeout=60, check=False, **as_owner)
        output.seek(0)
        assert ended.returncode == 0, output.read().decode()


def opened(address: str) -> Database:
    """The database with its tables, without an application around it."""
    return Database(address, lambda reason: None)
