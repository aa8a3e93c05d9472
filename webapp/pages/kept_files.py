"""Files about kept cases: past ones with what happened, or what happened to those that are kept already."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import RequestEntityTooLarge, ServiceUnavailable

from model.files.dialect import Unusable
from webapp.ask import Said
from webapp.http.headers import with_headers
from webapp.http.limiter import TooMany
from webapp.http.limits import MEGABYTE, PHOTO_LIMIT, body_limit, drain, size
from webapp.http.models import find_shown, shown_models
from webapp.http.visit import current
from webapp.people.current import may
from webapp.store.opening import Away, store

from .fields import NOT_SENT, is_ours
from .history import be_there, private_page, say_away
from .people.gate import signed_in

bp = Blueprint("kept_files", __name__, url_prefix="/history/file")
bp.before_request(be_there)
bp.register_error_handler(Away, say_away)


@bp.get("")
def show() -> Response:
    signed_in()
    return file_page()


@bp.post("")
@body_limit(PHOTO_LIMIT)
def send() -> Any:
    from webapp.keeping.files import take_file

    person = signed_in()
    try:
        current().take("uploads")
        current().enter("file uploads")
        sent, files = request.form, [file for file in request.files.getlist("file") if file.filename]
    except RequestEntityTooLarge:
        drain()
        return file_page([Said("file", f"The file is larger than {size(PHOTO_LIMIT)}. Send it in parts")], 413)
    except (TooMany, ServiceUnavailable) as later:
        drain()
        return with_headers(file_page([Said("file", later.description or "")], later.code or 503), later)
    if not is_ours(sent):
        return file_page([Said("file", f"{NOT_SENT}. Choose the file again and send it")], 400)
    if len(files) != 1:
        return file_page([Said("file", "Choose one file, not several" if files else "Choose a file")], 422)
    model = find_shown(sent.get("model", ""))
    if model and not may("keep", model):
        return file_page([Said("model", "You may not keep cases of this model. Ask whoever owns it")], 403)
    try:
        taken = take_file(store().open(), person, files[0].read(), model)
    except Unusable as refused:
        return file_page([Said("file", str(refused))], 422)
    if taken.faults:
        count = len(taken.faults) + taken.more_faults
        message = "There is one fault in the file" if count == 1 else f"There are {count:,} faults in the file"
        return file_page(
            [Said("file", f"{message}, so nothing of it was stored. Mend it and send it again")], 422, taken
        )
    return file_page(taken=taken)


def file_page(faults: list[Said] | None = None, status: int = 200, taken: Any = None) -> Response:
    from webapp.keeping.files import MOST_ROWS

    models = [model for model in shown_models() if not model.has_photo and may("keep", model)]
    return private_page(
        "kept_files.html",
        status,
        models=models,
        chosen=request.form.get("model", "") if status != 413 else "",
        faults=faults or [],
        taken=taken,
        limit=PHOTO_LIMIT // MEGABYTE,
        most=MOST_ROWS,
        token=generate_csrf(),
    )
