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

from tests.payloads import MODELS, SETTINGS, each_model, example, get_model
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
    monkeypatch.setattr(served(client, model.name), "values", broken)
    response = client.get("/readyz")
    states = response.get_json()["models"]
    assert response.status_code == 503
    assert response.get_json()["status"] == "not ready"
    assert states.pop(model.name) == "does not answer"
    assert set(states.values()) == {"answers"}


def test_a_process_with_a_broken_model_is_still_alive(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served(client, "iris"), "values", fails)
    assert client.get("/healthz").status_code == 200


def test_why_a_model_does_not_answer_is_for_the_log_alone(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(served(client, "iris"), "values", fails)
    assert "table" not in client.get("/readyz").text
    assert "The model iris does not answer" in caplog.text
    assert "the table is gone" in caplog.text


@pytest.mark.parametrize("spoilt", ["missing", "cut", "changed"])
def test_a_model_whose_network_was_changed_does_not_answer(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoilt: str
) -> None:
    whole = network.NETWORK.read_bytes()
    monkeypatch.setattr(network, "NETWORK", tmp_path / "network.onnx")
    if spoilt != "missing":
        network.NETWORK.write_bytes(whole[:-1000] if spoilt == "cut" else whole[:-9] + b"x" + whole[-8:])
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


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """Of an application that serves a copy of iris, whose files can be spoilt."""
    folder = tmp_path_factory.mktemp("copies")
    (folder / "flower.py").write_text(
        "from dataclasses import replace\nfrom model.iris import MODEL as IRIS\nMODEL = replace(IRIS, name='flower', drawing='')\n"
    )
    (folder / "trained").mkdir()
    for file in (get_model("iris").card_path, get_model("iris").people_path):
        (folder / "trained" / f"flower{file.suffix}").write_bytes(file.read_bytes())
    return create_app(SETTINGS | {"MODEL_FOLDERS": [folder]}).test_client()


@pytest.mark.parametrize("suffix", [".json", ".people"])
@pytest.mark.parametrize("spoilt", ["missing", "cut", "changed"])
def test_a_probe_notices_a_file_that_is_not_the_one_that_training_wrote(
    copies: FlaskClient, suffix: str, spoilt: str
) -> None:
    def not_ready(path: str = "/readyz") -> list[str]:
        states = copies.get(path).get_json()["models"]
        return [name for name, state in states.items() if state != "answers"]

    flower = served(copies, "flower").model
    file = flower.card_path.with_suffix(suffix)
    whole = file.read_bytes()
    assert not_ready() == []
    if spoilt == "missing":
        file.unlink()
    else:
        file.write_bytes(whole[:-9] if spoilt == "cut" else whole[:-9] + b"x" + whole[-8:])
    assert not_ready() == not_ready("/readyz?deep=1") == ["flower"]
    assert copies.get("/readyz").status_code == copies.get("/v2/models/flower/ready").status_code == 503
    # What was read at the start goes on.
    assert copies.get("/flower").status_code == 200
    file.write_bytes(whole)
    assert not_ready() == not_ready("/readyz?deep=1") == []


def test_a_probe_reads_no_file_twice(copies: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert copies.get("/readyz").status_code == 200
    monkeypatch.setattr("model.predict.files.read_trained", fails)
    monkeypatch.setattr("model.predict.files.read_content", fails)
    assert copies.get("/readyz").status_code == 200


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


def test_a_model_that_is_trained_anew_is_served_as_it_was_until_the_server_reads_it(tmp_path: Path) -> None:
    """The first result of a worker may be asked for after training has put other files in place."""
    (tmp_path / "ship.py").write_text(
        "from dataclasses import replace\nfrom model.titanic import MODEL as TITANIC\nMODEL = replace(TITANIC, name='ship')\n"
    )
    (tmp_path / "trained").mkdir()
    titanic = get_model("titanic")
    for file in titanic.card_path.parent.glob("titanic.*"):
        (tmp_path / "trained" / file.name.replace("titanic", "ship")).write_bytes(file.read_bytes())
    settings, person = SETTINGS | {"MODEL_FOLDERS": [tmp_path]}, example(titanic)
    before = create_app(settings).test_client().get("/ship/result", query_string=person)
    client = create_app(settings).test_client()
    for file in (tmp_path / "trained").glob("ship.*"):
        file.write_bytes(b"of another training")
    after = client.get("/ship/result", query_string=person)
    assert before.status_code == 200
    assert after.text == before.text
