"""JSON Schemas of what the API takes and answers, from the models' forms. Nothing may be there that they leave out."""

from __future__ import annotations

from typing import Any

from model.declare.inputs import ChoiceInput, Input, NumberInput
from model.declare.model import Model
from model.predict.kinds import KINDS

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
NUMBERS: Schema = {"type": "array", "items": NUMBER}
CHANCE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
# Some JSON value that an input reads as an answer.
ANSWER: Schema = {"type": ["number", "string", "null"]}


def listed(items: Schema, description: str = "", **more: Any) -> Schema:
    found: Schema = {"type": "array", "items": items, **more}
    return found | {"description": description} if description else found


def exactly(properties: Schema, optional: tuple[str, ...] = ()) -> Schema:
    """An object with these properties and no others."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


# -- what a model asks ---------------------------------------------------------------------------------


def answers_schema(model: Model) -> Schema:
    return exactly({asked.name: answer_schema(asked) for asked in model.inputs})


def answer_schema(asked: Input) -> Schema:
    unknown: list[Schema] = [{"type": "null"}, {"const": "unknown"}] if asked.may_be_unknown else []
    if isinstance(asked, NumberInput):
        lowest, highest = plain(asked.lowest), plain(asked.highest)
        number = {"type": "integer" if asked.whole else "number", "minimum": lowest, "maximum": highest}
        typed = {"type": "string", "format": typed_format(asked)}
        return {"title": asked.label, "description": asked.hint, "anyOf": [number, typed, *unknown]}
    if isinstance(asked, ChoiceInput):
        values: list[Any] = list(asked.choices)
        values += [int(value) for value in asked.choices if value.isdecimal()]
        labels = "; ".join(f"{value}: {label}" for value, label in asked.choices.items())
        return {"title": asked.label, "description": labels, "anyOf": [{"enum": values}, *unknown]}
    return {"title": asked.label, "description": asked.hint, "type": "string", "format": "binary"}


def typed_format(asked: NumberInput) -> str:
    """A format of our own for a number as a person types it; no pattern can say "from 17 to 90"."""
    kind = "whole-number" if asked.whole else "number"
    return f"{kind}-from-{plain(asked.lowest)}-to-{plain(asked.highest)}"


def plain(number: float) -> float | int:
    return int(number) if number == int(number) else number


# -- what it answers -----------------------------------------------------------------------------------


def one_estimate(model: Model) -> Schema:
    """The answer to one object."""
    head = {"model": {"const": model.name}, "version": TEXT}
    properties = {**head, **estimate_properties(model), **behind(model)}
    return exactly(properties, optional=tuple(behind(model)))


def item(model: Model) -> Schema:
    """The answer to one good item of a list."""
    return exactly({**estimate_properties(model), **behind(model)}, optional=tuple(behind(model)))


def refused_item() -> Schema:
    return exactly({"errors": reference("Errors")})


def all_good(model: Model) -> Schema:
    return results(model, listed(reference(f"{model.name}_item")))


def some_bad(model: Model) -> Schema:
    either = {"anyOf": [reference(f"{model.name}_item"), reference("Refused")]}
    return results(model, listed(either, contains=reference("Refused")))


def results(model: Model, items: Schema) -> Schema:
    return exactly({"model": {"const": model.name}, "version": TEXT, "results": items})


def estimate_properties(model: Model) -> Schema:
    kind = KINDS[model.kind](model)
    if kind.labels:
        one = exactly(dict.fromkeys(("probability", "low", "high"), CHANCE))
        return {"class": {"enum": kind.labels}, "classes": exactly(dict.fromkeys(kind.labels, one))}
    return dict.fromkeys(kind.columns, NUMBER if kind.number == "amount" else CHANCE)


def behind(model: Model) -> Schema:
    """What is there on request only, or for some answers only."""
    name = {"enum": [asked.name for asked in model.inputs]}
    seen: Schema = {"seen": {"type": "string", "description": "What the network sees"}} if model.has_photo else {}
    return {
        "unknown": listed(name, "The answers that are unknown; the estimate is averaged over them"),
        **seen,
        "moved": listed(moved(name), "For each answer, the estimate with the reference in its place"),
        "would_change": listed(change(), "The smallest changes that take the estimate across one half"),
        "unknown_answers": listed(unknown_answer(name), "What each unknown answer could change"),
        "arithmetic": listed(
            arithmetic(name),
            "The sums behind the estimate; several where an answer is unknown, each with its share",
        ),
    }


def moved(name: Schema) -> Schema:
    return exactly({"name": name, "answer": ANSWER, "reference": ANSWER, "instead": NUMBER, "shift": NUMBER})


def change() -> Schema:
    return exactly({"answers": {"type": "object", "additionalProperties": ANSWER}, "estimate": NUMBER})


def unknown_answer(name: Schema) -> Schema:
    return exactly({"name": name, "low": NUMBER, "low_answer": ANSWER, "high": NUMBER, "high_answer": ANSWER})


def arithmetic(name: Schema) -> Schema:
    return exactly(
        {
            "share": CHANCE,
            "filled_in": {"type": "object", "additionalProperties": ANSWER},
            "intercept": NUMBERS,
            "terms": listed(exactly({"inputs": listed(name), "points": NUMBERS})),
            "sum": NUMBERS,
            "result": NUMBERS,
        }
    )


# -- what is said of the models, and of mistakes -------------------------------------------------------


def summary_properties() -> Schema:
    kind = {"kind": {"enum": ["probability", "classes", "amount"]}}
    return (
        dict.fromkeys(("name", "title", "question"), TEXT) | kind | dict.fromkeys(("version", "url", "predict"), TEXT)
    )


def described_model() -> Schema:
    properties = {
        **summary_properties(),
        "trained": {"type": "string", "format": "date"},
        "data": exactly({"source": TEXT, "rows": {"type": "integer"}}),
        "inputs": listed(described_input()),
        "figures": {"type": "object", "additionalProperties": NUMBER},
    }
    return exactly(properties)


def described_input() -> Schema:
    every: Schema = {"name": TEXT, "label": TEXT, "hint": TEXT, "may_be_unknown": {"type": "boolean"}}
    texts = {"type": "object", "additionalProperties": TEXT}
    number = {"whole": {"type": "boolean"}, "lowest": NUMBER, "highest": NUMBER, "unit": TEXT}
    kinds: dict[str, Schema] = {"number": number, "choice": {"choices": texts}, "photo": {}}
    one_of = [
        exactly({**every, "type": {"const": kind}, **own, "messages": texts}, optional=("hint",))
        for kind, own in kinds.items()
    ]
    return {"oneOf": one_of}


def problem_document() -> Schema:
    head = {"type": TEXT, "title": TEXT, "status": {"type": "integer"}, "detail": TEXT}
    return exactly({**head, "errors": reference("Errors")})


def shared_schemas() -> Schema:
    entry = exactly({"pointer": {"type": "string", "format": "json-pointer"}, "field": TEXT, "message": TEXT})
    return {
        "Models": exactly({"models": listed(exactly(summary_properties()))}),
        "Model": described_model(),
        "Problem": problem_document(),
        "Errors": listed(entry, "One entry for each fault", minItems=1),
        "Refused": refused_item(),
    }


def schemas_of(model: Model) -> Schema:
    own = {"answers": answers_schema(model), "estimate": one_estimate(model)}
    if not model.has_photo:
        own |= {"item": item(model), "estimates": all_good(model), "partly": some_bad(model)}
    return {f"{model.name}_{name}": schema for name, schema in own.items()}
