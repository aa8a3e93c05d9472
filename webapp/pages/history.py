"""What somebody has kept: a list to search, with its export, and the way to delete all of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import generate_csrf

from webapp.ask import Said
from webapp.http.headers import keep_private, with_headers
from webapp.http.models import shown_models
from webapp.store.opening import Away, store

from .fields import NOT_SENT, is_ours
from .people.gate import signed_in

if TYPE_CHECKING:
    from webapp.store.cases import Search

bp = Blueprint("history", __name__, url_prefix="/history")

# Cases on a page.
SHOWN = 50
MOST_LABELS = 200
LONGEST = 200
STATES = {
    "": "All",
    "due": "Due, not marked",
    "follow-up": "To follow up",
    "later": "Not due yet",
    "marked": "Marked",
}
# What a search may name.
SOUGHT = ("text", "model", "label", "state", "since", "until")
EXPIRED = f"{NOT_SENT}, and nothing was changed. Send it again"


@bp.before_request
def be_there() -> None:
    """Where there is no database there are no such pages; and what they show is personal."""
    if not store().is_on:
        abort(404)
    g.is_personal = True


@bp.errorhandler(Away)
def say_away(away: Away) -> Response:
    """The pages of kept cases have nothing to show without the database."""
    return with_headers(make_response(render_template("kept_away.html", advice=away.description), 503), away)


def private_page(template: str, status: int = 200, **values: Any) -> Response:
    return keep_private(make_response(render_template(template, **values), status))


@bp.get("")
def show() -> Response:
    from webapp.keeping.places import name_of, place
    from webapp.keeping.told import tell
    from webapp.store import cases

    person, database = signed_in(), store().open()
    search, faults = search_of()
    after = place(request.args.get("after", ""))
    with database.read() as connection:
        listed = cases.listed(connection, person.id, search, SHOWN + 1, after)
        count = cases.count(connection, person.id, search)
        due = cases.count(connection, person.id, cases.Search(state="due"))
        labels, models = cases.labels(connection, person.id, MOST_LABELS), cases.models(connection, person.id)
    asked = sought()
    more = listed[SHOWN - 1] if len(listed) > SHOWN else None
    return private_page(
        "history.html",
        422 if faults else 200,
        told=[tell(database, case) for case in listed[:SHOWN]],
        count=count,
        due=due,
        typed=request.args,
        labels=labels,
        models=models,
        titles={model.name: model.words.title for model in shown_models()},
        states=STATES,
        faults=faults,
        query=urlencode(asked),
        next=urlencode({**asked, "after": name_of(more)}) if more else "",
        is_later=after is not None,
    )


def sought() -> dict[str, str]:
    """What the address asks for, as it was typed."""
    return {name: text for name, text in request.args.items() if text and name in SOUGHT}


def search_of() -> tuple[Search, list[Said]]:
    """What the address asks for, and what of it cannot be read."""
    from webapp.store.cases import Search

    given, faults = {name: text.strip()[:LONGEST] for name, text in request.args.items()}, []
    days: dict[str, date] = {}
    for name in ("since", "until"):
        try:
            if text := given.get(name):
                days[name] = date.fromisoformat(text)
        except ValueError:
            faults.append(Said(name, f"Enter the day like {datetime.now(UTC).date()}"))
    moments = {name: datetime.combine(day, time(), UTC) for name, day in days.items()}
    if "until" in moments and days["until"] < date.max:
        moments["until"] += timedelta(days=1)
    state = given.get("state", "")
    search = Search(
        text=given.get("text", ""),
        model=given.get("model", ""),
        label=given.get("label", ""),
        state=state if state in STATES else "",
        since=moments.get("since"),
        until=moments.get("until"),
    )
    return search, faults


@bp.get("/cases.<any(csv,json):form>")
def export(form: str) -> Any:
    from webapp.keeping.export import as_csv, as_json

    person, database = signed_in(), store().open()
    search, faults = search_of()
    if faults:
        # A file of all cases would look like what was sought.
        return redirect(f"{url_for('history.show')}?{urlencode(sought())}", 303)
    write, mimetype = (as_csv, "text/csv") if form == "csv" else (as_json, "application/json")
    answer = Response(write(database, person.id, search), mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="kept-cases.{form}"'
    return keep_private(answer)


@bp.get("/delete")
def ask_to_delete() -> Response:
    return delete_page()


@bp.post("/delete")
def delete() -> Any:
    from webapp.store.cases import forget_all

    person = signed_in()
    if not is_ours(request.form):
        return delete_page([Said("delete", EXPIRED)], 400)
    if request.form.get("sure") != "yes":
        return delete_page([Said("sure", "Select that you are sure")], 422)
    deleted = forget_all(store().open(), person.id)
    return redirect(url_for("history.show", deleted=deleted), 303)


def delete_page(faults: list[Said] | None = None, status: int = 200) -> Response:
    from webapp.store import cases

    person = signed_in()
    with store().open().read() as connection:
        count = cases.count(connection, person.id, cases.Search())
    return private_page("history_delete.html", status, count=count, faults=faults or [], token=generate_csrf())
