"""JSON Schemas of what the API takes and answers, from the models' forms. Nothing may be there that they leave out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from model.declare.choice import ChoiceInput
from model.declare.inputs import NOT_RECORDED, Input
from model.declare.model import Model
from model.declare.number import NumberInput
from model.predict.card import Challenger
from model.predict.kinds import KINDS

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
NUMBERS: Schema = {"type": "array", "items": NUMBER}
CHANCE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
# Some JSON value that an input reads as an answer.
ANSWER: Schema = {"type": ["number", "string", "null"]}


def listed(items: Schema, description: str = "", **more: Any) -> Schema:
    about = {"description": description} if description else {}
    return {"type": "array", "items": items, **more, **about}


def named(values: Schema) -> Schema:
    """An object with these values under any names."""
    return {"type": "object", "additionalProperties": values}


def exactly(properties: Schema, optional: Iterable[str] = ()) -> Schema:
    """An object with these properties and no others."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def shared_schemas() -> Schema:
    """What is said of the models, and of mistakes."""
    summary = dict.fromkeys(("name", "title", "question", "version", "url", "predict"), TEXT)
    summary["kind"] = {"enum": list(KINDS)}
    about = {
        "trained": {"type": "string", "format": "date"},
        "data": exactly({"source": TEXT, "rows": {"type": "integer"}}),
        "inputs": listed(described_input()),
        "figures": named(NUMBER),
    }
    problem = {"type": TEXT, "title": TEXT, "status": {"type": "integer"}, "detail": TEXT, "request_id": TEXT}
    entry = exactly({"pointer": {"type": "string", "format": "json-pointer"}, "field": TEXT, "message": TEXT})
    return {
        "Models": exactly({"models": listed(exactly(summary))}),
        "Model": exactly({**summary, **about}),
        "Problem": exactly({**problem, "errors": reference("Errors")}),
        "Errors": listed(
            entry, "One entry for each fault; of very many the first ones, and how many more there are", minItems=1
        ),
        "Refused": exactly({"errors": reference("Errors")}),
    }


def described_input() -> Schema:
    every: Schema = {"name": TEXT, "label": TEXT, "hint": TEXT, "may_be_unknown": {"type": "boolean"}}
    number = {"whole": {"type": "boolean"}, "lowest": NUMBER, "highest": NUMBER, "unit": TEXT}
    kinds: dict[str, Schema] = {"number": number, "choice": {"choices": named(TEXT)}, "photo": {}}
    one_of = [
        exactly({**every, "type": {"const": kind}, **own, "messages": named(TEXT)}, optional=["hint"])
        for kind, own in kinds.items()
    ]
    return {"oneOf": one_of}


def schemas_of(model: Model) -> Schema:
    """What a model asks, and what it answers: to one object, to an item of a list, to a list."""
    head = {"model": {"const": model.name}, "version": TEXT}
    behind = schemas_behind(model)
    found = {**estimate_properties(model), **behind}
    own = {
        "answers": exactly(
            {asked.name: answer_schema(asked) for asked in model.inputs},
            # What has a plain answer may be left out.
            optional=[one.name for one in model.inputs if isinstance(one, NumberInput) and one.default is not None],
        ),
        "estimate": exactly({**head, **found}, optional=behind),
    }
    if not model.has_photo:
        item, refused = reference(f"{model.name}_item"), reference("Refused")
        partly = listed({"anyOf": [item, refused]}, contains=refused)
        own |= {
            "item": exactly(found, optional=behind),
            "estimates": exactly({**head, "results": listed(item)}),
            "partly": exactly({**head, "results": partly}),
        }
    return {f"{model.name}_{name}": schema for name, schema in own.items()}


