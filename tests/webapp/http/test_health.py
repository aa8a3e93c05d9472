"""Whether the process is alive, and whether every model answers."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from model.predict.kinds import Estimate
from model.predict.predictor import Predictor
from model.vision import network
from webapp import create_app
from webapp.commands.main import main

from tests.payloads import MODELS, SETTINGS, each_model
from tests.processes import run


def fails(answers: Any) -> list[Estimate]:
    raise RuntimeError("the table is gone")


def is_no_number(answers: Any) -> list[Estimate]:
    return [Estimate(math.nan, math.nan, math.nan)]


def is_another(answers: Any) -> list[Estimate]:
    return [Estimate(0.4711, 0.4, 0.5)]


def answers_nothing(answers: Any) -> list[Estimate]:
    return []


def test_the_process_says_that_it_is_alive(client: FlaskClient) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.get_json() == {"status": "alive"}


def served(client: FlaskClient, name: str) -> Predictor:
    """The predictor that the application itself asks."""
    predictor: Predictor = client.application.extensions["models"].predictor(name)
    return predictor


def test_every_model_is_named_and_answers(client: FlaskClient) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.get_json() == {
        "status": "ready",
        "models": {model.name: "answers" for model in MODELS},
        "database": "off",
    }


@each_model
@pytest.mark.parametrize(
    "broken", [fails, is_no_number, is_another, answers_nothing], ids=lambda broken: broken.__name__
)
def test_a_model_that_does_not_answer_is_named(
    client: FlaskClient, model: Any, broken: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served(client, model.name), "estimates", broken)
    response = client.get("/readyz")
    states = response.get_json()["models"]
    assert response.status_code == 503
    assert response.get_json()["status"] == "not ready"
    assert states.pop(model.name) == "does not answer"
    assert set(states.values()) == {"answers"}


def test_a_process_with_a_broken_model_is_still_alive(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served(client, "iris"), "estimates", fails)
    assert client.get("/healthz").status_code == 200


def test_why_a_model_does_not_answer_is_for_the_log_alone(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(served(client, "iris"), "estimates", fails)
    assert "table" not in client.get("/readyz").text
    assert "The model iris does not answer" in caplog.text
    assert "the table is gone" in caplog.text


def test_a_model_whose_network_was_changed_does_not_answer(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "NETWORK", tmp_path / "network.onnx")
    network.NETWORK.write_bytes(b"another network")
    states = client.get("/readyz").get_json()["models"]
    assert [name for name, state in states.items() if state == "does not answer"] == ["food"]
    told = CliRunner().invoke(main, ["check", "food"])
    assert told.exit_code == 1
    assert "its sha256 is not the one in model/vision/network.py. Restore the file" in told.output
    assert "Traceback" not in told.output


def test_deep_readiness_looks_at_a_photo_and_is_for_the_machine_itself(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert client.get("/readyz?deep=1").get_json()["models"]["food"] == "answers"
    assert client.get("/readyz?deep=1", environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code == 403
    assert client.get("/readyz?deep=1", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 403

    def breaks(*given: Any) -> Any:
        raise RuntimeError("the session is gone")

    monkeypatch.setattr(network, "look", breaks)
    assert client.get("/readyz").status_code == 200
    broken = client.get("/readyz?deep=1")
    assert broken.status_code == 503
    assert [name for name, state in broken.get_json()["models"].items() if state != "answers"] == ["food"]
    assert "session" not in broken.text
    assert "the session is gone" in caplog.text


def test_deep_readiness_reads_the_files_of_a_model_as_the_next_start_would(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    iris = served(client, "iris").model
    assert client.get("/readyz?deep=1").status_code == 200
    raw = iris.card_path.read_bytes()
    monkeypatch.setattr(
        "model.predict.card.read_trained", lambda path: raw[:-9] if path == iris.card_path else path.read_bytes()
    )
    assert client.get("/readyz").status_code == 200
    states = client.get("/readyz?deep=1").get_json()["models"]
    assert [name for name, state in states.items() if state != "answers"] == ["iris"]


def test_a_probe_loads_no_network() -> None:
    script = (
        "import sys; from webapp import create_app; app = create_app({'SECRET_KEY': 'for the tests only'});"
        "assert app.test_client().get('/readyz').status_code == 200;"
        "print('onnxruntime' in sys.modules or 'PIL' in sys.modules, file=sys.stderr)"
    )
    assert run("-c", script).stderr.strip() == "False"


def test_security_txt_says_whom_to_tell(client: FlaskClient) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404
    contact = create_app(SETTINGS | {"SECURITY_CONTACT": "mailto:security@example.org"}).test_client()
    answer = contact.get("/.well-known/security.txt")
    assert answer.mimetype == "text/plain"
    told = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert told["Contact"] == "mailto:security@example.org"
    expires = datetime.fromisoformat(told["Expires"]) - datetime.now(UTC)
    assert timedelta(days=90) < expires < timedelta(days=365)
