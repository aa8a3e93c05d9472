"""What Prometheus is told: over all workers, never anything that a person entered, and not to everybody."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from prometheus_client import values
from prometheus_client.parser import text_string_to_metric_families

from webapp import create_app
from webapp.http import metrics

from tests.page import Page
from tests.payloads import MODELS, SETTINGS, example, get_model, get_predictor, person, photo
from tests.processes import PATIENCE, Server, server
from tests.serving import await_that, workers

# Each test starts a server with two workers.
pytestmark = pytest.mark.slow

KEY = "for the tests of metrics only"
PREDICT = "/api/models/census/predict"
Told = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def read(text: str) -> Told:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(told: Told, name: str, **labels: str) -> float:
    return told.get((name, tuple(sorted(labels.items()))), 0)


def scrape(client: FlaskClient) -> Told:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    return read(answer.text)


def test_requests_are_counted_by_route_and_status(client: FlaskClient) -> None:
    before = scrape(client)
    client.get("/census")
    client.get("/iris")
    client.get("/nothing/at/all")
    after = scrape(client)
    shown = {"method": "GET", "route": "/<model:model>", "status": "200"}
    missed = {"method": "GET", "route": "none", "status": "404"}
    for labels, more in ((shown, 2), (missed, 1)):
        name = "likely_requests_total"
        assert value(after, name, **labels) - value(before, name, **labels) == more
    timed = "likely_request_seconds_count"
    assert value(after, timed, route="/<model:model>") - value(before, timed, route="/<model:model>") == 2


def test_predictions_rows_and_explanations_are_counted_by_model_and_version(client: FlaskClient) -> None:
    before = scrape(client)
    client.post(f"{PREDICT}?explain=1", json=[person()] * 7)
    client.post(PREDICT, json=person())
    after = scrape(client)
    about = {"model": "census", "version": get_predictor("census").version}

    def more(name: str, **labels: str) -> float:
        return value(after, name, **about, **labels) - value(before, name, **about, **labels)

    assert more("likely_predictions_total", door="api") == 2
    assert more("likely_rows_total", door="api") == 8
    assert more("likely_explanations_total") == 7


def test_the_rows_of_a_file_are_counted(client: FlaskClient) -> None:
    about = {"model": "census", "version": get_predictor("census").version, "door": "file"}
    before = value(scrape(client), "likely_rows_total", **about)
    rows = ",".join(person()) + "\n" + (",".join(person().values()) + "\n") * 12
    client.post("/census/batch", data={"file": photo(rows.encode(), "a.csv")})
    assert value(scrape(client), "likely_rows_total", **about) - before == 12


def test_faults_are_counted_by_field_and_code_and_never_by_what_was_sent(client: FlaskClient) -> None:
    before = scrape(client)
    client.post(PREDICT, json=person(age=12, sex="a-secret-word") | {"another-secret-word": 3})
    client.get("/a-secret-word?another-secret-word=1")
    client.open("/", method="A-SECRET-WORD")
    text = client.get("/metrics").text
    after = read(text)
    for field, code in (("age", "out_of_range"), ("sex", "not_offered"), ("", "stranger")):
        labels = {"model": "census", "field": field, "code": code}
        assert value(after, "likely_faults_total", **labels) - value(before, "likely_faults_total", **labels) == 1
    assert "secret" not in text.lower()


def test_the_examples_of_the_pages_for_programs_are_no_predictions(client: FlaskClient) -> None:
    def counted() -> float:
        return sum(number for (name, _), number in scrape(client).items() if name == "likely_predictions_total")

    before = counted()
    assert client.get("/api/").status_code == 200
    assert client.get("/api/openapi.json").status_code == 200
    assert counted() == before


def test_refusals_are_counted_by_limit(client: FlaskClient) -> None:
    before = value(scrape(client), "likely_refusals_total", limit="budget")
    client.post(PREDICT, json=[person()] * 10_001)
    assert value(scrape(client), "likely_refusals_total", limit="budget") - before == 1
    assert {limit for name, labels in scrape(client) for _, limit in labels if name == "likely_refusals_total"} >= set(
        metrics.LIMITS
    )


def test_every_model_has_its_version_and_its_age(client: FlaskClient) -> None:
    told = scrape(client)
    for model in MODELS:
        assert value(told, "likely_model_info", model=model.name, version=get_predictor(model.name).version) == 1
        assert 0 <= value(told, "likely_model_age_seconds", model=model.name) < 10 * 366 * 86400


def test_it_is_what_prometheus_takes(client: FlaskClient) -> None:
    """promtool where it is installed, and the parser of the library everywhere."""
    text = client.get("/metrics").text
    assert list(text_string_to_metric_families(text))
    assert all(
        f"# HELP {name}" in text for name in ("likely_requests_total", "likely_request_seconds", "likely_model_info")
    )
    if tool := os.environ.get("PROMTOOL") or shutil.which("promtool"):
        checked = subprocess.run([tool, "check", "metrics"], input=text, capture_output=True, text=True)
        assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


SECRET = "a secret of sixteen letters"


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("192.0.2.1", {}, 401),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 401),
        ("127.0.0.1", {"X-Real-IP": "127.0.0.1"}, 401),
        ("127.0.0.1", {"Via": "1.1 a"}, 401),
        ("192.0.2.1", {"Authorization": f"Bearer {SECRET}"}, 200),
        ("192.0.2.1", {"Authorization": "Bearer another secret"}, 401),
        ("192.0.2.1", {"Authorization": "Bearer"}, 401),
        ("192.0.2.1", {"Authorization": f"Basic {SECRET}"}, 401),
    ],
)
def test_who_is_told(address: str, headers: dict[str, str], status: int) -> None:
    client = create_app(SETTINGS | {"METRICS_SECRET": SECRET}).test_client()
    answer = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == status
    assert SECRET not in answer.text
    if status == 401:
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_without_a_secret_nobody_else_is_told(client: FlaskClient) -> None:
    answer = client.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.1"}, headers={"Authorization": "Bearer None"})
    assert answer.status_code == 403
    assert "LIKELY_METRICS_SECRET" in answer.get_json()["detail"]


def test_the_privacy_page_says_what_is_counted(client: FlaskClient) -> None:
    text = Page(client.get("/privacy").text).text
    for words in ("how many requests", "how long", "which model", "what was wrong", "never what you answered"):
        assert words in text


# -- over workers --------------------------------------------------------------------------------------


def asked_of(running: Server, name: str, **labels: str) -> float:
    return value(read(running.ask("GET", "/metrics").text), name, **labels)


def test_workers_are_added_up_and_one_that_dies_takes_no_count_with_it(tmp_path: Path) -> None:
    about = {"model": "census", "version": get_predictor("census").version, "door": "api"}
    body = json.dumps(example(get_model("census"))).encode()
    with server("--workers", "2", SECRET_KEY=KEY, TMPDIR=str(tmp_path)) as running:
        await_that(lambda: len(list(tmp_path.glob("likely-*/metrics/counter_*.db"))) == 2, running)
        for _ in range(40):
            assert running.ask("POST", PREDICT, body, Content_Type="application/json").status == 200
        assert asked_of(running, "likely_predictions_total", **about) == 40
        # They are wholly on the disk, so that one which fills up later harms nobody.
        for path in tmp_path.glob("likely-*/metrics/*.db"):
            assert path.stat().st_blocks * 512 >= path.stat().st_size >= metrics.FILE_SIZE
        victim, *_ = workers(running)
        os.kill(victim, signal.SIGKILL)
        await_that(lambda: len(workers(running)) == 2 and victim not in workers(running), running)
        running.wait_until_it_answers()
        assert running.ask("POST", PREDICT, body, Content_Type="application/json").status == 200
        assert asked_of(running, "likely_predictions_total", **about) == 41
        # Whoever comes next goes on with the files of who died: there are no others than those of two workers.
        numbers = {path.stem.rpartition("_")[2] for path in tmp_path.glob("likely-*/metrics/*.db")}
        assert numbers <= {"0", "1"}
    with server("--workers", "1", SECRET_KEY=KEY, TMPDIR=str(tmp_path)) as running:
        assert asked_of(running, "likely_predictions_total", **about) == 0
        running.wait_until_it_says("Likely is on")


def test_limits_are_shared_by_workers(tmp_path: Path) -> None:
    """127.0.0.2 is another address of this machine, and no exempt one."""
    import http.client

    with server("--workers", "2", SECRET_KEY=KEY, TMPDIR=str(tmp_path), LIKELY_PAGES="1/20") as running:
        await_that(lambda: len(workers(running)) == 2, running)
        statuses = []
        for _ in range(40):
            line = http.client.HTTPConnection(
                "127.0.0.1", running.port, timeout=PATIENCE, source_address=("127.0.0.2", 0)
            )
            line.request("GET", "/privacy")
            statuses.append(line.getresponse().status)
            line.close()
        assert statuses.count(200) == 20
        assert statuses.count(429) == 20
        assert asked_of(running, "likely_refusals_total", limit="pages") == 20


def test_a_full_disk_leaves_a_worker_that_counts_for_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def is_full(*arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", is_full)
    monkeypatch.setattr(metrics, "BEGUN", [])
    monkeypatch.setattr(values, "ValueClass", values.ValueClass)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    metrics.begin("a secret of this test")
    assert list(tmp_path.glob("likely-*/metrics/*.db")) == []
    metrics.count_request("GET", "/", "200", 0.1)
    client = create_app(SETTINGS).test_client()
    assert "each worker counts for itself alone" in caplog.text
    client.get("/privacy")
    assert value(scrape(client), "likely_requests_total", method="GET", route="/privacy", status="200") == 1
