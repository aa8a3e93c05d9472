"""How Likely bears slow clients and the death of a worker: python bench/abuse.py

Slow clients: 150 connections send their headers one byte at a time and begin again once they are closed,
while somebody asks for a page twenty times a second; behind nginx with deploy/nginx.conf, and without it.
Silence: a thousand connections send nothing meanwhile.
Death: 16 connections ask without a pause, and the worker that holds more of them gets SIGKILL.
Needs nginx (apt install nginx-light).
"""

from __future__ import annotations

import argparse
import http.client
import os
import signal
import socket
import statistics
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.nginx import nginx
from bench.processes import connections, workers
from bench.servers import free_port, likely, server
from bench.slow_clients import slow_clients

SLOW = 150
SILENT = 1000
CONNECTIONS = 16
TARGET_P99 = 250.0
TARGET_BACK = 3.0
PATIENCE = 10.0
BETWEEN = 0.05
PAGE = "/census"


# -- Slow clients ------------------------------------------------------------------------------------


def waits(port: int, seconds: float) -> tuple[list[float], int]:
    """Milliseconds that each ordinary request took, and how many were not answered."""
    took, failed = [], 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        started = time.perf_counter()
        failed += not answered(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE), once=True)
        took.append(1000 * (time.perf_counter() - started))
        time.sleep(BETWEEN)
    return took, failed


def answered(line: http.client.HTTPConnection, once: bool = False) -> bool:
    try:
        line.request("GET", PAGE)
        answer = line.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        line.close()
        return False
    if once:
        line.close()
    return answer.status == 200


def bear_slow_clients(name: str, port: int, seconds: float) -> tuple[float, int]:
    with slow_clients(port, SLOW) as clients:
        took, failed = waits(port, seconds)
        connected = sum(client.line is not None for client in clients)
    p99 = statistics.quantiles(took, n=100)[-1] if len(took) > 1 else took[0]
    print(
        f"{name:16} median {statistics.median(took):7.1f} ms   p99 {p99:8.1f} ms   "
        f"{failed} of {len(took)} requests not answered   {connected} slow clients connected"
    )
    return p99, failed


# -- The death of a worker ---------------------------------------------------------------------------


class Asker(threading.Thread):
    """Asks for pages without a pause, and remembers how long each failure kept it from the next success."""

    def __init__(self, port: int, over: threading.Event) -> None:
        super().__init__()
        self.port, self.over = port, over
        self.answers = self.failures = 0
        self.gaps: list[float] = []

    def run(self) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        failed_at = None
        while not self.over.is_set():
            asked_at = time.monotonic()
            if answered(line):
                self.answers += 1
                if failed_at is not None:
                    self.gaps.append(time.monotonic() - failed_at)
                failed_at = None
            else:
                self.failures += 1
                failed_at = failed_at or asked_at
        line.close()


def bear_a_death(seconds: float) -> bool:
    port, over = free_port(), threading.Event()
    with server(likely(port), port) as master:
        askers = [Asker(port, over) for _ in range(CONNECTIONS)]
        for asker in askers:
            asker.start()
        time.sleep(seconds / 2)
        victim = max(workers(master.pid), key=connections)
        held = connections(victim)
        os.kill(victim, signal.SIGKILL)
        time.sleep(seconds / 2)
        over.set()
        for asker in askers:
            asker.join()
        replaced = len(workers(master.pid)) == 2 and victim not in workers(master.pid)
    failures = sum(asker.failures for asker in askers)
    longest = max((gap for asker in askers for gap in asker.gaps), default=0.0)
    answers = sum(asker.answers for asker in askers)
    print(f"{answers} requests were answered. The killed worker held {held} connections, and {failures} requests")
    print(f"failed. Whoever asked again had an answer after at most {longest:.2f} s.")
    print("A new worker took its place." if replaced else "No new worker took its place.")
    return failures <= 2 * CONNECTIONS and longest <= TARGET_BACK and replaced


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20, help="how long each part takes")
    asked = parser.parse_args()
    print(f"An ordinary request beside {SLOW} slow clients:")
    with tempfile.TemporaryDirectory() as folder:
        inner, outer, alone = free_port(), free_port(), free_port()
        with (
            server(likely(inner), inner, LIKELY_PROXIES="1"),
            server(nginx(outer, inner, Path(folder)), outer),
        ):
            p99, failed = bear_slow_clients("behind nginx", outer, asked.seconds)
    with server(likely(alone), alone):
        alone_p99, alone_failed = bear_slow_clients("without nginx", alone, asked.seconds)
        with ExitStack() as silent:
            for _ in range(SILENT):
                silent.enter_context(socket.create_connection(("127.0.0.1", alone)))
            silent_p99, silent_failed = bear_slow_clients(f"and {SILENT} silent", alone, asked.seconds)
    p99, failed = max(p99, alone_p99, silent_p99), failed + alone_failed + silent_failed
    print(f"to reach: p99 {TARGET_P99:.0f} ms, every request answered\n")
    print(f"One of two workers killed while {CONNECTIONS} connections ask:")
    survived = bear_a_death(asked.seconds)
    print(f"to reach: at most two failures a connection, and {TARGET_BACK:.0f} s")
    sys.exit(0 if p99 <= TARGET_P99 and not failed and survived else 1)


if __name__ == "__main__":
    main()
