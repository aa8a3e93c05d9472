"""How a program asks: the same question in curl, Python and JavaScript, to be pasted and run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from model.declare.model import Model

# One for all, since json.dumps() would make one for each text.
to_json = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True)
class Snippet:
    """How to ask in one language; the text can be pasted and run."""

    language: str
    code: str


def snippets(model: Model, address: str, answers: Mapping[str, Any]) -> list[Snippet]:
    """The documentation's own question, or the one that a result page answers."""
    if model.has_photo:
        return [Snippet("curl", photo_curl(address)), Snippet("Python", photo_python(address)),
                Snippet("JavaScript", photo_javascript(address))]  # fmt: skip
    members = {to_json(name): to_json(answer) for name, answer in answers.items()}
    return [Snippet("curl", posted(address, json_object(members))), Snippet("Python", python(address, members)),
            Snippet("JavaScript", javascript(address, json_object(members)))]  # fmt: skip


def pretty(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False)


def json_object(members: Mapping[str, str]) -> str:
    """An object as pretty() writes it, two spaces in; written out, since json indents slowly."""
    return "{\n" + ",\n".join([f"    {name}: {value}" for name, value in members.items()]) + "\n  }"


def curl(address: str, body: Any) -> str:
    return posted(address, pretty(body).replace("\n", "\n  "))


def posted(address: str, body: str) -> str:
    quoted = body.replace("'", "'\\''")
    return f"curl '{address}' \\\n  -H 'Content-Type: application/json' \\\n  -d '{quoted}'"


def python(address: str, members: Mapping[str, str]) -> str:
    lines = "".join([f"    {name}: {python_literal(value)},\n" for name, value in members.items()])
    return (
        "import json\nimport urllib.request\n\n"
        f"answers = {{\n{lines}}}\n"
        "request = urllib.request.Request(\n"
        f'    "{address}",\n'
        "    json.dumps(answers).encode(),\n"
        '    {"Content-Type": "application/json"},\n'
        ")\n"
        "with urllib.request.urlopen(request) as response:\n"
        "    print(json.load(response))"
    )


def python_literal(value: str) -> str:
    """A text, a number, a truth or nothing, from JSON."""
    return {"null": "None", "true": "True", "false": "False"}.get(value, value)


def javascript(address: str, body: str) -> str:
    return (
        f'const answer = await fetch("{address}", {{\n'
        '  method: "POST",\n'
        '  headers: {"Content-Type": "application/json"},\n'
        f"  body: JSON.stringify({body}),\n"
        "});\n"
        "console.log(await answer.json());"
    )


def photo_curl(address: str) -> str:
    return f"curl '{address}' -F photo=@photo.jpg"


def photo_python(address: str) -> str:
    return (
        "import json\nimport urllib.request\nfrom pathlib import Path\n\n"
        'part = b\'--photo\\r\\nContent-Disposition: form-data; name="photo"; filename="photo.jpg"\\r\\n\\r\\n\'\n'
        "request = urllib.request.Request(\n"
        f'    "{address}",\n'
        '    part + Path("photo.jpg").read_bytes() + b"\\r\\n--photo--\\r\\n",\n'
        '    {"Content-Type": "multipart/form-data; boundary=photo"},\n'
        ")\n"
        "with urllib.request.urlopen(request) as response:\n"
        "    print(json.load(response))"
    )


def photo_javascript(address: str) -> str:
    return (
        "const form = new FormData();\n"
        'form.append("photo", document.querySelector("input[type=file]").files[0]);\n'
        f'const answer = await fetch("{address}", {{method: "POST", body: form}});\n'
        "console.log(await answer.json());"
    )
