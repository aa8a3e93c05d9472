"""nginx in front, with the configuration as it is shipped: what it refuses itself is guarded like what Likely answers."""

from __future__ import annotations

import http.client
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from bench.nginx import nginx
from bench.servers import await_port

from tests.processes import ENDS_WITHIN, PATIENCE, free_port, server

pytestmark = pytest.mark.slow
GUARDS = ["Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy"]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A port of nginx in front of Likely."""
    outer, folder = free_port(), tmp_path_factory.mktemp("nginx")
    # Its workers are another user.
    for above in (folder, *folder.parents[:2]):
        above.chmod(0o755)
    with server(SECRET_KEY="for the tests only, nowhere else", LIKELY_PROXIES="1") as inner:
        command = nginx(outer, inner.port, folder)
        shipped = (folder / "likely.conf").read_text()
        # A slow machine would not reach the shipped rate.
        fewer = shipped.replace("rate=50r/s", "rate=1r/s").replace("burst=200", "burst=20")
        assert (fewer.count("rate=1r/s"), fewer.count("burst=20 ")) == (1, 2)
        (folder / "likely.conf").write_text(fewer)
        process = subprocess.Popen(command)
        try:
            await_port(outer, process)
            yield outer
        finally:
            process.terminate()
            process.wait(ENDS_WITHIN)


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
