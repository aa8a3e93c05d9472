"""A client that leaves, and one that holds many slow bodies, while the server runs."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from pathlib import Path

import pytest

from tests.payloads import example, get_model
from tests.processes import PATIENCE, Server, server
from tests.serving import all_of_it, await_that, unfinished, workers
from tests.webapp.http.test_metrics import asked_of

pytestmark = pytest.mark.slow

KEY = "for the tests of leaving only"
LIST = json.dumps([example(get_model("iris"))] * 1000).encode()
EXPLAIN = "/api/models/iris/predict?explain=1"


def line_from(running: Server, address: str, sent: bytes) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", running.port), timeout=PATIENCE, source_address=(address, 0))
    line.sendall(sent)
    return line


def ask(path: str, kind: str, body: bytes) -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        + body
    )


def seconds_worked(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_a_list_is_no_longer_explained_once_the_client_has_left(tmp_path: Path) -> None:
    with server("--workers", "1", SECRET_KEY=KEY, TMPDIR=str(tmp_path), LIKELY_EXPLANATIONS="off") as running:
        await_that(lambda: len(workers(running)) == 1, running)
        (worker,) = workers(running)
        started = seconds_worked(worker)
        assert running.ask("POST", EXPLAIN, LIST, Content_Type="application/json").status == 200
        whole = seconds_worked(worker) - started
        started = seconds_worked(worker)
        for _ in range(8):
            line = line_from(running, "127.0.0.2", ask(EXPLAIN, "application/json", LIST))
            assert line.recv(100).startswith(b"HTTP/1.1 200")
            line.close()
        # This one has to wait for a place until the others were broken off.
        assert running.ask("POST", EXPLAIN, LIST, Content_Type="application/json").status == 200
        assert seconds_worked(worker) - started < 4 * whole


def test_no_client_holds_more_than_its_share_of_slow_bodies(tmp_path: Path) -> None:
    kind = "application/json"
    with server("--workers", "1", SECRET_KEY=KEY, TMPDIR=str(tmp_path)) as running, contextlib.ExitStack() as held:
        for _ in range(20):
            held.enter_context(line_from(running, "127.0.0.2", unfinished("/api/models/census/predict", kind)))
        await_that(lambda: asked_of(running, "likely_refusals_total", limit="client requests") == 4, running)
        told = all_of_it(
            line_from(running, "127.0.0.2", b"GET /census HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        )
        assert told.startswith(b"HTTP/1.1 429")
        assert b"You may have 16 requests under way at once" in told
        other = all_of_it(
            line_from(running, "127.0.0.3", b"GET /census HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        )
        assert other.startswith(b"HTTP/1.1 200")
