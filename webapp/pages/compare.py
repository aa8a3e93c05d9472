"""Try a change: a result beside the one that other answers would give, as a page or as a piece of one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask_wtf.csrf import generate_csrf
from werkzeug.datastructures import CombinedMultiDict, MultiDict

from model.declare.model import Model
from model.declare.reading import Answers, Fault, read_lists
from webapp.http.addresses import NEW, compare_address, query_of
from webapp.http.limits import body_limit

from .form import FORM_LIMIT, form_page, private
from .forms import TOKEN, answers_of, compact_fields, faults_of, filled
from .result import result_of

bp = Blueprint("what_if", __name__)

Given = dict[str, list[str]]


@bp.get("/<model:model>/compare")
def compare(model: Model) -> Response:
    given = dict(request.args.lists())
    before, faults = read_lists(model.inputs, given)
    if faults:
        return make_response(form_page(model, filled(model, MultiDict(request.args)), faults), 422)
    typed = changed(model, given)
    after, wrong = read_lists(model.inputs, typed)
    return comparison(model, before, after, typed, wrong)


@bp.post("/<model:model>/compare")
@body_limit(FORM_LIMIT)
def compare_photos(model: Model) -> Any:
    """A photo cannot stand in an address, so it is sent, looked at, and the comparison's address follows."""
    given = dict(request.form.lists())
    before, faults = read_lists(model.inputs, given)
    if faults:
        return form_page(model, filled(model, MultiDict()), faults), 422
    sent = filled(model, CombinedMultiDict([request.files, request.form]), NEW)
    if not sent.validate():
        page = comparison(model, before, before, changed(model, given), faults_of(sent, model))
        page.status_code = 400 if sent.errors.get(TOKEN) else 422
        return page
    return redirect(compare_address(model, query_of(model, before), answers_of(sent)), 303)


def changed(model: Model, given: Given) -> Given:
    """Each changed answer, or the one before where it was not changed."""
    return {asked.name: given.get(NEW + asked.name, given.get(asked.name, [])) for asked in model.inputs}


def comparison(model: Model, before: Answers, after: Answers, typed: Given, wrong: list[Fault]) -> Response:
    template = "_comparison.html" if "X-Fragment" in request.headers else "compare.html"
    page = render_template(
        template,
        result=result_of(model, before),
        after=None if wrong else result_of(model, after),
        fields=compact_fields(model, typed, {fault.name: fault.message for fault in wrong}),
        faults=[Fault(NEW + fault.name if fault.name else "", fault.message) for fault in wrong],
        token=generate_csrf() if model.has_photo else "",
    )
    return private(make_response(page, 422 if wrong else 200))
