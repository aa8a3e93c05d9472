"""A site with everybody that may ask it: of each role, of another model, and programs with tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from webapp.people.roles import Person
from webapp.store.opening import store

from tests.cases import keep_case
from tests.payloads import asked, get_model, get_predictor, posted
from tests.people import bearer, sign_in

# For members only: one with a tutorial's page, one that a tutorial's program asks, and one that is a plain form.
HIDDEN = ("iris", "titanic", "census")
ROLES = ("viewer", "analyst", "owner")
MEMBERS = ("admin", *ROLES)
PEOPLE = (*MEMBERS, "another's")
EVERYBODY = (*PEOPLE, "anonymous", "read token", "predict token", "expired", "revoked")
# What stands in an address; anything else that a rule has is a fault of this test.
PLACES = {"model": "census", "name": "likely.css", "act": "let-back", "version": get_predictor("census").version}
TENSORS = [
    {"name": name, "shape": [1], "datatype": "BYTES", "data": [text]}
    for name, text in asked(get_model("census")).items()
]
# After these one is signed in no more, or elsewhere, so that they get a sitting of their own.
ENDING = ("people.sign_in", "people.sign_out", "people.end_other_sittings", "people.account")
# What has to be sent so that an answer tells who may, and not that the question is wrong.
SENT: dict[tuple[str, str], dict[str, Any]] = {
    ("tutorials.census", "GET"): {"query_string": asked(get_model("census"))},
    ("tutorials.iris", "POST"): {"data": {"data": "[[5.1, 3.5, 1.4, 0.2]]"}},
    ("tutorials.predict", "POST"): {"json": [{"Age": 3, "Sex": "male", "Embarked": "C"}]},
    ("form.send", "POST"): {"data": posted(get_model("census"))},
    ("result.show", "GET"): {"query_string": asked(get_model("census"))},
    ("picture.show", "GET"): {"query_string": asked(get_model("census"))},
    ("api.predict", "POST"): {"json": asked(get_model("census"))},
    ("inference.infer", "POST"): {"json": {"inputs": TENSORS}},
}


@dataclass(frozen=True)
class Site:
    app: Flask
    numbers: dict[str, int]
    keys: dict[str, str]
    browsers: dict[str, FlaskClient] = field(default_factory=dict)

    def ask(self, who: str, method: str, rule: Rule) -> TestResponse:
        client = self.browser(who, rule.endpoint)
        places = {**PLACES, "number": str(self.numbers["another's"])}
        if "case" in rule.arguments:
            places["case"] = self.keep()
        if "any(" in rule.rule:
            places |= {"name": "favicon.ico", "form": "csv"}
        address = re.sub(r"<(?:[^>]*:)?(\w+)>", lambda place: places[place[1]], rule.rule)
        return self.send(client, who, method, address, **SENT.get((rule.endpoint, method), {}))

    def keep(self) -> str:
        """The name of a case that the analyst keeps."""
        with self.app.app_context():
            return keep_case(store().open(), Person(self.numbers["analyst"], "A analyst"), "census").public_id

    def browser(self, who: str, endpoint: str) -> FlaskClient:
        if who not in PEOPLE:
            return self.app.test_client()
        if endpoint in ENDING or who not in self.browsers:
            self.browsers[who] = sign_in(self.app, self.numbers[who])
        return self.browsers.pop(who) if endpoint in ENDING else self.browsers[who]

    def send(self, client: FlaskClient, who: str, method: str, address: str, **sent: Any) -> TestResponse:
        # Each of them from an address of their own, so that nobody is one too many.
        place = {"REMOTE_ADDR": f"192.0.2.{EVERYBODY.index(who) + 1}"}
        headers = bearer(self.keys[who]) if who in self.keys else {}
        return client.open(address, method=method, headers=headers, environ_base=place, **sent)
