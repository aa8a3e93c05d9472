"""People and programs that use Likely, each with one connection, and what they do there."""

from __future__ import annotations

import http.client
import json
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlencode

from bench.servers import PERSON, ROOT, people

FORM = "application/x-www-form-urlencoded"
EDGE = "edge-of-a-part"
MULTIPART = f"multipart/form-data; boundary={EDGE}"
PHOTO = (ROOT / "tests" / "pictures" / "coffee.jpg").read_bytes()
# One in five does not know the kind of work.
PEOPLE = [{**one, "work": "unknown"} if at % 5 == 0 else one for at, one in enumerate(people(500))]
PASSENGER = {
    "ticket_class": "3",
    "sex": "male",
    "age": "22",
    "siblings_spouses": "1",
    "parents_children": "0",
    "port": "S",
}
# So many visits to a connection; a browser does not keep one for ever either.
VISITS_EACH = 20


class Unexpected(Exception):
    """An answer that is not the one that should have come."""


@dataclass
class Connection:
    """One connection that remembers its cookie, as a browser does."""

    line: http.client.HTTPConnection
    cookie: str = ""
    requests: int = 0

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "", status: int = 200) -> bytes:
        headers = {"Cookie": self.cookie, "Accept-Encoding": "identity"} | ({"Content-Type": kind} if kind else {})
        self.line.request(method, path, body, headers)
        answer = self.line.getresponse()
        told = answer.read()
        self.requests += 1
        if answer.status != status:
            raise Unexpected(f"{method} {path[:60]} was answered with {answer.status} and not {status}")
        self.cookie = (answer.getheader("Set-Cookie") or self.cookie).split(";")[0]
        return told

    def token(self, path: str) -> str:
        found = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', self.ask("GET", path))
        if not found:
            raise Unexpected(f"{path} has no token")
        return found[1].decode()


Action = Callable[[Connection, random.Random], object]


@dataclass(frozen=True)
class Visit:
    name: str
    weight: int
    act: Action


def look_around(line: Connection, dice: random.Random) -> None:
    line.ask("GET", dice.choice(["/", "/iris", "/titanic/card", "/census/card", "/api/", "/privacy"]))
    line.ask("GET", "/nothing", status=404)


def fill_form(line: Connection, dice: random.Random) -> None:
    answers = {**dice.choice(PEOPLE), "csrf_token": line.token("/census")}
    line.ask("POST", "/census", urlencode(answers).encode(), FORM, status=303)
    line.ask("GET", f"/census/result?{urlencode(dice.choice(PEOPLE))}")


def know_little(line: Connection, dice: random.Random) -> None:
    """Whoever does not know some answers has each of them filled in in every way that somebody had."""
    answers = {name: "unknown" if name != "sex" and dice.random() < 0.5 else told for name, told in PASSENGER.items()}
    line.ask("GET", f"/titanic/result?{urlencode(answers)}")


def fill_form_wrong(line: Connection, dice: random.Random) -> None:
    answers = {"age": dice.choice(["", "x", "-1", "1e9"]), "csrf_token": line.token("/census")}
    line.ask("POST", "/census", urlencode(answers).encode(), FORM, status=422)


def compare(line: Connection, dice: random.Random) -> None:
    line.ask("GET", f"/census/compare?{urlencode({**PERSON, 'new-hours': dice.randint(1, 99)})}")


def ask_api(line: Connection, dice: random.Random) -> None:
    person = json.dumps(dice.choice(PEOPLE)).encode()
    line.ask("POST", "/api/models/census/predict", person, "application/json")
    line.ask("POST", "/api/models/census/predict?explain=1", person, "application/json")
    line.ask("POST", "/api/models/census/predict", b"{", "application/json", status=400)


def ask_api_for_many(line: Connection, dice: random.Random) -> None:
    people = json.dumps(dice.choices(PEOPLE, k=200)).encode()
    line.ask("POST", "/api/models/census/predict", people, "application/json")


def multipart(name: str, file: bytes, **fields: str) -> bytes:
    """A file in the field "file" or "photo", and other fields before it."""
    parts = [
        f'--{EDGE}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{text}\r\n' for key, text in fields.items()
    ]
    head = f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"; filename="a.bin"\r\n\r\n'
    return "".join([*parts, head]).encode() + file + f"\r\n--{EDGE}--\r\n".encode()


def send_photo(line: Connection, dice: random.Random) -> None:
    line.ask("POST", "/predict", multipart("file", PHOTO), MULTIPART)


def fill_photo_form(line: Connection, dice: random.Random) -> None:
    token = line.token("/food")
    line.ask("POST", "/food", multipart("photo", PHOTO, csrf_token=token), MULTIPART, status=303)


def send_people(line: Connection, dice: random.Random) -> None:
    rows = [",".join(map(str, person.values())) for person in dice.choices(PEOPLE, k=500)]
    file = "\r\n".join([",".join(PERSON), *rows, ""]).encode()
    body = multipart("file", file, csrf_token=line.token("/census/batch"))
    line.ask("POST", "/census/batch?download=1", body, MULTIPART)


VISITS = [
    Visit("pages", 4, look_around),
    Visit("forms", 8, fill_form),
    Visit("unknown answers", 4, know_little),
    Visit("wrong forms", 4, fill_form_wrong),
    Visit("comparisons", 4, compare),
    Visit("API", 8, ask_api),
    Visit("API lists", 1, ask_api_for_many),
    Visit("photos", 1, send_photo),
    Visit("photo forms", 1, fill_photo_form),
    Visit("files of people", 1, send_people),
]


@dataclass
class Visitor:
    port: int
    seed: int
    requests: int = 0
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.choose = partial(self.dice.choices, VISITS, [kind.weight for kind in VISITS], k=VISITS_EACH)

    def visit_until(self, end: float) -> None:
        while time.monotonic() < end:
            connection = Connection(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60))
            for kind in self.choose():
                if time.monotonic() >= end:
                    break
                try:
                    kind.act(connection, self.dice)
                except (Unexpected, OSError, http.client.HTTPException) as fault:
                    self.errors.append(f"{kind.name}: {fault!r}")
                    break
            self.requests += connection.requests
            connection.line.close()
