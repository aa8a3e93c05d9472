"""One kept case: the answer of then beside today's, what really happened, its note, and the way to delete it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, redirect, request, url_for
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import NotFound

from model.predict.outcome import CANNOT_BE_KNOWN, NoOutcome, Outcome
from webapp.ask import Said
from webapp.http.models import predictor_of
from webapp.people.current import may
from webapp.store.opening import Away, store

from .fields import is_ours, read_text
from .history import EXPIRED, be_there, private_page, say_away
from .people.gate import signed_in

if TYPE_CHECKING:
    from webapp.keeping.told import Told
    from webapp.store.database import Database

bp = Blueprint("case", __name__, url_prefix="/history/<string(length=32):case>")
bp.before_request(be_there)
bp.register_error_handler(Away, say_away)

SAY = "Select what happened"


def own_case(public_id: str) -> tuple[Database, Told]:
    """The case of whoever asks; another person's is not there."""
    from webapp.keeping.told import tell
    from webapp.store import cases

    person, database = signed_in(), store().open()
    with database.read() as connection:
        case = cases.find(connection, person.id, public_id)
    if case is None:
        raise NotFound
    return database, tell(database, case)


@bp.get("")
def show(case: str) -> Response:
    return case_page(*own_case(case))


def case_page(database: Database, told: Told, faults: list[Said] | None = None, status: int = 200) -> Response:
    from webapp.keeping.told import ask_again, ask_today
    from webapp.store import outcomes

    with database.read() as connection:
        said = outcomes.history(connection, told.case.id)
    today = ask_today(told)
    return private_page(
        "case.html",
        status,
        told=told,
        today=today,
        # Else it is today's.
        is_same=today is not None and today.version != told.case.version and ask_again(told),
        said=said,
        faults=faults or [],
        typed=request.form,
        token=generate_csrf(),
        is_new="kept" in request.args,
    )


@bp.post("/outcome")
def say(case: str) -> Any:
    database, told = own_case(case)
    if not is_ours(request.form):
        return case_page(database, told, [Said("happened", EXPIRED)], 400)
    if faults := mark(database, told, "page"):
        return case_page(database, told, faults, 422)
    return redirect(url_for("case.show", case=case, _anchor="happened-heading"), 303)


def mark(database: Database, told: Told, source: str) -> list[Said]:
    """Take in what the form says happened; the faults, if it cannot be."""
    from webapp.store import outcomes

    person, faults, seen_on = signed_in(), [], None
    if told.model is None or not may("outcome", told.model):
        return [Said("happened", "What happened cannot be said of this model here")]
    text = request.form.get("happened", "").strip()
    if text == "amount":
        text = request.form.get("amount", "").strip()
    try:
        what = read_outcome(told, text)
    except NoOutcome as no_outcome:
        faults.append(Said("happened", str(no_outcome)))
    try:
        if day := request.form.get("seen_on", "").strip():
            seen_on = date.fromisoformat(day)
            if not told.case.made_at.date() <= seen_on <= datetime.now(UTC).date():
                raise ValueError
    except ValueError:
        first, last = told.case.made_at.date(), datetime.now(UTC).date()
        faults.append(Said("seen_on", f"Enter a day from {first} to {last}, or leave it empty"))
    if not faults:
        outcomes.mark(database, told.case.id, what, outcomes.Saying(person.id, source, seen_on, person.token_id))
    return faults


def read_outcome(told: Told, text: str) -> Outcome:
    assert told.model is not None
    if not text:
        raise NoOutcome(SAY if told.happenings else f"Enter what happened, or select “{CANNOT_BE_KNOWN}”")
    return predictor_of(told.model).kind.read_outcome(text)


@bp.post("/note")
def annotate(case: str) -> Any:
    from webapp.keeping.keep import LONGEST_LABEL, LONGEST_NOTE
    from webapp.store import cases

    database, told = own_case(case)
    label, note = (read_text(request.form, name) for name in ("label", "note"))
    faults = [Said("note", EXPIRED)] if not is_ours(request.form) else []
    status = 400 if faults else 422
    for name, text, most in (("label", label, LONGEST_LABEL), ("note", note, LONGEST_NOTE)):
        if len(text) > most:
            faults.append(Said(name, f"The {name} has {len(text):,} characters. Shorten it to {most:,}"))
    if faults:
        return case_page(database, told, faults, status)
    cases.annotate(database, told.case, label, note)
    return redirect(url_for("case.show", case=case, _anchor="note-heading"), 303)


@bp.post("/delete")
def delete(case: str) -> Any:
    from webapp.store import cases

    database, told = own_case(case)
    if not is_ours(request.form):
        return case_page(database, told, [Said("delete", EXPIRED)], 400)
    cases.forget(database, told.case)
    return redirect(url_for("history.show", deleted=1), 303)
