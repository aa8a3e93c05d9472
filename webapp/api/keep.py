"""Keeping by a program: a token, `keep`, and an idempotency key under which a case is kept once, however often it is sent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import BadRequest, Conflict, Forbidden, NotFound, Unauthorized

from model.declare.model import Model
from model.declare.reading import Answers
from model.predict.kinds import Estimate
from model.predict.predictor import Predictor
from webapp.people.current import asking, current_person, may
from webapp.people.roles import Action, Person
from webapp.store.opening import Away, store

from .answers import Wants, render_answer

# What stands in the header Idempotency-Key.
KEY = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,198}[\x21-\x7e])?")
TOKEN_NEEDED = "Send a token with the header Authorization: Bearer lk_… People make theirs at /tokens"  # noqa: S105 - a sentence


@dataclass(frozen=True)
class Keeper:
    person: Person
    key: str | None

    def keep(self, predictor: Predictor, answers: Answers, wants: Wants) -> dict[str, Any]:
        """Keep the answer and tell it; where the key came before, what was answered then."""
        from webapp.keeping.keep import Wish, keep
        from webapp.store.cases import KeyTaken

        try:
            case, is_new = keep(store().open(), predictor, answers, Wish(self.person, "api", key=self.key))
        except KeyTaken:
            raise Conflict(
                "This Idempotency-Key came with other answers, or another model, before. Send a new key with a new case"
            ) from None
        content = {"model": case.model, "version": case.version}
        if case.version == predictor.version:
            content |= render_answer(predictor, answers, wants)
        else:
            estimates = [
                Estimate(value, low, high, label) for label, (value, low, high) in (case.classes or {}).items()
            ]
            content |= predictor.kind.as_json(estimates or [Estimate(case.value, case.low, case.high)])
        return content | {
            "kept": {
                "id": case.public_id,
                "url": url_for("api_cases.show", case=case.public_id),
                "is_new": is_new,
                "due_on": case.due_at.date().isoformat(),
                "deleted_on": case.expires_at.date().isoformat(),
            }
        }


def find_keeper(model: Model) -> Keeper:
    person = needed_person("keep", model)
    given = request.headers.get("Idempotency-Key")
    if given is not None and not KEY.fullmatch(given):
        raise BadRequest("Idempotency-Key must be 1 to 200 letters, digits or signs of ASCII")
    return Keeper(person, None if given is None else f"api {given}")


def needed_person(action: Action, model: Model | str) -> Person:
    """For whom a program asks, if they may do this with the model."""
    person = asked_for()
    if not may(action, model):
        name = model if isinstance(model, str) else model.name
        raise Forbidden(
            f"This token may not do that with {name}: it lacks the scope, its person the role, or it is for other models"
        )
    return person


def asked_for() -> Person:
    if not store().is_on:
        raise NotFound("Nothing is kept here: LIKELY_DATABASE is off")
    if asking().is_away:
        raise Away
    if (person := current_person()) is None:
        raise Unauthorized(TOKEN_NEEDED, www_authenticate=WWWAuthenticate("bearer"))
    return person
