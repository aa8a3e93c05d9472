"""Parts of pages that are the same for everyone, rendered once: a page's time goes into them else."""

from collections.abc import Callable, Hashable, Iterable
from typing import Any, NamedTuple

from flask import Flask, current_app, request
from markupsafe import Markup

from .models import audience
from .visit import current

# Far more than there are choices in all forms, hundreds of dots and groups; typed numbers have no end, so it has one.
MOST_KEPT = 2_000


class Shelf(NamedTuple):
    """The parts that are kept, and what tells apart those to whom they look different."""

    parts: dict[Any, Markup]
    keeps: bool
    whose: Hashable


def shelf() -> Shelf:
    """Found once a request, since a result has dozens of parts."""
    visit = current()
    found: Shelf | None = visit.shelf
    if found is None:
        # While someone works on the templates nothing is kept.
        parts, keeps = current_app.extensions["unchanging"], not current_app.debug
        # The site's own menu stands in some of them, which members see otherwise.
        found = Shelf(parts, keeps, (request.root_path, audience().key()))
        if visit.id:
            visit.shelf = found
    return found


def kept(template: str, key: Any, values: Callable[[], dict[str, Any]]) -> Markup:
    """The template with these values, which the key must tell apart; they are asked for only where it is not there yet."""
    [part] = parts_of(template, [key], lambda key: values())
    return part


def kept_each(
    template: str, keys: Iterable[Any], values: Callable[[Any], dict[str, Any]], between: str = "", keep: bool = True
) -> Markup:
    """The template once for each key, one after the other; where they are not to be kept, all are made anew."""
    parts = parts_of(template, keys, values) if keep else [rendered(template, values(key)) for key in keys]
    return Markup(between.join(parts))  # noqa: S704 - each is a rendered template


def parts_of(template: str, keys: Iterable[Any], values: Callable[[Any], dict[str, Any]]) -> list[Markup]:
    parts, keeps, whose = shelf()
    found = []
    for key in keys:
        whole_key = (template, key, whose)
        if (part := parts.get(whole_key)) is None:
            part = rendered(template, values(key))
            if len(parts) >= MOST_KEPT:
                parts.clear()
            if keeps:
                parts[whole_key] = part
        found.append(part)
    return found


def rendered(template: str, values: dict[str, Any]) -> Markup:
    """A part of a page."""
    return Markup(drawn(template, values))  # noqa: S704 - rendered with escaping


def drawn(template: str, values: dict[str, Any]) -> str:
    """A whole page: without Flask's context processors, so that no request or session can slip in."""
    return current_app.jinja_env.get_template(template).render(values)


def init_app(app: Flask) -> None:
    app.extensions["unchanging"] = {}
    app.jinja_env.globals["unchanging"] = lambda template, key, **values: kept(template, key, lambda: values)
