"""The security headers on every answer, and cookies that are Secure whenever the request is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from flask import Flask, Request, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import Serializer, URLSafeTimedSerializer
from itsdangerous.encoding import base64_encode

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


class PlainJson:
    """A session holds a form's token and nothing else, so it needs none of the types that Flask adds to JSON."""

    dumps = staticmethod(json.JSONEncoder(separators=(",", ":")).encode)
    loads = staticmethod(json.loads)


class Signer(URLSafeTimedSerializer):
    """Signs without trying to compress, which never makes a token shorter."""

    def dump_payload(self, obj: Any) -> bytes:
        return base64_encode(Serializer.dump_payload(self, obj))


class SecureWhenHttps(SecureCookieSessionInterface):
    serializer = PlainJson  # type: ignore[assignment]

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Made once: each new visitor's form is signed, and making the signer takes as long as the signature."""
        if not app.secret_key:
            return None
        return signer(str(app.secret_key), self.salt, self.key_derivation, self.digest_method)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        # Without a cookie there is nothing to verify; making the verifier is an eighth of an API answer.
        if "HTTP_COOKIE" not in request.environ:
            return self.session_class()
        return super().open_session(app, request)

    def get_cookie_secure(self, app: Flask) -> bool:
        return bool(app.config["HTTPS"]) or request.is_secure


@lru_cache(maxsize=8)
def signer(key: str, salt: str, derivation: str, digest: Any) -> Signer:
    return Signer(
        key, salt=salt, serializer=PlainJson, signer_kwargs={"key_derivation": derivation, "digest_method": digest}
    )


def init_app(app: Flask) -> None:
    app.session_interface = SecureWhenHttps()
    app.config.update(SESSION_COOKIE_NAME="likely", SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_HTTPONLY=True)
