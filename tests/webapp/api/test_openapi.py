"""The OpenAPI document is valid, says what the API does, and each of its examples is a real answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from flask.testing import FlaskClient
from schemathesis.specs.openapi.definitions import OPENAPI_31

from model.declare.choice import ChoiceInput
from model.declare.model import Model
from model.declare.number import NumberInput
from webapp import create_app
from webapp.http import lanes
from webapp.settings import Rate

from tests import photos
from tests.payloads import MODELS, SETTINGS, TYPED, asked, each_model, each_typed_model, get_predictor, photo

DOCUMENT = create_app(SETTINGS).test_client().get("/api/openapi.json").get_json()
API = [path for path in DOCUMENT["paths"] if path.startswith("/api/")]
INFERENCE = [path for path in DOCUMENT["paths"] if path not in API]
PICTURES = {"A cup of coffee on a table": photos.COFFEE, "A palace in China": photos.PALACE}


def operations() -> list[Any]:
    return [one for path in DOCUMENT["paths"].values() for method, one in path.items() if method != "parameters"]


def operation(model: Model) -> Any:
    return DOCUMENT["paths"][f"/api/models/{model.name}/predict"]["post"]


def response(described: Any, status: int) -> Any:
    ((media, content),) = described["responses"][str(status)]["content"].items()
    assert media == ("application/json" if status < 400 else "application/problem+json")
    return content


def faults(schema: Any, content: Any) -> list[str]:
    """What the schema, which may refer to the document's own, has against the content."""
    whole = schema | {"components": DOCUMENT["components"]}
    return [str(fault) for fault in jsonschema_rs.validator_for(whole).iter_errors(content)]


EXAMPLES = [
    (model, name)
    for model in TYPED
    for name in operation(model)["requestBody"]["content"]["application/json"]["examples"]
]
each_example = pytest.mark.parametrize(
    ("model", "name"), EXAMPLES, ids=[f"{model.name} {name}" for model, name in EXAMPLES]
)


# -- the document ----------------------------------------------------------------------------------


def test_the_document_is_openapi() -> None:
    found = jsonschema_rs.validator_for(OPENAPI_31).iter_errors(DOCUMENT)
    assert [str(fault) for fault in found] == []


@pytest.mark.parametrize("name", DOCUMENT["components"]["schemas"])
def test_each_schema_is_json_schema(name: str) -> None:
    schema = DOCUMENT["components"]["schemas"][name]
    jsonschema_rs.meta.validate(schema | {"$schema": "https://json-schema.org/draft/2020-12/schema"})


def references(content: Any) -> Iterator[str]:
    if isinstance(content, dict):
        if "$ref" in content:
            yield content["$ref"]
        content = list(content.values())
    if isinstance(content, list):
        for part in content:
            yield from references(part)


def test_each_schema_is_used_and_each_reference_leads_somewhere() -> None:
    assert {reference.rpartition("/")[2] for reference in references(DOCUMENT)} == set(
        DOCUMENT["components"]["schemas"]
    )


def test_each_operation_says_that_it_asks_for_no_key_and_what_a_mistake_gets() -> None:
    assert DOCUMENT["security"] == []
    for one in operations():
        assert any(status.startswith("4") for status in one["responses"])


def parts(content: Any) -> Iterator[dict[str, Any]]:
    if isinstance(content, dict):
        yield content
    for part in content.values() if isinstance(content, dict) else content if isinstance(content, list) else []:
        yield from parts(part)


def test_each_enum_has_values_of_one_type_and_each_choice_of_schemas_has_several() -> None:
    """Generators of clients make a type of each, and leave out an operation with another."""
    for schema in DOCUMENT["components"]["schemas"].values():
        for part in parts(schema):
            if isinstance(part.get("enum"), list):
                assert len({type(value) for value in part["enum"]}) == 1
            assert len(part.get("anyOf", [0, 1])) > 1


def test_each_operation_has_a_name_of_its_own() -> None:
    names = [one["operationId"] for one in operations()]
    assert len(names) == len(set(names)) == 1 + 2 * len(MODELS) + 9


