"""Files about cases: past ones with what happened, and what happened to kept ones. All of a file is taken, or nothing."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Any

from sqlalchemy import Connection, select

from model.declare.faults import Fault, sentence
from model.declare.inputs import Input, Refused
from model.declare.model import Model
from model.declare.numerals import plain
from model.files.dialect import MOST_COLUMNS, START, TOO_WIDE, WINDOWS, Unusable, detect_dialect, is_windows, unreadable
from model.files.headings import input_columns, simplify
from model.predict.outcome import NoOutcome, Outcome
from model.predict.predictor import Predictor
from webapp.ask import Budget, Caller, admit
from webapp.http import metrics
from webapp.http.models import catalog, predictor_of
from webapp.people.current import may
from webapp.people.roles import Person
from webapp.store import cases, outcomes
from webapp.store.database import Database
from webapp.store.tables import kept_case
from webapp.store.tidy import tidy_daily

from .keep import LONGEST_LABEL, LONGEST_NOTE, Wish, new_case

MOST_ROWS = 20_000
# So many faults are told, and the others counted.
MOST_FAULTS = 20
# So many rows are written in one transaction.
PIECE = 500
# Columns beside the model's own inputs, by what they hold.
COLUMNS = {
    "happened": "what happened",
    "kept on": "the day of the question",
    "seen on": "the day it was seen",
    "label": "a label",
    "note": "a note",
}


@dataclass
class Taken:
    """What came of a file."""

    kept: int = 0
    marked: int = 0
    same: int = 0
    # The line of each fault, and what is wrong there.
    faults: list[tuple[int, str]] = field(default_factory=list)
    more_faults: int = 0

    def blame(self, line: int, message: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append((line, message))
        else:
            self.more_faults += 1


@dataclass(frozen=True)
class Table:
    header: list[str]
    # Each row with the number of its line.
    rows: list[tuple[int, list[str]]]

    def column(self, name: str) -> int | None:
        names = [simplify(heading) for heading in self.header]
        return names.index(name) if name in names else None

    def reader(self, name: str) -> Callable[[list[str]], str]:
        """What gives a row's cell of this column, which is empty where there is no such column."""
        at = self.column(name)
        return lambda row: row[at].strip() if at is not None and at < len(row) else ""


def read_table(raw: bytes) -> Table:
    dialect = detect_dialect(raw[:START])
    try:
        text = raw.decode(dialect.encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as fault:
        if not is_windows(fault):
            raise unreadable(fault, 1) from None
        text = raw.decode(WINDOWS, "replace")
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter)
    rows: list[tuple[int, list[str]]] = []
    try:
        for row in lines:
            if any(cell.strip() for cell in row):
                rows.append((lines.line_num, row))
            if len(rows) > MOST_ROWS + 1:
                raise Unusable(f"Send up to {MOST_ROWS:,} rows in one file. This one has more")
    except csv.Error:
        raise Unusable(f"Line {lines.line_num:,} cannot be read. Check its quotation marks") from None
    if len(rows) < 2:
        raise Unusable("The file has no rows below the line that names the columns")
    if (columns := len(rows[0][1])) > MOST_COLUMNS:
        raise Unusable(TOO_WIDE.format(columns))
    return Table([heading.strip() for heading in rows[0][1]], rows[1:])


def take_file(database: Database, person: Person, raw: bytes, model: Model | None) -> Taken:
    """What happened to kept cases, where there is a column with their ids; else past cases of this model."""
    table = read_table(raw)
    if table.column("case") is not None:
        return take_outcomes(database, person, table)
    if model is None:
        raise Unusable("The file has no column “case”. Choose which model these are past cases of")
    return take_cases(database, person, table, predictor_of(model), hashlib.sha256(raw).hexdigest())


# -- what happened to kept cases -----------------------------------------------------------------------------


def take_outcomes(database: Database, person: Person, table: Table) -> Taken:
    taken, sayings = Taken(), []
    case_of, happened, seen = (table.reader(name) for name in ("case", "happened", "seen on"))
    if table.column("happened") is None:
        raise Unusable("The file has no column “happened”. It needs the columns case and happened")
    own = own_cases(database, person.id)
    for line, row in table.rows:
        public_id, text = case_of(row), happened(row)
        if not text:
            continue
        if public_id not in own:
            taken.blame(line, f"You have kept no case “{public_id[:40]}”")
            continue
        number, model_name, made_at = own[public_id]
        model = catalog().find(model_name)
        if model is None or not may("outcome", model):
            taken.blame(line, "What happened cannot be said of this model here")
            continue
        what, seen_on = read_happened(taken, line, predictor_of(model), text, seen(row), made_at.date())
        if what is not None:
            sayings.append((number, what, outcomes.Saying(person.id, "file", seen_on, person.token_id)))
    if not taken.faults:
        for at in range(0, len(sayings), PIECE):
            taken.marked += outcomes.mark_each(database, sayings[at : at + PIECE])
        taken.same = len(sayings) - taken.marked
    return taken


