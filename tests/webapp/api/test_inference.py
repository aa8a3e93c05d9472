"""Inference servers' clients ask every model but those of photos, and are told what the API tells, in their own shape."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from model.declare.model import Model
from model.declare.number import NumberInput
from model.learn.train import train
from model.predict.catalog import Catalog
from webapp import create_app
from webapp.settings import VERSION

from tests.payloads import SETTINGS, asked, each_typed_model, example, get_model, get_predictor, person, photo
from tests.programs import answer, predict
from tests.toys import write_toy

FLOWER = [5.1, 3.5, 1.4, 0.2]
BINARY = {"Inference-Header-Content-Length": "12"}


def tensor(name: str, datatype: str, data: list[Any], shape: list[int] | None = None) -> dict[str, Any]:
    return {"name": name, "datatype": datatype, "shape": shape or [len(data)], "data": data}


def tensors(model: Model, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A tensor for each input, with the datatype that the model's metadata has for it."""
    found = []
    for one in model.inputs:
        datatype = ("INT64" if one.whole else "FP64") if isinstance(one, NumberInput) else "BYTES"
        found.append(tensor(one.name, datatype, [row[one.name] for row in rows]))
    return found


def people(*rows: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The tensors of people of the census, all of texts, to be changed by their names."""
    return {name: tensor(name, "BYTES", [row[name] for row in rows]) for name in person()}


def infer(client: FlaskClient, name: str, inputs: Any, **more: Any) -> TestResponse:
    return client.post(f"/v2/models/{name}/infer", json={"inputs": inputs, **more})


def outputs(response: TestResponse) -> dict[str, list[Any]]:
    assert response.status_code == 200, response.text
    told = response.get_json()["outputs"]
    assert all(one["shape"] == [len(one["data"])] for one in told)
    return {one["name"]: one["data"] for one in told}


def error(response: TestResponse, status: int) -> str:
    """What the protocol has for whatever went wrong: one sentence, under one key."""
    assert (response.status_code, response.mimetype) == (status, "application/json"), response.text
    told: dict[str, str] = response.get_json()
    assert list(told) == ["error"]
    assert told["error"]
    return told["error"]


# -- the server and its models -------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/v2", "/v2/"])
def test_the_server_tells_its_name_and_version(client: FlaskClient, path: str) -> None:
    assert client.get(path).get_json() == {"name": "likely", "version": VERSION, "extensions": []}


def test_it_is_live_and_ready(client: FlaskClient) -> None:
    assert client.get("/v2/health/live").get_json() == {"live": True}
    assert client.get("/v2/health/ready").get_json() == {"live": True, "ready": True}


def test_probes_are_answered_by_whatever_name_they_ask() -> None:
    app = create_app({**SETTINGS, "HOSTS": frozenset(["likely.example.org"])})
    for path in ("/v2/health/live", "/v2/health/ready"):
        assert app.test_client().get(path, headers={"Host": "10.0.0.7:8000"}).status_code == 200
    assert "10.0.0.7" in error(app.test_client().get("/v2", headers={"Host": "10.0.0.7:8000"}), 400)


def test_a_model_that_does_not_answer_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(SETTINGS)
    monkeypatch.setattr(app.extensions["models"].predictor("iris"), "values", lambda answers: ())
    client = app.test_client()
    for path, told in {
        "/v2/health/ready": {"live": True, "ready": False},
        "/v2/models/iris/ready": {"name": "iris", "ready": False},
    }.items():
        response = client.get(path)
        assert (response.status_code, response.get_json()) == (503, told)
    assert client.get("/v2/models/census/ready").get_json() == {"name": "census", "ready": True}


@each_typed_model
def test_a_model_tells_its_tensors(client: FlaskClient, model: Model) -> None:
    version = get_predictor(model.name).version
    told = client.get(f"/v2/models/{model.name}").get_json()
    assert (told["name"], told["versions"]) == (model.name, [version])
    assert [one["name"] for one in told["inputs"]] == [one.name for one in model.inputs]
    assert [one["name"] for one in told["outputs"]] == list(get_predictor(model.name).kind.columns)
    assert all(one["shape"] == [-1] for one in told["inputs"] + told["outputs"])
    assert client.get(f"/v2/models/{model.name}/versions/{version}").get_json() == told
    ready = client.get(f"/v2/models/{model.name}/versions/{version}/ready")
    assert ready.get_json() == {"name": model.name, "ready": True}


def test_datatypes_are_those_of_the_form(client: FlaskClient) -> None:
    told = {one["name"]: one["datatype"] for one in client.get("/v2/models/titanic").get_json()["inputs"]}
    assert told["siblings_spouses"] == "INT64"
    assert told["sex"] == "BYTES"
    flowers = client.get("/v2/models/iris").get_json()
    assert {one["datatype"] for one in flowers["inputs"]} == {"FP64"}
    assert [one["datatype"] for one in flowers["outputs"]] == ["BYTES"] + ["FP64"] * 9


# -- inference -----------------------------------------------------------------------------------------


@each_typed_model
def test_the_tensors_say_what_the_api_says(client: FlaskClient, model: Model) -> None:
    answers = [dict(example(model, number)) for number in range(len(model.examples))]
    known = [one for one in answers if None not in one.values()]
    told = outputs(infer(client, model.name, tensors(model, known)))
    for row, one in enumerate(known):
        expected = answer(client, model.name, one)
        for label, numbers in expected.pop("classes", {}).items():
            expected |= {f"{name}_{label}": number for name, number in numbers.items()}
        assert {name: data[row] for name, data in told.items()} == {name: expected[name] for name in told}


@each_typed_model
def test_columns_nested_or_flat_or_as_texts_say_the_same(client: FlaskClient, model: Model) -> None:
    rows = [dict(example(model)), dict(example(model))]
    flat = tensors(model, rows)
    columns = [{**one, "shape": [2, 1]} for one in flat]
    nested = [{**one, "data": [[value] for value in one["data"]]} for one in columns]
    texts = [tensor(name, "BYTES", [text] * 2) for name, text in asked(model).items()]
    told = [outputs(infer(client, model.name, inputs)) for inputs in (flat, columns, nested, texts)]
    assert told[1:] == told[:1] * 3


@pytest.mark.parametrize("name", ["input-0", "predict"])
def test_numbers_come_in_one_tensor_as_servers_of_scikit_learn_take_them(client: FlaskClient, name: str) -> None:
    flower = dict(zip(get_model("iris").input, FLOWER, strict=True))
    expected = outputs(infer(client, "iris", tensors(get_model("iris"), [flower, flower])))
    assert outputs(infer(client, "iris", [tensor(name, "FP64", FLOWER * 2, [2, 4])])) == expected
    assert outputs(infer(client, "iris", [tensor(name, "FP64", [FLOWER, FLOWER], [2, 4])])) == expected
    rooms = outputs(infer(client, "housing", [tensor("rooms", "INT64", [7])]))
    assert outputs(infer(client, "housing", [tensor(name, "FP32", [[7]], [1, 1])])) == rooms


def test_a_narrow_number_is_read_with_the_digits_that_were_meant(client: FlaskClient) -> None:
    wide, narrow = 5.1, 5.099999904632568
    expected, told, exact = (
        outputs(infer(client, "iris", [tensor("x", datatype, [number, 3.5, 1.4, 0.2], [1, 4])]))
        for datatype, number in (("FP64", wide), ("FP32", narrow), ("FP64", narrow))
    )
    assert told == expected != exact


@pytest.mark.parametrize("huge", [1e300, 10**400])
def test_a_number_too_great_for_its_datatype_is_out_of_range(client: FlaskClient, huge: float) -> None:
    told = error(infer(client, "iris", [tensor("x", "FP32", [huge, *FLOWER[1:]], [1, 4])]), 422)
    assert told.startswith("Row 0, sepal_length: Sepal length must be from ")


@pytest.mark.parametrize(("datatype", "unknown"), [("BYTES", ""), ("BYTES", "unknown"), ("BYTES", None)])
def test_an_answer_may_be_unknown_where_the_form_offers_it(client: FlaskClient, datatype: str, unknown: Any) -> None:
    expected = answer(client, "census", person(work=None))["probability"]
    changed = people(person()) | {"work": tensor("work", datatype, [unknown])}
    assert outputs(infer(client, "census", list(changed.values())))["probability"] == [expected]
    refused = people(person()) | {"age": tensor("age", datatype, [unknown])}
    assert error(infer(client, "census", list(refused.values())), 422).startswith("Row 0, age: ")


def test_an_unknown_number_may_be_a_text_or_null(client: FlaskClient) -> None:
    person_of = get_model("titanic").examples[0].answers
    rows = [dict(person_of) | {"age": 30}]
    expected = answer(client, "titanic", rows[0] | {"age": None})["probability"]
    for datatype, unknown in (("BYTES", "unknown"), ("FP64", None)):
        inputs = [one for one in tensors(get_model("titanic"), rows) if one["name"] != "age"]
        told = outputs(infer(client, "titanic", [*inputs, tensor("age", datatype, [unknown])]))
        assert told["probability"] == [expected]


def test_the_outputs_that_are_asked_for_come_as_they_were_asked(client: FlaskClient) -> None:
    inputs = [tensor("x", "FP64", FLOWER, [1, 4])]
    wanted = [{"name": "low_setosa"}, {"name": "class", "parameters": {"binary_data": False}}]
    told = infer(client, "iris", inputs, outputs=wanted).get_json()["outputs"]
    assert [(one["name"], one["datatype"]) for one in told] == [("low_setosa", "FP64"), ("class", "BYTES")]
    assert "“chance”" in error(infer(client, "iris", inputs, outputs=[{"name": "chance"}]), 400)


def test_what_a_request_calls_itself_is_sent_back(client: FlaskClient) -> None:
    version = get_predictor("iris").version
    body = {"id": "42", "parameters": {"x": [1]}, "inputs": [tensor("x", "FP64", FLOWER, [1, 4])]}
    told = client.post(f"/v2/models/iris/versions/{version}/infer", json=body).get_json()
    assert (told["model_name"], told["model_version"]) == ("iris", version)
    assert (told["id"], told["parameters"]) == ("42", {"x": [1]})
    assert not {"id", "parameters"} & infer(client, "iris", body["inputs"]).get_json().keys()


def test_a_body_without_its_media_type_is_taken_for_json(client: FlaskClient) -> None:
    body = json.dumps({"inputs": [tensor("x", "FP64", FLOWER, [1, 4])]})
    assert outputs(client.post("/v2/models/iris/infer", data=body))["class"] == ["setosa"]


# -- what cannot be read -------------------------------------------------------------------------------


def test_every_fault_names_its_field_and_row_in_the_words_of_the_form(client: FlaskClient) -> None:
    rows = [person(), person(age="7"), person(sex="both", hours="many")]
    told = error(infer(client, "census", list(people(*rows).values())), 422)
    expected = []
    for number, row in enumerate(rows[1:], 1):
        entries = predict(client, "census", row).get_json()["errors"]
        expected += [f"Row {number}, {one['field']}: {one['message']}" for one in entries]
    assert told == "; ".join(expected) + ". The first row is row 0"


def test_of_very_many_faults_the_first_are_told_and_the_others_counted(client: FlaskClient) -> None:
    response = infer(client, "iris", [tensor("x", "INT64", [0] * 40_000, [10_000, 4])])
    assert "; Faults that are not told after so many others: 39," in error(response, 422)
    assert len(response.data) <= 20_000


ONE = tensor("x", "FP64", FLOWER, [1, 4])
BAD_TENSORS = [
    ({**ONE, "shape": [4]}, "The shape of “x” must be [n, 4]"),
    ({**ONE, "shape": [1, 4, 1]}, "The shape of “x” must be [n, 4]"),
    ({**ONE, "shape": [1.5, 4]}, "The shape of “x” must be [n, 4]"),
    ({**ONE, "shape": "14"}, "The shape of “x” must be [n, 4]"),
    ({**ONE, "shape": None}, "The shape of “x” must be [n, 4]"),
    ({**ONE, "shape": []}, "The shape of “x” must be [n, 4]"),
    ({**ONE, "shape": [-1, 4]}, "Send from 1 to 10,000 rows"),
    ({**ONE, "shape": [0, 4], "data": []}, "Send from 1 to 10,000 rows"),
    ({**ONE, "shape": [10_001, 4], "data": FLOWER * 10_001}, "Send from 1 to 10,000 rows"),
    ({**ONE, "shape": [10**4000, 4]}, "Send from 1 to 10,000 rows"),
    ({**ONE, "datatype": "FP16"}, "The datatype of “x” must be one of BYTES,"),
    ({**ONE, "datatype": []}, "The datatype of “x” must be one of BYTES,"),
    ({**ONE, "data": FLOWER[:3]}, "The data of “x” must be"),
    ({**ONE, "data": [FLOWER[:2], FLOWER[2:]]}, "The data of “x” must be"),
    ({**ONE, "data": {}}, "The data of “x” must be"),
    ({"name": "x", "shape": [1, 4], "datatype": "FP64"}, "The data of “x” must be"),
    ({**ONE, "shape": [2, 4], "data": FLOWER + [True] * 4}, "Row 1, x: this value is no FP64"),
    ({**ONE, "datatype": "INT64"}, "Row 0, x: this value is no INT64"),
    ({**ONE, "datatype": "BYTES"}, "Row 0, x: this value is no BYTES"),
    ({**ONE, "data": [[[5.1]], 3.5, 1.4, 0.2]}, "Row 0, x: this value is no FP64"),
]


@pytest.mark.parametrize(("bad", "words"), BAD_TENSORS)
def test_a_tensor_that_cannot_be_read_is_told_why(client: FlaskClient, bad: Any, words: str) -> None:
    assert error(infer(client, "iris", [bad]), 400).startswith(words)


AGE = tensor("age", "INT64", [37])
BAD_INPUTS = [
    ([AGE, tensor("agee", "INT64", [37])], "Did you mean “age”?"),
    ([AGE], "There is no tensor “sex”"),
    ([], "There is no tensor “age”"),
    (None, "“inputs” must be a list"),
    ({"age": 37}, "“inputs” must be a list"),
    ([37], "“inputs” must be a list"),
    ([{"name": 37}], "“inputs” must be a list"),
    ([{"name": "x" * 100_000, "shape": [1, 7]}], "is not one of the inputs"),
    ([*people(person()).values(), AGE], "Send one tensor for each input"),
    ([*(people(person()) | {"age": tensor("age", "INT64", [37, 38])}).values()], "age has 2, sex has 1"),
    (
        [*(people(person()) | {"age": tensor("age", "INT64", [[37]], [1])}).values()],
        "Row 0, age: this value is no INT64",
    ),
]


@pytest.mark.parametrize(("inputs", "words"), BAD_INPUTS)
def test_tensors_that_are_not_the_inputs_are_told_so(client: FlaskClient, inputs: Any, words: str) -> None:
    told = error(infer(client, "census", inputs), 400)
    assert words in told
    assert len(told) < 2_000


@pytest.mark.parametrize("datatype", ["BOOL", "BYTES"])
def test_a_switch_is_no_number(client: FlaskClient, datatype: str) -> None:
    data = [True if datatype == "BOOL" else "true"]
    told = error(infer(client, "census", [*(people(person()) | {"age": tensor("age", datatype, data)}).values()]), 422)
    assert told.startswith("Row 0, age: Age must be a number")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"id": 42}, "“id”"),
        ({"parameters": []}, "“parameters”"),
        ({"outputs": "class"}, "“outputs”"),
        ({"outputs": ""}, "“outputs”"),
        ({"id": "x" * 70_000}, "“id” and “parameters” come back, and may be 64 kB long together"),
        ({"outputs": ["class"]}, "“outputs”"),
        ({"outputs": [{"name": []}]}, "“outputs”"),
    ],
)
def test_the_rest_of_a_request_is_read_strictly_too(client: FlaskClient, more: Any, words: str) -> None:
    assert words in error(infer(client, "iris", [ONE], **more), 400)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        '{"inputs": [], "parameters": {"p": 1e999}}',
        "[]",
        "null",
        '{"inputs": [], "inputs": []}',
        '{"inputs": NaN}',
        "[" * 100_000,
    ],
)
def test_a_body_that_is_no_request_is_told_so(client: FlaskClient, body: str) -> None:
    assert "JSON" in error(client.post("/v2/models/iris/infer", data=body, content_type="application/json"), 400)


def test_errors_have_the_shape_of_the_protocol_wherever_they_come_from(client: FlaskClient) -> None:
    address = "/v2/models/iris/infer"
    assert "census" in error(client.get("/v2/nothing"), 404)
    assert "census" in error(client.post("/v2/models/nobody/infer"), 404)
    assert get_predictor("iris").version in error(client.get("/v2/models/iris/versions/1"), 404)
    assert "POST" in error(client.get(address), 405)
    assert "8 MB" in error(client.post(address, data=b" " * 9_000_000, content_type="application/json"), 413)
    assert "text/plain" in error(client.post(address, data="{}", content_type="text/plain"), 415)
    assert "gzip" in error(client.post(address, data="{}", headers={"Content-Encoding": "gzip"}), 415)
    assert "binary_data=False" in error(client.post(address, data="{}", headers=BINARY), 415)
    assert "host" in error(client.get("/v2", headers={"Host": "a b"}), 400)


@pytest.mark.parametrize("path", ["", "/ready", "/infer"])
def test_a_model_of_photos_says_where_it_is_asked(client: FlaskClient, path: str) -> None:
    ask = client.post if path == "/infer" else client.get
    assert "/api/" in error(ask(f"/v2/models/food{path}"), 404)
    assert predict_photo(client).status_code == 200


def predict_photo(client: FlaskClient) -> TestResponse:
    return client.post("/api/models/food/predict", data={"photo": photo()})


@pytest.mark.slow
def test_a_switch_is_an_answer_where_the_form_asks_yes_or_no(tmp_path: Path) -> None:
    folder = write_toy(
        tmp_path,
        lambda model: model.replace(
            '"N": "North", "E": "East", "S": "South", "W": "West"', '"yes": "Yes", "no": "No"'
        ).replace('"wind": "W"', '"wind": "yes"'),
        lambda rows: [{**row, "wind": {"W": "yes", "?": "?"}.get(row["wind"], "no")} for row in rows],
    )
    train(Catalog([folder])["toy"])
    client = create_app(SETTINGS | {"MODEL_FOLDERS": [folder]}).test_client()
    clouds = tensor("clouds", "INT64", [7, 7, 7])
    by_switch = outputs(infer(client, "toy", [clouds, tensor("wind", "BOOL", [True, False, None])]))
    by_text = outputs(infer(client, "toy", [clouds, tensor("wind", "BYTES", ["yes", "no", ""])]))
    assert by_switch == by_text
    assert len(set(by_switch["probability"])) == 3
