"""The API's description as OpenAPI 3.1, generated from the models' forms; its examples are real answers."""

from __future__ import annotations

from functools import cache
from typing import Any

from model.answering.prediction import get_predictor
from model.answering.registry import models
from model.asking.declaration import Model
from model.asking.inputs import ChoiceInput, Input, NumberInput
from model.asking.reading import read_answers

from . import answers_json, api

Schema = dict[str, Any]
PROBLEM = {"$ref": "#/components/schemas/Problem"}
# A number as a person would type it; a format of our own, since a pattern cannot say "from 17 to 90".
TYPED_NUMBER = "number-as-typed"
ERRORS = {
    "400": "The body is not JSON, or a parameter is wrong",
    "409": "The model's version is not the one that was asked for",
    "413": "The body is too long",
    "415": "The body is of another media type",
    "422": "Some answers cannot be used; there is one entry for each fault",
}


def document() -> Schema:
    paths: Schema = {
        "/api/models": {"get": operation("list_models", "The models", "Models")},
    }
    for model in models():
        paths[f"/api/models/{model.name}"] = {
            "get": operation(f"get_{model.name}", f"What {model.words.title} asks, and how good it is", "Model")
        }
        paths[f"/api/models/{model.name}/predict"] = {"post": predict(model)}
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
        "components": {"schemas": shared_schemas() | {k: v for m in models() for k, v in schemas_of(m).items()}},
    }


def operation(name: str, summary: str, schema: str) -> Schema:
    return {
        "operationId": name,
        "summary": summary,
        "responses": {
            "200": {"description": "Found", **content({"$ref": f"#/components/schemas/{schema}"})},
            "304": {"description": "Not changed since the ETag that was sent"},
        },
    }


def content(schema: Schema, media: str = "application/json", **more: Any) -> Schema:
    return {"content": {media: {"schema": schema, **more}}}


def predict(model: Model) -> Schema:
    one = {"$ref": f"#/components/schemas/{model.name}_estimate"}
    many = {"$ref": f"#/components/schemas/{model.name}_estimates"}
    takes_photo = any(asked.kind == "photo" for asked in model.inputs)
    answered: Schema = one if takes_photo else {"anyOf": [one, many]}
    responses: Schema = {
        "200": {"description": "Every item was answered", **content(answered, **answer_examples(model))},
        **{status: {"description": d, **content(PROBLEM, "application/problem+json")} for status, d in ERRORS.items()},
    }
    if not takes_photo:
        responses["207"] = {"description": "A list in which some items have errors instead", **content(many)}
    return {
        "operationId": f"predict_{model.name}",
        "summary": model.words.question,
        "description": description(takes_photo),
        "parameters": [
            {
                "name": "explain",
                "in": "query",
                "description": "1 adds what moved the number, what would change it, and the arithmetic",
                "schema": {"enum": ["0", "1"], "default": "0"},
            },
            {
                "name": "version",
                "in": "query",
                "description": "Answer only with this version of the model, else 409",
                "schema": {"enum": [get_predictor(model.name).version]},
            },
        ],
        "requestBody": {"required": True, **request_body(model, takes_photo)},
        "responses": responses,
    }


def description(takes_photo: bool) -> str:
    if takes_photo:
        return "One photo in the multipart field “photo”. It is not kept."
    return (
        "One object of answers, or a list of up to 10,000. A list is answered item by item and in order: the "
        "good ones with estimates, the bad ones with their errors. The status is 200 when all were good and "
        "207 when some were not. A number may stand in a string, and is read as the form reads it."
    )


def request_body(model: Model, takes_photo: bool) -> Schema:
    answers = {"$ref": f"#/components/schemas/{model.name}_answers"}
    if takes_photo:
        return content(answers, "multipart/form-data")
    many = {"type": "array", "items": answers, "maxItems": api.MOST_AT_ONCE}
    return content({"anyOf": [answers, many]}, examples=request_examples(model))


def request_examples(model: Model) -> Schema:
    return {f"example_{n}": {"summary": e.name, "value": dict(e.answers)} for n, e in enumerate(model.examples, 1)}


@cache
def answer_examples(model: Model) -> Schema:
    """What the API really answers to each example."""
    if any(asked.kind == "photo" for asked in model.inputs):
        return {}
    return {"examples": {f"example_{n}": {"value": answer_to(model, dict(e.answers))} for n, e in enumerate(model.examples, 1)}}


def answer_to(model: Model, raw: Schema) -> Schema:
    predictor = get_predictor(model.name)
    answers, _ = read_answers(model.inputs, raw)
    return {"model": model.name, "version": predictor.version, **answers_json.told(predictor, answers, explain=False)}


# -- schemas -------------------------------------------------------------------------------------------


