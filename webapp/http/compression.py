"""Pages and JSON are sent compressed to whoever takes that, so that no proxy has to."""

import gzip

from flask import Response, request

# Below this the header costs more than is saved; at level 5 the last percents are not waited for.
WORTHWHILE = 1024
LEVEL = 5
LONGEST_HEADER = 500
TEXTS = ("text/html", "application/json", "application/problem+json")


def takes_gzip() -> bool:
    # No browser says so much, and taking it apart would cost more than the answer.
    length = len(request.environ.get("HTTP_ACCEPT_ENCODING", ""))
    return 0 < length <= LONGEST_HEADER and request.accept_encodings.quality("gzip") > 0


def compress(response: Response) -> Response:
    if response.mimetype not in TEXTS or response.is_streamed:
        return response
    if (response.calculate_content_length() or 0) < WORTHWHILE:
        return response
    if response.headers.setdefault("Vary", "Accept-Encoding") != "Accept-Encoding":
        response.vary.add("Accept-Encoding")
    if takes_gzip():
        response.set_data(gzip.compress(response.get_data(), LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        if "ETag" in response.headers:
            # The same content in another coding is equal, and no longer the same bytes.
            response.set_etag(response.get_etag()[0] or "", weak=True)
    return response
