"""A whole file of the census as a browser sends it."""

from __future__ import annotations

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.payloads import person

HEADER = ",".join(person())
GOOD = ",".join(person().values())
BAD = ",".join(person(age="").values())
MULTIPART = "multipart/form-data; boundary=edge"
DOWNLOAD = "/census/batch?download=1"


def part(name: str, value: str, filename: str | None = None) -> str:
    named = f'; filename="{filename}"' if filename is not None else ""
    return f'--edge\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n{value}'


def body_of(file: bytes | str, name: str = "people.csv", token: str = "x") -> bytes:
    data = file.encode() if isinstance(file, str) else file
    return (part("csrf_token", f"{token}\r\n") + part("file", "", name)).encode() + data + b"\r\n--edge--\r\n"


def send(
    client: FlaskClient,
    file: bytes | str,
    address: str = "/census/batch",
    name: str = "people.csv",
    **headers: str,
) -> TestResponse:
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return client.post(address, data=body_of(file, name), content_type=MULTIPART, headers=named)
