"""What the record of a model is worked out from: its due cases, whoever keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import and_, case, func, select

from .database import Database
from .tables import kept_case, outcome

# Others than members are told of so many cases at least: a few could be somebody's.
FEWEST = 10
COLUMNS = ("value", "classes", "low", "high", "made_at", "due_at", "followed", "source", "answers")


@dataclass(frozen=True)
class DueCases:
    """Columns of one length, a row for each case whose outcome is due, in the order in which they came due."""

    # A chance or an amount; of several classes the chance of the likeliest.
    estimates: Sequence[float]
    # Of several classes a chance for each, by its name; else empty.
    classes: Sequence[Mapping[str, float]]
    lows: Sequence[float]
    highs: Sequence[float]
    made_at: Sequence[datetime]
    due_at: Sequence[datetime]
    # 1 for yes, 0 for no, the amount, or the class's name; None where nobody has said it, or it cannot be known.
    outcomes: Sequence[float | str | None]
    # Whether somebody has said that it cannot be known.
    unknowable: Sequence[bool]
    # Whether it was drawn by lot to be followed up.
    followed: Sequence[bool]
    # Whether it was kept of a page or by a program when it was asked, and did not come later in a file.
    asked_then: Sequence[bool]
    inputs: Sequence[Mapping[str, Any]]

    def __len__(self) -> int:
        return len(self.estimates)


def due_cases(database: Database, model: str, version: str, until: datetime | None = None) -> DueCases:
    """The cases that are due by then, which is now unless it is said; those that are past their time are gone."""
    now = datetime.now(UTC)
    asked = (
        select(
            *[kept_case.c[name] for name in COLUMNS],
            outcome.c.value.label("happened"),
            outcome.c.class_name,
            outcome.c.is_known,
        )
        .outerjoin(outcome, and_(outcome.c.case_id == kept_case.c.id, outcome.c.is_current))
        .where(kept_case.c.model == model, kept_case.c.version == version)
        .where(kept_case.c.due_at <= (until or now), kept_case.c.expires_at > now)
        .order_by(kept_case.c.due_at, kept_case.c.id)
    )
    with database.read() as connection:
        rows = connection.execute(asked).all()
    return DueCases(
        estimates=[row.value for row in rows],
        classes=[{name: three[0] for name, three in (row.classes or {}).items()} for row in rows],
        lows=[row.low for row in rows],
        highs=[row.high for row in rows],
        made_at=[row.made_at for row in rows],
        due_at=[row.due_at for row in rows],
        outcomes=[row.happened if row.class_name is None else row.class_name for row in rows],
        unknowable=[row.is_known is False for row in rows],
        followed=[row.followed for row in rows],
        asked_then=[row.source != "file" for row in rows],
        inputs=[row.answers for row in rows],
    )


def state_of(database: Database, model: str, version: str) -> tuple[int, int, int]:
    """What tells whether anything came, changed or went since: cheap to ask, and other each time."""
    asked = (
        select(func.count(kept_case.c.id), func.max(kept_case.c.id), func.max(outcome.c.id))
        .outerjoin(outcome, and_(outcome.c.case_id == kept_case.c.id, outcome.c.is_current))
        .where(kept_case.c.model == model, kept_case.c.version == version, kept_case.c.expires_at > datetime.now(UTC))
    )
    with database.read() as connection:
        count, newest, said = connection.execute(asked).one()
    return count, newest or 0, said or 0


def has_many_due(database: Database, model: str, version: str) -> bool:
    """Whether so many cases are due that others than members may be told of them; those that came in a file stand apart."""
    now, own = datetime.now(UTC), kept_case.c
    asked = select(own.id).where(own.model == model, own.version == version, own.source != "file")
    with database.read() as connection:
        rows = connection.execute(asked.where(own.due_at <= now, own.expires_at > now).limit(FEWEST)).all()
    return len(rows) == FEWEST


def kept_versions(database: Database, model: str) -> list[tuple[str, int, int]]:
    """Each version of the model that cases are of, how many there are, and how many of them are due; the newest first."""
    now = datetime.now(UTC)
    due = func.count(case((kept_case.c.due_at <= now, 1)))
    asked = select(kept_case.c.version, func.count(), due).where(
        kept_case.c.model == model, kept_case.c.expires_at > now
    )
    newest = func.max(kept_case.c.made_at).desc()
    with database.read() as connection:
        rows = connection.execute(asked.group_by(kept_case.c.version).order_by(newest)).all()
    return [(version, count, due) for version, count, due in rows]
