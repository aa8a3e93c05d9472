"""The shortest way for the commonest question: one set of answers as JSON, answered before Flask begins.

Flask's own request takes three times as long as the whole answer (bench/serve.py prints what is gained).
What is no plain question with good answers goes on to Flask as it came, so that only one place knows
what to say of a mistake.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from model.predict.predictor import Predictor
from webapp.api.answers import one_answer
from webapp.api.predict import checked

from .compression import WORTHWHILE
from .json import NotJson, parse_json
from .limits import ORDINARY

WsgiApp = Callable[..., Iterable[bytes]]


class Shortcut:
    def __init__(self, app: WsgiApp, predictors: Mapping[str, Predictor]) -> None:
        self.app = app
        # By the path at which each is asked.
        self.predictors = predictors

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        predictor = self.predictors.get(environ.get("PATH_INFO", ""))
        if predictor is None or not is_plain(environ):
            return self.app(environ, start_response)
        length = int(environ["CONTENT_LENGTH"])
        body = environ["wsgi.input"].read(length)
        answer = answer_to(predictor, body) if len(body) == length else None
        if answer is None:
            environ["wsgi.input"] = io.BytesIO(body)
            return self.app(environ, start_response)
        kind, size = ("Content-Type", "application/json"), ("Content-Length", str(len(answer)))
        start_response("200 OK", [kind, size, ("Vary", "Accept-Encoding")])
        return [answer]


def is_plain(environ: Mapping[str, Any]) -> bool:
    length = environ.get("CONTENT_LENGTH") or ""
    return (
        environ["REQUEST_METHOD"] == "POST"
        and environ.get("CONTENT_TYPE") == "application/json"
        and not environ.get("QUERY_STRING")
        and "HTTP_CONTENT_ENCODING" not in environ
        and length.isdecimal()
        and int(length) <= ORDINARY
    )


def answer_to(predictor: Predictor, body: bytes) -> bytes | None:
    """The answer to one set of good answers; None where there is anything else to say."""
    try:
        raw = parse_json(body)
    except NotJson:
        return None
    if not isinstance(raw, dict):
        return None
    answers, faults = checked(predictor.model, raw)
    if faults:
        return None
    answer = one_answer(predictor, answers, explain=False)
    # A long one is for Flask to compress.
    return answer if len(answer) < WORTHWHILE else None
