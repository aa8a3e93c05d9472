"""Check every page, in every state it has, for valid HTML: python scripts/validate_html.py [--keep FOLDER]

Asks the app for the pages without a server and gives them to html-validate (Node and npm are needed;
npm fetches html-validate). Its settings are in scripts/htmlvalidate.mjs.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from flask import Flask, abort
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from model.declare.model import Model
from model.declare.reading import read_answers
from model.predict.catalog import Catalog
from scripts.node import tool
from webapp import create_app
from webapp.http.addresses import NEW, texts
from webapp.http.errors import ADVICE
from webapp.pages.fields import TOKEN
from webapp.people.roles import Person
from webapp.store.opening import store

from tests.cases import keep_case, say
from tests.payloads import get_model, get_predictor
from tests.people import add_person, make_link, make_site, make_token, sign_in

ROOT = Path(__file__).resolve().parents[1]
HTML_VALIDATE = "html-validate@10.17.0"
NODE = 20
CONFIG = ROOT / "scripts" / "htmlvalidate.mjs"
# The app's own limit for a form is 64 kB, and for one with a photo 8 MB.
TOO_LONG = "7" * 9_000_000

Page = tuple[str, TestResponse, int]


def make_app() -> Flask:
    app = create_app({"SECRET_KEY": "for checking pages only", "DATABASE": None})

    @app.get("/fails/<int:status>")
    def fails(status: int) -> Any:
        return abort(status)

    return app


def pages(app: Flask) -> Iterator[Page]:
    """Each page's name, the answer, and the status it is to have."""
    client = app.test_client()
    for path in ("/", "/api/", "/privacy", "/accessibility"):
        yield path.strip("/") or "index", client.get(path), 200
    yield "nothing", client.get("/nothing"), 404
    for status in ADVICE:
        yield f"error-{status}", client.get(f"/fails/{status}"), status
    for model in Catalog():
        for state, answer, status in model_pages(client, model):
            yield f"{model.name}-{state}", answer, status


def people_pages(folder: Path) -> Iterator[Page]:
    """What whoever is signed in sees, and whoever was invited."""
    app = make_site(folder, BY_LINK=["iris"])
    yield "sign-in-nobody", app.test_client().get("/sign-in"), 200
    number = add_person(app, "Ada & “friends”", is_admin=True)
    client, stranger, asked = sign_in(app, number), app.test_client(), {"role": "viewer", "model": "iris"}
    add_person(app, "Grace", {"iris": "analyst", "*": "viewer"})
    yield "sign-in", stranger.get("/sign-in?next=/tokens"), 200
    yield "sign-in-missing", stranger.post("/sign-in", data={}), 422
    for purpose, about in (("owner", {}), ("invitation", {"name": "Mary"}), ("reset", {"person": number})):
        key = make_link(app, purpose, **about)
        yield f"invite-{purpose}", stranger.get("/invite", query_string={"key": key}), 200
        yield f"invite-{purpose}-wrong", stranger.post("/invite", data={"key": key, "name": "<"}), 422
    yield "invite-gone", stranger.get("/invite"), 410
    opened = make_link(app, "model", model="iris")
    yield "open", stranger.get("/open", query_string={"key": opened}), 200
    yield "people-link", client.post("/people", data=asked), 200
    make_token(app, number, "predict", "read", models=("iris",))
    for path in ("/account", "/account/remove", "/tokens", "/people", "/people/2", "/people/events", "/iris/members"):
        yield path.strip("/").replace("/", "-"), client.get(path), 200
    for path in ("/account", "/tokens", "/people", "/people/2", "/iris/members", "/people/2/remove"):
        yield f"{path.strip('/').replace('/', '-')}-wrong", client.post(path, data={"name": "<", "label": "<"}), 422
    token = {"label": "<", "scopes": "read", "models": "*", "days": "7"}
    yield "token-made", client.post("/tokens", data=token), 200
    yield "privacy-with-people", client.get("/privacy"), 200
    yield from kept_pages(app, client, Person(number, "Ada", is_admin=True))
    with app.app_context():
        store().close()


def kept_pages(app: Flask, client: FlaskClient, ada: Person) -> Iterator[Page]:
    """What somebody has kept: nothing, and cases of each kind of answer, marked and not."""
    yield "kept-none", client.get("/history"), 200
    yield "due-none", client.get("/history/due"), 200
    with app.app_context():
        database = store().open()
        kept = [keep_case(database, ada, name, days_ago=3, label="<a & b>") for name in ("titanic", "iris", "housing")]
        say(database, keep_case(database, ada, days_ago=2), ada)
        say(database, kept[0], ada)
        say(database, kept[0], ada, None)
    for path in ("", "?text=<&state=due", "?after=0-0", "/due", "/due?state=follow-up", "/file", "/delete"):
        yield f"kept{path}", client.get(f"/history{path}"), 200
    yield "kept-wrong", client.get("/history?since=<"), 422
    for number, case in enumerate(kept, 1):
        path = f"/history/{case.public_id}"
        yield f"case-{number}", client.get(f"{path}?kept=1"), 200
        yield f"case-{number}-wrong", client.post(f"{path}/outcome", data={"happened": "<", "seen_on": "<"}), 422
        yield f"case-{number}-due-wrong", client.post(f"/history/due/{case.public_id}", data={"happened": "<"}), 422
    yield "case-note-wrong", client.post(f"{path}/note", data={"label": "<" * 200, "note": "<" * 3000}), 422
    yield "kept-delete-wrong", client.post("/history/delete", data={}), 422
    yield "kept-file-wrong", client.post("/history/file", data={}), 422
    model = get_model("titanic")
    answers = texts(model, read_answers(model.inputs, model.examples[0].answers)[0])
    yield "result-to-keep", client.get("/titanic/result", query_string=answers), 200
    wrong = {"case-version": get_predictor("titanic").version, "case-label": "<" * 200}
    yield "result-not-kept", client.post("/titanic/keep", data={**answers, **wrong}), 422


