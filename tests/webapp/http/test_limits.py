"""What one client may ask for: so often, so much and so long; and how it is told."""

from __future__ import annotations

import io
import json
import math
import time
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from model.declare.deadline import END
from webapp.http.limiter import TooMany
from webapp.settings import Rate

from tests.limited import CLIENT, OTHER, limited
from tests.page import Page
from tests.payloads import asked, get_model, passenger, person, photo
from tests.problems import problem

PREDICT = "/api/models/census/predict"
UNKNOWN = ("age", "ticket_class", "port", "siblings_spouses", "parents_children")


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    rate = Rate(1, 3)
    return limited(
        tmp_path, monkeypatch, PAGES=rate, PREDICTIONS=rate, EXPLANATIONS=Rate(1, 2), UPLOADS=rate, WHAT_IFS=Rate(1, 5)
    )


def assert_says_when(response: TestResponse, what: str, most: int) -> None:
    """429, with what the limit is and when there is more."""
    assert response.status_code == 429, response.text
    assert 0 < int(response.headers["Retry-After"]) <= 60
    assert response.headers["RateLimit-Policy"] == f'"{what}";q={most};w=60'
    assert response.headers["RateLimit"] == f'"{what}";r=0;t={response.headers["Retry-After"]}'
    assert response.headers["X-Request-ID"] in response.text or response.mimetype == "text/html"


# -- how often -----------------------------------------------------------------------------------------


