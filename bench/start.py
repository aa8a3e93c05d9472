"""Print how fast Likely starts and how much memory its workers take: python bench/start.py

Each run starts `python run.py` with two workers and asks for the census form until it comes. The memory is
that of all processes together once the workers have answered some, each shared page counted once (Pss).
Beside it stands the smallest Flask app under gunicorn with threads, which is what starting costs anyone. Then sixteen ask
at once for the first result: of a server whose secret nobody has had before, so that its templates have yet to be compiled,
and of its next start.
"""

from __future__ import annotations

import http.client
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.processes import children, together
from bench.servers import ROOT, environment, free_port, gunicorn, people, server
from bench.servers import likely as likely_on

RUNS = 5
AT_ONCE = 16
TARGET_SECONDS = 0.7
TARGET_MEGABYTES = 110
BARE = """
from flask import Flask

app = Flask(__name__)

@app.get("/")
def page():
    return "A page"
"""


def likely(port: int, folder: Path) -> list[str]:
    return likely_on(port)


def bare(port: int, folder: Path) -> list[str]:
    (folder / "bare.py").write_text(BARE)
    command = gunicorn("bare:app", port)
    return [*command[:-1], "--chdir", str(folder), command[-1]]


def first_page(port: int, path: str) -> None:
    """Return once the page has come."""
    deadline = time.perf_counter() + 30
    while time.perf_counter() < deadline:
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            asked.request("GET", path)
            answer = asked.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
        except ConnectionError:
            time.sleep(0.002)
        else:
            return
        finally:
            asked.close()
    raise TimeoutError(f"No page came from port {port}")


def run(command: list[str], port: int, path: str, settings: Mapping[str, str]) -> tuple[float, float, float]:
    """Seconds to the first page, and Rss and Pss of all processes after the workers have answered some."""
    started = time.perf_counter()
    server = subprocess.Popen(command, cwd=ROOT, env=environment() | settings, stdout=subprocess.DEVNULL)
    try:
        first_page(port, path)
        seconds = time.perf_counter() - started
        while len(children(server.pid)) < 2:
            time.sleep(0.01)
        for _ in range(40):
            first_page(port, path)
        processes = [server.pid, *children(server.pid)]
        return seconds, together(processes, "Rss"), together(processes, "Pss")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


def measure(name: str, command: Callable[[int, Path], list[str]], path: str, **settings: str) -> tuple[float, float]:
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(RUNS + 1):
            port = free_port()
            found.append(run(command(port, Path(folder)), port, path, settings))
    # The first run reads the files from the disk.
    seconds, rss, pss = (statistics.median(column) for column in zip(*found[1:], strict=True))
    print(f"{name:32} {seconds:6.3f} s   {rss:7.1f} MB resident   {pss:7.1f} MB proportional")
    return seconds, pss


def await_sixteen(secret: str) -> float:
    """Seconds until the last of sixteen has the first result."""
    port = free_port()
    addresses = [f"/census/result?{urlencode(one)}" for one in people(AT_ONCE)]

    def ask(address: str) -> float:
        started = time.perf_counter()
        first_page(port, address)
        return time.perf_counter() - started

    with server(likely_on(port), port, SECRET_KEY=secret), ThreadPoolExecutor(AT_ONCE) as pool:
        return max(pool.map(ask, addresses))


def measure_sixteen() -> None:
    found = []
    for _ in range(RUNS):
        secret = secrets.token_hex()
        found.append([await_sixteen(secret) for _ in range(2)])
    first, later = (statistics.median(column) for column in zip(*found, strict=True))
    print(
        f"of {AT_ONCE} who ask at once for the first result the last waits {first:.2f} s; at the next start {later:.2f} s"
    )


def main() -> None:
    print(f"From the command to the first page, and the memory of all processes then; median of {RUNS}:")
    seconds, megabytes = measure("Likely, five models", likely, "/census")
    alone, without = measure("the same without a database", likely, "/census", LIKELY_DATABASE="off")
    print(f"with a database: {seconds / alone:.2f} times the time and {megabytes / without:.2f} times the memory")
    measure("the smallest Flask app, gunicorn", bare, "/")
    measure_sixteen()
    print(f"to reach: {TARGET_SECONDS} s and {TARGET_MEGABYTES} MB")
    sys.exit(0 if seconds <= TARGET_SECONDS and megabytes <= TARGET_MEGABYTES else 1)


if __name__ == "__main__":
    main()
