"""The log, on standard output: a line a request without its answers. Nothing that a client sends begins a line."""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    # The server that starts the workers logs too, and has no use for Flask.
    from flask import Flask

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

PLAIN = re.compile(r"[A-Za-z0-9/*._-]+")
LONGEST = 200


class RequestLog:
    """Logs in front of the app, so that every server and every answer is covered alike."""

    def __init__(self, app: WsgiApp) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        started = time.perf_counter()

        def start(status: str, headers: Any, exc_info: Any = None) -> Any:
            milliseconds = (time.perf_counter() - started) * 1000
            method, path = quoted(environ["REQUEST_METHOD"]), quoted(environ["PATH_INFO"])
            write(f"{method} {path} {status[:3]} {milliseconds:.1f} ms")
            return start_response(status, headers, exc_info)

        return self.app(environ, start)


class Failures(logging.Handler):
    """What Flask and the server say of themselves; each further line of it is indented."""

    def emit(self, record: logging.LogRecord) -> None:
        lines = self.format(record).splitlines()
        write("\n    ".join([f"{record.levelname} {lines[0] if lines else ''}", *lines[1:]]))


def quoted(text: str) -> str:
    """The text as it stands in an address, where nothing ends a word or a line."""
    shown = text[:LONGEST]
    return shown if PLAIN.fullmatch(shown) else quote(shown, encoding="latin-1", errors="replace")[:LONGEST] or "-"


def write(text: str) -> None:
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    try:
        sys.stdout.write(f"{now} {text}\n")
        sys.stdout.flush()
    except (OSError, ValueError, AttributeError):
        # Where nobody takes the log any more, people are answered all the same.
        return


def init_app(app: Flask) -> None:
    app.logger.handlers = [Failures()]
