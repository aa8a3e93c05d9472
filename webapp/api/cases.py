"""Kept cases for programs: found, read, labelled, and told what really happened."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request, url_for
from werkzeug.exceptions import BadRequest, NotFound, UnprocessableEntity

from model.predict.outcome import NoOutcome
from webapp.http.headers import keep_private
from webapp.http.json import as_json, json_body
from webapp.http.models import catalog, predictor_of
from webapp.people.current import may
from webapp.people.roles import Action
from webapp.store.opening import store

from .keep import asked_for, needed_person

if TYPE_CHECKING:
    from webapp.keeping.told import Told
    from webapp.store.database import Database

bp = Blueprint("api_cases", __name__, url_prefix="/api/cases")

MOST_AT_ONCE = 200
STATES = ("due", "follow-up", "later", "marked")
CASE = "/<string(length=32):case>"


def own_case(public_id: str, action: Action) -> tuple[Database, Told]:
    """The case of the program's person; another's is not there."""
    from webapp.keeping.told import tell
    from webapp.store import cases

    person, database = asked_for(), store().open()
    with database.read() as connection:
        case = cases.find(connection, person.id, public_id)
    if case is None:
        raise NotFound("You have kept no such case")
    needed_person(action, case.model)
    return database, tell(database, case)


def described(told: Told) -> dict[str, Any]:
    from webapp.keeping.export import described, labelled

    answers = {name: {"value": value, "label": label} for name, (value, label) in labelled(told).items()}
    return {**described(told), "answers": answers}


@bp.get("")
def all_cases() -> Response:
    """The newest first, and where they go on."""
    from webapp.keeping.places import name_of, place
    from webapp.keeping.told import tell
    from webapp.store import cases

    person, database = asked_for(), store().open()
    given = read_parameters()
    after = place(given["after"]) if "after" in given else None
    with database.read() as connection:
        readable = [name for name in cases.models(connection, person.id) if may("read", name)]
        search = cases.Search(model=given.get("model", ""), state=given.get("state", ""), models=readable)
        listed = cases.listed(connection, person.id, search, MOST_AT_ONCE + 1, after)
    shown = listed[:MOST_AT_ONCE]
    place_after = {**given, "after": name_of(shown[-1])} if len(listed) > MOST_AT_ONCE else {}
    following = f"{url_for('.all_cases')}?{urlencode(place_after)}" if place_after else None
    told = [described(tell(database, case)) for case in shown]
    return keep_private(as_json({"cases": told, "next": following}))


def read_parameters() -> dict[str, str]:
    for name in request.args:
        if name not in ("model", "state", "after"):
            raise BadRequest(f"There is no parameter “{name[:60]}”. There are: model, state, after")
    given = request.args.to_dict()
    if given.get("state", "due") not in STATES:
        raise BadRequest(f"state must be one of {', '.join(STATES)}")
    return given


@bp.get(CASE)
def show(case: str) -> Response:
    _, told = own_case(case, "read")
    return keep_private(as_json(described(told)))


@bp.patch(CASE)
def annotate(case: str) -> Response:
    from webapp.keeping.keep import LONGEST_LABEL, LONGEST_NOTE
    from webapp.store import cases

    database, told = own_case(case, "keep")
    sent = read_body({"label": LONGEST_LABEL, "note": LONGEST_NOTE})
    cases.annotate(database, told.case, sent.get("label", told.case.label), sent.get("note", told.case.note))
    return show_again(case)


@bp.post(f"{CASE}/outcome")
def say(case: str) -> Response:
    """What happened: yes or no, a class or an amount, or “cannot be known”; said again, it corrects."""
    from webapp.store import outcomes

    database, told = own_case(case, "outcome")
    person, model = asked_for(), catalog().find(told.case.model)
    if model is None:
        raise NotFound(f"The model {told.case.model} is not served any more")
    sent = read_body({"happened": 200, "seen_on": 40})
    try:
        what = predictor_of(model).kind.read_outcome(sent.get("happened", ""))
        seen_on = read_day(sent["seen_on"], told.case.made_at.date()) if sent.get("seen_on") else None
    except (NoOutcome, ValueError) as wrong:
        raise UnprocessableEntity(str(wrong)) from None
    outcomes.mark(database, told.case.id, what, outcomes.Saying(person.id, "api", seen_on, person.token_id))
    return show_again(case)


def read_day(text: str, first: date) -> date:
    last = datetime.now(UTC).date()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not first <= day <= last:
        raise ValueError(f"seen_on must be a day from {first} to {last}, written like {last}")
    return day


def read_body(longest: dict[str, int]) -> dict[str, str]:
    """An object with some of these texts; true, false and numbers are taken for what they say."""
    body = json_body(len(longest))
    if not isinstance(body, dict) or not body or not body.keys() <= longest.keys():
        raise UnprocessableEntity(f"Send one JSON object with {' and '.join(longest)}, and nothing else")
    sent = {}
    for name, value in body.items():
        if not isinstance(value, (str, bool, int, float)):
            raise UnprocessableEntity(f"{name} must be a text")
        sent[name] = str(value).strip()
        if len(sent[name]) > longest[name]:
            raise UnprocessableEntity(f"{name} may have {longest[name]:,} characters")
    return sent


def show_again(case: str) -> Response:
    """The case as it is now; whoever may not read it learns no more than which one it is."""
    from webapp.keeping.told import tell
    from webapp.store import cases

    database = store().open()
    with database.read() as connection:
        found = cases.find(connection, asked_for().id, case)
    if found is None:
        raise NotFound("You have kept no such case")
    told = described(tell(database, found)) if may("read", found.model) else {"case": case}
    return keep_private(as_json(told))
