"""Hostile requests: each is made from a seed and a number alone, so that it can be sent once more."""

from __future__ import annotations

import gzip
import io
import json
import random
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import polars
from PIL import Image
from werkzeug.routing import Rule

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from model.declare.model import Model

from tests import photos
from tests.payloads import MODELS, asked, get_predictor

# It is in much of what is sent, but for paths, and may be in no line of the log.
CANARY = "zqxjk"
FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=x"
ODD = [
    *["", " ", "\0", "\r\nX-Evil: 1", "é", "٣٧", "\u202e", "💥" * 30, "NaN", "-Infinity", "1e999", "-0", "0x10", "1_0"],
    *["%", "%00", "%zz", "../../../etc/passwd", "{{7*7}}", "<script>alert(1)</script>", "=1+1", "'", '"', "unknown"],
    *["null", "[]", "3.7", "-1", "true", "&=;", "\ufeff", "\x85\u2028", "9" * 5_000, "A" * 20_000],
]
VALUES = [*ODD, None, True, -1, 0.1, 1e308, 10**30, [], {}, [[]], {"a": {"b": [1]}}, "\ud83d", CANARY]
METHODS = ["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "get", "X" * 40, "G\0T"]
TYPES = [FORM, PARTS, "application/json", "multipart/form-data", "multipart/mixed; boundary=x", "text/csv", "a/b;", "é"]
HEADERS = """Host Accept Accept-Encoding Accept-Language Authorization Content-Encoding Content-Length Cookie Expect
Forwarded If-Modified-Since If-None-Match Origin Range Referer TE Transfer-Encoding Upgrade X-CSRFToken X-Forwarded-For
X-Forwarded-Host X-Forwarded-Prefix X-Fragment X-HTTP-Method-Override traceparent Inference-Header-Content-Length é
""".split()
BEFORE = ["/", "//", "/./", "/../", "/%2e%2e/", "/;/", "*", "http://a/", "/\xff"]


# What the forms of accounts and of kept cases ask, each with what is good there.
FIELDS = {
    "name": "Grace",
    "role": "viewer",
    "model": "census",
    "label": "A label",
    "note": "A note",
    "scopes": "read",
    "models": "*",
    "days": "7",
    "happened": "yes",
    "which": "7",
    "before": "7",
}
SECRETS = ("password", "proof", "old", "key", "next", "seen_on", "text", "since")
# The pages that take these fields.
KEPT = ("people.", "history.", "case.", "due.", "kept_files.", "record.", "keep.")
# Whoever sends this is signed in no more, and could be nothing else from then on.
SIGNS_OUT = "people.sign_out"


@dataclass(frozen=True)
class Given:
    """What a request may come with: somebody's cookies and form's token, a program's token, a link, and kept cases."""

    cookie: str = ""
    sitting: str = ""
    token: str = ""
    bearer: str = ""
    link: str = ""
    cases: tuple[str, ...] = ("1",)

    def cookies(self, rule: Rule) -> str:
        return self.cookie if rule.endpoint == SIGNS_OUT else f"{self.cookie}; {self.sitting}"


@dataclass
class Sent:
    content: bytes
    # Whether the server has all that it needs for an answer.
    is_whole: bool
    address: str


def break_bytes(dice: random.Random, content: bytes) -> bytes:
    """The same with bytes changed, doubled, put in or cut off."""
    for _ in range(dice.choice([0, 1, 1, 2, 5])):
        start = dice.randrange(len(content) + 1)
        end = start + dice.choice([0, 1, 4, 100])
        ends = [b"", b"\0", b"\xff" * 4, b'"', b"\r\n", b",", dice.randbytes(9), content[start:end] * 3, b"[" * 9999]
        content = content[:start] + dice.choice(ends) + content[end:]
    return content[: dice.randrange(len(content) + 1)] if dice.random() < 0.1 else content


def spoil(dice: random.Random, content: Any) -> Any:
    """JSON with something in it replaced, doubled or left out."""
    if isinstance(content, dict) and content and dice.random() < 0.8:
        name = dice.choice(list(content))
        changed = {**content, name: spoil(dice, content[name])}
        if dice.random() < 0.3:
            changed[dice.choice(ODD) + CANARY] = changed.pop(name)
        return changed
    if isinstance(content, list) and content and dice.random() < 0.8:
        at = dice.randrange(len(content))
        rest = content[at + dice.randint(0, 1) :]
        return [*content[:at], spoil(dice, content[at]), *rest] * dice.choice([1, 1, 1, 2, 50])
    return dice.choice(VALUES)


def odd_json(dice: random.Random, *contents: Any) -> bytes:
    content = dice.choice(contents)
    text = json.dumps(spoil(dice, content) if dice.random() < 0.7 else content)
    if dice.random() < 0.05:
        text = text.replace("{", '{"age": 1, "age": 2, ', 1)
    raw = text.encode(dice.choice(["utf-8"] * 9 + ["utf-8-sig", "utf-16", "latin-1"]), "replace")
    return break_bytes(dice, raw) if dice.random() < 0.2 else raw


def odd_table(dice: random.Random, model: Model) -> bytes:
    """CSV, or at times Parquet, with odd cells, names, ends of lines and encodings."""
    rows = [asked(model) for _ in range(dice.choice([0, 1, 3, 300]))]
    for row in rows[: dice.choice([0, 1, 3])]:
        row[dice.choice(list(row))] = dice.choice(ODD) + CANARY
    names = [name if dice.random() < 0.98 else dice.choice(ODD) + CANARY for name in model.input]
    if dice.random() < 0.05:
        file = io.BytesIO()
        polars.DataFrame({name: ["1", "2"] for name in names}).write_parquet(file)
        return break_bytes(dice, file.getvalue())
    comma, end = dice.choice(",;\t|"), dice.choice(["\n", "\r\n", "\r"])
    lines = [comma.join(names), *[comma.join(map(str, row.values())) for row in rows]]
    text = end.join(lines + ["x" + comma * dice.choice([0, 9, 5_000])] * dice.choice([0, 0, 1, 200]))
    raw = text.encode(dice.choice(["utf-8"] * 5 + ["utf-8-sig", "utf-16", "latin-1", "utf-32"]), "replace")
    raw = gzip.compress(raw) if dice.random() < 0.03 else raw
    return break_bytes(dice, raw) if dice.random() < 0.5 else raw


def odd_photo(dice: random.Random) -> bytes:
    if dice.random() < 0.2:
        claiming = dice.choice([photos.png_claiming, photos.jpeg_claiming, photos.webp_claiming])
        return break_bytes(dice, claiming(dice.choice([1, 300, 16_000]), dice.choice([1, 9_999])))
    picture = Image.new(dice.choice(["RGB", "L"]), (dice.randint(1, 99), dice.randint(1, 99)), dice.randrange(255))
    return break_bytes(dice, photos.saved(picture, dice.choice(["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"])))


def odd_answers(dice: random.Random, model: Model) -> list[tuple[str, str]]:
    """The fields of a form or an address; good ones at times, so that what lies behind is reached."""
    fields = [] if model.has_photo and dice.random() < 0.3 else list(asked(model).items())
    fields += [("new-" + name, value) for name, value in fields if dice.random() < 0.5]
    for _ in range(dice.choice([0, 0, 1, 2])):
        fields.append((dice.choice([*model.input, "explain", "deep", "v", *ODD]), dice.choice(ODD) + CANARY))
    return dice.sample(fields, len(fields)) * dice.choice([1] * 8 + [2, 100])


def multipart(dice: random.Random, parts: list[tuple[str, str | None, bytes]]) -> bytes:
    made = b""
    for name, filename, content in parts * dice.choice([1] * 8 + [2, 40]):
        file = "" if filename is None else f'; filename="{filename}"'
        head = f'--x\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
        made += head.encode("utf-8", "replace") + content + b"\r\n"
    return made + b"--x--\r\n"


def odd_fields(dice: random.Random, given: Given) -> list[tuple[str, str]]:
    """The fields of the forms about people and what they keep."""
    odd = [(dice.choice([*FIELDS, *SECRETS]), dice.choice(ODD) + CANARY) for _ in range(dice.choice([0, 0, 1, 2]))]
    fields = [*FIELDS.items(), ("csrf_token", given.token), ("key", given.link), *odd]
    return dice.sample(fields, len(fields)) * dice.choice([1] * 8 + [2, 100])


def make_body(dice: random.Random, rule: Rule, model: Model, given: Given) -> tuple[str, bytes]:
    """A media type and a body: what the address asks for, at times spoilt, or what another one does."""
    row, token = dict(model.examples[0].answers), given.token
    signed: list[tuple[str, str | None, bytes]] = [
        (name, None, token.encode()) for name in ("csrf_token", "new-csrf_token") if dice.random() < 0.9
    ]

    def form() -> tuple[str, bytes]:
        return FORM, urlencode([*odd_answers(dice, model), ("csrf_token", token)], errors="replace").encode()

    def tensors() -> tuple[str, bytes]:
        each = [{"name": n, "shape": [1], "datatype": "BYTES", "data": [str(value)]} for n, value in row.items()]
        return TYPES[2], odd_json(dice, {"inputs": each}, {"inputs": each, "parameters": {"a": CANARY}, "outputs": []})

    def photo() -> tuple[str, bytes]:
        answers = [(name, None, value.encode("utf-8", "replace")) for name, value in odd_answers(dice, model)[:99]]
        files = [(name, "a.jpg", odd_photo(dice)) for name in ("photo", "new-photo", "file")[: dice.randint(1, 3)]]
        return PARTS, multipart(dice, [*signed, *answers, *files] if rule.arguments == {"model"} else files[-1:])

    ways: dict[str, Callable[[], tuple[str, bytes]]] = {
        "api.predict": lambda: (TYPES[2], odd_json(dice, row, row, [row, row])),
        "inference.infer": tensors,
        "form.send": form,
        "batch.score": lambda: (
            PARTS,
            multipart(dice, [*signed, ("file", dice.choice(["a.csv"] * 9 + ODD), odd_table(dice, model))]),
        ),
        "tutorials.predict": lambda: (TYPES[2], odd_json(dice, [{"Age": 85, "Sex": "male"}], {"input": "7"})),
        "tutorials.iris": lambda: (FORM, urlencode({"data": odd_json(dice, [[5.1, 3.5, 1.4, 0.2]])}).encode()),
        "photo": photo,
    }
    if rule.endpoint.startswith("api_cases."):
        happened = {"happened": "yes"}
        return TYPES[2], odd_json(dice, happened if rule.rule.endswith("outcome") else {"label": "A label"})
    if rule.endpoint.startswith(KEPT) and dice.random() < 0.9:
        # What is kept is what was seen.
        seen = (
            {**asked(model), "case-version": get_predictor(model.name).version} if rule.endpoint == "keep.keep" else {}
        )
        return FORM, urlencode([*seen.items(), *odd_fields(dice, given)], errors="replace").encode()
    usual = "photo" if model.has_photo or rule.endpoint not in ways or dice.random() < 0.1 else rule.endpoint
    kind, body = ways[usual if dice.random() < 0.9 else dice.choice(list(ways))]()
    return kind, break_bytes(dice, body) if dice.random() < 0.1 else body


def make(rules: list[Rule], seed: int, number: int, given: Given) -> tuple[Rule, Sent]:
    """The request of this number, for one of the addresses after the other."""
    dice = random.Random(f"{seed} {number}")
    rule, model = rules[number % len(rules)], dice.choice(MODELS)
    version, file = get_predictor(model.name).version, dice.choice(["likely.css", "likely.js"])
    usual = {"model": model.name, "version": version, "name": file, "case": dice.choice(given.cases), "act": "reset"}
    if choices := re.search(r"<any\('?([^,')]+)[^)]*\):(\w+)>", rule.rule):
        usual[choices[2]] = choices[1]
    places = {name: usual.get(name, "1") if dice.random() < 0.97 else dice.choice(ODD) for name in rule.arguments}
    path = re.sub(r"<(?:[^>]*:)?(\w+)>", lambda found: quote(places[found[1]], safe=""), rule.rule)
    if dice.random() < 0.03:
        path = dice.choice(BEFORE) + path.lstrip("/") + dice.choice(["", "/", "%00"])
    query = odd_answers(dice, model) if dice.random() < 0.6 else []
    query += [(name, "1") for name in ("download", "explain", "deep") if dice.random() < 0.2]
    query += [("key", given.link)] if rule.endpoint == "people.invite" else []
    target = path + ("?" + urlencode(query, errors="replace", safe=dice.choice(["", "%[]/?"])) if query else "")
    allowed = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}) or ["GET"]
    method = dice.choice(allowed) if dice.random() < 0.95 else dice.choice(METHODS)
    kind, body = make_body(dice, rule, model, given) if method != "GET" or dice.random() < 0.1 else ("", b"")
    headers = [("Host", "localhost"), ("Connection", "close"), ("Cookie", given.cookies(rule))]
    if given.bearer and dice.random() < (0.9 if rule.endpoint.startswith("api_cases.") else 0.2):
        headers.append(("Authorization", f"Bearer {given.bearer}"))
    if kind:
        headers.append(("Content-Type", kind if dice.random() < 0.95 else dice.choice(TYPES)))
    if dice.random() < 0.3:
        headers.append(("X-Fragment", "1"))
    if dice.random() < 0.15:
        headers += [(dice.choice(HEADERS), (dice.choice(ODD) + CANARY))] * dice.choice([1, 1, 1, 2, 150])
    content, is_whole = frame(dice, f"{method} {target} HTTP/1.1", headers, body)
    return rule, Sent(content, is_whole, "127.0.0.2" if dice.random() < 0.02 else "127.0.0.1")


