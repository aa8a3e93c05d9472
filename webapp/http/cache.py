"""Parts of pages that are the same for everyone, rendered once: a page's time goes into them else."""

from collections.abc import Callable
from typing import Any

from flask import Flask, current_app, request
from markupsafe import Markup

# Far more than there are choices in all forms, hundreds of dots and groups; typed numbers have no end, so it has one.
MOST_KEPT = 5_000


def kept(template: str, key: Any, values: Callable[[], dict[str, Any]]) -> Markup:
    """The template with these values, which the key must tell apart; they are asked for only where it is not there yet."""
    # The app itself, since each look through the proxy takes its time, and a result has a dozen parts.
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    # While someone works on the templates nothing is kept.
    if app.debug:
        return rendered(template, values())
    parts: dict[Any, Markup] = app.extensions["unchanging"]
    whole_key = (template, key, request.root_path)
    if (part := parts.get(whole_key)) is None:
        if len(parts) >= MOST_KEPT:
            parts.clear()
        part = parts[whole_key] = rendered(template, values())
    return part


def rendered(template: str, values: dict[str, Any]) -> Markup:
    # Without Flask's context processors, so that no request or session can slip in.
    return Markup(current_app.jinja_env.get_template(template).render(values))  # noqa: S704 - rendered with escaping


def init_app(app: Flask) -> None:
    app.extensions["unchanging"] = {}
    app.jinja_env.globals["unchanging"] = lambda template, key, **values: kept(template, key, lambda: values)