def model_pages(client: FlaskClient, model: Model) -> Iterator[Page]:
    yield from forms(client, model)
    examples = [texts(model, read_answers(model.inputs, one.answers)[0]) for one in model.examples]
    for number, given in enumerate(examples, 1):
        other = {NEW + name: text for name, text in examples[number - 2].items()}
        yield f"result-{number}", client.get(f"/{model.name}/result", query_string=given), 200
        yield f"comparison-{number}", client.get(f"/{model.name}/compare", query_string=given | other), 200
        if not model.has_photo:
            yield f"form-prefilled-{number}", client.get(f"/{model.name}", query_string=given), 200
    yield from results(client, model)
    yield from files(client, model)
    yield "card", client.get(f"/{model.name}/card"), 200


def forms(client: FlaskClient, model: Model) -> Iterator[Page]:
    blank = client.get(f"/{model.name}")
    yield "form", blank, 200
    token = token_in(blank)
    yield "form-all-missing", client.post(f"/{model.name}", data=token), 422
    yield "form-all-wrong", client.post(f"/{model.name}", data={**token, **wrongly_answered(model)}), 422
    yield "form-expired", client.post(f"/{model.name}", data=wrongly_answered(model)), 400
    yield "form-too-long", client.post(f"/{model.name}", data={"a": TOO_LONG}), 413


def results(client: FlaskClient, model: Model) -> Iterator[Page]:
    """What only some models have: answers that are not known, an older version, a change that is wrong."""
    answers, _ = read_answers(model.inputs, model.examples[0].answers)
    unknown = {asked.name: "unknown" for asked in model.inputs if asked.may_be_unknown}
    given = texts(model, answers)
    yield "result-wrong", client.get(f"/{model.name}/result"), 422
    yield "result-of-old-version", client.get(f"/{model.name}/result", query_string={**given, "v": "0"}), 200
    if unknown:
        yield "result-unknown", client.get(f"/{model.name}/result", query_string={**given, **unknown}), 200
    yield "comparison-unchanged", client.get(f"/{model.name}/compare", query_string=given), 200
    changed = {NEW + asked.name: "“<wrong>" for asked in model.inputs}
    yield "comparison-wrong", client.get(f"/{model.name}/compare", query_string={**given, **changed}), 422


def files(client: FlaskClient, model: Model) -> Iterator[Page]:
    """The pages about whole files, where the model takes them: good rows in one, and wrong ones."""
    address = f"/{model.name}/batch"
    blank = client.get(address)
    if blank.status_code == 404:
        return
    token = token_in(blank)
    answers, _ = read_answers(model.inputs, model.examples[0].answers)
    given = texts(model, answers)
    rows = [",".join(given), ",".join(map(str, given.values())), "," * (len(given) - 1), '"<wrong>&']
    file = "\n".join(rows).encode()
    yield "batch", blank, 200
    yield "batch-missing", client.post(address, data=token, content_type="multipart/form-data"), 422
    yield "batch-counts", client.post(address, data={**token, "file": (io.BytesIO(file), "a.csv")}), 200


def token_in(form: TestResponse) -> dict[str, str]:
    found = re.search(f'name="{TOKEN}"[^>]*value="([^"]+)"', form.text)
    assert found, f"the form on {form.request.path} has no token"
    return {TOKEN: found[1]}


def wrongly_answered(model: Model) -> dict[str, Any]:
    if model.has_photo:
        return {asked.name: (io.BytesIO(b"no photo"), "photo.jpg") for asked in model.inputs}
    return {asked.name: '"<wrong>&' for asked in model.inputs}


def write(folder: Path) -> int:
    """Write the pages; a page that is not what it should be must not pass for valid."""
    number = 0
    with tempfile.TemporaryDirectory() as database:
        found = [*pages(make_app()), *people_pages(Path(database))]
    for name, answer, status in found:
        if answer.status_code != status or answer.mimetype != "text/html":
            raise SystemExit(f"{name} is {answer.status} as {answer.mimetype}, and should be a page with {status}")
        (folder / f"{name.replace('/', '-')}.html").write_text(answer.text, encoding="utf-8")
        number += 1
    return number


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, help="a folder to leave the pages in, to look at")
    asked = parser.parse_args()
    command = tool(HTML_VALIDATE, "html-validate", NODE)
    with tempfile.TemporaryDirectory() as made:
        folder = asked.keep or Path(made)
        folder.mkdir(exist_ok=True)
        # The app logs each request, which here says nothing.
        with contextlib.redirect_stdout(io.StringIO()):
            number = write(folder)
        checked = subprocess.run([*command, "--config", str(CONFIG), "--max-warnings=0", f"{folder}/*.html"], cwd=ROOT)
    if checked.returncode:
        sys.exit(f"Of {number} pages, those above are not valid.")
    print(f"{number} pages, 0 errors.")


if __name__ == "__main__":
    main()