def frame(dice: random.Random, line: str, headers: list[tuple[str, str]], body: bytes) -> tuple[bytes, bool]:
    """The request on the wire, whose body may be told longer or shorter than it is, or come in broken chunks."""
    ways = {"length": 80, "chunks": 5, "broken": 4, "long": 2, "short": 2, "both": 2, "odd": 2, "cut": 3}
    way = dice.choices(list(ways), list(ways.values()))[0]
    told = {"long": len(body) + 99, "short": len(body) // 2, "odd": dice.choice([-1, "1e3", "", 10**30, "5, 5", "+5"])}
    if body and way not in ("chunks", "broken"):
        headers.append(("Content-Length", str(told.get(way, len(body)))))
    if body and way in ("chunks", "broken", "both"):
        headers.append(("Transfer-Encoding", "chunked"))
        size = dice.choice([1, 100, 65_536]) if len(body) < 5_000 else 65_536
        pieces = [body[at : at + size] for at in range(0, len(body), size)]
        body = b"".join([b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces]) + b"0\r\n\r\n"
        body = break_bytes(dice, body) if way == "broken" else body
    head = "".join([f"{name}: {value}\r\n" for name, value in headers]).encode("utf-8", "replace")
    content = line.encode("utf-8", "replace") + b"\r\n" + head + b"\r\n" + body
    if way == "cut":
        content = content[: dice.randrange(len(content))]
    return content, way in ("length", "chunks")