def answer_schema(asked: Input) -> Schema:
    about: Schema = {"title": asked.label, "description": asked.hint}
    ways: list[Schema] = [{"type": "string", "format": "binary"}]
    if isinstance(asked, NumberInput):
        lowest, highest = [int(end) if end == int(end) else end for end in (asked.lowest, asked.highest)]
        # A format of our own for a number as a person types it; no pattern can say "from 17 to 90".
        typed = f"{'whole-number' if asked.whole else 'number'}-from-{lowest}-to-{highest}"
        number = {"type": "integer" if asked.whole else "number", "minimum": lowest, "maximum": highest}
        ways = [number, {"type": "string", "format": typed}]
        if asked.default is not None:
            # A field of a form that was left empty is sent as an empty text.
            ways.append({"type": "string", "maxLength": 0})
            about["default"] = asked.default
    if isinstance(asked, ChoiceInput):
        about["description"] = "; ".join([f"{value}: {label}" for value, label in asked.choices.items()])
        # Each enum has values of one type, since generators of clients make a type of it.
        ways = [{"type": "string", "enum": list(asked.choices)}]
        if numbers := [int(value) for value in asked.choices if value.isdecimal()]:
            ways.append({"type": "integer", "enum": numbers})
        if asked.takes_booleans:
            ways.append({"type": "boolean"})
    if asked.may_be_unknown:
        ways += [{"type": "null"}, {"type": "string", "enum": ["unknown"]}]
        unknown = "null and “unknown” both mean “I don’t know”, and the estimate is an average"
        if asked.not_recorded:
            ways.append({"type": "string", "enum": [NOT_RECORDED.value]})
            unknown += f"; “{NOT_RECORDED.value}” is another answer, which the model learnt from rows that lack it"
        about["description"] = f"{about['description']}. {unknown}" if about["description"] else unknown
    return about | (ways[0] if len(ways) == 1 else {"anyOf": ways})


def estimate_properties(model: Model) -> Schema:
    kind = KINDS[model.kind](model)
    if kind.labels:
        one = exactly(dict.fromkeys(("probability", "low", "high"), CHANCE))
        return {"class": {"enum": kind.labels}, "classes": exactly(dict.fromkeys(kind.labels, one))}
    return dict.fromkeys(kind.columns, NUMBER if kind.is_amount else CHANCE)


def schemas_behind(model: Model) -> Schema:
    """What is there on request only, or for some answers only."""
    name = {"enum": [asked.name for asked in model.inputs]}
    seen: Schema = {"seen": {"type": "string", "description": "What the network sees"}} if model.has_photo else {}
    moved = exactly({"name": name, "answer": ANSWER, "reference": ANSWER, "instead": NUMBER, "shift": NUMBER})
    change = exactly({"answers": named(ANSWER), **dict.fromkeys(("estimate", "low", "high"), NUMBER)})
    unknown = exactly({"name": name, "low": NUMBER, "low_answer": ANSWER, "high": NUMBER, "high_answer": ANSWER})
    step = exactly({"names": listed(name), "before": NUMBER, "after": NUMBER})
    term = exactly({"inputs": listed(name), "points": NUMBERS})
    parts = {"intercept": NUMBERS, "terms": listed(term), "sum": NUMBERS, "result": NUMBERS}
    arithmetic = exactly({"share": CHANCE, "filled_in": named(ANSWER), **parts})
    facing = exactly(
        {"name": {"type": "string"}, **dict.fromkeys(("value", "low", "high", "whole_low", "whole_high"), NUMBER)}
    )
    return {
        "challenger": {
            "anyOf": [facing, {"type": "null"}],
            "description": "What another kind of model says, that is just as good; between what ends a third kind lies in "
            f"{Challenger.reaches_of_ten} of 10 cases, and what all of them reach together",
        },
        "unknown": listed(name, "The answers that are unknown; the estimate is averaged over them"),
        **seen,
        "steps": listed(
            step,
            "From the average to the estimate: what the average comes to as one answer after the other is put in place, "
            "the one that moves it most next; those that hardly matter together, and those that are unknown",
        ),
        "moved": listed(moved, "For each answer, the estimate with the reference in its place"),
        "would_change": listed(
            change,
            "The smallest changes that take the estimate across one half; one whose range holds 0.5 may not be enough",
        ),
        "unknown_answers": listed(unknown, "What each unknown answer could change"),
        "arithmetic": listed(
            arithmetic,
            "The sums behind the estimate; several where an answer is unknown, each with its share",
        ),
    }
