"""What the OpenAPI document says of the Open Inference Protocol: the same few addresses for every model but photos'."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from model.declare.model import Model

from .schemas import TEXT, Schema, exactly, listed, named, reference

TYPES = ("BYTES", "BOOL", "FP64", "FP32", "INT64", "INT32")
SHAPE = {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 2}
WHATEVER: Schema = {"type": ["object", "null"]}
REFUSALS = {
    "400": "The tensors cannot be read",
    "404": "There is no such model or version",
    "413": "The body is too long",
    "415": "The body is of another media type, or has binary tensors",
    "422": "Some answers cannot be used; the sentence names row and field. Or it is more than one request may ask for",
    "429": "You asked too often; the header Retry-After says for how many seconds to wait",
    "503": "Too many others ask for the same at the moment; Retry-After says when to try again",
}


def describe(typed: Sequence[Model]) -> tuple[Schema, Schema]:
    """The addresses of these models, and the schemas that they use."""
    return (paths(typed), schemas()) if typed else ({}, {})


def schemas() -> Schema:
    """A request has what the protocol has and may have more, which is passed over; an answer has nothing more."""
    tensor = {"name": TEXT, "shape": SHAPE, "datatype": {"enum": list(TYPES)}, "data": {"type": "array", "items": {}}}
    described = exactly({"name": TEXT, "datatype": TEXT, "shape": SHAPE})
    picked: Schema = {"type": "object", "properties": {"name": TEXT}, "required": ["name"]}
    about = {"id": {"type": ["string", "null"]}, "parameters": WHATEVER}
    model = {"name": TEXT, "versions": listed(TEXT), "platform": TEXT}
    answer = {"model_name": TEXT, "model_version": TEXT, **about, "outputs": listed(exactly(tensor))}
    return {
        "inference_server": exactly({"name": TEXT, "version": TEXT, "extensions": listed(TEXT)}),
        "inference_health": named({"type": ["boolean", "string"]}),
        "inference_model": exactly({**model, "inputs": listed(described), "outputs": listed(described)}),
        "inference_tensor": {"type": "object", "properties": tensor, "required": list(tensor)},
        "inference_request": {
            "type": "object",
            "properties": {
                **about,
                "inputs": listed(reference("inference_tensor"), minItems=1),
                "outputs": {**listed(picked), "type": ["array", "null"]},
            },
            "required": ["inputs"],
        },
        "inference_answer": exactly(answer, optional=about),
        "inference_error": exactly({"error": TEXT}),
    }


def paths(typed: Sequence[Model]) -> Schema:
    live = operation("inference_live", "Whether the server is there", "inference_health", "429")
    ready = operation("inference_ready", "Whether every model answers", "inference_health", "429", "503")
    found: Schema = {
        "/v2": {"get": operation("inference_server", "The server", "inference_server", "429")},
        "/v2/health/live": {"get": live},
        "/v2/health/ready": {"get": ready},
    }
    names = [model.name for model in typed]
    for suffix, version in (("", ""), ("_version", "/versions/{version}")):
        asked = [parameter("model", {"enum": names}), *([parameter("version", TEXT)] if version else [])]
        address = f"/v2/models/{{model}}{version}"
        about = operation(f"inference_model{suffix}", "What a model asks and answers", "inference_model", "404", "429")
        health = operation(
            f"inference_model_ready{suffix}", "Whether a model answers", "inference_health", "404", "429", "503"
        )
        answer = operation(f"infer{suffix}", "The estimates for up to 10,000 rows", "inference_answer", *REFUSALS)
        found |= {
            address: {"parameters": asked, "get": about},
            f"{address}/ready": {"parameters": asked, "get": health},
            f"{address}/infer": {"parameters": asked, "post": {**answer, "requestBody": request_of(typed[0])}},
        }
    return found


def operation(name: str, summary: str, schema: str, *statuses: str) -> Schema:
    refusals = {status: answered(REFUSALS[status], "inference_error") for status in statuses}
    if schema == "inference_health" and "503" in refusals:
        # Which says so in the words of the good answer.
        refusals["503"] = answered("A model does not answer", schema)
    return {"operationId": name, "summary": summary, "responses": {"200": answered("Found", schema), **refusals}}


def answered(description: str, schema: str) -> Schema:
    return {"description": description, "content": {"application/json": {"schema": reference(schema)}}}


def parameter(name: str, schema: Schema) -> Schema:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def request_of(model: Model) -> Schema:
    """What is sent, with the model's first example as each input's tensor."""
    answers: Any = model.examples[0].answers
    tensors = [
        {"name": asked.name, "shape": [1], "datatype": "BYTES", "data": [asked.text(answers[asked.name])]}
        for asked in model.inputs
    ]
    schema = {"schema": reference("inference_request"), "example": {"inputs": tensors}}
    return {"required": True, "content": {"application/json": schema}}
