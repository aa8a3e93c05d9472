"""The API's description as OpenAPI 3.1, generated from the models' forms; its examples are real answers."""

from __future__ import annotations

from functools import cache
from typing import Any

from model.declare.model import Model
from webapp.ask import Caller
from webapp.http.models import catalog, predictor_of

from . import predict as api
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
    "422": "Some answers cannot be used; there is one entry for each fault",
}
# All that a program may meet, also where no operation describes it.
STATUSES = {
    **ANSWERS,
    "304": "Not changed since the ETag that was sent",
    **ERRORS,
    "404": "There is no such model or address",
    "405": "The address takes another method, which the header Allow names",
}
PROBLEM_TYPE = "application/problem+json"
KEPT: Schema = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag of the answer that the client has kept",
    "schema": TEXT,
}
EXPLAIN: Schema = {
    "name": "explain",
    "in": "query",
    "description": "1 adds what moved the number, what would change it, and the arithmetic",
    "schema": {"enum": ["0", "1"], "default": "0"},
}


def document() -> Schema:
    paths: Schema = {"/api/models": {"get": found("list_models", "The models", "Models")}}
    schemas = shared_schemas()
    for model in catalog():
        address = f"/api/models/{model.name}"
        summary = f"What {model.words.title} asks, and how good it is"
        paths[address] = {"get": found(f"get_{model.name}", summary, "Model")}
        paths[f"{address}/predict"] = {"post": predict(model)}
        schemas |= schemas_of(model)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Likely",
            "version": "1",
            "summary": "How likely something is, from a trained model: one set of answers, or ten thousand.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": schemas},
    }


def content(schema: Schema, media: str = "application/json", **more: Any) -> Schema:
    return {"content": {media: {"schema": schema, **more}}}


def found(name: str, summary: str, schema: str) -> Schema:
    tag = {"ETag": {"description": "Send it back as If-None-Match", "schema": TEXT}}
    return {
        "operationId": name,
        "summary": summary,
        "parameters": [KEPT],
        "responses": {
            "200": {"description": "Found", "headers": tag, **content(reference(schema))},
            "304": {"description": STATUSES["304"]},
        },
    }


def predict(model: Model) -> Schema:
    return {
        "operationId": f"predict_{model.name}",
        "summary": model.words.question,
        "description": description(model),
        "parameters": [EXPLAIN, version_parameter(model)],
        "requestBody": {"required": True, **request_body(model)},
        "responses": {**answers_of(model), **problems_of(model)},
    }


def description(model: Model) -> str:
    if model.has_photo:
        return f"One photo in the multipart field “{model.inputs[0].name}”. It is not kept."
    return (
        "One object of answers, or a list of up to 10,000. A list is answered item by item and in order: the "
        "good ones with estimates, the bad ones with their errors. The status is 200 when all were good and "
        "207 when some were not. A number may stand in a string, and is read as the form reads it."
    )


def version_parameter(model: Model) -> Schema:
    return {
        "name": "version",
        "in": "query",
        "description": "Answer only with this version of the model, else 409",
        "schema": {"enum": [predictor_of(model).version]},
    }


def request_body(model: Model) -> Schema:
    answers = reference(f"{model.name}_answers")
    if model.has_photo:
        return content(answers, "multipart/form-data")
    many = listed(answers, maxItems=api.MOST_AT_ONCE)
    return content({"anyOf": [answers, many]}, examples=request_examples(model))


def answers_of(model: Model) -> Schema:
    """The answers with a status in the two hundreds."""
    one = reference(f"{model.name}_estimate")
    if model.has_photo:
        return {"200": {"description": "The photo was looked at", **content(one, examples=photo_examples(model))}}
    good = content({"anyOf": [one, reference(f"{model.name}_estimates")]}, examples=answer_examples(model))
    partly = content(reference(f"{model.name}_partly"), examples=partly_example(model))
    return {
        "200": {"description": ANSWERS["200"], **good},
        "207": {"description": ANSWERS["207"], **partly},
    }


def problems_of(model: Model) -> Schema:
    problem = content(reference("Problem"), PROBLEM_TYPE)
    return {status: {"description": text, **problem} for status, text in ERRORS.items()}


# -- examples ------------------------------------------------------------------------------------------


def request_examples(model: Model) -> Schema:
    """Each example of the form by itself, and all of them as a list."""
    singly = {f"example_{n}": {"summary": e.name, "value": dict(e.answers)} for n, e in enumerate(model.examples, 1)}
    together = [dict(example.answers) for example in model.examples]
    return {**singly, "list": {"summary": "A list", "value": together}}


@cache
def answer_examples(model: Model) -> Schema:
    """What the API really answers to the request's example of the same name."""
    return {
        name: {"summary": example["summary"], "value": answer_to(model, example["value"])}
        for name, example in request_examples(model).items()
    }


@cache
def photo_examples(model: Model) -> Schema:
    return {
        f"example_{n}": {"summary": example.name, "value": answer_to(model, dict(example.answers))}
        for n, example in enumerate(model.examples, 1)
    }


@cache
def partly_example(model: Model) -> Schema:
    good = dict(model.examples[0].answers)
    value = answer_to(model, [good, {**good, model.inputs[0].name: ""}])
    return {"partly": {"summary": f"The second item lacks “{model.inputs[0].name}”", "value": value}}


def answer_to(model: Model, raw: Any) -> Schema:
    """What the API answers to one object, or to a list."""
    content: Schema = api.answer(predictor_of(model), raw, explain=False, caller=Caller("api")).get_json()
    return content
