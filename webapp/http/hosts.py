"""The host that a request names: one that cannot be, or is not ours, is refused before anything is made of it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from typing import Any

from flask import Response

from .errors import is_for_programs, problem

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

LONGEST = 253
LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
NAME = re.compile(rf"{LABEL}(?:\.{LABEL})*")
HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9_.-]+?)\.?(?::(\d{1,5}))?")
# Where another server mounts the site, as pages link to it.
PREFIX = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")
# A health check asks by whatever address the machine has, or by none, and is told no address.
FOR_ANY_HOST = ("/healthz", "/readyz")


class Hosts:
    def __init__(self, app: WsgiApp, allowed: Collection[str]) -> None:
        self.app = app
        self.allowed = allowed

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        fault = self.fault_of(environ)
        if not fault:
            return self.app(environ, start_response)
        if is_for_programs(environ["PATH_INFO"]):
            answer = problem(400, "Bad Request", fault)
        else:
            answer = Response(f"{fault}\n", 400, mimetype="text/plain")
        return answer(environ, start_response)

    def fault_of(self, environ: dict[str, Any]) -> str:
        if environ["PATH_INFO"] in FOR_ANY_HOST:
            environ["HTTP_HOST"] = "localhost"
        name = read_host(environ.get("HTTP_HOST", "")[: 2 * LONGEST])
        if name is None:
            return "The request names a host that cannot be. Check the address"
        if not PREFIX.fullmatch(environ.get("SCRIPT_NAME", "")) or environ["wsgi.url_scheme"] not in ("http", "https"):
            return "What the server in front says of this request cannot be. Check its configuration"
        if self.allowed and not is_allowed(name, self.allowed) and environ["PATH_INFO"] not in FOR_ANY_HOST:
            return f"There is no site at {name} here. Whoever runs it can add the name to LIKELY_HOSTS"
        return ""


# The same few come with every request.
@lru_cache(maxsize=64)
def read_host(text: str) -> str | None:
    """The name without its port; None where there can be no such host."""
    host = HOST.fullmatch(text.lower())
    if not host or not 0 < int(host[2] or 1) < 65536 or len(host[1]) > LONGEST:
        return None
    if host[1].startswith("["):
        try:
            ipaddress.IPv6Address(host[1][1:-1])
        except ValueError:
            return None
        return host[1]
    return host[1] if NAME.fullmatch(host[1]) else None


def is_allowed(name: str, allowed: Collection[str]) -> bool:
    """Whether it is one of the names, or below one that begins with a dot."""
    return name in allowed or any(host.startswith(".") and f".{name}".endswith(host) for host in allowed)
