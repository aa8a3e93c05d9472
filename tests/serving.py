"""What the tests of a running server do with it: its workers, and connections to it by hand."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tests.processes import PATIENCE, Server

KEY = "for the tests only, nowhere else"
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


def make_certificate(folder: Path) -> tuple[Path, Path]:
    cert, key = folder / "cert.pem", folder / "key.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", cert]
    subprocess.run([*made, *subject], check=True, capture_output=True)
    return cert, key
