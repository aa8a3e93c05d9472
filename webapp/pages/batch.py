"""Whole files: what one needs, and one that is sent comes back with the estimates after its rows.

Nothing of a file is stored. A file is either checked, which answers with a page, or scored, which
answers with the file; the script asks for both at once, so that it need send the file only once.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort, current_app, make_response, render_template, request, stream_with_context
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, ServiceUnavailable, UnsupportedMediaType

from model.declare.model import Model
from model.declare.reading import read_answers
from model.files.dialect import ColumnsMissing, Dialect, Unusable, write_row
from model.files.headings import guess_columns
from webapp.ask import Caller, OverBudget, Said, ask_file, score_in_time
from webapp.http.addresses import texts
from webapp.http.headers import keep_private, with_headers
from webapp.http.lanes import ARRIVING
from webapp.http.limiter import TooMany
from webapp.http.limits import MEGABYTE, ORDINARY, body_limit, drain
from webapp.http.models import predictor_of
from webapp.http.uploads import take_in
from webapp.http.visit import current

from .fields import NOT_SENT, TOKEN
from .filed import Filed

bp = Blueprint("batch", __name__)

TEMPLATE = Dialect("utf-8", True, ",", "\r\n")

MEDIA = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}

EXPIRED = f"{NOT_SENT}. Choose the file again and send it"
NO_FILE = "Choose a file"
ONE_FILE = "Choose one file, not several"
CUT_SHORT = "The file did not arrive whole. Choose it again and send it"
BROKEN_OFF = "This file ends here, since scoring it took longer than one request may. Send the other rows once more"
NO_FORM = "Send the file with the form on this page"


def largest_body() -> int:
    return int(current_app.config["BATCH_MB"]) * MEGABYTE + ORDINARY


@bp.before_request
def refuse_photos() -> None:
    if (request.view_args or {})["model"].has_photo:
        abort(404)


@bp.get("/<model:model>/batch")
def form(model: Model) -> str:
    return form_page(model)


@bp.get("/<model:model>/batch/template.csv")
def template(model: Model) -> Response:
    """A file to start from: the columns, and the model's examples as rows."""
    rows = [texts(model, read_answers(model.inputs, one.answers)[0]).values() for one in model.examples]
    lines = "".join(write_row(row, TEMPLATE) for row in [model.input, *rows])
    return attachment([("\ufeff" + lines).encode()], f"{model.name}-template.csv")


@bp.post("/<model:model>/batch")
@body_limit(largest_body)
def score(model: Model) -> Any:
    fields: MultiDict[str, str] = MultiDict()
    try:
        current().take("uploads")
        await_room()
        # Nobody waits for room who has some already: all would wait for one another.
        fields, files = take_in(request, lambda megabytes: current().enter(ARRIVING, megabytes, patience=0))
        current().enter("file uploads")
        return answer_to(model, fields, files)
    except (TooMany, ServiceUnavailable) as later:
        drain()
        return with_headers(make_response(form_page(model, later.description or "", fields), later.code), later)
    except ColumnsMissing as refused:
        return columns_page(model, refused, fields), 422
    except Unusable as refused:
        return form_page(model, str(refused), fields), 422
    except OverBudget as over:
        return form_page(model, over.description or "", fields), 422
    except (BadRequest, RequestEntityTooLarge, UnsupportedMediaType) as refused:
        drain()
        messages = {400: CUT_SHORT, 413: too_large(), 415: NO_FORM}
        return form_page(model, messages[refused.code]), refused.code


