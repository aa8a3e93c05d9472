"""How many at once: requests of one client, and what takes long in lanes of its own."""

from __future__ import annotations

import io
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.http import lanes

from tests.limited import CLIENT, OTHER, limited
from tests.page import Page
from tests.payloads import example, get_model, person, photo
from tests.problems import problem

PREDICT = "/api/models/census/predict"
LIMITS = ("Retry-After", "RateLimit", "RateLimit-Policy")


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """Of an application whose lanes are its own."""
    return limited(tmp_path, monkeypatch)


class Held:
    """A body that does not come."""

    def __init__(self) -> None:
        self.begun, self.over = threading.Event(), threading.Event()

    def read(self, size: int = -1) -> bytes:
        self.begun.set()
        self.over.wait(20)
        return b""


def test_one_client_cannot_hold_more_requests_than_its_share_whose_bodies_do_not_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = limited(tmp_path, monkeypatch, CLIENT_REQUESTS=2).application
    bodies = [Held(), Held()]

    def send(body: Held) -> int:
        slow = {"wsgi.input": body, "CONTENT_LENGTH": "100", **CLIENT}
        return app.test_client().post(PREDICT, content_type="application/json", environ_overrides=slow).status_code

    with ThreadPoolExecutor() as pool:
        slow = [pool.submit(send, body) for body in bodies]
        for body in bodies:
            assert body.begun.wait(20)
        refused = app.test_client().post(PREDICT, json=person(), environ_base=CLIENT)
        assert "You may have 2 requests under way at once" in problem(refused, 429)["detail"]
        assert refused.headers["Retry-After"] == "1"
        assert refused.headers["RateLimit-Policy"] == '"requests-at-once";q=2;qu="concurrent-requests"'
        assert refused.headers["RateLimit"] == '"requests-at-once";r=0;t=1'
        assert "default-src" in refused.headers["Content-Security-Policy"]
        for ask in (app.test_client().get, app.test_client().post):
            page = ask("/census", environ_base=CLIENT)
            assert page.status_code == 429
            assert Page(page.text).heading == "You are faster than we can answer"
            assert "You may have 2 requests under way at once" in Page(page.text).text
            assert {name: page.headers[name] for name in LIMITS} == {name: refused.headers[name] for name in LIMITS}
            assert page.headers.getlist("X-Content-Type-Options") == ["nosniff"]
        assert app.test_client().get("/census", environ_base=OTHER).status_code == 200
        for body in bodies:
            body.over.set()
        assert [one.result(20) for one in slow] == [400, 400]
    assert app.test_client().get("/census", environ_base=CLIENT).status_code == 200


@pytest.mark.parametrize("path", ["/food", "/predict", "/api/models/food/predict"])
def test_photos_wait_in_a_lane_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setattr(lanes, "PATIENCE", 0.01)
    client = limited(tmp_path, monkeypatch)
    lane = lane_of(client.application, "photos")
    for number in range(4):
        lane.enter(f"192.0.2.{number}")
    field = "photo" if "food" in path else "file"
    refused = client.post(path, data={field: photo()})
    assert refused.status_code == 503
    assert "Too many photos are being worked on at the moment" in refused.text
    assert refused.headers["Retry-After"]
    assert client.get("/food").status_code == 200
    lane.leave("192.0.2.0")
    assert client.post(path, data={field: photo()}).status_code in (200, 303)
    assert lane.inside.total() == 3


def test_files_that_come_slowly_hold_no_place_of_those_that_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "PATIENCE", 0.01)
    app = limited(tmp_path, monkeypatch).application
    bodies = [Held() for _ in range(4)]

    def send(body: Held) -> int:
        slow = {"wsgi.input": body, "CONTENT_LENGTH": "100", **CLIENT}
        kind = "multipart/form-data; boundary=x"
        return app.test_client().post("/census/batch", content_type=kind, environ_overrides=slow).status_code

    with ThreadPoolExecutor() as pool:
        slow = [pool.submit(send, body) for body in bodies]
        for body in bodies:
            assert body.begun.wait(20)
        sent = app.test_client().post("/census/batch", data={"file": photo(b"age\n3\n", "a.csv")}, environ_base=OTHER)
        assert sent.status_code == 422
        for body in bodies:
            body.over.set()
        assert [one.result(20) for one in slow] == [400] * 4
    assert lane_of(app, "megabytes of files").inside.total() == 0


