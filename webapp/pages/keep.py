"""“Keep this”: the answer of a result becomes a kept case, and its page says so once it is on disk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.datastructures import MultiDict

from model.declare.model import Model
from webapp.ask import Asked, Budget, Caller, Said, ask
from webapp.http.headers import with_headers
from webapp.http.models import predictor_of
from webapp.people.current import may
from webapp.store.opening import Away, store

from .fields import NOT_SENT, fill, is_ours, read_text
from .form import form_page
from .history import be_there
from .offer import offer_to_keep
from .people.gate import signed_in
from .result import result_page

bp = Blueprint("keep", __name__)
bp.before_request(be_there)

# No input has such a name.
LABEL, NOTE, KEY, VERSION = "case-label", "case-note", "case-key", "case-version"
EXPIRED = f"{NOT_SENT}, and nothing was kept. Press “Keep this” again"
CHANGED = "The model has changed since you opened this page, and nothing was kept. To keep its answer of now, press “Keep this” again"


@bp.post("/<model:model>/keep")
def keep(model: Model) -> Any:
    from webapp.keeping.keep import LONGEST_KEY, LONGEST_LABEL, LONGEST_NOTE, Wish
    from webapp.keeping.keep import keep as keep_case
    from webapp.store.cases import KeyTaken

    person, predictor, sent = signed_in(), predictor_of(model), request.form
    if not may("keep", model):
        return again(model, None, "You may not keep results of this model. Ask whoever owns it", 403)
    answers = MultiDict((name, text) for name, text in sent.items(multi=True) if name in model.input)
    asked = ask(predictor, answers, Caller("keep"), Budget())
    if asked.faults:
        return form_page(model, fill(model, answers), asked.sentences), 422
    if not is_ours(sent):
        return again(model, asked, EXPIRED, 400)
    if sent.get(VERSION) != predictor.version:
        # What would be kept is not what was seen.
        return again(model, asked, CHANGED, 409)
    label, note, key = (read_text(sent, name) for name in (LABEL, NOTE, KEY))
    too_long = [
        Said(name, f"The {called} has {len(text):,} characters. Shorten it to {most:,}")
        for text, name, most, called in ((label, LABEL, LONGEST_LABEL, "label"), (note, NOTE, LONGEST_NOTE, "note"))
        if len(text) > most
    ]
    if too_long:
        return again(model, asked, too_long, 422)
    wish = Wish(person, "page", label, note, f"page {key[:LONGEST_KEY]}" if key else None)
    try:
        case, _ = keep_case(store().open(), predictor, asked.answers, wish)
    except Away as away:
        return with_headers(again(model, asked, away.description or "", 503), away)
    except KeyTaken:
        return again(model, asked, "This page was used for other answers before. Press “Keep this” again", 409)
    return redirect(url_for("case.show", case=case.public_id, kept=1), 303)


def again(model: Model, asked: Asked | None, why: str | Sequence[Said], status: int) -> Any:
    """The result once more with what was typed, and why it was not kept."""
    sent, said = request.form, [Said("keep", why)] if isinstance(why, str) else why
    key = "" if status == 409 else sent.get(KEY, "")
    offer = offer_to_keep(model, sent.get(LABEL, ""), sent.get(NOTE, ""), key, said)
    if asked is None or offer is None:
        return form_page(model, fill(model, MultiDict(sent)), [Said("", one.message) for one in said]), status
    page = result_page(asked.predictor, asked.answers, None, offer)
    page.status_code = status
    return page
