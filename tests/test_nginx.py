"""nginx in front, with the configuration as it is shipped: what it refuses itself is guarded like what Likely answers."""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from bench.nginx import NOBODY, nginx
from bench.servers import await_port

from tests.payloads import person
from tests.processes import ENDS_WITHIN, PATIENCE, Server, free_port, server

pytestmark = pytest.mark.slow
GUARDS = ["Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy"]


def behind(**settings: str) -> AbstractContextManager[Server]:
    return server(SECRET_KEY="for the tests only, nowhere else", LIKELY_PROXIES="1", **settings)


@contextmanager
def in_front(folder: Path, inner: int, long: int = NOBODY, rate: str = "50r/s", burst: int = 200) -> Iterator[int]:
    """A port of nginx in front of Likely, as it is shipped but for how often one client may ask."""
    outer = free_port()
    # Its workers are another user.
    for above in (folder, *folder.parents[:2]):
        above.chmod(0o755)
    command = nginx(outer, inner, folder, long)
    shipped = (folder / "likely.conf").read_text()
    changed = shipped.replace("rate=50r/s", f"rate={rate}").replace("burst=200", f"burst={burst}")
    assert (changed.count(f"rate={rate}"), changed.count(f"burst={burst} ")) == (1, 2)
    (folder / "likely.conf").write_text(changed)
    process = subprocess.Popen(command)
    try:
        await_port(outer, process)
        yield outer
    finally:
        process.terminate()
        process.wait(ENDS_WITHIN)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    # A slow machine would not reach the shipped rate.
    with behind() as inner, in_front(tmp_path_factory.mktemp("nginx"), inner.port, rate="1r/s", burst=20) as outer:
        yield outer


def ask(port: int, method: str, path: str, **headers: str) -> http.client.HTTPResponse:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    line.putrequest(method, path)
    for name, value in headers.items():
        line.putheader(name.replace("_", "-"), value)
    line.endheaders()
    answer = line.getresponse()
    answer.read()
    line.close()
    return answer


def test_it_is_installed() -> None:
    assert shutil.which("nginx"), "apt-get install nginx-light"


def test_each_answer_has_each_guard_once_whoever_made_it(port: int) -> None:
    for method, path, status, headers in (
        ("GET", "/census", 200, {}),
        ("GET", "/nothing", 404, {}),
        # Of the server behind it, which is Granian.
        ("GET", "/census", 431, {f"X-{number}": "a" * 7_000 for number in range(10)}),
        # And of nginx.
        ("POST", "/api/models/census/predict", 413, {"Content_Length": "10000000"}),
        ("GET", "/census", 400, {"X_Bad": "a" * 9_000}),
    ):
        answer = ask(port, method, path, **headers)
        assert answer.status == status or (status == 431 and answer.status in (400, 431))
        assert [len(answer.headers.get_all(name, [])) for name in GUARDS] == [1, 1, 1, 1], (path, answer.status)
        assert "Retry-After" not in answer.headers


def test_whoever_asks_too_often_is_told_when_to_come_again(port: int) -> None:
    answers = [ask(port, "GET", "/healthz") for _ in range(60)]
    refused = [answer for answer in answers if answer.status == 429]
    assert refused
    assert all(len(answer.headers.get_all(name, [])) == 1 for answer in refused for name in (*GUARDS, "Retry-After"))


def test_what_is_long_goes_to_a_server_of_its_own_or_to_the_only_one(tmp_path: Path) -> None:
    def send(length: int, in_chunks: bool = False) -> int:
        line = http.client.HTTPConnection("127.0.0.1", outer, timeout=PATIENCE)
        body = json.dumps(person()).encode().ljust(length)
        kind = {"Content-Type": "application/json"}
        line.request(
            "POST", "/api/models/census/predict", iter([body]) if in_chunks else body, kind, encode_chunked=in_chunks
        )
        status = line.getresponse().status
        line.close()
        return status

    # The second server has no census, which shows that it was asked.
    second = behind(LIKELY_MODELS="iris")
    with behind() as first, second as other, in_front(tmp_path, first.port, other.port) as outer:
        assert (send(9_999), send(10_000), send(2_000, in_chunks=True)) == (200, 404, 404)
    with behind() as first, in_front(tmp_path, first.port) as outer:
        assert (send(10_000), send(2_000, in_chunks=True)) == (200, 200)