def test_a_page_too_many_is_a_page_that_says_when(client: FlaskClient) -> None:
    assert [client.get("/census", environ_base=CLIENT).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = client.get("/titanic/card", environ_base=CLIENT)
    assert_says_when(refused, "pages", 1)
    page = Page(refused.text)
    assert page.heading == "You are faster than we can answer"
    assert "You may ask for 1 pages a minute from one address. Wait" in refused.text
    assert client.get("/census", environ_base=OTHER).status_code == 200


def test_a_prediction_too_many_is_a_problem_document(client: FlaskClient) -> None:
    answers = [client.post(PREDICT, json=person(), environ_base=CLIENT) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    told = problem(answers[3], 429)
    assert_says_when(answers[3], "predictions", 1)
    assert told["title"] == "Too Many Requests"
    assert "Wait " in told["detail"]


def test_a_form_that_is_sent_too_often_comes_back_with_all_that_was_typed(client: FlaskClient) -> None:
    for _ in range(3):
        assert client.post("/census", data=person(), environ_base=CLIENT).status_code == 303
    refused = client.post("/census", data=person(age="61"), environ_base=CLIENT)
    assert_says_when(refused, "predictions", 1)
    page = Page(refused.text)
    assert dict(page.answers)["age"] == "61"
    assert "You may ask for 1 predictions a minute" in page.summary[0]


def test_a_photo_too_many_is_not_looked_at(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        assert client.post("/food", data={"photo": photo()}, environ_base=CLIENT).status_code == 303

    def look(*_: Any) -> None:
        raise AssertionError("It was looked at")

    monkeypatch.setattr("model.vision.network.look", look)
    assert_says_when(client.post("/food", data={"photo": photo()}, environ_base=CLIENT), "predictions", 1)


def test_a_long_list_counts_as_many_predictions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = limited(tmp_path, monkeypatch, PREDICTIONS=Rate(1, 12))
    statuses = [client.post(PREDICT, json=[person()] * 500, environ_base=CLIENT).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_what_cannot_be_read_counts_too(client: FlaskClient) -> None:
    for _ in range(3):
        problem(client.post(PREDICT, data="{", content_type="application/json", environ_base=CLIENT), 400)
    problem(client.post(PREDICT, data="{", content_type="application/json", environ_base=CLIENT), 429)


def test_explanations_have_a_rate_of_their_own(client: FlaskClient) -> None:
    explained = f"{PREDICT}?explain=1"
    assert [client.post(explained, json=person(), environ_base=CLIENT).status_code for _ in range(3)] == [200, 200, 429]


def test_an_upload_too_many_says_so_on_the_page_of_uploads(client: FlaskClient) -> None:
    def send() -> TestResponse:
        return client.post("/census/batch", data={"file": photo(b"age,sex\n1,x\n", "a.csv")}, environ_base=CLIENT)

    statuses = [send().status_code for _ in range(3)]
    assert 429 not in statuses
    refused = send()
    assert_says_when(refused, "uploads", 1)
    assert "You may ask for 1 uploads a minute" in Page(refused.text).summary[0]


def test_what_a_script_tries_is_neither_a_page_nor_a_prediction(client: FlaskClient) -> None:
    query = asked(get_model("census"))
    tries = [
        client.get("/census/compare", query_string=query, headers={"X-Fragment": "1"}, environ_base=CLIENT)
        for _ in range(6)
    ]
    assert [one.status_code for one in tries] == [200] * 5 + [429]
    assert_says_when(tries[-1], "what-ifs", 1)
    assert client.get("/census/result", query_string=query, environ_base=CLIENT).status_code == 200


def test_a_comparison_is_one_prediction(client: FlaskClient) -> None:
    query = asked(get_model("census"))
    statuses = [client.get("/census/compare", query_string=query, environ_base=CLIENT).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_the_machine_itself_is_not_counted(client: FlaskClient, address: str) -> None:
    statuses = {client.get("/census", environ_base={"REMOTE_ADDR": address}).status_code for _ in range(10)}
    assert statuses == {200}


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/static/likely.css"])
def test_health_checks_and_static_files_are_not_counted(client: FlaskClient, path: str) -> None:
    assert {client.get(path, environ_base=CLIENT).status_code for _ in range(10)} == {200}


def test_what_is_off_is_not_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = limited(tmp_path, monkeypatch, PAGES=None)
    assert {client.get("/census", environ_base=CLIENT).status_code for _ in range(400)} == {200}


def test_only_proxies_that_are_declared_name_the_client(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def statuses(client: FlaskClient) -> list[int]:
        addresses = [{"X-Forwarded-For": f"198.51.100.{number}"} for number in range(3)]
        return [client.get("/privacy", headers=one, environ_base=CLIENT).status_code for one in addresses]

    assert statuses(limited(tmp_path / "a", monkeypatch, PAGES=Rate(1, 2))) == [200, 200, 429]
    warnings = [line for line in capsys.readouterr().out.splitlines() if "WARNING" in line]
    assert len(warnings) == 1
    assert "LIKELY_PROXIES is 0" in warnings[0]
    assert statuses(limited(tmp_path / "b", monkeypatch, PAGES=Rate(1, 2), PROXIES=1)) == [200, 200, 200]
    assert "WARNING" not in capsys.readouterr().out


def test_behind_a_proxy_on_this_machine_that_is_not_declared_nobody_is_the_machine_itself(client: FlaskClient) -> None:
    addresses = [{"X-Forwarded-For": f"198.51.100.{number}"} for number in range(4)]
    assert [client.get("/privacy", headers=one).status_code for one in addresses] == [200, 200, 200, 429]
    assert client.get("/privacy").status_code == 200


@pytest.mark.parametrize("jump", [-40 * 365 * 86400, -3600, 3600, 40 * 365 * 86400])
def test_a_clock_that_jumps_changes_no_limit(client: FlaskClient, monkeypatch: pytest.MonkeyPatch, jump: int) -> None:
    assert client.get("/census", environ_base=CLIENT).status_code == 200
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + jump)
    assert [client.get("/census", environ_base=CLIENT).status_code for _ in range(3)] == [200, 200, 429]
    assert client.get("/metrics").status_code == client.get("/readyz").status_code == 200


# -- how much ------------------------------------------------------------------------------------------


def test_a_list_of_ten_thousand_explained_passengers_with_five_unknown_answers_is_refused_in_words(
    client: FlaskClient,
) -> None:
    row = passenger() | dict.fromkeys(UNKNOWN)
    told = problem(client.post("/api/models/titanic/predict?explain=1", json=[row] * 10_000), 422)
    assert "Ask for up to 1,000 explanations at once. These are 10,000" in told["detail"]
    told = problem(client.post("/api/models/titanic/predict?explain=1", json=[row] * 1000), 422)
    assert (
        "15,200,000 sums, and up to 1,000,000 can be asked for at once; each one written down counts as 25"
        in told["detail"]
    )
    assert client.post("/api/models/titanic/predict?explain=1", json=[row] * 60).status_code == 200


def test_unknown_answers_are_bounded_where_nothing_is_explained_too(client: FlaskClient) -> None:
    row = passenger() | dict.fromkeys(UNKNOWN)
    told = problem(client.post("/api/models/titanic/predict", json=[row] * 10_000), 422)
    assert (
        "The unknown answers make these 6,080,000 sums, and up to 1,000,000 can be asked for at once" in told["detail"]
    )
    told = problem(client.post("/predict", json=[{"Sex": "male"}] * 10_000), 422)
    assert "sums" in told["detail"]


def test_work_that_takes_too_long_leaves_a_fault_for_each_item_that_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = limited(tmp_path, monkeypatch, SECONDS=0)
    told = client.post(f"{PREDICT}?explain=1", json=[person()] * 200).get_json()["results"]
    assert len(told) == 200
    assert "probability" in told[0]
    assert told[-1] == {
        "errors": [
            {
                "pointer": "/199",
                "field": "",
                "message": "Time ran out before this one was answered. Send it again, with fewer at once",
            }
        ]
    }


def test_a_file_that_takes_too_long_is_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = limited(tmp_path, monkeypatch, SECONDS=0)
    rows = ",".join(person()) + "\n" + (",".join(person().values()) + "\n") * 10
    refused = client.post("/census/batch", data={"file": photo(rows.encode(), "a.csv")})
    assert refused.status_code == 503
    assert Page(refused.text).summary == ["This takes longer than one request may. Send less at once"]


def test_one_question_that_takes_too_long_is_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = limited(tmp_path, monkeypatch, SECONDS=0)
    late = "This takes longer than one request may. Send less at once"
    unknown = passenger() | dict.fromkeys(UNKNOWN)
    columns = [{"name": n, "shape": [1], "datatype": "BYTES", "data": [str(v)]} for n, v in person().items()]
    for sent in (
        client.post("/api/models/titanic/predict?explain=1", json=unknown),
        client.post("/api/models/food/predict", data={"photo": photo()}),
        client.post("/predict", data={"file": photo()}),
        client.post("/predict", json=[{"Sex": "male"}] * 20),
    ):
        assert problem(sent, 503)["detail"] == late
        assert sent.headers["Retry-After"] == "60"
    assert client.post("/v2/models/census/infer", json={"inputs": columns}).get_json() == {"error": late}
    for page in (
        client.get("/titanic/result", query_string=passenger() | dict.fromkeys(UNKNOWN, "unknown")),
        client.get("/titanic/compare", query_string=passenger()),
        client.get("/probability", query_string=person()),
        client.post("/food", data={"photo": photo()}),
    ):
        assert page.status_code == 503
        assert Page(page.text).heading == "We are busy at the moment"
        assert late in Page(page.text).text


def test_whoever_is_slow_is_not_taken_for_much_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time begins once the body is there, and one client's end is not another's."""
    client = limited(tmp_path, monkeypatch, SECONDS=1)
    END.set(0.0)
    assert client.get("/readyz").status_code == 200

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            time.sleep(1.1)
            return super().read(size)

    body = json.dumps(person()).encode()
    length = {"CONTENT_LENGTH": str(len(body))}
    sent = client.post(PREDICT, input_stream=Slow(body), content_type="application/json", environ_overrides=length)
    assert sent.status_code == 200


def test_what_a_thread_does_after_an_answer_has_all_the_time_there_is(client: FlaskClient) -> None:
    assert client.post(PREDICT, json=person()).status_code == 200
    assert END.get() == math.inf


@pytest.mark.parametrize("jump", [86_400, -86_400, 10**9])
def test_a_clock_that_jumps_changes_no_limit_and_no_deadline(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, jump: int
) -> None:
    now = time.time()
    told = [client.post(PREDICT, json=person(), environ_base=CLIENT).status_code]
    monkeypatch.setattr(time, "time", lambda: now + jump)
    told += [client.post(PREDICT, json=person(), environ_base=CLIENT).status_code for _ in range(3)]
    assert told == [200, 200, 200, 429]
    assert client.get("/census/result", query_string=person(), environ_base=OTHER).status_code == 200


def test_a_file_of_very_many_lines_is_refused_before_any_is_scored(client: FlaskClient) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    body = head + ",".join(person()).encode() + b"\n" + b"x\n" * 4_000_000 + b"\r\n--x--\r\n"
    refused = client.post("/census/batch?download=1", data=body, content_type="multipart/form-data; boundary=x")
    assert refused.status_code == 422
    assert Page(refused.text).summary == [
        "The file has 4,000,001 lines, and up to 3,000,000 can be scored at once. "
        "Cut it into several files, each with the line that names the columns"
    ]


@pytest.mark.parametrize("headers", [{}, {"X-Fragment": "1"}], ids=["page", "script"])
def test_a_file_that_is_under_way_ends_with_a_line_that_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str]
) -> None:
    client = limited(tmp_path, monkeypatch, SECONDS=0)
    rows = ",".join(person()) + "\n" + (",".join(person().values()) + "\n") * 10
    sent = {"file": photo(rows.encode(), "a.csv")}
    answer = client.post("/census/batch?download=1", data=sent, headers=headers)
    assert answer.status_code == 200
    last = "This file ends here, since scoring it took longer than one request may. Send the other rows once more"
    assert last in answer.text
    if not headers:
        assert last in answer.text.splitlines()[-1]


def test_too_many_names_the_seconds() -> None:
    from webapp.http.limiter import Verdict

    assert "Wait 1 second and" in str(TooMany("pages", Rate(60, 1), Verdict(0, 0.2, False)))
