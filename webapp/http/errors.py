"""What people and programs see when something is wrong: a page in the site's look, or a problem as JSON."""

from __future__ import annotations

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import (
    HTTPException,
    InternalServerError,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
    UnsupportedMediaType,
)

from .json import as_json
from .limits import MEGABYTE, drain
from .models import catalog

ADVICE = {
    400: ("This request cannot be read", "Go back and send the form again."),
    404: ("Page not found", "Check the address, or start from the list of models."),
    405: ("This page takes no such request", "Open the page in a browser and use its form."),
    413: ("That is too large", "Send something smaller."),
    415: ("That kind of content is not accepted", "Send the form as the page has it."),
    500: ("Sorry, something went wrong", "It is our fault and not yours. Try again in a moment."),
}


def is_for_programs(path: str) -> bool:
    return path.startswith("/api/") or path in ("/predict", "/healthz", "/readyz")


def problem(status: int, title: str, detail: str, errors: list[dict[str, str]] | None = None) -> Response:
    """An answer as RFC 9457 has it, with one entry for each fault: of an answer, or of the request as a whole."""
    body = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "errors": errors or [{"pointer": "", "field": "", "message": detail}],
    }
    return as_json(body, status, "application/problem+json")


def explain(error: HTTPException) -> Response:
    status = error.code or 500
    if isinstance(error, (RequestEntityTooLarge, UnsupportedMediaType)):
        drain()
    if isinstance(error, RequestEntityTooLarge):
        error.description = f"Send at most {size(request.max_content_length or 0)}"
    if error.response is not None or status < 400:
        return error.get_response()  # type: ignore[return-value]
    title, advice = ADVICE.get(status, (error.name, error.description or ""))
    if is_for_programs(request.path):
        answer = problem(status, error.name, detail_of(error) or advice)
    else:
        answer = Response(render_template("error.html", status=status, title=title, advice=advice), status)
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            answer.headers[name] = value
    return answer


def detail_of(error: HTTPException) -> str:
    if isinstance(error, NotFound):
        return nothing_here()
    if isinstance(error, MethodNotAllowed):
        return f"This address takes {', '.join(sorted(error.valid_methods or ()))}, not {request.method[:20]}"
    return error.description or ""


def nothing_here() -> str:
    names = ", ".join(model.name for model in catalog())
    return f"There is nothing at this address. The models are {names}; /api/ tells how to ask them"


def size(number_of_bytes: int) -> str:
    whole_megabytes, rest = divmod(number_of_bytes, MEGABYTE)
    return f"{whole_megabytes} MB" if whole_megabytes else f"{rest // 1024} kB"


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, explain)
    app.register_error_handler(InternalServerError, explain)
