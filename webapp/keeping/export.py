"""Kept cases as CSV or JSON, with values and labels, written while they are read: any number of them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import select

from model.declare.numerals import NUMBER
from model.declare.reading import read_answers
from webapp.store import cases
from webapp.store.cases import Search
from webapp.store.database import Database
from webapp.store.tables import kept_case

from .told import Told, tell
from .versions import old_version_by_id

# What a spreadsheet would run when it opens the file, and could send the other cells away with.
FORMULA = re.compile(r"[=+\-@\t\r]")
# So many cases are sent together.
PIECE = 200


COLUMNS = (
    "case", "model", "version", "kept_at", "due_on", "deleted_on", "label", "note", "estimate", "low", "high", "class",
    "to_follow_up", "happened", "seen_on", "said_at",
)  # fmt: skip


def described(told: Told) -> dict[str, Any]:
    """A case by the names of its columns, but for its answers."""
    case, marked = told.case, told.case.marked
    cells = (
        case.public_id,
        case.model,
        case.version,
        case.made_at.isoformat(timespec="seconds"),
        case.due_at.date().isoformat(),
        case.expires_at.date().isoformat(),
        case.label,
        case.note,
        case.value,
        case.low,
        case.high,
        told.main.label or None,
        case.followed,
        told.chosen or None,
        marked.seen_on.isoformat() if marked and marked.seen_on else None,
        marked.said_at.isoformat(timespec="seconds") if marked else None,
    )
    return dict(zip(COLUMNS, cells, strict=True))


def labelled(told: Told) -> dict[str, tuple[Any, str]]:
    """Each answer: its value, and its label in the words of then."""
    read, _ = read_answers(told.old.inputs, told.case.answers)
    return {
        asked.name: (told.case.answers[asked.name], asked.words(read[asked.name]))
        for asked in told.old.inputs
        if asked.name in read
    }


def as_json(database: Database, person_id: int, search: Search) -> Iterator[bytes]:
    before = b'{"cases": ['
    for piece in pieces(database, person_id, search):
        rows = []
        for told in piece:
            answers = {name: {"value": value, "label": label} for name, (value, label) in labelled(told).items()}
            rows.append(json.dumps({**described(told), "answers": answers}, ensure_ascii=False))
        yield before + ",\n".join(rows).encode()
        before = b",\n"
    yield b"]}" if before == b",\n" else before + b"]}"


def as_csv(database: Database, person_id: int, search: Search) -> Iterator[bytes]:
    names = input_names(database, person_id, search)
    yield b"\xef\xbb\xbf" + lines([[*COLUMNS, *[column for name in names for column in (name, f"{name}_label")]]])
    for piece in pieces(database, person_id, search):
        rows = []
        for told in piece:
            answers = labelled(told)
            pairs = [cell for name in names for cell in answers.get(name, ("", ""))]
            rows.append([guard(cell) for cell in [*described(told).values(), *pairs]])
        yield lines(rows)


def lines(rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def guard(cell: Any) -> Any:
    """Text as a spreadsheet takes it for text; a number below nought is no formula."""
    is_formula = isinstance(cell, str) and FORMULA.match(cell) and not NUMBER.fullmatch(cell)
    return f"'{cell}" if is_formula else cell


def input_names(database: Database, person_id: int, search: Search) -> Sequence[str]:
    """The inputs of all models among these cases, each once."""
    asked = select(kept_case.c.version_id).distinct().where(kept_case.c.person_id == person_id)
    if search.model:
        asked = asked.where(kept_case.c.model == search.model)
    with database.read() as connection:
        numbers = list(connection.execute(asked).scalars())
    return list(dict.fromkeys(one.name for number in numbers for one in old_version_by_id(database, number).inputs))


def pieces(database: Database, person_id: int, search: Search) -> Iterator[list[Told]]:
    piece: list[Told] = []
    for case in cases.each(database, person_id, search):
        piece.append(tell(database, case))
        if len(piece) >= PIECE:
            yield piece
            piece = []
    if piece:
        yield piece
