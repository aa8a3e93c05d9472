"""The security headers on every answer, and cookies that are Secure whenever the request is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface

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


class SecurityHeaders:
    """Adds the headers in front of the app: nothing escapes them, and a list costs less than six look-ups."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        added = HTTPS_HEADERS if environ.get("wsgi.url_scheme") == "https" else HEADERS

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            return start_response(status, headers + added, exc_info)

        return self.app(environ, start)


class SecureWhenHttps(SecureCookieSessionInterface):
    def get_cookie_secure(self, app: Flask) -> bool:
        return bool(app.config["HTTPS"]) or request.is_secure


def keep_pages_private(response: Response) -> Response:
    """A page has a visitor's token or the host as it was asked for: no cache between may give it to another."""
    if response.mimetype == "text/html" and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "private"
    return response


def init_app(app: Flask) -> None:
    app.session_interface = SecureWhenHttps()
    app.config.update(SESSION_COOKIE_NAME="likely", SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_HTTPONLY=True)
    app.after_request(keep_pages_private)


def keep_private(page: Response) -> Response:
    """Answers stand in the address: no search engine may list the page and no cache may keep it."""
    page.headers["Cache-Control"] = "no-store"
    page.headers["X-Robots-Tag"] = "noindex"
    return page
