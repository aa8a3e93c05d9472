"""How the server and its workers end, are replaced, and start anew without a lost request."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import ssl
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.payloads import example, get_model
from tests.processes import PATIENCE, Server, free_port, likely, server
from tests.serving import KEY, PREDICT, all_of_it, await_that, connect, make_certificate, unfinished, workers

# Servers are waited for, and a second test beside them would make each wait longer.
pytestmark = [pytest.mark.slow, pytest.mark.alone]


# -- signals -----------------------------------------------------------------------------------------


def test_whoever_asked_before_the_end_is_answered() -> None:
    with server(SECRET_KEY=KEY) as running, ThreadPoolExecutor() as pool:
        line = connect(running, unfinished(PREDICT, "application/json")[:-5])
        asked = pool.submit(all_of_it, line)
        await_that(lambda: len(workers(running)) == 2, running)
        running.process.send_signal(signal.SIGTERM)
        # Nobody is asked a second time to hurry.
        with pytest.raises(subprocess.TimeoutExpired):
            running.process.wait(4)
        line.sendall(json.dumps(example(get_model("census"))).encode().ljust(9000))
        assert asked.result(PATIENCE).startswith(b"HTTP/1.1 200")
        assert running.process.wait(PATIENCE) == 0
        assert "ERROR" not in running.log


def test_the_end_by_ctrl_c_is_quiet() -> None:
    """The terminal sends it to the worker as well."""
    with server("--workers", "1", SECRET_KEY=KEY) as running:
        running.wait_until_it_says("Likely is on")
        assert running.ask("GET", "/healthz").status == 200
        for process in [running.process.pid, *workers(running)]:
            os.kill(process, signal.SIGINT)
        assert running.process.wait(PATIENCE) == 0
        assert "Traceback" not in running.log


@contextlib.contextmanager
def busy(running: Server) -> Iterator[list[int]]:
    """Four clients that ask without a pause, and the statuses of their answers; a failure is 0."""
    over, statuses = threading.Event(), list[int]()

    def keep_asking() -> None:
        while not over.is_set():
            try:
                statuses.append(running.ask("GET", "/healthz").status)
            except OSError:
                statuses.append(0)

    clients = [threading.Thread(target=keep_asking) for _ in range(4)]
    for client in clients:
        client.start()
    try:
        yield statuses
    finally:
        over.set()
        for client in clients:
            client.join(PATIENCE)


@pytest.mark.slow
def test_a_reload_starts_every_worker_anew_and_answers_all_but_a_connection_at_the_change() -> None:
    with server(SECRET_KEY=KEY) as running:
        await_that(lambda: len(workers(running)) == 2, running)
        before = set(workers(running))
        with busy(running) as statuses:
            # By then both workers are there, and not only on their way.
            await_that(lambda: len(statuses) > 500, running)
            running.process.send_signal(signal.SIGHUP)
            await_that(lambda: len(workers(running)) == 2 and not before & set(workers(running)), running)
        # A worker that ends closes connections whose request it has not read: at most one of each of the four clients.
        assert set(statuses) <= {200, 0}
        assert statuses.count(0) <= 2 * 4


def test_a_worker_that_dies_is_replaced() -> None:
    with server(SECRET_KEY=KEY) as running:
        running.wait_until_it_says("Likely is on")
        await_that(lambda: len(workers(running)) == 2, running)
        victim = workers(running)[0]
        os.kill(victim, signal.SIGKILL)
        await_that(lambda: len(workers(running)) == 2 and victim not in workers(running), running)
        running.wait_until_it_answers()
        assert running.ask("GET", "/readyz").status == 200


def test_a_server_that_is_killed_leaves_no_worker_behind() -> None:
    with server(SECRET_KEY=KEY) as running:
        running.process.kill()

        def is_gone() -> bool:
            with contextlib.suppress(ConnectionRefusedError), connect(running):
                return False
            return True

        await_that(is_gone, running)


def test_a_worker_that_dies_while_it_starts_ends_the_server(tmp_path: Path) -> None:
    (tmp_path / "deadly.py").write_text("import os\nos._exit(9)\n")
    result = likely("--port", str(free_port()), SECRET_KEY=KEY, LIKELY_MODEL_FOLDERS=str(tmp_path))
    assert result.returncode == 1
    assert "Unexpected exit from worker" in result.stdout
    assert "Likely is on" not in result.stdout


def test_a_reload_that_would_fail_is_refused_and_the_workers_go_on(tmp_path: Path) -> None:
    with server("--workers", "1", SECRET_KEY=KEY, LIKELY_MODEL_FOLDERS=str(tmp_path)) as running:
        running.wait_until_it_says("Likely is on")
        (tmp_path / "broken.py").write_text("1/0")
        running.process.send_signal(signal.SIGHUP)
        running.wait_until_it_says("Not reloaded, the workers go on as they are")
        assert "broken.py, line 1: ZeroDivisionError" in running.log
        assert running.ask("GET", "/readyz").status == 200


def test_a_reload_takes_a_renewed_certificate_in_and_refuses_one_without_its_key(tmp_path: Path) -> None:
    def shown() -> str:
        # While the workers change, a connection may be reset.
        with contextlib.suppress(OSError):
            return ssl.get_server_certificate(("127.0.0.1", running.port))
        return ""

    cert, key = make_certificate(tmp_path)
    with_it = ("--tls-cert", str(cert), "--tls-key", str(key))
    with server("--workers", "1", *with_it, SECRET_KEY=KEY, LIKELY_LOG="json") as running:
        running.wait_until_it_says("Likely is on")
        assert shown() == cert.read_text()
        (first,) = workers(running)
        make_certificate(tmp_path)
        renewed = cert.read_text()
        assert shown() != renewed
        running.process.send_signal(signal.SIGHUP)
        await_that(lambda: first not in workers(running) and shown() == renewed, running)
        key.write_text("no key")
        running.process.send_signal(signal.SIGHUP)
        running.wait_until_it_says('"level": "ERROR", "message": "Not reloaded, the workers go on as they are')
        assert shown() == renewed