def filled_in(path: str) -> str:
    return path.format(model="iris", version=get_predictor("iris").version)


def test_each_address_is_there(client: FlaskClient) -> None:
    for path, methods in DOCUMENT["paths"].items():
        there = client.options(filled_in(path)).allow.as_set(preserve_casing=True)
        assert {method.upper() for method in methods if method != "parameters"} <= there


# -- its examples ----------------------------------------------------------------------------------


@each_example
def test_each_example_gets_the_answer_that_is_shown(client: FlaskClient, model: Model, name: str) -> None:
    described = operation(model)
    body = described["requestBody"]["content"]["application/json"]
    sent = body["examples"][name]["value"]
    assert faults(body["schema"], sent) == []
    got = client.post(f"/api/models/{model.name}/predict", json=sent)
    assert got.status_code == 200
    assert got.get_json() == response(described, 200)["examples"][name]["value"]
    assert faults(response(described, 200)["schema"], got.get_json()) == []


@each_typed_model
def test_the_requests_and_the_answers_have_the_same_examples(model: Model) -> None:
    described = operation(model)
    asked_for = described["requestBody"]["content"]["application/json"]["examples"]
    answered = response(described, 200)["examples"]
    assert {name: one["summary"] for name, one in asked_for.items()} == {
        name: one["summary"] for name, one in answered.items()
    }


@each_typed_model
def test_the_example_of_a_bad_item_is_real(client: FlaskClient, model: Model) -> None:
    shown = response(operation(model), 207)
    good, bad = dict(model.examples[0].answers), dict(model.examples[0].answers) | {model.inputs[0].name: ""}
    got = client.post(f"/api/models/{model.name}/predict", json=[good, bad])
    assert got.status_code == 207
    assert got.get_json() == shown["examples"]["partly"]["value"]
    assert faults(shown["schema"], got.get_json()) == []


@pytest.mark.parametrize("name", ["example_1", "example_2"])
def test_the_photos_in_the_examples_get_the_answers_that_are_shown(client: FlaskClient, name: str) -> None:
    shown = response(DOCUMENT["paths"]["/api/models/food/predict"]["post"], 200)
    picture = PICTURES[shown["examples"][name]["summary"]]
    got = client.post("/api/models/food/predict", data={"photo": photo(picture.read_bytes())}).get_json()
    expected = shown["examples"][name]["value"]
    assert got.keys() == expected.keys()
    for key, value in expected.items():
        assert got[key] == (value if isinstance(value, str) else pytest.approx(value, rel=1e-4))


# -- its schemas -----------------------------------------------------------------------------------


@each_example
def test_an_explanation_is_as_described(client: FlaskClient, model: Model, name: str) -> None:
    described = operation(model)
    sent = described["requestBody"]["content"]["application/json"]["examples"][name]["value"]
    got = client.post(f"/api/models/{model.name}/predict?explain=1", json=sent)
    assert faults(response(described, 200)["schema"], got.get_json()) == []


def test_the_explanation_of_a_photo_is_as_described(client: FlaskClient) -> None:
    got = client.post("/api/models/food/predict?explain=1", data={"photo": photo()})
    assert faults(response(DOCUMENT["paths"]["/api/models/food/predict"]["post"], 200)["schema"], got.get_json()) == []


@pytest.mark.parametrize("path", [path for path in API if not path.endswith("/predict")])
def test_what_is_said_of_the_models_is_as_described(client: FlaskClient, path: str) -> None:
    described = DOCUMENT["paths"][path]["get"]
    got = client.get(path)
    assert faults(response(described, 200)["schema"], got.get_json()) == []
    assert "ETag" in got.headers


