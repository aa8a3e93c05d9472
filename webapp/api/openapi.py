"""The API's description as OpenAPI 3.1, generated from the models' forms; its examples are real answers."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import request

from model.declare.model import Model
from webapp.ask import Caller
from webapp.http.models import predictor_of, shown_models
from webapp.store.opening import store

from . import kept, protocol
from . import predict as api
from .answers import Wants
from .schemas import TEXT, Schema, listed, reference, schemas_of, shared_schemas

ANSWERS = {
    "200": "Every item was answered",
    "207": "A list in which some items have errors instead",
}
ERRORS = {
    "400": "The body is not JSON, or a parameter is wrong",
    "409": "The model’s version is not the one that was asked for",
    "413": "The body is too long",
    "415": "The body is of another media type",
    "422": "Some answers cannot be used, with one entry for each fault; or it is more than one request may ask for",
    "429": "You asked too often; the header Retry-After says for how many seconds to wait",
    "503": "Too many others ask for the same at the moment; Retry-After says when to try again",
}
# Where there are accounts.
TOKEN_ERRORS = {
    "401": "The token has expired, was ended, or never was",
    "403": "The token may not do this",
}
# All that a program may meet, also where no operation describes it.
STATUSES = {
    **ANSWERS,
    "304": "Not changed since the ETag that was sent",
    **ERRORS,
    "404": "There is no such model or address",
    "405": "The address takes another method, which the header Allow names",
}


def document() -> Schema:
    paths: Schema = {"/api/models": {"get": describe_page("list_models", "The models", "Models")}}
    schemas = shared_schemas()
    for model in shown_models():
        address = f"/api/models/{model.name}"
        summary = f"What {model.words.title} asks, and how good it is"
        paths[address] = {"get": describe_page(f"get_{model.name}", summary, "Model")}
        paths[f"{address}/predict"] = {"post": describe_predict(model)}
        schemas |= schemas_of(model)
    inference_paths, inference_schemas = protocol.describe([model for model in shown_models() if not model.has_photo])
    described = {
        "openapi": "3.1.0",
        "info": {
            "title": "Likely",
            "version": "1",
            "summary": "How likely something is, from a trained model: one set of answers, or ten thousand.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": request.root_path or "/"}],
        # No operation asks who one is, unless somebody has an account here.
        "security": [],
        "paths": paths | inference_paths,
        "components": {"schemas": schemas | inference_schemas},
    }
    return describe_tokens(described) if store().is_on else described


def describe_tokens(document: Schema) -> Schema:
    """The same with what may be sent to ask in somebody’s name, and how a token is refused."""
    described, schemas = kept.describe(document["paths"], document["components"]["schemas"], problem, content)
    refused = {status: problem(text) for status, text in TOKEN_ERRORS.items()}
    by_inference = {status: protocol.answered(text, "inference_error") for status, text in TOKEN_ERRORS.items()}
    paths = {
        path: {
            method: {**of, "responses": of["responses"] | (by_inference if path.startswith("/v2") else refused)}
            if method in ("get", "post", "patch")
            else of
            for method, of in methods.items()
        }
        for path, methods in described.items()
    }
    scheme = {"type": "http", "scheme": "bearer", "description": "A token of somebody who has an account: lk_…"}
    components = {"schemas": schemas, "securitySchemes": {"token": scheme}}
    return document | {"security": [{}, {"token": []}], "paths": paths, "components": components}


def parameter(name: str, place: str, description: str, schema: Schema) -> Schema:
    return {"name": name, "in": place, "description": description, "schema": schema}


def content(schema: Schema, media: str = "application/json", **more: Any) -> Schema:
    return {"content": {media: {"schema": schema, **more}}}


def problem(description: str) -> Schema:
    return {"description": description, **content(reference("Problem"), "application/problem+json")}


def describe_page(name: str, summary: str, schema: str) -> Schema:
    kept = parameter("If-None-Match", "header", "The ETag of the answer that the client has kept", TEXT)
    tag = {"ETag": {"description": "Send it back as If-None-Match", "schema": TEXT}}
    return {
        "operationId": name,
        "summary": summary,
        "parameters": [kept],
        "responses": {
            "200": {"description": "Found", "headers": tag, **content(reference(schema))},
            "304": {"description": STATUSES["304"]},
            "404": problem(STATUSES["404"]),
        },
    }


@cache
def describe_predict(model: Model) -> Schema:
    answers, one = reference(f"{model.name}_answers"), reference(f"{model.name}_estimate")
    examples: dict[str, tuple[str, Any]] = {
        f"example_{n}": (one.name, dict(one.answers)) for n, one in enumerate(model.examples, 1)
    }
    if model.has_photo:
        description = (
            f"One photo in the multipart field “{model.inputs[0].name}”, which is not kept, and the other answers."
        )
        body = content(answers, "multipart/form-data")
        good = {"200": {"description": "The photo was looked at", **content(one, examples=answered(model, examples))}}
    else:
        description = (
            "One object of answers, or a list of up to 10,000. A list is answered item by item and in order: the "
            "good ones with estimates, the bad ones with their errors. The status is 200 when all were good and "
            "207 when some were not. A number may stand in a string, and is read as the form reads it."
        )
        examples["list"] = "A list", [dict(example.answers) for example in model.examples]
        first, name = dict(model.examples[0].answers), model.inputs[0].name
        lacking = {"partly": (f"The second item lacks “{name}”", [first, {**first, name: ""}])}
        body = content(
            {"anyOf": [answers, listed(answers, maxItems=api.MOST_AT_ONCE)]},
            examples={key: {"summary": summary, "value": value} for key, (summary, value) in examples.items()},
        )
        either = {"anyOf": [one, reference(f"{model.name}_estimates")]}
        partly = content(reference(f"{model.name}_partly"), examples=answered(model, lacking))
        good = {
            "200": {"description": ANSWERS["200"], **content(either, examples=answered(model, examples))},
            "207": {"description": ANSWERS["207"], **partly},
        }
    behind = "1 adds what moved the number, what would change it, and the arithmetic"
    explain = parameter("explain", "query", behind, {"enum": ["0", "1"], "default": "0"})
    beside = "1 adds what another kind of model says, that is just as good; null where none was found"
    challenger = parameter("challenger", "query", beside, {"enum": ["0", "1"], "default": "0"})
    only = {"enum": [predictor_of(model).version]}
    version = parameter("version", "query", "Answer only with this version of the model, else 409", only)
    return {
        "operationId": f"predict_{model.name}",
        "summary": model.words.question,
        "description": description,
        "parameters": [explain, challenger, version],
        "requestBody": {"required": True, **body},
        "responses": {**good, **{status: problem(text) for status, text in ERRORS.items()}},
    }


def answered(model: Model, examples: dict[str, tuple[str, Any]]) -> Schema:
    """What the API really answers to the request's example of the same name."""
    return {
        name: {
            "summary": summary,
            "value": api.answer(predictor_of(model), sent, Wants(), Caller("example")).get_json(),
        }
        for name, (summary, sent) in examples.items()
    }
