"""Other sites' scripts: the CORS headers for the origins that the settings name; none unless set."""

from __future__ import annotations

from flask import Flask, Response, current_app, request

MINUTES_KEPT = 10


def allow_origins(response: Response) -> Response:
    """Also on what no view answered, so that a script can read why its request failed."""
    allowed = current_app.config["CORS_ORIGINS"]
    if not allowed or not request.path.startswith("/api/"):
        return response
    origin = request.headers.get("Origin", "")
    if "*" not in allowed:
        response.vary.add("Origin")
    if origin and ("*" in allowed or origin in allowed):
        response.headers["Access-Control-Allow-Origin"] = "*" if "*" in allowed else origin
        response.headers["Access-Control-Allow-Headers"] = "Content-Type, If-None-Match"
        response.headers["Access-Control-Allow-Methods"] = "GET, POST"
        response.headers["Access-Control-Expose-Headers"] = "ETag"
        response.headers["Access-Control-Max-Age"] = str(MINUTES_KEPT * 60)
    return response


def init_app(app: Flask) -> None:
    app.after_request(allow_origins)
