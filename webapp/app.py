"""The application, put together from its parts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from model.predict.catalog import add_folder, models
from model.predict.predictor import Predictor, get_predictor

from .api import docs, predict, tutorials
from .http import cache, compression, cors, errors, headers, health, limits, rendering, static
from .http.converters import ModelConverter
from .http.headers import SecurityHeaders
from .http.log import RequestLog
from .http.shortcut import Shortcut
from .pages import batch, compare, form
from .settings import settings_from
from .text import filters

PARTS = (limits, headers, cors, errors, filters, static, compression, rendering, cache)
BLUEPRINTS = (tutorials.bp, static.bp, form.bp, compare.bp, batch.bp, health.bp, predict.bp, docs.bp)


def build(config: Mapping[str, Any] | None) -> Flask:
    app = Flask(__name__, template_folder="../templates", static_folder=None)
    app.config.update(settings_from(os.environ), **(config or {}))
    app.config["WTF_CSRF_TIME_LIMIT"] = app.config["TOKEN_MINUTES"] * 60
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.url_map.converters["model"] = ModelConverter
    for part in PARTS:
        part.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    load_models(app)
    app.wsgi_app = RequestLog(SecurityHeaders(Shortcut(app.wsgi_app, shortcuts(app))))  # type: ignore[method-assign]
    if app.config["PROXIES"]:
        trusted = app.config["PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, trusted, trusted, trusted)  # type: ignore[method-assign]
    return app


def shortcuts(app: Flask) -> dict[str, Predictor]:
    """The paths with a shortcut; none where other sites' scripts may ask, since that is for Flask to say."""
    if app.config["CORS_ORIGINS"]:
        return {}
    return {f"/api/models/{model.name}/predict": get_predictor(model.name) for model in models() if not model.has_photo}


def load_models(app: Flask) -> None:
    """Read every model's files at the start, so that a bad one stops the start and not a request."""
    for folder in app.config["MODEL_FOLDERS"]:
        add_folder(folder)
    for model in models():
        get_predictor(model.name).load()
    app.jinja_env.globals["models"] = models
