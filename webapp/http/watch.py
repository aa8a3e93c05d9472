"""In front of the application: each request gets its id, its share of the threads, a line of the log and a count."""

from __future__ import annotations

import math
import random
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from model.declare.deadline import END
from model.declare.model import Model

from . import log, metrics
from .errors import is_for_programs, short_refusal
from .front import HEADERS, HTTPS_HEADERS, WsgiApp
from .headers import with_headers
from .lanes import Shares, make_lanes
from .limiter import EXEMPT, Limiter
from .log import quoted
from .models import predictor_of
from .visit import CURRENT, Allowances, Visit, current

# A key of ours is none, however it got there: the log has no keys.
SANE_ID = re.compile(r"(?!l[kis]_)[A-Za-z0-9][A-Za-z0-9._:-]{7,127}")
TRACE = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(-.*)?")
# What no route has in it.
ODD = re.compile(r"[^A-Za-z0-9/*._~-]")
# What holds no answers of anybody.
HARMLESS = frozenset({"model", "name", "version", "filename"})
# These cost next to nothing, or are counted where more is known of them.
NOT_COUNTED = frozenset(
    "assets.static assets.root health.healthz health.readyz inference.health metrics.show form.send compare.compare_photos batch.score".split()
)
# Counted before the body is read; a long list counts for more once it was read.
PREDICTIONS = frozenset({"api.predict", "inference.infer", "tutorials.predict", "tutorials.iris"})

# Why a request is not answered, as it is handed on.
REFUSED = "likely.refused"
WHAT_IFS = frozenset({"compare.compare", "curves.show"})

UNDECLARED = "a proxy that is not declared"

RATES = {
    "pages": "PAGES",
    "predictions": "PREDICTIONS",
    "explanations": "EXPLANATIONS",
    "uploads": "UPLOADS",
    "what-ifs": "WHAT_IFS",
}


class Watch:
    def __init__(self, app: WsgiApp, settings: Mapping[str, Any], allowances: Allowances) -> None:
        self.app = app
        self.allowances = allowances
        self.as_json = settings["LOG"] == "json"
        self.has_proxies = settings["PROXIES"] > 0
        self.warned = False

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        started = time.perf_counter()
        visit = Visit(id_of(environ), self.client_of(environ), self.allowances)

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            self.note(visit, environ, status[:3], time.perf_counter() - started)
            return start_response(status, [*headers, ("X-Request-ID", visit.id)], exc_info)

        CURRENT.set(visit)
        # This thread may have broken off with another.
        END.set(math.inf)
        shares = self.allowances.shares if visit.address not in EXEMPT else None
        try:
            if shares:
                shares.enter(visit.address)
                visit.share = shares
            pieces = self.app(environ, start)
            # A list is all there, and nothing is held any more; servers send it at once.
            return pieces if isinstance(pieces, list) else Pieces(pieces, visit.end)
        except HTTPException as refused:
            metrics.count_refusal("client requests")
            if is_for_programs(environ["PATH_INFO"]):
                return refuse(refused, environ)(environ, start)
            # A person gets a page, which the application makes; of the body nothing is read.
            return self.app(environ | {REFUSED: refused}, start)
        except BaseException:
            visit.end()
            raise

    def note(self, visit: Visit, environ: dict[str, Any], status: str, seconds: float) -> None:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if visit.route:
            shown = visit.route if visit.is_private else quoted(path)
        else:
            # Where there is nothing, the rest may be a question mark that was forgotten, and somebody's answers.
            odd = ODD.search(path)
            shown = quoted(path[: odd.start()]) + "..." if odd else quoted(path)
        metrics.count_request(method, visit.route or "none", status, seconds)
        fields = {
            "method": quoted(method),
            "route": visit.route or "none",
            "path": shown,
            "status": int(status),
            "ms": round(seconds * 1000, 1),
            "id": visit.id,
            "model": visit.model,
            "version": visit.version,
        }
        about = f" {visit.model} {visit.version}" if visit.model else ""
        line = f"{fields['method']} {shown} {status} {fields['ms']:.1f} ms {visit.id}{about}"
        log.write(line, fields, self.as_json)

    def client_of(self, environ: dict[str, Any]) -> str:
        address: str = environ.get("REMOTE_ADDR") or ""
        if self.has_proxies or "HTTP_X_FORWARDED_FOR" not in environ:
            return address
        if not self.warned:
            self.warn()
        # Else everybody would be taken for this machine itself, whom nothing limits.
        return UNDECLARED if address in EXEMPT else address

    def warn(self) -> None:
        self.warned = True
        log.tell(
            "WARNING",
            "A proxy sends X-Forwarded-For, and LIKELY_PROXIES is 0: all clients behind it count as one. "
            "Set LIKELY_PROXIES to the number of proxies in front",
            self.as_json,
        )


