"""Whole files: what one needs, and one that is sent comes back with the estimates after its rows.

Nothing of a file is stored. A file is either checked, which answers with a page, or scored, which
answers with the file; the script asks for both at once, so that it need send the file only once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    make_response,
    render_template,
    request,
    stream_with_context,
)
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from model.declare.model import Model
from model.declare.reading import Fault, read_answers
from model.files.dialect import Dialect, opened
from model.files.dialect import texts as lines_of
from model.files.headings import Unusable, estimate_cells
from model.files.records import written
from model.files.rows import Scoring
from model.predict.predictor import get_predictor
from webapp.http.addresses import texts
from webapp.http.limits import MEGABYTE, body_limit, drain
from webapp.http.spool import Spool
from webapp.http.uploads import SeveralFiles, Upload, drop

from .form import private
from .forms import NOT_SENT, TOKEN

bp = Blueprint("batch", __name__)

# The token and the lines around the file.
ROUND_ABOUT = 64 * 1024
# How many digits tell the script how long the page after the file is.
DIGITS = 12
TEMPLATE = Dialect("utf-8", True, ",", "\r\n")

EXPIRED = f"{NOT_SENT}. Choose the file again and send it"
NO_FILE = "Choose a file"
ONE_FILE = "Choose one file, not several"
CUT_SHORT = "The file did not arrive whole. Choose it again and send it"
NO_FORM = "Send the file with the form on this page"


def largest_body() -> int:
    return int(current_app.config["BATCH_MB"]) * MEGABYTE + ROUND_ABOUT


@bp.get("/<model:model>/batch")
def form(model: Model) -> str:
    return form_page(model)


@bp.get("/<model:model>/batch/template.csv")
def template(model: Model) -> Response:
    """A file to start from: the columns, and the model's examples as rows."""
    only_tables(model)
    rows = [texts(model, read_answers(model.inputs, one.answers)[0]).values() for one in model.examples]
    lines = "".join(written(list(row), TEMPLATE) for row in [list(model.input), *rows])
    return attachment([("\ufeff" + lines).encode()], f"{model.name}-template.csv")


@bp.post("/<model:model>/batch")
@body_limit(largest_body)
def score(model: Model) -> Any:
    only_tables(model)
    try:
        answer = answer_to(model, Upload(request))
        drop(request)
    except RequestEntityTooLarge:
        drain()
        return form_page(model, too_large()), 413
    except UnsupportedMediaType:
        drain()
        return form_page(model, NO_FORM), 415
    except BadRequest:
        with suppress(BadRequest):
            drop(request)
        return form_page(model, CUT_SHORT), 400
    return answer


def answer_to(model: Model, upload: Upload) -> Any:
    token = upload.fields.get(TOKEN, request.headers.get("X-CSRFToken", ""))
    if not FileForm(formdata=MultiDict({TOKEN: token})).validate():
        return form_page(model, EXPIRED), 400
    try:
        dialect, pieces = opened(chosen(upload))
        if "download" in request.args:
            return scored_file(model, upload.filename, dialect, pieces)
        scoring = Scoring(get_predictor(model.name), lines_of(pieces, dialect), dialect)
        for _ in scoring.pieces():
            pass
    except Unusable as refused:
        return form_page(model, str(refused)), 422
    return private(make_response(counts_page(model, scoring)))


def chosen(upload: Upload) -> Iterator[bytes]:
    if not upload.filename:
        raise Unusable(NO_FILE)
    try:
        yield from upload.pieces()
    except SeveralFiles:
        raise Unusable(ONE_FILE) from None


def scored_file(model: Model, name: str, dialect: Dialect, pieces: Iterator[bytes]) -> Response:
    """The file with its estimates, row by row while it is sent.

    A browser reads no answer before it has sent everything, so the file is taken in whole, compressed, and
    looked through for what cannot be read: once the answer has begun, its status cannot change.
    """
    spool = Spool()
    lines = sum(text.count("\n") for text in lines_of(spool.keeping(pieces), dialect))
    scoring = Scoring(get_predictor(model.name), lines_of(spool.pieces(), dialect), dialect)
    if "X-Fragment" not in request.headers:
        return attachment(encoded(scoring), f"{PurePath(name).stem or model.name}-scored.csv")
    both = Response(stream_with_context(file_and_page(model, scoring)), mimetype="application/octet-stream")
    both.headers["X-Expected-Length"] = str(spool.size + lines * usual_length(scoring))
    return private(both)


def encoded(scoring: Scoring) -> Iterator[bytes]:
    if scoring.dialect.marked:
        yield b"\xef\xbb\xbf"
    for piece in scoring.pieces():
        yield piece.encode()


def file_and_page(model: Model, scoring: Scoring) -> Iterator[bytes]:
    """The scored file, the page about it, and how long that page is."""
    yield from encoded(scoring)
    page = counts_page(model, scoring, at_hand=True).encode()
    yield page + f"{len(page):0{DIGITS}}".encode()


def usual_length(scoring: Scoring) -> int:
    """About how much longer a row gets, which tells the script how far the scoring is."""
    model = scoring.predictor.model
    answers = read_answers(model.inputs, model.examples[0].answers)[0]
    return len(written(["", *estimate_cells(scoring.predictor, answers), ""], scoring.dialect))


class FileForm(FlaskForm):
    """The token; the file itself never passes through WTForms, which would hold it whole."""


def form_page(model: Model, message: str = "") -> str:
    only_tables(model)
    return render_template(
        "batch.html",
        model=model,
        form=FileForm(formdata=None),
        faults=[Fault("file", message)] if message else [],
        too_large=[Fault("file", too_large())],
        limit=current_app.config["BATCH_MB"],
    )


def counts_page(model: Model, scoring: Scoring, at_hand: bool = False) -> str:
    return render_template(
        "batch_counts.html",
        model=model,
        form=FileForm(formdata=None),
        scoring=scoring,
        counts=scoring.counts,
        at_hand=at_hand,
        too_large=[Fault("file", too_large())],
        limit=current_app.config["BATCH_MB"],
    )


def too_large() -> str:
    return (
        f"The file must be {current_app.config['BATCH_MB']} MB or smaller. "
        "Cut it into several files, each with the line that names the columns"
    )


def only_tables(model: Model) -> None:
    if model.has_photo:
        abort(404)


def attachment(pieces: Any, name: str) -> Response:
    file = Response(pieces, mimetype="text/csv")
    # Headers are ASCII; a name that is not goes into the second form, which browsers prefer.
    plain = name.encode("ascii", "ignore").decode()
    longer = {} if plain == name else {"filename*": f"UTF-8''{quote(name)}"}
    file.headers.set("Content-Disposition", "attachment", filename=plain, **longer)
    return private(file)
