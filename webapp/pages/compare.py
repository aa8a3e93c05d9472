"""Try a change: a result beside the one that other answers would give, as a page or as a piece of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask_wtf.csrf import generate_csrf
from werkzeug.datastructures import CombinedMultiDict, MultiDict

from model.declare.model import Model
from model.declare.reading import Answers
from webapp.ask import Budget, Caller, Said, ask
from webapp.http.addresses import NEW, compare_address, query_of
from webapp.http.headers import keep_private
from webapp.http.limits import PHOTO_LIMIT, body_limit
from webapp.http.models import predictor_of

from .fields import compact_fields, fill
from .form import enter_lane, form_page, photos_again, status_of, token_fault
from .result import Result

bp = Blueprint("compare", __name__)


@bp.get("/<model:model>/compare")
def compare(model: Model) -> Any:
    # A script that tries a change has an allowance of its own, and what it tries is no prediction.
    budget, caller = Budget(rows=2), Caller("what-if" if "X-Fragment" in request.headers else "page")
    before = ask(predictor_of(model), MultiDict(request.args), caller, budget)
    if before.faults:
        return form_page(model, fill(model, MultiDict(request.args)), before.sentences), 422
    typed = change(model, MultiDict(request.args))
    after = ask(predictor_of(model), typed, caller, budget)
    return comparison(model, before.answers, after.answers, typed, after.sentences)


@bp.post("/<model:model>/compare")
@body_limit(PHOTO_LIMIT)
def compare_photos(model: Model) -> Any:
    """A photo cannot stand in an address, so it is sent, looked at, and the comparison's address follows."""
    budget = Budget(rows=2)
    before = ask(predictor_of(model), MultiDict(request.form), Caller("page"), budget)
    if before.faults:
        return form_page(model, fill(model, MultiDict()), before.sentences), 422
    enter_lane(model)
    sent = fill(model, CombinedMultiDict([request.files, request.form]), NEW)
    good = sent.validate()
    after = ask(predictor_of(model), sent, Caller("page"), budget)
    if not good:
        wrong = (token_fault(model, sent) or photos_again(model, after.sentences)) + after.sentences
        page = comparison(model, before.answers, before.answers, change(model, MultiDict(request.form)), wrong)
        page.status_code = status_of(sent)
        return page
    return redirect(compare_address(model, query_of(model, before.answers), after.answers), 303)


def change(model: Model, given: MultiDict[str, str]) -> MultiDict[str, str]:
    """Each changed answer, or the one before where it was not changed."""
    changed = {name: given.getlist(NEW + name) or given.getlist(name) for name in model.input}
    # A changed answer that is left blank is one all the same.
    return MultiDict({name: values for name, values in changed.items() if values})


def comparison(
    model: Model, before: Answers, after: Answers, typed: MultiDict[str, str], wrong: Sequence[Said]
) -> Response:
    predictor = predictor_of(model)
    page = render_template(
        "_comparison.html" if "X-Fragment" in request.headers else "compare.html",
        result=Result(predictor, before, predictor.estimates(before)),
        after=None if wrong else Result(predictor, after, predictor.estimates(after)),
        fields=compact_fields(model, dict(typed.lists()), {fault.name: fault.message for fault in wrong}),
        faults=[Said(NEW + fault.name if fault.name else "", fault.message) for fault in wrong],
        token=generate_csrf() if model.has_photo else "",
    )
    return keep_private(make_response(page, 422 if wrong else 200))
