"""The files in static/: read, hashed and compressed once; an address with the hash in it never changes."""

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from flask import Blueprint, Flask, Response, abort, current_app, request

from .compression import takes_gzip

STATIC = Path(__file__).resolve().parents[2] / "static"
FOREVER = "public, max-age=31536000, immutable"
MEDIA = {
    ".css": "text/css",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}

bp = Blueprint("assets", __name__)


class Asset(NamedTuple):
    body: bytes
    compressed: bytes
    media: str
    digest: str


def read_asset(path: Path) -> Asset:
    body = path.read_bytes()
    return Asset(body, gzip.compress(body, 9, mtime=0), MEDIA[path.suffix], hashlib.sha256(body).hexdigest()[:12])


def asset(name: str) -> str:
    """The address of a file, which changes with its content."""
    return address(name, request.root_path)


@lru_cache(maxsize=64)
def address(name: str, root: str) -> str:
    return f"{root}/static/{name}?v={current_app.extensions['assets'][name].digest}"


# Browsers and telephones look for the first two at the root; a manifest's addresses begin where it lies.
@bp.get("/<any('favicon.ico', 'apple-touch-icon.png', 'likely.webmanifest'):name>")
def root(name: str) -> Response:
    return static(name)


@bp.get("/static/<name>")
def static(name: str) -> Response:
    found: Asset = current_app.extensions["assets"].get(name) or abort(404)
    response = Response(found.compressed if takes_gzip() else found.body, mimetype=found.media)
    if takes_gzip():
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = FOREVER if request.args.get("v") == found.digest else "no-cache"
    response.set_etag(found.digest, weak=True)
    return response.make_conditional(request)  # type: ignore[return-value]


def init_app(app: Flask) -> None:
    app.extensions["assets"] = {path.name: read_asset(path) for path in STATIC.iterdir()}
    app.jinja_env.globals["asset"] = asset