@pytest.mark.parametrize("path", INFERENCE)
def test_the_inference_protocol_is_as_described(
    client: FlaskClient, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ((method, described),) = [one for one in DOCUMENT["paths"][path].items() if one[0] != "parameters"]
    sent = described.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
    model = next(iter(TYPED)).name
    address = path.format(model=model, version=get_predictor(model).version)
    got = client.open(address, method=method, json=sent)
    assert faults(response(described, 200)["schema"], got.get_json()) == []
    if "{model}" in path:
        missed = client.open(path.format(model="none", version="0"), method=method, json=sent)
        assert faults(error_of(described, 404), missed.get_json()) == []
    if method == "get" and "503" in described["responses"]:
        monkeypatch.setattr(client.application.extensions["models"].predictor(model), "values", lambda answers: ())
        unready = client.open(address, method=method)
        assert unready.status_code == 503
        assert faults(error_of(described, 503), unready.get_json()) == []


def error_of(described: Any, status: int) -> Any:
    return described["responses"][str(status)]["content"]["application/json"]["schema"]


@each_model
def test_each_problem_is_as_described(client: FlaskClient, model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    allowances = client.application.extensions["allowances"]
    monkeypatch.setitem(allowances.rates, "predictions", Rate(1, 1))
    monkeypatch.setattr(lanes, "PATIENCE", 0.01)
    full = lanes.Lane("full", 0)
    long: dict[str, Any] = {"data": {"photo": photo()}} if model.has_photo else {"json": [asked(model)] * 2}
    path, described = f"/api/models/{model.name}/predict", operation(model)
    kind = next(iter(described["requestBody"]["content"])) + "; boundary=x"
    statuses = {
        400: client.post(f"{path}?explain=yes", data=b"{}", content_type=kind),
        409: client.post(f"{path}?version=0", data=b"{}", content_type=kind),
        413: client.post(path, data=b" " * 9_000_000, content_type=kind),
        415: client.post(path, data=b"{}", content_type="text/plain"),
        422: client.post(path, data=b"{}", content_type=kind),
        429: [client.post(path, data=b"{}", environ_base={"REMOTE_ADDR": f"{model.name}"}) for _ in range(2)][1],
    }
    for lane in ("photos", "long lists"):
        monkeypatch.setitem(allowances.lanes, lane, full)
    statuses[503] = client.post(f"{path}?explain=1", **long)
    assert {str(status) for status in statuses} == {status for status in described["responses"] if status >= "400"}
    for status, got in statuses.items():
        assert got.status_code == status
        assert got.mimetype == "application/problem+json"
        assert faults(response(described, status)["schema"], got.get_json()) == []


@each_typed_model
def test_a_schema_takes_what_the_form_takes(client: FlaskClient, model: Model) -> None:
    schema = operation(model)["requestBody"]["content"]["application/json"]["schema"]
    for one in model.inputs:
        values: list[Any] = [None, "unknown", True, [], 1.5]
        if isinstance(one, NumberInput):
            values += [one.lowest, one.highest, one.lowest - 1, one.highest + 1]
        if isinstance(one, ChoiceInput):
            values += [*one.choices, *[int(value) for value in one.choices if value.isdecimal()], "none of these", 99]
        for value in values:
            sent = dict(model.examples[0].answers) | {one.name: value}
            got = client.post(f"/api/models/{model.name}/predict", json=sent)
            # A string that is no number is refused by our own format, which a validator cannot know.
            if isinstance(one, NumberInput) and isinstance(value, str):
                continue
            assert (faults(schema, sent) == []) == (got.status_code == 200), json.dumps(sent)


@each_typed_model
def test_a_schema_takes_no_stranger_and_misses_nobody(model: Model) -> None:
    schema = operation(model)["requestBody"]["content"]["application/json"]["schema"]
    whole = asked(model)
    assert faults(schema, whole | {"stranger": 1})
    for name in whole:
        assert faults(schema, {key: value for key, value in whole.items() if key != name})


def test_a_number_in_a_string_has_a_format_that_says_its_range() -> None:
    ages = DOCUMENT["components"]["schemas"]["census_answers"]["properties"]["age"]["anyOf"]
    assert ages == [
        {"type": "integer", "minimum": 17, "maximum": 90},
        {"type": "string", "format": "whole-number-from-17-to-90"},
    ]
