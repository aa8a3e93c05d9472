"""Keeping an answer: the case that is stored, and whether its outcome shall be followed up."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from model.predict.kinds import Estimate
from model.predict.predictor import Predictor
from webapp.http.json import encoded
from webapp.people.roles import Person
from webapp.store import cases
from webapp.store.cases import Case, NewCase
from webapp.store.database import Database
from webapp.store.opening import Clash
from webapp.store.tidy import tidy_daily

from .versions import version_id

LONGEST_LABEL = 120
LONGEST_NOTE = 2_000
LONGEST_KEY = 200


@dataclass(frozen=True)
class Wish:
    """How an answer is to be kept: whose it is, what it is called, and the key under which it is kept once."""

    person: Person
    source: str
    label: str = ""
    note: str = ""
    key: str | None = None
    made_at: datetime | None = None


def keep(database: Database, predictor: Predictor, answers: Mapping[str, Any], wish: Wish) -> tuple[Case, bool]:
    """The case, which is on disk by now, and whether it is new; KeyTaken where the key came with something else."""
    tidy_daily(database)
    estimates = predictor.estimates(answers)
    try:
        return cases.keep(database, new_case(database, predictor, answers, estimates, wish))
    except Clash:
        # The version had no cases any more and was forgotten since this process stored it.
        database.version_ids.clear()
        return cases.keep(database, new_case(database, predictor, answers, estimates, wish))


def new_case(
    database: Database, predictor: Predictor, answers: Mapping[str, Any], estimates: Sequence[Estimate], wish: Wish
) -> NewCase:
    stored = {asked.name: asked.to_json(answers[asked.name]) for asked in predictor.model.inputs}
    model, made_at = predictor.model, wish.made_at or datetime.now(UTC)
    main = estimates[predictor.kind.focus([one.value for one in estimates])]
    several = {one.label: [one.value, one.low, one.high] for one in estimates} if predictor.kind.labels else None
    return NewCase(
        person_id=wish.person.id,
        token_id=wish.person.token_id,
        version_id=version_id(database, predictor),
        model=model.name,
        version=predictor.version,
        answers=stored,
        value=main.value,
        low=main.low,
        high=main.high,
        classes=several,
        label=wish.label,
        note=wish.note,
        # By lot, whatever the case: those who are asked about otherwise may be no sample of all.
        followed=secrets.randbelow(100) < model.keeping.followed,
        source=wish.source,
        made_at=made_at,
        due_at=made_at + timedelta(days=model.keeping.due_after),
        expires_at=max(made_at, datetime.now(UTC)) + timedelta(days=model.keeping.days),
        # One of its own where nobody gave one: a case that is sent to the database twice is there once.
        key=wish.key or f"once {secrets.token_hex(16)}",
        body=hashlib.sha256(encoded([model.name, stored])).hexdigest(),
    )
