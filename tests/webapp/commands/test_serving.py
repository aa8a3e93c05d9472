"""The server while it works: slow and silent clients, large photos, and the memory that pages take for a moment."""

from __future__ import annotations

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import pytest
from PIL import Image

from tests import photos
from tests.payloads import person
from tests.processes import server
from tests.serving import KEY, PREDICT, all_of_it, connect, unfinished, workers

# Servers are waited for, and a second test beside them would make each wait longer.
pytestmark = [pytest.mark.slow, pytest.mark.alone]


# -- whoever is slow ---------------------------------------------------------------------------------


def test_a_thousand_silent_connections_disturb_nobody() -> None:
    with server(SECRET_KEY=KEY) as running, contextlib.ExitStack() as silent:
        for _ in range(1000):
            silent.enter_context(connect(running))
        assert {running.ask("GET", path).status for path in ["/census", "/readyz"] * 10} == {200}


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/census", "application/x-www-form-urlencoded"),
        (PREDICT, "application/json"),
        ("/census/batch", "multipart/form-data; boundary=edge"),
    ],
)
def test_sixteen_slow_bodies_do_not_stop_others(path: str, kind: str) -> None:
    with server(SECRET_KEY=KEY) as running, contextlib.ExitStack() as slow:
        for _ in range(16):
            slow.enter_context(connect(running, unfinished(path, kind)))
        assert {running.ask("GET", "/census").status for _ in range(10)} == {200}


@pytest.mark.slow
@pytest.mark.parametrize("sent", [b"", b"GET /census HTTP/1.1\r\nHost: x\r\nX-Slow: a"], ids=["silent", "half sent"])
def test_headers_that_never_end_are_cut(sent: bytes) -> None:
    with server(SECRET_KEY=KEY) as running:
        line = connect(running, sent)
        started = time.monotonic()
        assert b"200" not in all_of_it(line)
        assert time.monotonic() - started < 12


def test_headers_that_are_too_long_are_refused_and_not_logged() -> None:
    with server(SECRET_KEY=KEY) as running:
        line = connect(running, b"GET /census HTTP/1.1\r\nHost: x\r\nX-Long: " + b"secret" * 50_000 + b"\r\n\r\n")
        with contextlib.suppress(ConnectionResetError):
            assert all_of_it(line).startswith(b"HTTP/1.1 431")
        line = connect(running, b"GET /census?age=secret HTTP/9.9\r\n\r\n")
        assert all_of_it(line).startswith(b"HTTP/1.1 400")
        assert running.ask("GET", "/healthz").status == 200
        assert "secret" not in running.log


LIMITED = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
os.execv(sys.executable, [sys.executable, "run.py", "--port", "{port}"])
"""


def test_sixty_four_open_files_are_enough_also_beside_forty_silent_connections() -> None:
    with server(other=("-c", LIMITED), SECRET_KEY=KEY) as running, contextlib.ExitStack() as silent:
        running.wait_until_it_says("Likely is on")
        for _ in range(40):
            silent.enter_context(connect(running))
        photo = photos.COFFEE.read_bytes()
        for _ in range(10):
            assert running.ask("GET", "/census").status == 200
            sent = running.ask("POST", "/predict", multipart(photo), Content_Type="multipart/form-data; boundary=x")
            assert sent.status == 200
        assert "Too many open files" not in running.log


def multipart(file: bytes) -> bytes:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    return head + file + b"\r\n--x--\r\n"


def memory(process: int, key: str) -> float:
    """In megabytes."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith(key)).split()[1]) / 1024


def test_sixteen_of_the_worst_photos_at_once_leave_both_workers_small() -> None:
    worst = [
        photos.saved(Image.new("RGB", (8_000, 6_000)), "JPEG", subsampling=0),
        photos.png_of(6_000, 5_000, interlaced=True),
        photos.saved(Image.new("RGBA", (4_000, 2_000), (1, 2, 3, 4)), "WEBP", method=0),
        photos.jpeg_with_scans(44, (5_000, 4_000)),
    ]
    with server(SECRET_KEY=KEY, LIKELY_LOG="json") as running:
        kind = {"Content_Type": "multipart/form-data; boundary=x"}
        running.patience = 120

        def send(photo: bytes) -> int:
            return running.ask("POST", "/predict", multipart(photo), **kind).status

        for _ in range(8):
            assert send(photos.COFFEE.read_bytes()) == 200
        idle = [memory(worker, "VmRSS") for worker in workers(running)]
        with ThreadPoolExecutor(16) as pool:
            assert {*pool.map(send, worst * 4)} <= {200, 503}
        peaks, after = [[memory(worker, key) for worker in workers(running)] for key in ("VmHWM", "VmRSS")]
        assert max(peaks) <= 600
        assert all(now <= before + 100 for now, before in zip(after, idle, strict=True))
        assert send(photos.COFFEE.read_bytes()) == 200


def taken_anew(process: int) -> int:
    """How often the system had to give it a page of memory."""
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[7])


@pytest.mark.parametrize("headers", [{}, {"Accept_Encoding": "gzip"}], ids=["as it is", "compressed"])
def test_what_a_page_takes_for_a_moment_is_there_for_the_next_one(headers: dict[str, str]) -> None:
    with server("--workers", "1", SECRET_KEY=KEY) as running:
        (worker,) = workers(running)

        def ask_a_hundred() -> int:
            before = taken_anew(worker)
            for _ in range(50):
                # A form is signed; a result is drawn anew.
                for path in ("/census", f"/census/result?{urlencode(person())}"):
                    assert running.ask("GET", path, **headers).status == 200
            return taken_anew(worker) - before

        ask_a_hundred()
        assert ask_a_hundred() < 5 * 100
