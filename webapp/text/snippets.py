"""How a program asks: the same question in curl, Python and JavaScript, to be pasted and run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from model.declare.model import Model

# One for all, since json.dumps() would make one for each text.
to_json = json.JSONEncoder(ensure_ascii=False).encode

PYTHON = """\
import json
import urllib.request

answers = {{
{lines}}}
request = urllib.request.Request(
    "{address}",
    json.dumps(answers).encode(),
    {{"Content-Type": "application/json"}},
)
with urllib.request.urlopen(request) as response:
    print(json.load(response))"""
JAVASCRIPT = """\
const answer = await fetch("{address}", {{
  method: "POST",
  headers: {{"Content-Type": "application/json"}},
  body: JSON.stringify({body}),
}});
console.log(await answer.json());"""
PHOTO_PYTHON = """\
import json
import urllib.request
from pathlib import Path

part = b'--photo\\r\\nContent-Disposition: form-data; name="{name}"; filename="photo.jpg"\\r\\n\\r\\n'
request = urllib.request.Request(
    "{address}",
    part + Path("photo.jpg").read_bytes() + b"\\r\\n--photo--\\r\\n",
    {{"Content-Type": "multipart/form-data; boundary=photo"}},
)
with urllib.request.urlopen(request) as response:
    print(json.load(response))"""
PHOTO_JAVASCRIPT = """\
const form = new FormData();
form.append("{name}", document.querySelector("input[type=file]").files[0]);
const answer = await fetch("{address}", {{method: "POST", body: form}});
console.log(await answer.json());"""


@dataclass(frozen=True)
class Snippet:
    """How to ask in one language; the text can be pasted and run."""

    language: str
    code: str


def snippets(model: Model, address: str, answers: Mapping[str, Any]) -> list[Snippet]:
    """The documentation's own question, or the one that a result page answers."""
    if model.has_photo:
        name = model.inputs[0].name
        return [
            Snippet("curl", f"curl '{address}' -F {name}=@photo.jpg"),
            Snippet("Python", PHOTO_PYTHON.format(address=address, name=name)),
            Snippet("JavaScript", PHOTO_JAVASCRIPT.format(address=address, name=name)),
        ]
    members = {to_json(name): to_json(answer) for name, answer in answers.items()}
    # As pretty() writes an object, two spaces in; written out, since json indents slowly.
    body = "{\n" + ",\n".join([f"    {name}: {value}" for name, value in members.items()]) + "\n  }"
    lines = "".join([f"    {name}: {'None' if value == 'null' else value},\n" for name, value in members.items()])
    return [
        Snippet("curl", post(address, body)),
        Snippet("Python", PYTHON.format(address=address, lines=lines)),
        Snippet("JavaScript", JAVASCRIPT.format(address=address, body=body)),
    ]


def pretty(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False)


def curl(address: str, body: Any) -> str:
    return post(address, pretty(body).replace("\n", "\n  "))


def post(address: str, body: str) -> str:
    quoted = body.replace("'", "'\\''")
    return f"curl '{address}' \\\n  -H 'Content-Type: application/json' \\\n  -d '{quoted}'"
