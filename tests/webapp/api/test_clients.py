"""Other people's clients ask the running server: of inference servers, and one that is made from the OpenAPI document."""

from __future__ import annotations

import json
import subprocess
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from scripts.node import tool

from tests.payloads import example, get_model
from tests.photos import COFFEE
from tests.processes import Server, server
from tests.programs import answer
from tests.webapp.api.test_inference import infer, outputs, tensors

pytestmark = pytest.mark.slow

PACKAGES = ("tritonclient[http]==2.73.0", "openapi-python-client==0.29.1")
REDOCLY = "@redocly/cli@2.77.0"
PROGRAM = """
import json, sys
import numpy as np
from tritonclient.http import InferenceServerClient, InferInput, InferRequestedOutput
from tritonclient.utils import InferenceServerException

KINDS = {"INT64": np.int64, "FP64": np.float64, "BYTES": np.object_}
client = InferenceServerClient(sys.argv[1])
assert client.is_server_live() and client.is_server_ready()
told = {"server": client.get_server_metadata(), "models": {}}


def tensors(inputs, row):
    found = []
    for one in inputs:
        found.append(InferInput(one["name"], [1], one["datatype"]))
        found[-1].set_data_from_numpy(np.array([row[one["name"]]], KINDS[one["datatype"]]), binary_data=False)
    return found


for name, row in json.load(sys.stdin).items():
    about = client.get_model_metadata(name)
    version = about["versions"][0]
    assert client.is_model_ready(name) and client.is_model_ready(name, version)
    result = client.infer(name, tensors(about["inputs"], row), model_version=version, request_id="7")
    assert result.get_response()["id"] == "7"
    told["models"][name] = {one["name"]: result.as_numpy(one["name"]).tolist() for one in about["outputs"]}
    last = about["outputs"][-1]["name"]
    one = client.infer(name, tensors(about["inputs"], row), outputs=[InferRequestedOutput(last, binary_data=False)])
    assert [output["name"] for output in one.get_response()["outputs"]] == [last]

flowers = InferInput("input-0", [2, 4], "FP32")
flowers.set_data_from_numpy(np.array([[5.1, 3.5, 1.4, 0.2]] * 2, np.float32), binary_data=False)
told["matrix"] = client.infer("iris", [flowers]).as_numpy("class").tolist()
flowers.set_data_from_numpy(np.array([[5.1, 3.5, 1.4, 0.2]] * 2, np.float32))
refused = []
for inputs in ([flowers], [InferInput("age", [1], "BYTES").set_data_from_numpy(np.array(["7"], object), False)]):
    try:
        client.infer("iris", inputs)
    except InferenceServerException as fault:
        refused.append([fault.status(), fault.message()])
print(json.dumps({**told, "refused": refused}))
"""

GENERATED = """
import importlib, io, json, sys
from made import Client, models, types

client = Client(base_url=sys.argv[1], raise_on_unexpected_status=True)
told = {}
for name, row in json.load(sys.stdin).items():
    ask = importlib.import_module(f"made.api.default.predict_{name}").sync
    kind = getattr(models, f"{name.title()}Answers")
    sent = kind.from_dict(row) if row else kind(photo=types.File(open(sys.argv[2], "rb"), "a.jpg", "image/jpeg"))
    told[name] = ask(client=client, body=sent).to_dict()
    if row:
        told[f"{name} twice"] = ask(client=client, body=[sent, sent]).to_dict()
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with nothing but these clients."""
    folder = tmp_path_factory.mktemp("clients")
    venv.create(folder, with_pip=True)
    subprocess.run([folder / "bin" / "python", "-m", "pip", "install", "--quiet", *PACKAGES], check=True, timeout=300)
    return folder / "bin" / "python"


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with server(SECRET_KEY="for the tests only, nowhere else") as started:
        yield started


@pytest.fixture(scope="module")
def document(running: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("document") / "openapi.json"
    path.write_bytes(running.ask("GET", "/api/openapi.json").body)
    return path


def test_tritonclient_asks_every_model_of_the_running_server(
    python: Path, running: Server, tmp_path: Path, client: FlaskClient
) -> None:
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    rows = {name: dict(example(get_model(name))) for name in ("census", "titanic", "iris", "housing")}
    command = [python, tmp_path / "program.py", f"127.0.0.1:{running.port}"]
    done = subprocess.run(command, input=json.dumps(rows), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["server"]["name"] == "likely"
    for name, row in rows.items():
        expected = outputs(infer(client, name, tensors(get_model(name), [row])))
        assert told["models"][name] == expected
    assert told["matrix"] == ["setosa", "setosa"]
    assert [status for status, _ in told["refused"]] == ["415", "400"]
    assert "binary_data=False" in told["refused"][0][1]


def test_a_client_is_made_of_the_document_and_every_model_answers_it(
    python: Path, running: Server, document: Path, tmp_path: Path, client: FlaskClient
) -> None:
    make = ["generate", "--path", document, "--meta", "none", "--output-path", tmp_path / "made"]
    made = subprocess.run(
        [python.with_name("openapi-python-client"), *make],
        env={"PATH": str(python.parent)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    assert "Warning" not in made.stdout, made.stdout
    (tmp_path / "program.py").write_text(GENERATED, encoding="utf-8")
    rows = {name: dict(example(get_model(name))) for name in ("census", "titanic", "iris", "housing")}
    done = subprocess.run(
        [python, tmp_path / "program.py", f"http://127.0.0.1:{running.port}", COFFEE],
        input=json.dumps({**rows, "food": {}}),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    for name, row in rows.items():
        expected = answer(client, name, row)
        assert told[name] == expected
        item = {key: value for key, value in expected.items() if key not in ("model", "version")}
        assert told[f"{name} twice"]["results"] == [item, item]
    assert told["food"]["seen"]


def test_redocly_finds_no_error_in_the_document(document: Path) -> None:
    linted = subprocess.run(
        [*tool(REDOCLY, "redocly", 20), "lint", document], capture_output=True, text=True, timeout=200, check=False
    )
    assert linted.returncode == 0, linted.stdout + linted.stderr
    assert "valid" in linted.stdout + linted.stderr
