"""What every request passes before Flask: its host is looked at, and its answer gets the security headers.

A host that cannot be, or is not ours, is refused before anything is made of it.
"""

import ipaddress
import re
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from typing import Any

from .errors import short_refusal

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
HEADERS = [
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
]
HTTPS_HEADERS = [*HEADERS, ("Strict-Transport-Security", "max-age=31536000")]

LONGEST_HOST = 253
LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
HOST = re.compile(rf"(\[[0-9a-f:.]+\]|{LABEL}(?:\.{LABEL})*)\.?(?::(\d{{1,5}}))?")
# Where another server mounts the site, as pages link to it.
PREFIX = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Front:
    """Every server and every answer is covered alike, whatever answers."""

    def __init__(self, app: WsgiApp, hosts: Collection[str]) -> None:
        self.app = app
        self.hosts = hosts

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        added = HTTPS_HEADERS if environ["wsgi.url_scheme"] == "https" else HEADERS

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            return start_response(status, headers + added, exc_info)

        fault = find_fault(environ, self.hosts)
        if not fault:
            return self.app(environ, start)
        return short_refusal(environ["PATH_INFO"], 400, "Bad Request", fault)(environ, start)


def find_fault(environ: dict[str, Any], hosts: Collection[str]) -> str:
    # A health check asks by whatever address the machine has, or by none, and is told no address.
    if for_any_host := environ["PATH_INFO"] in ("/healthz", "/readyz", "/v2/health/live", "/v2/health/ready"):
        environ["HTTP_HOST"] = "localhost"
    name = read_host(environ.get("HTTP_HOST", "")[: 2 * LONGEST_HOST])
    if name is None:
        return "The request names a host that cannot exist. Check the address"
    if not PREFIX.fullmatch(environ.get("SCRIPT_NAME", "")) or environ["wsgi.url_scheme"] not in ("http", "https"):
        return "What the server in front says of this request cannot be true. Check its configuration"
    # A name that begins with a dot is for all below it.
    if not hosts or for_any_host or name in hosts or any(h[0] == "." and f".{name}".endswith(h) for h in hosts):
        return ""
    return f"There is no site at {name} here. Whoever runs it can add the name to LIKELY_HOSTS"


# The same few come with every request.
@lru_cache(maxsize=64)
def read_host(text: str) -> str | None:
    """The name without its port; None where there can be no such host."""
    host = HOST.fullmatch(text.lower())
    if not host or not 0 < int(host[2] or 1) < 65536 or len(host[1]) > LONGEST_HOST:
        return None
    if host[1].startswith("["):
        try:
            ipaddress.IPv6Address(host[1][1:-1])
        except ValueError:
            return None
    return host[1]
