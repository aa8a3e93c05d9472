"""The server while it works: slow and silent clients, dying workers, signals, certificates, and other servers."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from model.learn.train import train
from model.predict.catalog import Catalog

from tests import photos
from tests.payloads import example, get_model
from tests.processes import ENDS_WITHIN, PATIENCE, Server, free_port, likely, run, run_without_rights, server
from tests.toys import write_toy

# Servers are waited for, and a second test beside them would make each wait longer.
pytestmark = [pytest.mark.slow, pytest.mark.alone]

KEY = "for the tests only, nowhere else"
# A list that keeps a worker busy for a moment.
PEOPLE = json.dumps([example(get_model("census"))] * 5000).encode()
PREDICT = "/api/models/census/predict"


def await_that(is_so: Callable[[], bool], running: Server) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, running.log
        time.sleep(0.01)


def workers(running: Server) -> list[int]:
    """The processes that answer; what else the server starts has no connections."""
    tree = subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(running.process.pid)], capture_output=True, text=True
    )
    return [int(line.split()[0]) for line in tree.stdout.splitlines() if "spawn_main" in line]


def connect(running: Server, sent: bytes = b"") -> socket.socket:
    line = socket.create_connection(("127.0.0.1", running.port), timeout=PATIENCE)
    line.sendall(sent)
    return line


def unfinished(path: str, kind: str) -> bytes:
    """A request whose body has only begun."""
    return f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: 9000\r\n\r\nage=3".encode()


def all_of_it(line: socket.socket) -> bytes:
    with contextlib.closing(line):
        return b"".join(iter(lambda: line.recv(65536), b""))


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


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a model in it that can be spoilt."""
    (tmp_path / "flower.py").write_text(
        "from dataclasses import replace\nfrom model.iris import MODEL as IRIS\nMODEL = replace(IRIS, name='flower', drawing='')\n"
    )
    return tmp_path


def test_a_model_that_cannot_be_read_stops_the_start_with_one_sentence(folder: Path) -> None:
    (folder / "trained").mkdir()
    (folder / "trained" / "flower.json").write_text("{}")
    result = likely("--port", str(free_port()), SECRET_KEY=KEY, LIKELY_MODEL_FOLDERS=str(folder))
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1, result.stderr
    assert "python run.py train flower" in result.stderr
    assert "Likely is on" not in result.stdout


def test_a_model_that_is_just_being_trained_is_shown_after_a_reload(tmp_path: Path) -> None:
    with server("--workers", "1", SECRET_KEY=KEY, LIKELY_MODEL_FOLDERS=str(write_toy(tmp_path))) as running:
        running.wait_until_it_says("WARNING toy is not trained yet and not shown")
        running.wait_until_it_says("Likely is on")
        assert [running.ask("GET", path).status for path in ("/toy", "/titanic")] == [404, 200]
        train(Catalog([tmp_path])["toy"])
        running.process.send_signal(signal.SIGHUP)
        await_that(lambda: running.ask("GET", "/toy").status == 200, running)


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


# -- certificates ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_certificate(tmp_path_factory.mktemp("tls"))


def make_certificate(folder: Path) -> tuple[Path, Path]:
    cert, key = folder / "cert.pem", folder / "key.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", cert]
    subprocess.run([*made, *subject], check=True, capture_output=True)
    return cert, key


def test_it_serves_https(certificate: tuple[Path, Path]) -> None:
    cert, key = certificate
    trusted = ssl.create_default_context(cafile=str(cert))
    with server("--tls-cert", str(cert), "--tls-key", str(key), SECRET_KEY=KEY) as running:
        address = f"https://127.0.0.1:{running.port}"
        running.wait_until_it_says(f"Likely is on {address}")
        with urllib.request.urlopen(f"{address}/census", context=trusted, timeout=PATIENCE) as answer:
            assert answer.status == 200
            assert "Secure" in answer.headers["Set-Cookie"]
            assert "Strict-Transport-Security" in answer.headers


