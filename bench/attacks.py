"""The worst that clients send, each kind over several connections at once and without a pause."""

from __future__ import annotations

import io
import itertools
import json
import multiprocessing
import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from multiprocessing.synchronize import Event

from PIL import Image

from bench.servers import PERSON

# Seconds between two bytes of a slow client, and until the attacker has made what it sends.
PAUSE = 0.1
READY_WITHIN = 120.0
CONNECTIONS = 16
MEGABYTE = 1_000_000
TOKEN = re.compile(rb'name="csrf_token"[^>]* value="([^"]+)"')
COOKIE = re.compile(rb"set-cookie: ([^;]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Attack:
    name: str
    # What is sent at once, to the server on this port, and is answered unless something slow follows.
    make: Callable[[int, str], bytes]
    # What follows byte by byte; an empty one is waited for in silence.
    slowly: bytes | None = None
    connections: int = CONNECTIONS


def request(method: str, path: str, body: bytes = b"", kind: str = "application/json", more: str = "") -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: likely\r\nConnection: close\r\n{more}"
    return f"{head}Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def duplicate_keys(port: int, address: str) -> bytes:
    """As long as one object may be."""
    names = "".join([f'"{number:07}":1,' for number in range(80_000)])
    return request("POST", "/api/models/census/predict", f'{{{names}"zz":1,"zz":2}}'.encode())


def explained_list(port: int, address: str) -> bytes:
    return request("POST", "/api/models/census/predict?explain=1", json.dumps([PERSON] * 1_000).encode())


def photo_bomb(port: int, address: str) -> bytes:
    return form("/predict", large_photo())


@cache
def large_photo() -> bytes:
    """As many pixels as a JPEG may have, which costs nearly all that one photo may."""
    file = io.BytesIO()
    Image.new("RGB", (8_000, 6_000)).save(file, "JPEG", subsampling=0)
    return file.getvalue()


def long_file(port: int, address: str) -> bytes:
    """49 MB of people, with the token that the form is sent with."""
    page = exchange(port, address, request("GET", "/census/batch"))
    cookie, token = COOKIE.search(page), TOKEN.search(page)
    if cookie is None or token is None:
        return request("GET", "/census/batch")
    row = ",".join(map(str, PERSON.values())) + "\n"
    file = (",".join(PERSON) + "\n" + row * (49 * MEGABYTE // len(row))).encode()
    more = f"Cookie: {cookie[1].decode()}\r\nX-CSRFToken: {token[1].decode()}\r\n"
    return form("/census/batch?download=1", file, more)


def form(path: str, file: bytes, more: str = "") -> bytes:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    return request("POST", path, head + file + b"\r\n--x--\r\n", "multipart/form-data; boundary=x", more)


ATTACKS = [
    Attack("slow headers", lambda *_: b"GET / HTTP/1.1\r\nHost: likely\r\nX-Slow: ", b"a" * 60_000, 150),
    Attack(
        "slow bodies", lambda *_: request("POST", "/api/models/census/predict", bytes(60_000))[:-60_000], b" " * 60_000
    ),
    Attack("slow files", lambda *_: form("/census/batch", bytes(60_000))[:-60_000], b" " * 60_000),
    Attack("silent connections", lambda *_: b"", b"", 1_000),
    Attack("duplicate keys", duplicate_keys),
    Attack("explained lists", explained_list),
    Attack("photo bombs", photo_bomb),
    Attack("files of 49 MB", long_file),
]


def exchange(port: int, address: str, content: bytes) -> bytes:
    answer = bytearray()
    with socket.create_connection(("127.0.0.1", port), 60, (address, 0)) as line:
        line.sendall(content)
        while piece := line.recv(MEGABYTE):
            # The first of it is looked at, at most.
            answer += piece if len(answer) < MEGABYTE else b""
    return bytes(answer)


def send_slowly(port: int, address: str, content: bytes, rest: bytes) -> None:
    """Go on until the server has had enough."""
    with socket.create_connection(("127.0.0.1", port), 60, (address, 0)) as line:
        line.sendall(content)
        line.settimeout(PAUSE if rest else 60)
        for at in itertools.count():
            line.sendall(rest[at : at + 1])
            with suppress(TimeoutError):
                # An end says that the server closed the connection; an answer comes before it.
                if not line.recv(65_536):
                    return


def attack_without_end(name: str, port: int, addresses: Sequence[str], ready: Event) -> None:
    kind = next(kind for kind in ATTACKS if kind.name == name)
    # Who attacks has machines of its own.
    os.nice(10)
    contents = {address: kind.make(port, address) for address in addresses}

    def go_on(address: str) -> None:
        while True:
            try:
                if kind.slowly is None:
                    answer = exchange(port, address, contents[address])
                    # Whoever is told to come again later does so at once, but for what making the call costs here.
                    time.sleep(PAUSE if answer[9:12] in (b"429", b"503", b"") else 0)
                else:
                    send_slowly(port, address, contents[address], kind.slowly)
            except OSError:
                time.sleep(PAUSE)

    ready.set()
    threading.stack_size(256 * 1024)
    for number in range(kind.connections):
        threading.Thread(target=go_on, args=(addresses[number % len(addresses)],), daemon=True).start()
    threading.Event().wait()


@contextmanager
def attacked(kind: Attack, port: int, addresses: Sequence[str]) -> Iterator[None]:
    """By a process of its own, so that who measures is not held up by it; its first second is the worst."""
    processes = multiprocessing.get_context("spawn")
    ready = processes.Event()
    attacker = processes.Process(target=attack_without_end, args=(kind.name, port, addresses, ready))
    attacker.start()
    try:
        if not ready.wait(READY_WITHIN):
            raise SystemExit(f"The attack by {kind.name} has not begun")
        yield
    finally:
        attacker.kill()
        attacker.join()
