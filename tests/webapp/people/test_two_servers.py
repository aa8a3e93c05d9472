"""Several servers with one PostgreSQL: one is killed, and a link is used at all of them at once."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench.databases import postgresql
from webapp.people import links, passwords
from webapp.people.current import SITTING_COOKIE
from webapp.store.owner import lacks_owner

from tests.payloads import asked, get_model
from tests.people import add_person, bearer, make_link, make_site, make_token, sign_in
from tests.processes import Server, server

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with postgresql(fsync="off") as made:
        yield made


def is_in(running: Server, cookie: str) -> bool:
    return running.ask("GET", "/account", Cookie=cookie).status == 200


def ask(running: Server, key: str) -> int:
    headers = bearer(key) | {"Content-Type": "application/json"}
    body = json.dumps(asked(get_model("iris"))).encode()
    return running.ask("POST", "/api/models/iris/predict", body, **headers).status


def test_sittings_and_tokens_outlive_a_server(tmp_path: Path, address: str) -> None:
    app = make_site(tmp_path, DATABASE=address)
    with app.app_context():
        assert lacks_owner(address)
        app.extensions["store"].change("upgrade")
    assert lacks_owner(address)
    number = add_person(app, "Ada", {"iris": "analyst"}, is_admin=True)
    assert not lacks_owner(address)
    given = sign_in(app, number).get_cookie(SITTING_COOKIE)
    assert given is not None
    cookie, key = f"{SITTING_COOKIE}={given.value}", make_token(app, number, "predict")
    settings = {"LIKELY_DATABASE": address, "LIKELY_FOR_MEMBERS": "iris", "SECRET_KEY": "for both of these servers"}
    with ExitStack() as stack:
        servers = [stack.enter_context(server("--workers", "1", **settings)) for _ in range(2)]
        for running in servers:
            assert is_in(running, cookie)
            assert ask(running, key) == 200
            assert running.ask("GET", "/iris/card").status == 404
        servers[0].process.send_signal(signal.SIGKILL)
        servers[0].process.wait()
        assert is_in(servers[1], cookie)
        assert ask(servers[1], key) == 200
        assert servers[1].ask("GET", "/tokens", Cookie=cookie).status == 200
    app.extensions["store"].close()


def test_a_link_that_twenty_servers_are_sent_at_once_lets_one_in(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite has one writer; here the row itself has to say who was first."""
    monkeypatch.setattr(passwords, "PATIENCE", 120.0)
    app = make_site(tmp_path, DATABASE=address)
    with app.app_context():
        app.extensions["store"].change("upgrade")
    key, barrier, statuses = make_link(app, "invitation"), threading.Barrier(20), []
    real = links.hash_password

    def hash_together(password: str) -> str:
        hashed = real(password)
        barrier.wait()
        return hashed

    monkeypatch.setattr(links, "hash_password", hash_together)

    def go(number: int) -> None:
        sent = {"key": key, "name": f"Number {number}", "password": f"four good words {number}"}
        statuses.append(app.test_client().post("/invite", data=sent).status_code)

    threads = [threading.Thread(target=go, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303] + [410] * 19
    app.extensions["store"].close()