def test_one_client_has_half_the_room_for_files_that_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "PATIENCE", 0.01)
    client = limited(tmp_path, monkeypatch, BATCH_MB=1)
    lane = lane_of(client.application, "megabytes of files")
    lane.enter(CLIENT["REMOTE_ADDR"], 3)
    file = ",".join(person()) + "\n" + (",".join(person().values()) + "\n") * 21_500

    def send(address: dict[str, str], rows: str) -> int:
        # Werkzeug's own client would write so long a body to a file.
        head = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        kind = "multipart/form-data; boundary=x"
        body = f"{head}{rows}\r\n--x--\r\n".encode()
        return client.post("/census/batch", data=body, content_type=kind, environ_base=address).status_code

    assert len(file) > 1_048_576
    assert send(CLIENT, file[:10_000]) == 200
    assert send(CLIENT, file) == 503
    assert send(OTHER, file) == 200
    assert lane.inside == {CLIENT["REMOTE_ADDR"]: 3}


def test_a_file_for_which_there_is_no_room_on_the_way_is_refused_and_does_not_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "PATIENCE", 100)
    client = limited(tmp_path, monkeypatch, BATCH_MB=1)
    lane = lane_of(client.application, "megabytes of files")

    class Body(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if not lane.inside:
                # Others come at the same moment.
                lane.enter("192.0.2.1", 4)
                lane.enter("192.0.2.2", 4)
            return super().read(size)

    content = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nage\r\n--x--\r\n'
    length = {"CONTENT_LENGTH": str(len(content)), **CLIENT}
    kind = "multipart/form-data; boundary=x"
    sent = client.post("/census/batch", input_stream=Body(content), content_type=kind, environ_overrides=length)
    assert sent.status_code == 503
    assert lane.inside.total() == 8


def lane_of(app: Flask, name: str) -> lanes.Lane:
    found: lanes.Lane = app.extensions["allowances"].lanes[name]
    return found


def test_one_client_has_at_most_half_of_a_lane(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "PATIENCE", 0.01)
    lane = lanes.Lane("photos", 4)
    lane.enter("192.0.2.1")
    lane.enter("192.0.2.1")
    with pytest.raises(lanes.ServiceUnavailable):
        lane.enter("192.0.2.1")
    lane.enter("192.0.2.2")


def test_whoever_waits_for_a_place_gets_it_once_it_is_free() -> None:
    lane = lanes.Lane("photos", 2)
    lane.enter("192.0.2.1")
    lane.enter("192.0.2.2")
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(lane.enter, "192.0.2.3")
        lane.leave("192.0.2.1")
        waiting.result(20)
    assert set(lane.inside) == {"192.0.2.2", "192.0.2.3"}


def test_a_list_holds_a_place_while_it_is_worked_on_and_none_while_its_reader_is_slow(client: FlaskClient) -> None:
    lane = lane_of(client.application, "long lists")
    answer = client.post(f"{PREDICT}?explain=1", json=[example(get_model("census"))] * 1000)
    assert lane.inside.total() == 0
    lane.enter("192.0.2.1")
    lane.enter("192.0.2.2")
    with ThreadPoolExecutor() as pool:
        rest = pool.submit(answer.get_data)
        assert not rest.done()
        lane.leave("192.0.2.1")
        assert len(json.loads(rest.result(20))["results"]) == 1000
    assert set(lane.inside) == {"192.0.2.2"}


@pytest.mark.parametrize("path", [PREDICT, "/v2/models/census/infer", "/predict"])
def test_a_long_body_waits_in_a_lane_before_it_is_taken_apart(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(lanes, "PATIENCE", 0.01)
    lane = lane_of(client.application, "long lists")
    lane.enter("192.0.2.1")
    lane.enter("192.0.2.2")
    refused = client.post(path, json=[person()] * 1000)
    assert refused.status_code == 503
    assert "Too many long lists are being worked on at the moment" in refused.text
    assert client.post(path, json=person()).status_code != 503


def test_a_list_that_is_left_by_its_reader_leaves_nothing_behind(client: FlaskClient) -> None:
    lane = lane_of(client.application, "long lists")
    client.post(f"{PREDICT}?explain=1", json=[example(get_model("census"))] * 1000).close()
    assert lane.inside.total() == 0


def test_an_answer_that_is_collected_while_its_thread_counts_holds_nobody_up() -> None:
    shares = lanes.Shares(2)
    shares.enter("192.0.2.1")

    def collect_meanwhile() -> None:
        with shares.lock:
            shares.leave("192.0.2.1")

    counting = threading.Thread(target=collect_meanwhile, daemon=True)
    counting.start()
    counting.join(10)
    assert not counting.is_alive()
    assert not shares.begun
