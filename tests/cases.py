"""People and cases for tests, put into a database without asking for each by a page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from model.declare.reading import read_answers
from model.predict.outcome import Outcome
from webapp.keeping.keep import Wish, keep
from webapp.people.roles import Person
from webapp.store.cases import Case
from webapp.store.database import Database
from webapp.store.outcomes import Saying, mark
from webapp.store.tables import kept_case, person

from tests.payloads import get_predictor


def make_person(database: Database, name: str = "Ada") -> Person:
    values = {"name": name, "name_key": name.casefold(), "is_admin": False, "made_at": datetime.now(UTC)}
    (number,) = database.write(lambda connection: connection.execute(insert(person), values).inserted_primary_key)
    return Person(number, name, is_admin=True)


def keep_case(database: Database, owner: Person, model: str = "titanic", *, days_ago: float = 0, **wish: Any) -> Case:
    """A case of the model's first example, with some answers changed."""
    predictor = get_predictor(model)
    answers, _ = read_answers(predictor.model.inputs, predictor.model.examples[0].answers)
    changes: Mapping[str, Any] = wish.pop("changes", {})
    made_at = datetime.now(UTC) - timedelta(days=days_ago)
    how = Wish(owner, **{"source": "page", "made_at": made_at, **wish})
    return keep(database, predictor, {**answers, **changes}, how)[0]


def say(database: Database, case: Case, owner: Person, value: float | None = 1.0, **saying: Any) -> None:
    mark(database, find_id(database, case), Outcome(value), Saying(owner.id, **{"source": "page", **saying}))


def find_id(database: Database, case: Case) -> int:
    with database.read() as connection:
        found = connection.execute(kept_case.select().where(kept_case.c.public_id == case.public_id)).one()
    number: int = found.id
    return number
