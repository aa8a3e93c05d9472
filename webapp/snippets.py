"""How a program asks: the same question in curl, Python and JavaScript, to be pasted and run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from model.asking.declaration import Model

from .forms import has_photo


@dataclass(frozen=True)
class Snippet:
    """How to ask in one language; the text can be pasted and run."""

    language: str
    code: str


def snippets(model: Model, address: str, answers: Mapping[str, Any]) -> list[Snippet]:
    """The documentation's own question, or the one that a result page answers."""
    if has_photo(model):
        return [Snippet("curl", photo_curl(address)), Snippet("Python", photo_python(address)),
                Snippet("JavaScript", photo_javascript(address))]  # fmt: skip
    return [Snippet("curl", curl(address, answers)), Snippet("Python", python(address, answers)),
            Snippet("JavaScript", javascript(address, answers))]  # fmt: skip


def pretty(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False)


def curl(address: str, body: Any) -> str:
    quoted = pretty(body).replace("'", "'\\''").replace("\n", "\n  ")
    return f"curl '{address}' \\\n  -H 'Content-Type: application/json' \\\n  -d '{quoted}'"


def python(address: str, answers: Mapping[str, Any]) -> str:
    lines = "".join(
        f"    {json.dumps(name)}: {python_literal(answer)},\n" for name, answer in answers.items()
    )
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


def python_literal(answer: Any) -> str:
    return json.dumps(answer, ensure_ascii=False) if isinstance(answer, str) else repr(answer)


def javascript(address: str, answers: Mapping[str, Any]) -> str:
    body = pretty(answers).replace("\n", "\n  ")
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
