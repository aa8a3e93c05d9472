"""The serving process is small and safe: no learning library, and nothing is ever unpickled in it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.processes import run

# Serve one of everything that needs no photo, and tell what was imported and what was unpickled.
SCRIPT = """
import json, sys

unpickled = []

def watch(event, arguments):
    if event == "pickle.find_class":
        unpickled.append(".".join(map(str, arguments)))

sys.addaudithook(watch)

import pickle

def refuse(*arguments, **options):
    unpickled.append("pickle.load")
    raise AssertionError("the serving process unpickled something")

pickle.load = pickle.loads = pickle.Unpickler = pickle._load = pickle._loads = pickle._Unpickler = refuse

from webapp import create_app
from webapp.http.addresses import texts
from model.declare.reading import read_answers

app = create_app({"SECRET_KEY": "for the tests only"})

@app.before_request
def take_any_token():
    from flask import g
    g.csrf_valid = True

client = app.test_client()
statuses = {}
for path in ("/", "/healthz", "/readyz", "/nothing", "/api/models"):
    statuses[path] = client.get(path).status_code
for model in app.extensions["models"]:
    client.get(f"/{model.name}")
before = sorted(sys.modules)
for model in app.extensions["models"]:
    answers, _ = read_answers(model.inputs, model.examples[0].answers)
    query = texts(model, answers)
    statuses[f"form {model.name}"] = client.get(f"/{model.name}").status_code
    statuses[f"result {model.name}"] = client.get(f"/{model.name}/result", query_string=query).status_code
    statuses[f"about {model.name}"] = client.get(f"/api/models/{model.name}").status_code
    statuses[f"card {model.name}"] = client.get(f"/{model.name}/card").status_code
    if model.name != "food":
        statuses[f"post {model.name}"] = client.post(f"/{model.name}", data=query).status_code
        statuses[f"bad {model.name}"] = client.post(f"/{model.name}", data={}).status_code
        statuses[f"api {model.name}"] = client.post(f"/api/models/{model.name}/predict", json=query).status_code
statuses["titanic tutorial"] = client.post("/predict", json=[{"Age": 3, "Sex": "male"}]).status_code
statuses["housing tutorial"] = client.post("/predict", json={"input": "7"}).status_code
statuses["iris tutorial"] = client.post("/iris", data={"data": "[[5.1,3.5,1.4,0.2]]"}).status_code
statuses["welcome"] = client.get("/predict").status_code
found = {"statuses": statuses, "before": before, "modules": sorted(sys.modules), "unpickled": unpickled}
print("FOUND" + json.dumps(found))
"""
LEARNING = ("sklearn", "pandas", "joblib", "scipy", "onnxruntime", "PIL", "polars", "pyarrow", "dask")


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    result = run("-c", SCRIPT)
    assert result.returncode == 0, result.stderr
    told: dict[str, Any] = json.loads(result.stdout.partition("FOUND")[2])
    return told


def test_it_really_served(found: dict[str, Any]) -> None:
    expected = {"bad": 422, "post": 303, "/nothing": 404}
    for name, status in found["statuses"].items():
        assert status == expected.get(name.split()[0], 200), name
    assert len(found["statuses"]) > 30


@pytest.mark.parametrize("library", LEARNING)
def test_serving_imports_no_learning_library(found: dict[str, Any], library: str) -> None:
    assert not [name for name in found["modules"] if name == library or name.startswith(f"{library}.")]


def test_numpy_comes_with_the_first_range_that_somebody_asks_for(found: dict[str, Any]) -> None:
    assert "numpy" not in found["before"]
    assert "numpy" in found["modules"]


@pytest.mark.parametrize("library", ["sqlalchemy", "alembic", "psycopg", "argon2"])
def test_nothing_of_the_database_is_imported_before_somebody_needs_it(found: dict[str, Any], library: str) -> None:
    assert not [name for name in found["modules"] if name == library or name.startswith(f"{library}.")]


def test_serving_imports_none_of_the_code_that_learns(found: dict[str, Any]) -> None:
    assert not [name for name in found["modules"] if name.startswith("model.learn")]


def test_serving_unpickles_nothing(found: dict[str, Any]) -> None:
    assert found["unpickled"] == []


def test_the_server_that_starts_the_workers_imports_no_model_and_no_other_command() -> None:
    script = (
        "import sys; import webapp.commands.main; named = [name.split('.')[0] for name in sys.modules]; "
        "print([name for name in ('model', 'wtforms', 'granian', 'webapp.commands.new') if name in (*named, *sys.modules)])"
    )
    result = run("-c", script)
    assert result.stdout.strip() == "[]", result.stderr + result.stdout


def test_no_command_needs_flask_or_the_database_before_it_does_something() -> None:
    script = (
        "import sys; from webapp.commands.main import COMMANDS, main; [main.get_command(None, one) for one in COMMANDS]; "
        "print([name for name in ('flask', 'werkzeug', 'jinja2', 'sqlalchemy', 'numpy') if name in sys.modules])"
    )
    result = run("-c", script)
    assert result.stdout.strip() == "[]", result.stderr + result.stdout


def test_answering_imports_nothing_of_the_web() -> None:
    """The models know no Flask and no template."""
    script = (
        "import sys; from model.predict.catalog import Catalog; Catalog().load(); "
        "print([name for name in sys.modules if name.split('.')[0] in ('flask', 'flask_wtf', 'jinja2', 'webapp')])"
    )
    result = run("-c", script)
    assert result.stdout.strip() == "[]", result.stderr + result.stdout
