"""Who asks, and what they may. Nobody's request costs a look at the database; it is opened for a sitting or a token.

Pages know sittings, by a cookie; what programs ask knows tokens, by the header Authorization.
"""

from __future__ import annotations

import time
from collections.abc import Hashable
from dataclasses import dataclass

from flask import Flask, Response, current_app, g, has_request_context, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from model.declare.model import Model
from webapp.http.errors import is_for_programs
from webapp.http.models import catalog, shown_models
from webapp.settings import BadSetting
from webapp.store.opening import Away, store

from .keys import LINK, SITTING, TOKEN, is_key
from .roles import STRANGER, Action, Person, Visibility, is_allowed

SITTING_COOKIE = "likely_sitting"
OPENED_COOKIE = "likely_opened"
# So many links that open a model are remembered for a visitor.
MOST_OPENED = 8
# A token is looked up again after so many seconds: so long it is good after it was ended in another process.
TOKEN_SECONDS = 2.0
MOST_TOKENS = 1000
# The tutorials' addresses that do not look like a program's; GET /iris is a page.
TUTORIALS = (("POST", "/iris"), ("GET", "/probability"))
FOUND = "likely.asking"

BAD_TOKEN = "This token is not good: it has expired, was ended, or never was. Its person can make another at /tokens"  # noqa: S105 - a sentence


@dataclass(frozen=True)
class Asking:
    """What is known of whoever sent a request."""

    person: Person | None = None
    # Models that they opened by link.
    opened: frozenset[str] = frozenset()
    is_refused: bool = False
    # The database did not answer, so that nobody knows.
    is_away: bool = False


NOBODY = Asking()


def current_person() -> Person | None:
    """Who is signed in, or for whom a program asks."""
    return asking().person


def may(action: Action, model: Model | str) -> bool:
    """Whether whoever asks may do this with the model. Away where that cannot be known now."""
    if not has_request_context():
        # A command of this machine asks, which reads the files anyway.
        return True
    name = model if isinstance(model, str) else model.name
    visibility = visibility_of(name)
    if visibility == "public" and action in STRANGER:
        return True
    who = asking()
    if who.is_away:
        raise Away
    return is_allowed(action, name, visibility, who.person, who.opened)


def visibility_of(name: str) -> Visibility:
    closed: dict[str, Visibility] = current_app.config["CLOSED"]
    return closed.get(name, "public")


def asking() -> Asking:
    """Found out once a request, and only where somebody wants to know."""
    if not has_request_context():
        return NOBODY
    found: Asking | None = request.environ.get(FOUND)
    if found is None:
        found = request.environ[FOUND] = find_out()
    return found


def find_out() -> Asking:
    token, cookies = given_token(), "HTTP_COOKIE" in request.environ
    if not (token or cookies) or not store().is_made:
        return Asking(is_refused=bool(token))
    try:
        if token:
            person = find_by_token(token)
            return Asking(person, is_refused=person is None)
        return find_by_cookies() if cookies and takes_cookies() else NOBODY
    except Away:
        return Asking(is_away=True)


def given_token() -> str:
    """The token that came with it, where programs ask; the secret of the metrics is none."""
    kind, _, key = request.environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if kind.lower() != "bearer" or not key.startswith(TOKEN):
        return ""
    if request.path == "/metrics":
        # It has a secret of its own, whatever that begins with.
        return ""
    return key.strip() if is_for_programs(request.path) or (request.method, request.path) in TUTORIALS else ""


def takes_cookies() -> bool:
    """A browser sends its cookies along whoever makes it ask, so that with them programs' addresses only tell."""
    return request.method in ("GET", "HEAD") or not is_for_programs(request.path)


def find_by_cookies() -> Asking:
    sitting = request.cookies.get(SITTING_COOKIE, "")
    links = [key for key in request.cookies.get(OPENED_COOKIE, "").split(".")[:MOST_OPENED] if is_key(key, LINK)]
    person, opened = None, frozenset[str]()
    if is_key(sitting, SITTING):
        from .sittings import find_person

        person = find_person(sitting)
    if links:
        from .links import find_opened

        opened = find_opened(links)
    return Asking(person, opened)


def find_by_token(key: str) -> Person | None:
    """The token's person. Who asks often is looked up once in a while."""
    if not is_key(key, TOKEN):
        return None
    from .keys import hash_of
    from .tokens import find_person

    kept: dict[str, tuple[float, Person]] = current_app.extensions["tokens"]
    digest, now = hash_of(key), time.monotonic()
    until, person = kept.get(digest, (0.0, None))
    if person and now < until:
        return person
    person = find_person(digest)
    if len(kept) >= MOST_TOKENS:
        kept.clear()
    if person:
        kept[digest] = now + TOKEN_SECONDS, person
    else:
        kept.pop(digest, None)
    return person


def forget_tokens() -> None:
    """What was ended here is ended at once in this process."""
    current_app.extensions["tokens"].clear()


class Here:
    """Who asks, as far as pages differ by it."""

    def is_shown(self, name: str) -> bool:
        return not asking().is_away and may("see", name)

    def insist(self) -> None:
        if asking().is_away:
            raise Away

    def key(self) -> Hashable:
        if not has_request_context() or request.environ.keys().isdisjoint(("HTTP_COOKIE", "HTTP_AUTHORIZATION")):
            return ()
        if (who := asking()) == NOBODY or who.is_away:
            return ()
        return who.person is not None, tuple(model.name for model in shown_models())


def is_signed_in() -> bool:
    return (person := current_person()) is not None and person.token is None


def comes_with_key() -> bool:
    """Whether somebody’s key came along, good or not: what is answered to it may be for nobody else."""
    if "HTTP_COOKIE" in request.environ and {SITTING_COOKIE, OPENED_COOKIE} & request.cookies.keys():
        return True
    return bool(given_token())


def refuse_bad_token() -> None:
    if given_token() and asking().is_refused:
        raise Unauthorized(BAD_TOKEN, www_authenticate=WWWAuthenticate("bearer", {"error": "invalid_token"}))


def keep_personal(response: Response) -> Response:
    """What was made for somebody is for nobody's cache."""
    is_personal = g.get("is_personal")
    if is_personal or (comes_with_key() and request.blueprint != "assets"):
        response.headers["Cache-Control"] = "no-store"
    if is_personal:
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def init_app(app: Flask) -> None:
    settings = app.config
    closed = {**dict.fromkeys(settings["BY_LINK"], "link"), **dict.fromkeys(settings["FOR_MEMBERS"], "members")}
    if both := sorted(set(settings["BY_LINK"]) & set(settings["FOR_MEMBERS"])):
        raise BadSetting(f"LIKELY_BY_LINK and LIKELY_FOR_MEMBERS both name {both[0]}. Name it in one of them")
    with app.app_context():
        for name in closed:
            # Which says what models there are.
            catalog()[name]
    if closed and settings["DATABASE"] is None:
        raise BadSetting(
            "LIKELY_DATABASE is off, so nobody could see the models of LIKELY_FOR_MEMBERS and LIKELY_BY_LINK"
        )
    settings["CLOSED"] = closed
    app.extensions["audience"] = Here()
    app.extensions["tokens"] = {}
    app.jinja_env.globals["is_signed_in"] = is_signed_in
    app.jinja_env.globals["has_people"] = lambda: store().is_on
    app.before_request(refuse_bad_token)
    app.after_request(keep_personal)
