"""The API's documentation: a page for people and OpenAPI for programs, both from the models' forms."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from model.answering.registry import models
from model.asking.declaration import Model

from . import openapi
from .api import described, tagged
from .forms import has_photo

bp = Blueprint("api_docs", __name__, url_prefix="/api")


@dataclass(frozen=True)
class Snippet:
    """How to ask in one language; the text can be pasted and run."""

    language: str
    code: str


@dataclass(frozen=True)
class Documented:
    model: Model
    address: str
    inputs: list[dict[str, Any]]
    snippets: list[Snippet]
    # The real answer to the snippets' question; empty for a photo, which stands in a file of one's own.
    answer: str


@bp.get("/openapi.json")
def openapi_json() -> Response:
    return tagged(openapi.document())


@bp.get("/")
def documentation() -> str:
    return render_template("api.html", documented=[documented(model) for model in models()])


def documented(model: Model) -> Documented:
    address = api_address(model)
    example = dict(model.examples[0].answers)
    answer = "" if has_photo(model) else pretty(openapi.answer_to(model, example))
    inputs = [described(asked) for asked in model.inputs]
    return Documented(model, address, inputs, snippets(model, address, example), answer)


def snippets(model: Model, address: str, answers: Mapping[str, Any]) -> list[Snippet]:
    """The same question in each language; also shown on a result page with that person's answers."""
    if has_photo(model):
        return photo_snippets(address)
    body = json.dumps(answers, ensure_ascii=False)
    quoted = body.replace("'", "'\\''")
    return [
        Snippet("curl", f"curl {address} \\\n  -H 'Content-Type: application/json' \\\n  -d '{quoted}'"),
        Snippet(
            "Python",
            "import json, urllib.request\n\n"
            f"answers = {python_literal(answers)}\n"
            f'request = urllib.request.Request("{address}", json.dumps(answers).encode(),\n'
            '                                 {"Content-Type": "application/json"})\n'
            "print(json.load(urllib.request.urlopen(request)))",
        ),
        Snippet(
            "JavaScript",
            f'const answer = await fetch("{address}", {{\n'
            '  method: "POST",\n'
            '  headers: {"Content-Type": "application/json"},\n'
            f"  body: JSON.stringify({body}),\n"
            "});\n"
            "console.log(await answer.json());",
        ),
    ]


def asked_by_program(model: Model, answers: Mapping[str, Any]) -> list[Snippet]:
    """How a program asks what this result answers."""
    return snippets(model, api_address(model), answers)


def api_address(model: Model) -> str:
    return request.url_root.rstrip("/") + url_for("api.predict", model=model)


def python_literal(answers: Mapping[str, Any]) -> str:
    return repr(dict(answers))


def photo_snippets(address: str) -> list[Snippet]:
    return [
        Snippet("curl", f"curl {address} -F photo=@dinner.jpg"),
        Snippet(
            "Python",
            "import requests\n\n"
            f'answer = requests.post("{address}", files={{"photo": open("dinner.jpg", "rb")}})\n'
            "print(answer.json())",
        ),
        Snippet(
            "JavaScript",
            "const form = new FormData();\n"
            'form.append("photo", document.querySelector("input[type=file]").files[0]);\n'
            f'const answer = await fetch("{address}", {{method: "POST", body: form}});\n'
            "console.log(await answer.json());",
        ),
    ]


def pretty(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False)
