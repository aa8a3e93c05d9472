"""Pages and JSON are sent compressed to whoever takes that, so that no proxy has to."""

from __future__ import annotations

import gzip

from flask import Flask, Response, request

# Below this the header costs more than is saved; at level 5 the last percents are not waited for.
WORTHWHILE = 1024
LEVEL = 5
TEXTS = ("text/html", "application/json", "application/problem+json")


def takes_gzip() -> bool:
    return request.accept_encodings.quality("gzip") > 0


def compress(response: Response) -> Response:
    if response.mimetype not in TEXTS or response.is_streamed:
        return response
    if "Vary" in response.headers:
        response.vary.add("Accept-Encoding")
    else:
        # Not by way of werkzeug's set of values, which would be a twentieth of an API answer.
        response.headers["Vary"] = "Accept-Encoding"
    body = response.get_data()
    if len(body) < WORTHWHILE or "Content-Encoding" in response.headers or not takes_gzip():
        return response
    response.set_data(gzip.compress(body, LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    if "ETag" in response.headers:
        # The same content in another coding is equal, and no longer the same bytes.
        response.set_etag(response.get_etag()[0] or "", weak=True)
    return response


def init_app(app: Flask) -> None:
    app.after_request(compress)
