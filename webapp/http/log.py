"""One line a request on standard output, without the query string: answers stay out of the log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class RequestLog:
    """Logs in front of the app, so that every server and every answer is covered alike."""

    def __init__(self, app: WsgiApp) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        started = time.perf_counter()

        def start(status: str, headers: Any, exc_info: Any = None) -> Any:
            milliseconds = (time.perf_counter() - started) * 1000
            path = environ.get("PATH_INFO", "")
            if not path.isascii():
                path = path.encode("latin-1", "replace").decode("utf-8", "replace")
            method = printable(environ.get("REQUEST_METHOD", "-"))
            now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            sys.stdout.write(f"{now} {method} {printable(path)} {status[:3]} {milliseconds:.1f} ms\n")
            sys.stdout.flush()
            return start_response(status, headers, exc_info)

        return self.app(environ, start)


def printable(path: str) -> str:
    """The path with what could forge a log line made visible."""
    shown = path[:200]
    return shown if shown.isprintable() else "".join(c if c.isprintable() else "?" for c in shown)
