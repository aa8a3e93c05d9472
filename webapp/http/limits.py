"""Request bodies: how long each view's may be, and never a byte of one on disk."""

import io
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from flask import Flask, Request, current_app, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.formparser import FormDataParser
from werkzeug.wsgi import get_content_length

MEGABYTE = 1024 * 1024
# A form of a few answers; views that take more say so with body_limit.
ORDINARY = 64 * 1024
# A photo of 8 MB, or a long list, and the few bytes of a form around it.
PHOTO_LIMIT = 8 * MEGABYTE + ORDINARY
# A browser shows our answer only once it has sent everything, so what is too long is read and dropped.
DRAINED_AT_MOST = 64 * MEGABYTE
PIECE = 64 * 1024

View = TypeVar("View", bound=Callable[..., Any])


class Body:
    """What a server hands on of a body. Each server has errors of its own for chunks that it cannot take apart."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def read(self, *size: int) -> bytes:
        try:
            read: bytes = self.stream.read(*size)
        except Exception:
            raise BadRequest("The body did not arrive whole. Send it again") from None
        return read


class InMemoryRequest(Request):
    """A request whose uploads stay in memory: a photo is never written to disk, not even for a moment."""

    def __init__(self, environ: dict[str, Any], *more: Any, **options: Any) -> None:
        super().__init__(environ, *more, **options)
        # Where the length is known, werkzeug shall read just so much and see that a body broke off; Granian calls
        # that its end. Werkzeug asks only whether the key is there, and other servers wait for more behind the body.
        if get_content_length(environ) is not None:
            environ.pop("wsgi.input_terminated", None)
        environ["wsgi.input"] = Body(environ["wsgi.input"])

    @property  # type: ignore[misc]
    def max_content_length(self) -> int:  # type: ignore[override]
        """How long the body may be: as the view says, and else as long as an ordinary form."""
        limit = getattr(current_app.view_functions.get(self.endpoint or ""), "body_limit", ORDINARY)
        return limit() if callable(limit) else limit

    def make_form_data_parser(self) -> FormDataParser:
        parser = super().make_form_data_parser()
        parser.stream_factory = lambda *_, **__: io.BytesIO()
        return parser


def body_limit(number_of_bytes: int | Callable[[], int]) -> Callable[[View], View]:
    """Let a view's body be longer than an ordinary form."""

    def mark(view: View) -> View:
        view.body_limit = number_of_bytes  # type: ignore[attr-defined]
        return view

    return mark


def refuse_coding() -> None:
    coding = request.environ.get("HTTP_CONTENT_ENCODING") or "identity"
    if coding.lower() != "identity" and (request.content_length or "Transfer-Encoding" in request.headers):
        raise UnsupportedMediaType(f"Send the body as it is, without Content-Encoding: {coding[:60]}")


def whole_body() -> bytes:
    """The body. Of a longer one that comes in chunks werkzeug would hand out what fits, and say nothing."""
    ends = request.environ.get("wsgi.input_terminated")
    body = request.get_data(cache=False)
    if ends and request.content_length is None and request.environ["wsgi.input"].read(1):
        raise RequestEntityTooLarge
    return body


def drain() -> None:
    """Read what is left of a body that is too long or not to be read, so that the answer reaches the sender."""
    stream = request.environ["wsgi.input"]
    left = min(request.content_length or DRAINED_AT_MOST, DRAINED_AT_MOST)
    # Whatever the server says of the rest, it is not wanted any more.
    with suppress(Exception):
        while left > 0 and (piece := stream.read(min(PIECE, left))):
            left -= len(piece)


def size(number_of_bytes: int) -> str:
    megabytes, rest = divmod(number_of_bytes, MEGABYTE)
    return f"{megabytes} MB" if megabytes else f"{rest // 1024} kB"


def init_app(app: Flask) -> None:
    app.request_class = InMemoryRequest
    app.before_request(refuse_coding)