def await_room() -> None:
    """Wait until all of it would find room; what it then holds is what has come, so that a slow one holds little."""
    length = min(request.content_length or largest_body(), largest_body())
    current().enter(ARRIVING, 1 + length // MEGABYTE)
    current().leave(ARRIVING)


def answer_to(model: Model, fields: MultiDict[str, str], files: Sequence[FileStorage]) -> Any:
    # Polars takes its time and its memory, which a process that gets no file need not spend.
    from model.files.summary import Summary
    from model.files.workbook import open_table
    from model.files.writer import CsvWriter

    token = fields.get(TOKEN, request.headers.get("X-CSRFToken", ""))
    if not FlaskForm(formdata=MultiDict({TOKEN: token})).validate():
        return form_page(model, EXPIRED, fields), 400
    if len(files) != 1:
        raise Unusable(ONE_FILE if files else NO_FILE)
    predictor, (reader, is_workbook) = predictor_of(model), open_table(files[0].stream)
    writer, sent = CsvWriter(reader.dialect), measure(files[0])
    challenger = bool(fields.get("challenger"))
    scoring = ask_file(predictor, reader, writer, Caller("file"), *sent, chosen_columns(model, fields), challenger)
    filed = Filed(predictor, scoring, Summary(predictor, scoring.scorer.positions, challenger), fields)
    scoring.look = filed.summary.add
    if "download" not in request.args:
        for _ in score_in_time(predictor, scoring):
            pass
        return keep_private(make_response(counts_page(filed)))
    # Once the answer has begun, its status cannot change.
    reader.read_ahead()
    wanted = fields.get("as", "")
    pieces: Iterable[bytes] = score_in_time(predictor, scoring, last_line(reader.dialect))
    ending = "csv"
    if wanted == "xlsx" or (is_workbook and wanted != "csv"):
        pieces, ending = as_workbook(list(pieces), reader.dialect)
    if "X-Fragment" not in request.headers:
        name = f"{PurePath(str(files[0].filename)).stem or model.name}-scored.{ending}"
        return attachment(pieces, name, MEDIA[ending])
    edge = secrets.token_hex(16)
    both = stream_with_context(file_and_page(filed, pieces, ending, edge))
    return keep_private(Response(both, mimetype=f"multipart/form-data; boundary={edge}"))


def measure(file: FileStorage) -> tuple[int, int]:
    """How many lines and bytes came of it."""
    pieces: Any = file.stream
    return pieces.lines, pieces.length


def as_workbook(pieces: list[bytes], dialect: Dialect) -> tuple[Iterable[bytes], str]:
    """The scored rows as a workbook, unless they are too many for one."""
    from model.files.workbook import write_workbook

    book = write_workbook(pieces, dialect)
    return (pieces, "csv") if book is None else ([book], "xlsx")


def chosen_columns(model: Model, fields: Mapping[str, str]) -> dict[str, str]:
    """The headings that somebody chose for inputs whose columns have other names."""
    return {name: heading for name in model.input if (heading := fields.get(f"column-{name}", ""))}


def columns_in(model: Model, fields: Mapping[str, str], header: Sequence[str]) -> dict[str, str]:
    """Those that were chosen which this file has."""
    return {name: heading for name, heading in chosen_columns(model, fields).items() if heading in header}


def last_line(dialect: Dialect) -> bytes:
    """What a file ends with whose scoring took too long."""
    return write_row([BROKEN_OFF], dialect).encode()


def file_and_page(filed: Filed, pieces: Iterable[bytes], ending: str, edge: str) -> Iterator[bytes]:
    """The scored file and the page about it, as a form that the script takes apart."""
    head = f'--{edge}\r\nContent-Disposition: form-data; name="{{}}"'
    yield f'{head.format("file")}; filename="scored.{ending}"\r\nContent-Type: {MEDIA[ending]}\r\n\r\n'.encode()
    yield from pieces
    page = counts_page(filed, at_hand=True)
    yield f"\r\n{head.format('page')}\r\n\r\n{page}\r\n--{edge}--\r\n".encode()


def form_page(model: Model, message: str = "", fields: Mapping[str, str] | None = None) -> str:
    return render("batch.html", model, fields, faults=[Said("file", message)] if message else [])


def columns_page(model: Model, refused: ColumnsMissing, fields: Mapping[str, str]) -> str:
    """The form once more, with the file's own headings to choose from for each input that has none."""
    chosen = columns_in(model, fields, refused.header)
    guessed = guess_columns(model, refused.missing, refused.header)
    asked_for = [name for name in model.input if name in chosen or name in refused.missing]
    columns = {name: chosen.get(name) or guessed.get(name, "") for name in asked_for}
    header = [heading for heading in refused.header if heading]
    said = [Said("file", str(refused))]
    own = {"missing": refused.missing, "columns": columns, "guessed": guessed, "header": header}
    return render("batch.html", model, fields, faults=said, **own)


def counts_page(filed: Filed, at_hand: bool = False) -> str:
    scoring = filed.scoring
    own = {"filed": filed, "added": list(scoring.added), "counts": scoring.counts, "at_hand": at_hand}
    own["is_windows"] = scoring.reader.is_windows
    own["header"] = [heading for heading in scoring.reader.header if heading]
    own["columns"] = columns_in(filed.model, filed.fields, scoring.reader.header)
    return render("batch_counts.html", filed.model, filed.fields, **own)


def render(page: str, model: Model, fields: Mapping[str, str] | None, **values: Any) -> str:
    chosen = chosen_columns(model, fields or {})
    own = {
        # The form has the token alone; the file itself never passes through WTForms.
        "form": FlaskForm(formdata=None),
        "limit": current_app.config["BATCH_MB"],
        "too_large": [Said("file", too_large())],
        "has_challenger": predictor_of(model).challenger is not None,
        # What was chosen before stays chosen.
        "fields": fields or {},
        "columns": chosen,
        "header": list(dict.fromkeys(chosen.values())),
    }
    return render_template(page, model=model, **(own | values))


def too_large() -> str:
    return (
        f"The file must be {current_app.config['BATCH_MB']} MB or smaller. "
        "Cut it into several files, each with the line that names the columns"
    )


def attachment(pieces: Iterable[bytes], name: str, media: str = "text/csv") -> Response:
    file = Response(pieces, mimetype=media)
    name = "".join(letter for letter in name if letter.isprintable())
    # Headers are ASCII; a name that is not goes into the second form, which browsers prefer.
    plain = name.encode("ascii", "ignore").decode()
    longer = {} if plain == name else {"filename*": f"UTF-8''{quote(name)}"}
    file.headers.set("Content-Disposition", "attachment", filename=plain, **longer)
    return keep_private(file)
