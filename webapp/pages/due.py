"""“What happened?”: the due cases to work through, each with buttons that a thumb can hit."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import NotFound

from webapp.ask import Said
from webapp.store.opening import Away, store

from .case import mark, own_case
from .fields import is_ours
from .history import EXPIRED, be_there, private_page, say_away
from .people.gate import signed_in

bp = Blueprint("due", __name__, url_prefix="/history/due")
bp.before_request(be_there)
bp.register_error_handler(Away, say_away)

# Cases on a page.
SHOWN = 20


@bp.get("")
def show() -> Response:
    return due_page()


def due_page(faulty: str = "", faults: list[Said] | None = None, status: int = 200) -> Response:
    from webapp.keeping.told import tell
    from webapp.store import cases

    person, database = signed_in(), store().open()
    state = "follow-up" if request.args.get("state") == "follow-up" else "due"
    search = cases.Search(state=state, model=request.args.get("model", "")[:80])
    with database.read() as connection:
        waiting = cases.waiting(connection, person.id, search, SHOWN)
        count = cases.count(connection, person.id, search)
        drawn = cases.count(connection, person.id, cases.Search(state="follow-up"))
        done = cases.find(connection, person.id, request.args.get("done", "")[:32])
    return private_page(
        "due.html",
        status,
        told=[tell(database, case) for case in waiting],
        count=count,
        drawn=drawn,
        state=state,
        done=tell(database, done) if done and done.marked else None,
        faulty=faulty,
        faults=faults or [],
        typed=request.form,
        token=generate_csrf(),
    )


@bp.post("/<string(length=32):case>")
def say(case: str) -> Any:
    try:
        database, told = own_case(case)
    except NotFound:
        # It was deleted in another window; the list goes on.
        return redirect(url_for("due.show"), 303)
    if not is_ours(request.form):
        return due_page(f"case-{case}", [Said(f"case-{case}", EXPIRED)], 400)
    if faults := mark(database, told, "list"):
        return due_page(f"case-{case}", [Said(f"case-{case}", fault.message) for fault in faults], 422)
    return redirect(url_for("due.show", done=case, state=request.args.get("state")), 303)
