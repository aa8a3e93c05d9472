"""How a program asks: the same question in curl, Python and JavaScript, to be pasted and run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from model.declare.model import Model

# Names and answers come again and again; 1 and 1.0 are not the same.
to_json = lru_cache(maxsize=2_000, typed=True)(json.JSONEncoder(ensure_ascii=False).encode)

PYTHON = """\
import json
import urllib.request
{given}
request = urllib.request.Request(
    "{address}",
    {body},
    {{"Content-Type": "{kind}"}},
)
with urllib.request.urlopen(request) as response:
    print(json.load(response))"""
PYTHON_PHOTO = """\
from pathlib import Path

part = {others}b'--photo\\r\\nContent-Disposition: form-data; name="{name}"; filename="photo.jpg"\\r\\n\\r\\n'"""
PYTHON_FIELD = """b'--photo\\r\\nContent-Disposition: form-data; name="{name}"\\r\\n\\r\\n{text}\\r\\n'
part += """
JAVASCRIPT = """\
const answer = await fetch("{address}", {{
  method: "POST",
  headers: {{"Content-Type": "application/json"}},
  body: JSON.stringify({body}),
}});
console.log(await answer.json());"""
JAVASCRIPT_PHOTO = """\
const form = new FormData();
form.append("{name}", document.querySelector("input[type=file]").files[0]);
{others}const answer = await fetch("{address}", {{method: "POST", body: form}});
console.log(await answer.json());"""


class Snippet(NamedTuple):
    """How to ask in one language; the text can be pasted and run."""

    language: str
    code: str


def snippets(model: Model, address: str, answers: Mapping[str, Any]) -> list[Snippet]:
    """The documentation's own question, or the one that a result page answers."""
    if model.has_photo:
        name = model.inputs[0].name
        # Fields of a form are texts.
        others = {one.name: one.text(answers[one.name]) for one in model.inputs[1:] if one.name in answers}
        fields = "".join([f" -F {other}={text}" for other, text in others.items()])
        curled = f"curl '{address}' -F {name}=@photo.jpg{fields}"
        appended = "".join([f'form.append("{other}", "{text}");\n' for other, text in others.items()])
        scripted = JAVASCRIPT_PHOTO.format(address=address, name=name, others=appended)
        parts = "".join([PYTHON_FIELD.format(name=other, text=text) for other, text in others.items()])
        given, kind = PYTHON_PHOTO.format(name=name, others=parts), "multipart/form-data; boundary=photo"
        body = 'part + Path("photo.jpg").read_bytes() + b"\\r\\n--photo--\\r\\n"'
    else:
        pairs = [(to_json(name), to_json(model.input[name].to_json(answer))) for name, answer in answers.items()]
        # What pretty() would write, which takes its time where there is nothing nested.
        asked = "{\n" + ",\n".join([f"  {name}: {answer}" for name, answer in pairs]) + "\n}"
        curled = curl(address, asked)
        scripted = JAVASCRIPT.format(address=address, body=asked.replace("\n", "\n  "))
        lines = [f"    {name}: {'None' if answer == 'null' else answer},\n" for name, answer in pairs]
        given, kind = f"\nanswers = {{\n{''.join(lines)}}}", "application/json"
        body = "json.dumps(answers).encode()"
    python = PYTHON.format(address=address, given=given, body=body, kind=kind)
    return [Snippet("curl", curled), Snippet("Python", python), Snippet("JavaScript", scripted)]


def curl(address: str, content: str) -> str:
    body = content.replace("\n", "\n  ").replace("'", "'\\''")
    return f"curl '{address}' \\\n  -H 'Content-Type: application/json' \\\n  -d '{body}'"


def pretty(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False)
