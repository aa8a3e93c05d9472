"""What people and programs see when something is wrong: a page in the site's look, or a problem as JSON."""

from flask import Response, current_app, render_template, request
from werkzeug.exceptions import (
    Conflict,
    HTTPException,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
    ServiceUnavailable,
    UnsupportedMediaType,
)

from model.declare.deadline import TooLate

from . import metrics
from .headers import with_headers
from .json import as_json
from .limits import drain, size
from .models import shown_models
from .visit import LATE, current

ADVICE = {
    400: ("This request cannot be read", "Go back and send the form again."),
    404: ("Page not found", "Check the address, or start from the list of models."),
    405: ("This page takes no such request", "Open the page in a browser and use its form."),
    409: ("Somebody was quicker", ""),
    413: ("That is too large", "Send something smaller."),
    415: ("That kind of content is not accepted", "Send the form as the page has it."),
    429: ("You are faster than we can answer", ""),
    503: ("We are busy at the moment", ""),
    500: ("Sorry, something went wrong", "It is our fault and not yours. Try again in a moment."),
}

# As programs are told; Werkzeug has the names of older standards.
TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}


def is_for_programs(path: str) -> bool:
    return path.startswith(("/api/", "/v2/")) or path in ("/predict", "/healthz", "/readyz", "/metrics", "/v2")


def refusal(path: str, status: int, title: str, detail: str) -> Response:
    """What a program is told that asked there: a problem document, or what the Open Inference Protocol has for it."""
    if path == "/v2" or path.startswith("/v2/"):
        return as_json({"error": detail}, status)
    return problem(status, title, detail)


def short_refusal(path: str, status: int, title: str, detail: str) -> Response:
    """The same before there is an application that could make a page."""
    if is_for_programs(path):
        return refusal(path, status, title, detail)
    return Response(f"{detail}\n", status, mimetype="text/plain")


def problem(status: int, title: str, detail: str, errors: list[dict[str, str]] | None = None) -> Response:
    """An answer as RFC 9457 has it, with one entry for each fault: of an answer, or of the request as a whole."""
    body = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "errors": errors or [{"pointer": "", "field": "", "message": detail}],
        "request_id": current().id,
    }
    return as_json(body, status, "application/problem+json")


def explain(error: HTTPException) -> Response:
    if isinstance(error, (RequestEntityTooLarge, UnsupportedMediaType)):
        drain()
    if isinstance(error, MethodNotAllowed) and not is_there(error):
        error = NotFound()
    status = error.code or 500
    name = TITLES.get(status, error.name)
    title, advice = ADVICE.get(status, (name, ""))
    advice = advice or error.description or ""
    if is_for_programs(request.path):
        answer = refusal(request.path, status, name, detail_of(error) or advice)
    else:
        answer = Response(
            render_template("error.html", status=status, title=title, advice=advice, id=current().id), status
        )
    return with_headers(answer, error)


def explain_delay(error: TooLate) -> Response:
    metrics.count_refusal("seconds")
    return explain(ServiceUnavailable(LATE, retry_after=60))


def explain_clash(error: Exception) -> Response:
    """Two asked for what excludes each other, as that a case be deleted and that something be said of it."""
    return explain(Conflict("What this is about was changed or deleted at the same moment. Load the page again"))


def is_there(error: MethodNotAllowed) -> bool:
    """Whether there is anything at this address. Werkzeug tells the methods of its rules before it looks for the model."""
    adapter = current_app.create_url_adapter(request)
    methods = error.valid_methods or ()
    return adapter is None or not methods or any(adapter.test(method=method) for method in methods)


def detail_of(error: HTTPException) -> str:
    match error:
        case NotFound(description=NotFound.description):
            names = ", ".join(model.name for model in shown_models())
            return f"There is nothing at this address. The models are {names}; /api/ tells how to ask them"
        case MethodNotAllowed():
            return f"This address takes {', '.join(sorted(error.valid_methods or ()))}, not {request.method[:20]}"
        case RequestEntityTooLarge(description=RequestEntityTooLarge.description):
            return f"Send at most {size(request.max_content_length or 0)}"
    return error.description or ""