def test_a_certificate_needs_its_key(certificate: tuple[Path, Path]) -> None:
    cert, _ = certificate
    alone = likely("--tls-cert", str(cert), SECRET_KEY=KEY)
    assert alone.returncode == 2
    assert "--tls-cert and --tls-key go together" in alone.stderr
    wrong = likely("--tls-cert", str(cert), "--tls-key", str(cert), "--port", str(free_port()), SECRET_KEY=KEY)
    assert wrong.returncode == 2
    assert "are no certificate and its key" in wrong.stderr
    assert "Traceback" not in wrong.stderr


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


# -- other servers -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["app", "application"])
def test_gunicorn_serves_it_too(name: str) -> None:
    command = ("-m", "gunicorn", "--bind", "127.0.0.1:{port}", "--threads", "4", f"webapp.wsgi:{name}")
    with server(other=command, SECRET_KEY=KEY) as running:
        assert running.ask("GET", "/readyz").status == 200
        assert running.ask("POST", PREDICT, PEOPLE, Content_Type="application/json").status == 200


BAD_LINE = b"GET /census/result?age=93 and more HTTP/1.1 x\r\n\r\n"


def test_gunicorn_as_deployed_passes_over_a_header_that_moves_the_site_and_logs_no_answers() -> None:
    command = ("-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "--bind", "127.0.0.1:{port}", "webapp.wsgi:app")
    with server(other=command, SECRET_KEY=KEY) as running:
        for mounted in ("/x", "/census", "x", "%0d%0a"):
            head = f"GET /census HTTP/1.1\r\nHost: here\r\nConnection: close\r\nSCRIPT_NAME: {mounted}\r\n\r\n"
            assert all_of_it(connect(running, head.encode())).startswith(b"HTTP/1.1 200 OK")
        assert b"400 Bad Request" in all_of_it(connect(running, BAD_LINE))
        running.process.terminate()
        running.process.wait(ENDS_WITHIN)
        assert "age=93" not in running.log


def test_another_server_needs_a_secret_key() -> None:
    result = run("-c", "import webapp.wsgi")
    assert result.returncode == 1
    assert "SECRET_KEY must be set when another server runs Likely" in result.stderr


def test_the_server_itself_makes_no_application() -> None:
    """It stays small: only the workers read the models and import Flask."""
    script = "import sys, webapp.commands.main; print([name for name in ('flask', 'numpy', 'granian') if name in sys.modules])"
    assert run("-c", script).stdout.strip() == "[]", sys.version


# -- a start that lacks something --------------------------------------------------------------------


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_it_serves_though_streams_are_closed_and_a_refused_start_ends_with_2(closed: str) -> None:
    script = "import os, sys; os.execv('/bin/sh', ['sh', '-c', sys.argv[1], 'sh', sys.executable])"
    start = f'exec "$1" run.py --workers 1 --port {{port}} {closed}'
    with server(other=("-c", script, start), SECRET_KEY=KEY) as running:
        assert running.ask("GET", "/census").status == 200
        assert "Traceback" not in running.log
    refused = run("-c", script, start.format(port=free_port()), SECRET_KEY=KEY, LIKELY_MODELS="weather")
    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr
    assert len(refused.stderr.splitlines()) == (0 if "2>&-" in closed else 1)


def test_a_key_that_cannot_be_kept_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    folder.mkdir(mode=0o555)
    script = (
        "import pathlib, sys, webapp.commands.serve as serve; from webapp.commands.main import main;"
        f"serve.SECRET_FILE = pathlib.Path({str(folder / 'secret_key')!r}); main()"
    )
    refused = run_without_rights("-c", script, "--port", str(free_port()))
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"Error: The key cannot be kept in {folder / 'secret_key'} (Permission denied)")
    assert refused.stderr.count("\n") == 1


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