class Pieces:
    """An answer's pieces; what the request holds is let go after the last one, or when the client has left."""

    def __init__(self, pieces: Iterable[bytes], end: Callable[[], None]) -> None:
        self.pieces = pieces
        self.rest = iter(pieces)
        self.end = end

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self.rest)
        except BaseException:
            self.end()
            raise

    def close(self) -> None:
        try:
            if close := getattr(self.pieces, "close", None):
                close()
        finally:
            self.end()

    def __del__(self) -> None:
        # Whoever forgets to close an answer forgets all of it some time.
        self.end()


def id_of(environ: dict[str, Any]) -> str:
    """The id that the client or a proxy gave the request, if it is a sane one; or one that is made."""
    given = environ.get("HTTP_X_REQUEST_ID", "")
    if SANE_ID.fullmatch(given):
        return str(given)
    trace = TRACE.fullmatch(environ.get("HTTP_TRACEPARENT", ""))
    # It is no secret, so the system need not be asked for it, which would let another thread go first.
    return trace[1] if trace and trace[1].strip("0") else f"{random.getrandbits(128):032x}"


def refuse(error: HTTPException, environ: dict[str, Any]) -> Response:
    """An answer before anything is made of the request."""
    answer = short_refusal(environ["PATH_INFO"], error.code or 503, error.name, error.description or "")
    with_headers(answer, error)
    answer.headers.extend(HTTPS_HEADERS if environ["wsgi.url_scheme"] == "https" else HEADERS)
    return answer


def note_route() -> None:
    """What the request is about, before anything is asked of a model; and pages are counted."""
    # The request itself, since each look through the proxy takes its time.
    asked = request._get_current_object()  # type: ignore[attr-defined]
    visit, rule, given = current(), asked.url_rule, asked.view_args or {}
    if refused := asked.environ.get(REFUSED):
        raise refused
    if rule is None:
        return visit.take("pages")
    endpoint, visit.route, visit.is_private = rule.endpoint, rule.rule, not rule.arguments <= HARMLESS
    if isinstance(model := given.get("model"), Model):
        visit.model, visit.version = model.name, predictor_of(model).version
    if endpoint in PREDICTIONS:
        visit.take("predictions")
    elif endpoint in WHAT_IFS and "X-Fragment" in asked.headers:
        # A script that tries a change has an allowance of its own, and what it tries is no prediction.
        visit.take("what-ifs")
    elif endpoint not in NOT_COUNTED:
        visit.take("pages")
    return None


def let_go(response: Response) -> Response:
    """Where the answer is made, all work is done; where it is made while it is sent, there is more to come."""
    if not response.is_streamed:
        current().end()
        END.set(math.inf)
        # As the list that it is: wrapped in an iterator it would take Granian longer to send.
        response.direct_passthrough = True
    return response


def init_app(app: Flask) -> None:
    settings = app.config
    secret = settings["SECRET_KEY"] or secrets.token_hex()
    metrics.begin(secret)
    limiter = Limiter(secret)
    if not limiter.is_shared or (metrics.BEGUN and not metrics.BEGUN[0].folder):
        app.logger.warning("The folder for temporary files cannot be written: each worker counts for itself alone")
    app.extensions["allowances"] = Allowances(
        limiter,
        {what: settings[key] for what, key in RATES.items()},
        Shares(settings["CLIENT_REQUESTS"]) if settings["CLIENT_REQUESTS"] else None,
        settings["SECONDS"],
        make_lanes(settings["BATCH_MB"]),
    )
    app.before_request(note_route)
    app.after_request(let_go)
