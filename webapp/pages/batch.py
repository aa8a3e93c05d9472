"""Whole files: what one needs, and one that is sent comes back with the estimates after its rows.

Nothing of a file is stored. A file is either checked, which answers with a page, or scored, which
answers with the file; the script asks for both at once, so that it need send the file only once.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
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
from model.declare.reading import read_answers
from model.files.dialect import Dialect, Unusable, write_row
from webapp.ask import Said, ask_file
from webapp.http.addresses import texts
from webapp.http.headers import keep_private
from webapp.http.limits import MEGABYTE, body_limit, drain
from webapp.http.models import predictor_of
from webapp.http.uploads import Upload, take_in

from .fields import NOT_SENT, TOKEN
from .form import visitor

if TYPE_CHECKING:
    from model.files.scoring import Scoring

bp = Blueprint("batch", __name__)

# The token and the lines around the file.
ROUND_ABOUT = 64 * 1024
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
    lines = "".join(write_row(list(row), TEMPLATE) for row in [list(model.input), *rows])
    return attachment([("\ufeff" + lines).encode()], f"{model.name}-template.csv")


@bp.post("/<model:model>/batch")
@body_limit(largest_body)
def score(model: Model) -> Any:
    only_tables(model)
    try:
        return answer_to(model, take_in(request))
    except Unusable as refused:
        return form_page(model, str(refused)), 422
    except RequestEntityTooLarge:
        drain()
        return form_page(model, too_large()), 413
    except UnsupportedMediaType:
        drain()
        return form_page(model, NO_FORM), 415
    except BadRequest:
        drain()
        return form_page(model, CUT_SHORT), 400


def answer_to(model: Model, upload: Upload) -> Any:
    # Polars takes its time and its memory, which a process that gets no file need not spend.
    from model.files.reader import CsvReader
    from model.files.writer import CsvWriter

    token = upload.fields.get(TOKEN, request.headers.get("X-CSRFToken", ""))
    if not FileForm(formdata=MultiDict({TOKEN: token})).validate():
        return form_page(model, EXPIRED), 400
    if len(upload.files) != 1:
        raise Unusable(ONE_FILE if upload.files else NO_FILE)
    (file,) = upload.files
    reader = CsvReader(file.stream)
    scoring = ask_file(predictor_of(model), reader, CsvWriter(reader.dialect), visitor())
    if "download" not in request.args:
        for _ in scoring.run():
            pass
        return keep_private(make_response(counts_page(model, scoring)))
    # Once the answer has begun, its status cannot change.
    reader.read_ahead()
    name = f"{PurePath(str(file.filename)).stem or model.name}-scored.csv"
    if "X-Fragment" not in request.headers:
        return attachment(scoring.run(), name)
    edge = secrets.token_hex(16)
    both = Response(
        stream_with_context(file_and_page(model, scoring, edge)), mimetype=f"multipart/form-data; boundary={edge}"
    )
    return keep_private(both)


def file_and_page(model: Model, scoring: Scoring, edge: str) -> Iterator[bytes]:
    """The scored file and the page about it, as a form that the script takes apart."""
    head = f'--{edge}\r\nContent-Disposition: form-data; name="{{}}"'
    yield f'{head.format("file")}; filename="scored.csv"\r\nContent-Type: text/csv\r\n\r\n'.encode()
    yield from scoring.run()
    page = counts_page(model, scoring, at_hand=True)
    yield f"\r\n{head.format('page')}\r\n\r\n{page}\r\n--{edge}--\r\n".encode()


class FileForm(FlaskForm):
    """The token; the file itself never passes through WTForms."""


def form_page(model: Model, message: str = "") -> str:
    only_tables(model)
    return render_template(
        "batch.html",
        model=model,
        form=FileForm(formdata=None),
        faults=[Said("file", message)] if message else [],
        too_large=[Said("file", too_large())],
        limit=current_app.config["BATCH_MB"],
    )


def counts_page(model: Model, scoring: Scoring, at_hand: bool = False) -> str:
    return render_template(
        "batch_counts.html",
        model=model,
        form=FileForm(formdata=None),
        added=list(scoring.added),
        counts=scoring.counts,
        at_hand=at_hand,
        too_large=[Said("file", too_large())],
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
    return keep_private(file)
