"""The addresses of answers: a result is a pure function of its address, and a form can be prefilled."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import current_app, request, url_for

from model.declare.model import Model
from model.declare.reading import read_answers

from .models import predictor_of
from .visit import current

# So many answers are kept as they stand in an address.
MOST_PAIRS = 2_000
# The changed answers' names in a comparison's address are the inputs' own after this.
NEW = "new-"


def texts(model: Model, answers: Mapping[str, Any]) -> dict[str, str]:
    """Every answer as an address, a form or a file carries it."""
    answered = [name for name in model.input if name in answers]
    if model.has_photo:
        # What the network saw in it is not kept.
        return {name: model.input[name].text(answers[name]) for name in answered}
    return {name: text_of(model, name, answers[name]) for name in answered}


@lru_cache(maxsize=MOST_PAIRS)
def text_of(model: Model, name: str, answer: Any) -> str:
    return model.input[name].text(answer)


def query_of(model: Model, answers: Mapping[str, Any], prefix: str = "") -> str:
    """The answers as the part of an address after the question mark."""
    written = texts(model, answers).items()
    if model.has_photo:
        return urlencode({prefix + name: text for name, text in written})
    return "&".join([pair(prefix + name, text) for name, text in written])


@lru_cache(maxsize=MOST_PAIRS)
def pair(name: str, text: str) -> str:
    """A name and a text as they stand in an address, where quoting them takes its time."""
    return urlencode({name: text})


def page_address(endpoint: str, model: Model, *queries: str) -> str:
    return f"{path_of(endpoint, model)}?{'&'.join(queries)}"


def path_of(endpoint: str, model: Model | None = None) -> str:
    """A page's path; url_for() finds it once, since it takes its time."""
    visit = current()
    if (root_path := visit.root_path) is None:
        root_path = request.root_path
        if visit.id:
            visit.root_path = root_path
    return page_path(endpoint, model, root_path)


@lru_cache(maxsize=256)
def page_path(endpoint: str, model: Model | None, script_root: str) -> str:
    return url_for(endpoint, model=model) if model else url_for(endpoint)


def site() -> str:
    """What stands before a path in a whole address: as the settings say, or else as it was asked for."""
    if url := current_app.config["URL"]:
        return str(url)
    asked = request._get_current_object()  # type: ignore[attr-defined]
    return f"{asked.scheme}://{asked.host}"


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
    read = [(example.name, read_answers(model.inputs, example.answers)[0]) for example in model.examples]
    if model.has_photo:
        return [(name, result_address(model, query_of(model, answers))) for name, answers in read]
    # The page opens at the answers: at its top, above the fold, it would look as if nothing had happened.
    return [(name, f"{form_address(model, query_of(model, answers))}#group-1") for name, answers in read]
