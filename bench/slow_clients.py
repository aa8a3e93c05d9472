"""Clients that keep a server waiting: each sends headers one byte at a time, and they never end."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

# Seconds between two bytes of one client, and before the server has felt them all.
PAUSE = 0.1
SETTLING = 3


class SlowClient:
    def __init__(self, port: int) -> None:
        self.port = port
        self.line: socket.socket | None = None
        self.left = b""

    def go_on(self) -> None:
        try:
            if self.line is None:
                self.line = socket.create_connection(("127.0.0.1", self.port), timeout=1)
                self.line.setblocking(False)
                self.left = b"GET / HTTP/1.1\r\nHost: likely\r\nX-Slow: "
            self.line.send(self.left[:1] or b"a")
            self.left = self.left[1:]
            # An end of file says that the server has had enough; so does an error.
            ended = self.line.recv(4096, socket.MSG_PEEK) == b""
        except BlockingIOError:
            return
        except OSError:
            ended = True
        if ended:
            self.stop()

    def stop(self) -> None:
        if self.line is not None:
            self.line.close()
            self.line = None


@contextmanager
def slow_clients(port: int, number: int) -> Iterator[list[SlowClient]]:
    clients = [SlowClient(port) for _ in range(number)]
    over = threading.Event()

    def send() -> None:
        while not over.wait(PAUSE):
            for client in clients:
                client.go_on()

    sender = threading.Thread(target=send)
    sender.start()
    try:
        time.sleep(SETTLING)
        yield clients
    finally:
        over.set()
        sender.join()
        for client in clients:
            client.stop()