def schemas_of(model: Model) -> Schema:
    estimate = {
        "type": "object",
        "properties": {
            "model": {"const": model.name},
            "version": {"type": "string"},
            **estimate_properties(model),
            **EXPLANATION,
        },
        "required": ["model", "version", *estimate_properties(model)],
    }
    item = {"type": "object", "properties": {**estimate_properties(model), **EXPLANATION, "errors": ERROR_LIST}}
    return {
        f"{model.name}_answers": {
            "type": "object",
            "properties": {asked.name: answer_schema(asked) for asked in model.inputs},
            "required": [asked.name for asked in model.inputs],
            "additionalProperties": False,
        },
        f"{model.name}_estimate": estimate,
        f"{model.name}_estimates": {
            "type": "object",
            "properties": {
                "model": {"const": model.name},
                "version": {"type": "string"},
                "results": {"type": "array", "items": item},
            },
            "required": ["model", "version", "results"],
        },
    }


def estimate_properties(model: Model) -> Schema:
    chance: Schema = {"type": "number", "minimum": 0, "maximum": 1}
    if model.kind == "probability":
        return {"probability": chance, "low": chance, "high": chance}
    if model.kind == "amount":
        return {name: {"type": "number"} for name in ("amount", "low", "high")}
    parts = {"probability": chance, "low": chance, "high": chance}
    one = {"type": "object", "properties": parts, "required": list(parts)}
    return {"class": {"type": "string"}, "classes": {"type": "object", "additionalProperties": one}}


def answer_schema(asked: Input) -> Schema:
    unknown: list[Schema] = [{"type": "null"}, {"const": "unknown"}] if asked.may_be_unknown else []
    if isinstance(asked, NumberInput):
        ends = {"minimum": plain(asked.lowest), "maximum": plain(asked.highest)}
        number = {"type": "integer" if asked.whole else "number", **ends}
        typed = {"type": "string", "format": TYPED_NUMBER, "x-lowest": ends["minimum"], "x-highest": ends["maximum"]}
        return {"title": asked.label, "description": asked.hint, "anyOf": [number, typed, *unknown]}
    if isinstance(asked, ChoiceInput):
        values: list[Any] = list(asked.choices)
        values += [int(value) for value in asked.choices if value.isdecimal()]
        labels = "; ".join(f"{value}: {label}" for value, label in asked.choices.items())
        return {"title": asked.label, "description": labels, "anyOf": [{"enum": values}, *unknown]}
    return {"title": asked.label, "description": asked.hint, "type": "string", "format": "binary"}


def plain(number: float) -> float | int:
    return int(number) if number == int(number) else number


ERROR_ENTRY: Schema = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in ("pointer", "field", "message")},
    "required": ["pointer", "field", "message"],
}
ERROR_LIST: Schema = {"type": "array", "items": ERROR_ENTRY}
NUMBERS: Schema = {"type": "array", "items": {"type": "number"}}
EXPLANATION: Schema = {
    "unknown": {"type": "array", "items": {"type": "string"}},
    "seen": {"type": "string"},
    "moved": {
        "type": "array",
        "description": "For each answer, the estimate with the reference in its place",
        "items": {
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "answer": {},
                "reference": {},
                "instead": {"type": "number"},
                "shift": {"type": "number"},
            },
        },
    },
    "would_change": {"type": "array", "items": {"type": "object"}},
    "unknown_answers": {"type": "array", "items": {"type": "object"}},
    "arithmetic": {
        "type": "array",
        "description": "The sums behind the estimate; several where an answer is unknown, each with its share",
        "items": {
            "type": "object",
            "properties": {
                "share": {"type": "number"},
                "filled_in": {"type": "object"},
                "intercept": NUMBERS,
                "terms": {"type": "array", "items": {"type": "object"}},
                "sum": NUMBERS,
                "result": NUMBERS,
            },
        },
    },
}


def shared_schemas() -> Schema:
    text: Schema = {"type": "string"}
    summary = dict.fromkeys(("name", "title", "question", "kind", "version", "url", "predict"), text)
    problem = {
        "type": "object",
        "properties": {
            "type": text,
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "errors": ERROR_LIST,
        },
        "required": ["type", "title", "status", "detail"],
    }
    whole = {
        "type": "object",
        "properties": {
            **summary,
            "trained": text,
            "data": {"type": "object"},
            "inputs": {"type": "array", "items": {"type": "object"}},
            "figures": {"type": "object", "additionalProperties": {"type": "number"}},
        },
        "required": [*summary, "trained", "data", "inputs", "figures"],
    }
    one = {"type": "object", "properties": summary, "required": list(summary)}
    return {
        "Problem": problem,
        "Model": whole,
        "Models": {"type": "object", "properties": {"models": {"type": "array", "items": one}}, "required": ["models"]},
    }
