"""The addresses of answers: a result is a pure function of its address, and a form can be prefilled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus

from flask import request, url_for

from model.declare.model import Model
from model.declare.reading import read_answers

from .models import predictor_of

# The changed answers' names in a comparison's address are the inputs' own after this.
NEW = "new-"
# What needs no quoting.
PLAIN = re.compile(r"[A-Za-z0-9_.~-]*")


def texts(model: Model, answers: Mapping[str, Any]) -> dict[str, str]:
    """Every answer as an address, a form or a file carries it."""
    return {asked.name: asked.text(answers[asked.name]) for asked in model.inputs if asked.name in answers}


def query_of(model: Model, answers: Mapping[str, Any], prefix: str = "") -> str:
    """The answers as the part of an address after the question mark."""
    return query_from(texts(model, answers), prefix)


def query_from(given: Mapping[str, str], prefix: str = "") -> str:
    return "&".join([f"{quoted(prefix + name)}={quoted(text)}" for name, text in given.items()])


def quoted(text: str) -> str:
    """A text as it stands in a query; nearly all of them stand there as they are, and seeing so is quick."""
    return text if PLAIN.fullmatch(text) else quote_plus(text)


def page_address(endpoint: str, model: Model, *queries: str) -> str:
    """A page's address with a query; url_for() finds the page's own once, since it takes its time."""
    return f"{path_of(endpoint, model)}?{'&'.join(queries)}"


def path_of(endpoint: str, model: Model | None = None) -> str:
    return page_path(endpoint, model and model.name, request.root_path)


@lru_cache(maxsize=256)
def page_path(endpoint: str, name: str | None, script_root: str) -> str:
    return url_for(endpoint, model=name) if name else url_for(endpoint)


def site() -> str:
    """What stands before a path in a whole address, as it was asked for."""
    return f"{request.scheme}://{request.host}"


def result_address(model: Model, query: str) -> str:
    """The address of the result for answers that stand in a query."""
    return page_address("result.show", model, query, f"v={predictor_of(model).version}")


def address_of(model: Model, answers: Mapping[str, Any]) -> str:
    return result_address(model, query_of(model, answers))


def compare_address(model: Model, query: str, changes: Mapping[str, Any]) -> str:
    """The address of the page that compares these answers with the same ones, some of them changed."""
    return page_address("compare.compare", model, query, query_of(model, changes, NEW))


def form_address(model: Model, query: str) -> str:
    """The address of the form with these answers filled in."""
    return page_address("form.show", model, query)


def example_addresses(model: Model) -> list[tuple[str, str]]:
    """Each example's name, and the form filled in with it; a photo's result, since no form can hold one."""
    return [(example.name, example_address(model, example.answers)) for example in model.examples]


def example_address(model: Model, given: Mapping[str, Any]) -> str:
    answers, _ = read_answers(model.inputs, given)
    filled_in = result_address if model.has_photo else form_address
    return filled_in(model, query_of(model, answers))
