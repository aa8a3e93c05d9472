"""Likely as its own process: commands that end, and servers that are waited for and stopped."""

from __future__ import annotations

import contextlib
import ctypes
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPMessage
from pathlib import Path

ROOT = Path(__file__).parents[1]
PATIENCE = 20.0
PR_CAPBSET_DROP = 24
# A worker that is asked to end while it starts is killed after 30 seconds.
ENDS_WITHIN = 40.0


def environment(**changes: str) -> dict[str, str]:
    """This process's own environment without what would change Likely's settings, or have Python compile it anew."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LIKELY_", "PYTHONDONT")) and name not in ("SECRET_KEY", "WEB_CONCURRENCY")
    }
    temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), tempfile.gettempdir())
    return {**kept, **temporary, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", **changes}


def run(
    *arguments: str, cwd: Path = ROOT, before: Callable[[], None] | None = None, **changes: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env=environment(**changes),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=before,
    )


def run_without_rights(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """The same by somebody whom a folder's rights bind: by root too, who gives up what root is let off."""

    def give_up() -> None:
        # CAP_DAC_OVERRIDE, which root has no more once another program begins; nobody else has it to give up.
        ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, 1, 0, 0, 0)

    return run(*arguments, before=give_up, **changes)


def likely(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """python run.py, to its end."""
    return run("run.py", *arguments, **changes)


def refused_start(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """python run.py where it is not to start, on a port of its own: Likely itself may be on the usual one."""
    return likely("--port", str(free_port()), *arguments, **changes)


def assert_refused(result: subprocess.CompletedProcess[str], *words: str) -> None:
    """The command ends with 2 and a message; a traceback would be for us and not for its reader."""
    assert result.returncode == 2, result.stderr
    assert "Traceback" not in result.stderr
    for word in words:
        assert word in result.stderr


def free_port() -> int:
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        number: int = any_port.getsockname()[1]
        return number


@dataclass(frozen=True)
class Answer:
    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Server:
    def __init__(self, port: int, process: subprocess.Popen[bytes], output: Path) -> None:
        self.port = port
        self.process = process
        self.output = output
        self.patience = PATIENCE

    @property
    def log(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def ask(self, method: str, path: str, body: bytes | Iterator[bytes] = b"", **headers: str) -> Answer:
        """Send one request and read its answer; a body in pieces is sent in chunks."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.patience)) as line:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            line.request(method, path, body or None, named, encode_chunked=not isinstance(body, bytes))
            with line.getresponse() as answer:
                return Answer(answer.status, answer.headers, answer.read())

    def wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
        raise TimeoutError(self.log)

    def wait_until_it_says(self, words: str) -> None:
        """What a request logs may come a moment after its answer."""
        deadline = time.monotonic() + PATIENCE
        while words not in self.log:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{words!r} is not in the log:\n{self.log}")


@contextlib.contextmanager
def server(*arguments: str, other: tuple[str, ...] = (), **changes: str) -> Iterator[Server]:
    """python run.py on a free port, or another command whose {port} that is, with its output in a file."""
    number = free_port()
    command = [part.format(port=number) for part in other or ("run.py", "--port", "{port}")]
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        with output.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, *command, *arguments],
                cwd=ROOT,
                env=environment(**changes),
                stdout=file,
                stderr=subprocess.STDOUT,
            )
            try:
                started = Server(number, process, output)
                started.wait_until_it_answers()
                yield started
            finally:
                process.terminate()
                process.wait(ENDS_WITHIN)
