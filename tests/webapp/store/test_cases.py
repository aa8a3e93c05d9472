"""Cases and outcomes on both databases: kept once, found, corrected and deleted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from model.declare.keeping import Keeping
from model.declare.reading import read_answers
from model.predict.predictor import Predictor
from webapp.keeping.keep import Wish, keep
from webapp.keeping.versions import old_version
from webapp.store import cases, outcomes, record
from webapp.store.cases import KeyTaken, Search
from webapp.store.database import Database
from webapp.store.opening import Store
from webapp.store.tables import kept_case
from webapp.store.tidy import tidy

from tests.cases import find_id, keep_case, make_person, say
from tests.payloads import each_typed_model, get_model, get_predictor


@pytest.fixture
def database(store: Store) -> Database:
    return store.open()


def found(database: Database, person_id: int, **search: object) -> list[str]:
    with database.read() as connection:
        listed = cases.listed(connection, person_id, Search(**search), 100)  # type: ignore[arg-type]
        assert len(listed) == cases.count(connection, person_id, Search(**search))  # type: ignore[arg-type]
    return [case.label for case in listed]


def test_a_case_is_found_as_it_was_kept(database: Database) -> None:
    ada = make_person(database)
    kept = keep_case(database, ada, label="Mrs Brown", note="third visit", changes={"age": None})
    with database.read() as connection:
        case = cases.find(connection, ada.id, kept.public_id)
    assert case is not None
    assert case.answers["age"] is None
    assert (case.label, case.note, case.source) == ("Mrs Brown", "third visit", "page")
    assert timedelta(days=730) <= case.expires_at - case.made_at < timedelta(days=730, minutes=1)
    assert (case.value, case.low, case.high) == (kept.value, kept.low, kept.high)


def test_the_same_key_names_the_same_case_and_another_body_is_refused(database: Database) -> None:
    ada, bob = make_person(database), make_person(database, "Bob")
    first = keep_case(database, ada, key="one")
    assert keep_case(database, ada, key="one").public_id == first.public_id
    assert keep_case(database, bob, key="one").public_id != first.public_id
    for other in ({"changes": {"age": None}}, {"model": "iris"}):
        with pytest.raises(KeyTaken):
            keep_case(database, ada, key="one", **other)  # type: ignore[arg-type]


def test_a_model_declares_when_a_case_is_due_and_when_it_is_deleted_and_how_many_are_followed(
    database: Database,
) -> None:
    predictor, ada = get_predictor("titanic"), make_person(database)
    answers, _ = read_answers(predictor.model.inputs, predictor.model.examples[0].answers)
    for followed in (0, 100):
        model = replace(predictor.model, keeping=Keeping(days=90, due_after=30, followed=followed))
        case, _ = keep(database, Predictor(model, predictor.card), answers, Wish(ada, "page"))
        assert case.due_at - case.made_at == timedelta(days=30)
        assert round((case.expires_at - case.made_at) / timedelta(days=1), 3) == 90
        assert case.followed is (followed == 100)
    assert len(found(database, ada.id, state="later")) == 2


def test_nobody_finds_what_is_anothers(database: Database) -> None:
    ada, bob = make_person(database), make_person(database, "Bob")
    case = keep_case(database, ada)
    with database.read() as connection:
        assert cases.find(connection, bob.id, case.public_id) is None
    assert found(database, bob.id) == []


def test_a_search_finds_by_words_model_label_time_and_what_is_due(database: Database) -> None:
    ada = make_person(database)
    keep_case(database, ada, label="Ämne 100%", note="Second note", days_ago=10)
    keep_case(database, ada, "iris", label="flower", days_ago=5)
    marked = keep_case(database, ada, label="done", days_ago=1)
    say(database, marked, ada)
    assert found(database, ada.id) == ["done", "flower", "Ämne 100%"]
    assert found(database, ada.id, text="ämne 100%") == ["Ämne 100%"]
    assert found(database, ada.id, text="NOTE") == ["Ämne 100%"]
    assert found(database, ada.id, text="100_") == []
    assert found(database, ada.id, model="iris") == ["flower"]
    assert found(database, ada.id, label="flower") == ["flower"]
    days_ago = datetime.now(UTC) - timedelta(days=7)
    assert found(database, ada.id, since=days_ago) == ["done", "flower"]
    assert found(database, ada.id, until=days_ago) == ["Ämne 100%"]
    assert found(database, ada.id, state="due") == ["flower", "Ämne 100%"]
    assert found(database, ada.id, state="marked") == ["done"]
    assert found(database, ada.id, state="later") == []


def test_all_cases_come_a_piece_at_a_time(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = make_person(database)
    for number in range(7):
        keep_case(database, ada, label=str(number), days_ago=7 - number // 2)
    monkeypatch.setattr(cases, "PIECE", 2)
    assert [case.label for case in cases.each(database, ada.id, Search())] == list("6543210")
    assert cases.forget_all(database, ada.id) == 7
    assert found(database, ada.id) == []


def test_a_correction_keeps_what_stood_before(database: Database) -> None:
    ada = make_person(database)
    case = keep_case(database, ada)
    say(database, case, ada, 1.0)
    say(database, case, ada, 0.0)
    say(database, case, ada, None)
    say(database, case, ada, None)
    with database.read() as connection:
        said = outcomes.history(connection, find_id(database, case))
        now = cases.find(connection, ada.id, case.public_id)
    assert [(marked.value, name) for marked, name in said] == [(None, "Ada"), (0.0, "Ada"), (1.0, "Ada")]
    assert now is not None
    assert now.marked is not None
    assert not now.marked.is_known


def test_expired_cases_are_gone_before_they_are_deleted_and_after(database: Database) -> None:
    ada = make_person(database)
    case = keep_case(database, ada, label="old")
    keep_case(database, ada, label="new")
    past = {"expires_at": datetime.now(UTC) - timedelta(seconds=1)}
    this = kept_case.c.public_id == case.public_id
    database.write(lambda connection: connection.execute(kept_case.update().where(this), past))
    assert found(database, ada.id) == ["new"]
    assert tidy(database) == 1
    assert tidy(database) == 0


def test_the_first_write_of_a_day_deletes_what_is_expired(database: Database) -> None:
    ada = make_person(database)
    keep_case(database, ada, label="old")
    past = {"expires_at": datetime.now(UTC) - timedelta(seconds=1)}
    database.write(lambda connection: connection.execute(kept_case.update(), past))
    keep_case(database, ada, label="same day")
    database.tidied_on = None
    keep_case(database, ada, label="next day")
    with database.read() as connection:
        assert set(connection.execute(kept_case.select().with_only_columns(kept_case.c.label)).scalars()) == {
            "same day",
            "next day",
        }


def test_a_version_that_was_forgotten_is_stored_again(database: Database) -> None:
    ada = make_person(database)
    keep_case(database, ada)
    past = {"expires_at": datetime.now(UTC) - timedelta(seconds=1)}
    database.write(lambda connection: connection.execute(kept_case.update(), past))
    assert tidy(database) == 1
    assert keep_case(database, ada).version_id


@each_typed_model
def test_an_old_version_answers_as_it_did(database: Database, model: object) -> None:
    predictor = get_predictor(model.name)  # type: ignore[attr-defined]
    case = keep_case(database, make_person(database), predictor.model.name)
    old = old_version(database, case)
    again = old.predictor(get_model(predictor.model.name))
    assert again is not None
    assert again is not predictor
    now = again.estimates({asked.name: asked.read(case.answers[asked.name]) for asked in old.inputs})
    main = now[again.kind.focus([one.value for one in now])]
    assert (main.value, main.low, main.high) == (case.value, case.low, case.high)
    assert old.words == predictor.model.words


def test_the_record_has_the_due_cases_in_time_order(database: Database) -> None:
    ada, bob = make_person(database), make_person(database, "Bob")
    first = keep_case(database, bob, days_ago=3)
    say(database, keep_case(database, ada, days_ago=1), ada, None)
    say(database, first, bob, 0.0)
    keep_case(database, ada, days_ago=2, source="file")
    keep_case(database, ada, days_ago=-1)
    due = record.due_cases(database, "titanic", first.version)
    assert due.outcomes == [0.0, None, None]
    assert due.unknowable == [False, False, True]
    assert due.asked_then == [True, False, True]
    assert list(due.due_at) == sorted(due.due_at)
    assert due.estimates[0] == first.value
    assert due.inputs[0] == first.answers
    assert record.kept_versions(database, "titanic") == [(first.version, 4, 3)]


ODD = "a\0b\ud800c"


def test_text_that_no_database_takes_is_kept_without_what_is_odd_in_it(database: Database) -> None:
    ada = make_person(database)
    case = keep_case(database, ada, label=ODD, note=ODD, key=f"api {ODD}{'x' * 195}")
    assert found(database, ada.id) == ["ab?c"]
    for search in ({"text": ODD}, {"label": ODD}):
        assert found(database, ada.id, **search) == ["ab?c"]
    assert found(database, ada.id, model=ODD) == []
    cases.annotate(database, case, f"{ODD}d", ODD)
    assert found(database, ada.id) == ["ab?cd"]
    with database.read() as connection:
        assert cases.find(connection, ada.id, ODD) is None
