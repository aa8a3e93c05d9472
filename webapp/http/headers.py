"""What answers tell caches and other sites, and the session's cookie."""

from flask import Flask, Request, Response, current_app, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer
from werkzeug.exceptions import HTTPException

CORS_HEADERS = {
    "Access-Control-Allow-Headers": "Content-Type, If-None-Match",
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Expose-Headers": "ETag, RateLimit, RateLimit-Policy, Retry-After, X-Request-ID",
    "Access-Control-Max-Age": "600",
}


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions. What signs them is made once, and where nobody asks for one nothing is made of it."""

    signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        self.signer = self.signer or super().get_signing_serializer(app)
        return self.signer

    def get_cookie_secure(self, app: Flask) -> bool:
        return bool(app.config["HTTPS"]) or request.is_secure

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return super().open_session(app, request) if "HTTP_COOKIE" in request.environ else self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if session.accessed or session.modified:
            super().save_session(app, session, response)


def keep_pages_private(response: Response) -> Response:
    """A page has a visitor's token or the host as it was asked for: no cache between may give it to another."""
    if response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "private")
    return response


def keep_private(page: Response) -> Response:
    """Answers stand in the address: no search engine may list the page and no cache may keep it."""
    page.headers["Cache-Control"] = "no-store"
    page.headers["X-Robots-Tag"] = "noindex"
    return page


def with_headers(answer: Response, error: HTTPException) -> Response:
    """The answer with what the error tells in headers, as when to come again; it is of a type of its own."""
    answer.headers.update([header for header in error.get_headers() if header[0] != "Content-Type"])
    return answer


def allow_origins(response: Response) -> Response:
    """Let other sites' scripts read what the API says, also why their request failed."""
    allowed, origin = current_app.config["CORS_ORIGINS"], request.headers.get("Origin", "")
    if request.path.startswith("/api/"):
        if "*" not in allowed:
            response.vary.add("Origin")
        if origin and ("*" in allowed or origin in allowed):
            response.headers["Access-Control-Allow-Origin"] = "*" if "*" in allowed else origin
            response.headers.update(CORS_HEADERS)
    return response


def init_app(app: Flask) -> None:
    app.session_interface = Sessions()
    app.config.update(SESSION_COOKIE_NAME="likely", SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_HTTPONLY=True)
    app.after_request(keep_pages_private)
    if app.config["CORS_ORIGINS"]:
        app.after_request(allow_origins)