def own_cases(database: Database, person_id: int) -> dict[str, tuple[int, str, datetime]]:
    columns = (kept_case.c.public_id, kept_case.c.id, kept_case.c.model, kept_case.c.made_at)
    with database.read() as connection:
        rows = connection.execute(select(*columns).where(cases.own(person_id)))
        return {row[0]: (row[1], row[2], row[3]) for row in rows}


def read_happened(
    taken: Taken, line: int, predictor: Predictor, text: str, seen: str, first: date
) -> tuple[Outcome | None, date | None]:
    seen_on = None
    try:
        if seen and not first <= (seen_on := date.fromisoformat(seen)) <= datetime.now(UTC).date():
            raise ValueError
    except ValueError:
        today = datetime.now(UTC).date()
        taken.blame(line, f"“{seen[:40]}” is no day from {first} to {today}, written like {today}")
    try:
        return predictor.kind.read_outcome(text), seen_on
    except NoOutcome as no_outcome:
        taken.blame(line, str(no_outcome))
    return None, seen_on


# -- past cases ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Past:
    line: int
    answers: Mapping[str, Any]
    made_at: datetime
    label: str
    note: str
    happened: Outcome | None
    seen_on: date | None


def take_cases(database: Database, person: Person, table: Table, predictor: Predictor, file: str) -> Taken:
    taken = Taken()
    places = input_columns(predictor.model, table.header)
    past = [one for one in read_past(taken, table, predictor, places) if one]
    if taken.faults:
        return taken
    admit(predictor, Caller("file"), Budget(), 1)
    tidy_daily(database)
    # The version may have been forgotten with its last case since this process stored it.
    database.version_ids.clear()
    metrics.count("rows", predictor.model.name, predictor.version, "file", amount=len(past))
    # All of them are worked out before one is written: where that takes too long, nothing is stored.
    new = [
        (one, new_case(database, predictor, one.answers, predictor.estimates(one.answers), wish_for(person, one, file)))
        for one in past
    ]
    for at in range(0, len(new), PIECE):
        kept, marked = database.write(partial(write_past, person=person, new=new[at : at + PIECE]))
        taken.kept += kept
        taken.marked += marked
    taken.same = len(past) - taken.kept
    return taken


def wish_for(person: Person, past: Past, file: str) -> Wish:
    # The same file sent again keeps nothing twice.
    key = f"file {file} {past.line}"
    return Wish(person, "file", past.label, past.note, key, past.made_at)


def write_past(connection: Connection, *, person: Person, new: Sequence[tuple[Past, cases.NewCase]]) -> tuple[int, int]:
    keys = [case.key for _, case in new]
    same = (kept_case.c.person_id == person.id) & kept_case.c.key.in_(keys)
    before = set(connection.execute(select(kept_case.c.key).where(same)).scalars())
    fresh = [(past, case) for past, case in new if case.key not in before]
    if not fresh:
        return 0, 0
    numbers = cases.insert_each(connection, [case for _, case in fresh])
    sayings = [
        (number, past.happened, outcomes.Saying(person.id, "file", past.seen_on, person.token_id))
        for number, (past, _) in zip(numbers, fresh, strict=True)
        if past.happened is not None
    ]
    outcomes.insert_first(connection, sayings)
    return len(fresh), len(sayings)


def read_past(taken: Taken, table: Table, predictor: Predictor, places: Mapping[str, int]) -> Iterator[Past | None]:
    happened, kept_on, seen, label, note = (table.reader(name) for name in COLUMNS)
    today = datetime.now(UTC).date()
    for line, row in table.rows:
        answers = {}
        for asked in predictor.model.inputs:
            at = places[asked.name]
            answers[asked.name] = read_cell(taken, line, asked, row[at] if at < len(row) else "")
        try:
            day = date.fromisoformat(kept_on(row)) if kept_on(row) else today
            if not date(1900, 1, 1) <= day <= today:
                raise ValueError
        except ValueError:
            taken.blame(line, f"“{kept_on(row)[:40]}” is no day from 1900-01-01 to {today}, written like {today}")
            day = today
        what, seen_on = None, None
        if text := happened(row):
            what, seen_on = read_happened(taken, line, predictor, text, seen(row), day)
        if len(label(row)) > LONGEST_LABEL or len(note(row)) > LONGEST_NOTE:
            taken.blame(line, f"A label may have {LONGEST_LABEL:,} characters, and a note {LONGEST_NOTE:,}")
        made_at = min(datetime.combine(day, time(), UTC), datetime.now(UTC))
        yield None if taken.faults else Past(line, answers, made_at, label(row), note(row), what, seen_on)


def read_cell(taken: Taken, line: int, asked: Input, cell: str) -> Any:
    """A cell as the form reads its field; an empty one is unknown where that is an answer."""
    if asked.may_be_unknown and not plain(cell):
        return None
    try:
        return asked.read(cell)
    except Refused as refused:
        taken.blame(line, sentence(Fault.of(asked, refused), {asked.name: asked}))
    return None
