"""The servers that are measured: each on a port of its own, and stopped when the measuring is done."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parent.parent
# Somebody of the census, for whoever needs only one.
PERSON = {
    "age": 39,
    "sex": "Male",
    "status": "Never-married",
    "race": "White",
    "education": "Bachelors",
    "work": "State-gov",
    "hours": 40,
}


def people(number: int) -> list[dict[str, Any]]:
    """So many people of the census, of whom every answer is recorded; the same ones each time."""
    # Who needs no people can do without the project on the path.
    from model.predict.catalog import Catalog

    crowd = Catalog().predictor("census").crowd
    assert crowd is not None
    rows = random.Random(2026).sample(range(crowd.count), 2 * number)
    answers = (dict(crowd.person(row).answers) for row in rows)
    return list(islice((person for person in answers if None not in person.values()), number))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def gunicorn(app: str, port: int) -> list[str]:
    """gunicorn with threads, as many would run a Flask app; no worker takes more than half of 16 connections."""
    settings = ["--workers", "2", "--worker-class", "gthread", "--threads", "4", "--preload", "--keep-alive", "5"]
    settings += ["--worker-connections", "8"]
    return [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", *settings, "--log-level", "warning", app]


def granian(factory: str, port: int) -> list[str]:
    """Granian with the settings that run.py gives it."""
    from webapp.commands.serve import CONNECTIONS, THREADS

    settings = ["--interface", "wsgi", "--http", "1", "--workers", "2", "--blocking-threads", str(THREADS)]
    settings += ["--backlog", str(2 * CONNECTIONS), "--backpressure", str(CONNECTIONS), "--log-level", "error"]
    return [sys.executable, "-m", "granian", "--factory", "--port", str(port), *settings, factory]


def likely(port: int, workers: int = 2) -> list[str]:
    return [sys.executable, "run.py", "--port", str(port), "--workers", str(workers)]


def environment() -> dict[str, str]:
    """This shell's own without settings of Likely's; what Python compiles is kept, as it is unless somebody forbids it."""
    left_out = ("LIKELY_", "WEB_CONC", "PYTHONDONT")
    return {name: value for name, value in os.environ.items() if not name.startswith(left_out)}


@contextmanager
def server(
    command: list[str], port: int, output: IO[bytes] | int = subprocess.DEVNULL, **settings: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command that serves; Likely's settings are the ones given, and not this shell's."""
    process = subprocess.Popen(command, cwd=ROOT, env={**environment(), **settings}, stdout=output)
    try:
        await_port(port, process)
        yield process
    finally:
        process.terminate()
        # What has begun has half a minute to end.
        process.wait(40)


def await_port(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"The server on port {port} ended: {process.args!r}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise SystemExit(f"Nothing answers on port {port}")
