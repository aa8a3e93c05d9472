"""The files in static/: read, hashed and compressed once; an address with the hash in it never changes."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, request

STATIC = Path(__file__).resolve().parents[2] / "static"
FOREVER = "public, max-age=31536000, immutable"

bp = Blueprint("assets", __name__)


@dataclass(frozen=True)
class Asset:
    body: bytes
    compressed: bytes
    media: str
    digest: str


def read_asset(path: Path) -> Asset:
    body = path.read_bytes()
    media = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(body, gzip.compress(body, 9, mtime=0), media, hashlib.sha256(body).hexdigest()[:12])


def read_assets() -> dict[str, Asset]:
    return {path.name: read_asset(path) for path in STATIC.iterdir() if path.is_file()}


def assets() -> dict[str, Asset]:
    """What is in the folder; read anew for each request only while someone works on it."""
    if current_app.debug:
        return read_assets()
    found: dict[str, Asset] = current_app.extensions["assets"]
    return found


def asset(name: str) -> str:
    """The address of a file, which changes with its content."""
    return f"{request.script_root}/static/{name}?v={assets()[name].digest}"


@bp.get("/static/<name>")
def static(name: str) -> Response:
    found = assets().get(name)
    if found is None:
        abort(404)
    small = "gzip" in request.headers.get("Accept-Encoding", "")
    response = Response(found.compressed if small else found.body, mimetype=found.media)
    if small:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = FOREVER if request.args.get("v") == found.digest else "no-cache"
    response.set_etag(found.digest, weak=True)
    response.make_conditional(request)
    return response


def init_app(app: Flask) -> None:
    app.extensions["assets"] = read_assets()
    app.jinja_env.globals["asset"] = asset
