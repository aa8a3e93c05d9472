"""Kept cases in the API's description, where there is a database to keep them in."""

from __future__ import annotations

from typing import Any

from .schemas import NUMBER, TEXT, Schema, exactly, listed, named, reference

DAY: Schema = {"type": "string", "format": "date"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
NAME: Schema = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
STATES = ("due", "follow-up", "later", "marked")
KEEP: Schema = {
    "name": "keep",
    "in": "query",
    "description": "1 keeps the answer for the token’s person; by the time it is told it is on disk. Not for a list",
    "schema": {"enum": ["0", "1"], "default": "0"},
}
KEY: Schema = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Under one key a case is kept once, however often it is sent; with other answers it is a 409",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]([ -~]*[!-~])?$"},
}


def schemas() -> Schema:
    answer = exactly({"value": {"type": ["number", "string", "null"]}, "label": TEXT})
    numbers = dict.fromkeys(("estimate", "low", "high"), NUMBER)
    texts = dict.fromkeys(("model", "version", "label", "note"), TEXT)
    days = {"kept_at": MOMENT, "due_on": DAY, "deleted_on": DAY}
    perhaps = {
        "class": {"type": ["string", "null"]},
        "happened": {"type": ["string", "null"], "description": "yes, no, a class, an amount, or “cannot be known”"},
        "seen_on": {**DAY, "type": ["string", "null"]},
        "said_at": {**MOMENT, "type": ["string", "null"]},
    }
    own = {"case": NAME, **texts, **days, **numbers, "to_follow_up": {"type": "boolean"}, **perhaps}
    kept = {"id": NAME, "url": TEXT, "is_new": {"type": "boolean"}, "due_on": DAY, "deleted_on": DAY}
    return {
        "Kept": exactly(kept),
        "Case": exactly({**own, "answers": named(answer)}),
        "Changed": {"anyOf": [reference("Case"), exactly({"case": NAME})]},
        "Cases": exactly({"cases": listed(reference("Case")), "next": {"type": ["string", "null"]}}),
    }


def operations(problem: Any, content: Any) -> Schema:
    """The addresses of kept cases."""
    case = {"name": "case", "in": "path", "required": True, "schema": NAME}
    refusals = {
        "400": problem("A parameter or the body is wrong"),
        "404": problem("You have kept no such case"),
        "413": problem("The body is too long"),
        "415": problem("The body is of another media type"),
        "422": problem("The outcome, the label or the day cannot be used"),
        "429": problem("You asked too often"),
        "503": problem("The database does not answer; Retry-After says when to try again"),
    }

    def one(name: str, summary: str, answer: str, *statuses: str, **more: Any) -> Schema:
        good = {"200": {"description": "Found", **content(reference(answer))}}
        told = good | {status: refusals[status] for status in (*statuses, "429", "503")}
        return {"operationId": name, "summary": summary, "security": [{"token": []}], **more, "responses": told}

    def sends(**properties: Schema) -> Schema:
        schema = {"type": "object", "properties": properties, "additionalProperties": False, "minProperties": 1}
        return {"requestBody": {"required": True, **content(schema)}}

    outcome = {
        "description": "yes or no, a class or a number; or “cannot be known”",
        "type": ["string", "number", "boolean"],
    }
    asked = [
        {"name": "model", "in": "query", "schema": TEXT},
        {"name": "state", "in": "query", "schema": {"enum": list(STATES)}},
        {"name": "after", "in": "query", "description": "Where a list goes on, as `next` has it", "schema": TEXT},
    ]
    wrong = ("400", "404", "413", "415", "422")
    return {
        "/api/cases": {"get": one("list_cases", "One’s kept cases, 200 at a time", "Cases", "400", parameters=asked)},
        "/api/cases/{case}": {
            "parameters": [case],
            "get": one("get_case", "A kept case", "Case", "404"),
            "patch": one(
                "label_case", "Change its label or its note", "Changed", *wrong, **sends(label=TEXT, note=TEXT)
            ),
        },
        "/api/cases/{case}/outcome": {
            "parameters": [case],
            "post": one("say_outcome", "Say what happened", "Changed", *wrong, **sends(happened=outcome, seen_on=DAY)),
        },
    }


def describe(paths: Schema, schemas_there: Schema, problem: Any, content: Any) -> tuple[Schema, Schema]:
    """The paths and schemas with what may be kept."""
    predicts = {path: of["post"] for path, of in paths.items() if path.endswith("/predict")}
    keeping = {path: {"post": {**of, "parameters": [*of["parameters"], KEEP, KEY]}} for path, of in predicts.items()}
    estimates = {
        name: {**of, "properties": {**of["properties"], "kept": reference("Kept")}}
        for name, of in schemas_there.items()
        if name.endswith("_estimate")
    }
    return paths | keeping | operations(problem, content), schemas_there | estimates | schemas()
