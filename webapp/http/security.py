"""Where to report what is wrong with the site's security: /.well-known/security.txt as RFC 9116 has it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, abort, current_app

bp = Blueprint("security", __name__)

# The file must say how long it holds. It is made anew for each request.
DAYS = 180


@bp.get("/.well-known/security.txt")
def show() -> Response:
    if not (contact := current_app.config["SECURITY_CONTACT"]):
        abort(404)
    expires = (datetime.now(UTC) + timedelta(days=DAYS)).strftime("%Y-%m-%dT00:00:00Z")
    return Response(f"Contact: {contact}\nExpires: {expires}\nPreferred-Languages: en\n", mimetype="text/plain")
