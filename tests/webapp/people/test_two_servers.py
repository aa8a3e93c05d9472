"""Two servers with one database: one is killed, and sittings and tokens go on at the other."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from webapp.people.current import SITTING_COOKIE
from webapp.store.owner import lacks_owner

from tests.databases import postgresql
from tests.payloads import asked, get_model
from tests.people import add_person, bearer, make_site, make_token, sign_in
from tests.processes import Server, server

pytestmark = pytest.mark.slow


@pytest.fixture
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
        assert lacks_owner(address), "nor are there tables"
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
