"""Cases with given chances, kept and marked in the database as if people had done so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from webapp.keeping.versions import version_id
from webapp.store.opening import store
from webapp.store.tables import kept_case, outcome

from tests.payloads import get_predictor

# 212 cases: how many were given which chance, and of how many of them it is said that it was so, was not, or that nobody
# can know it; the rest is not marked. Counted by hand, here and in the test of the record.
GIVEN = (
    (0.05, 60, 3, 55, 0),
    (0.25, 50, 16, 30, 1),
    (0.26, 30, 7, 20, 0),
    (0.55, 40, 20, 15, 2),
    (0.8, 30, 24, 5, 0),
    (0.97, 2, 2, 0, 0),
)


def keep(site, owner, given=GIVEN, model="titanic", due_in=timedelta(0), after=0):
    """Put cases with these chances into the database, as if they had been kept."""
    predictor, now, number = get_predictor(model), datetime.now(UTC) - timedelta(days=1), after
    cases, outcomes = [], []
    for chance, count, yes, no, cannot in given:
        for place in range(count):
            number += 1
            cases.append(
                {
                    "id": number,
                    "public_id": f"{number:032x}",
                    "person_id": owner,
                    "model": model,
                    "version": predictor.version,
                    "answers": {"age": 20 + number % 40, "sex": "female" if number % 3 else "male"},
                    "value": chance,
                    "low": chance - 0.01,
                    "high": chance + 0.01,
                    "followed": False,
                    "source": "page",
                    "made_at": now,
                    "due_at": now + due_in,
                    "expires_at": now + timedelta(days=700),
                }
            )
            if place < yes + no + cannot:
                is_known = place < yes + no
                value = float(place < yes) if is_known else None
                row = {"case_id": number, "is_current": True, "value": value, "is_known": is_known}
                outcomes.append(row | {"said_at": now, "source": "page"})
    with site.app_context():
        which = version_id(store().open(), predictor)

        def work(connection):
            connection.execute(insert(kept_case), [case | {"version_id": which} for case in cases])
            if outcomes:
                connection.execute(insert(outcome), outcomes)

        store().open().write(work)
