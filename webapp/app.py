"""The application, put together from its parts in the order that they stand in here."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from model.predict.catalog import Catalog

from . import tutorials
from .api import docs, predict
from .http import cache, compression, cors, errors, headers, health, limits, log, static
from .http.addresses import path_of
from .http.headers import SecurityHeaders
from .http.hosts import Hosts
from .http.log import RequestLog
from .http.models import ModelConverter, catalog
from .pages import batch, card, compare, form, home, result
from .settings import settings_from
from .text import filters


def build(config: Mapping[str, Any] | None) -> Flask:
    app = Flask(__name__, template_folder="../templates", static_folder=None)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}

    # Settings
    app.config.update(settings_from(os.environ), **(config or {}))
    app.config["WTF_CSRF_TIME_LIMIT"] = app.config["TOKEN_MINUTES"] * 60

    # Services
    models = Catalog(app.config["MODEL_FOLDERS"], app.config["MODELS"])
    models.load()
    app.extensions["models"] = models
    app.jinja_env.globals["models"] = catalog
    app.jinja_env.globals["path_of"] = path_of
    app.url_map.converters["model"] = ModelConverter

    # What every request and every page passes
    log.init_app(app)
    limits.init_app(app)
    headers.init_app(app)
    cors.init_app(app)
    errors.init_app(app)
    filters.init_app(app)
    static.init_app(app)
    compression.init_app(app)
    cache.init_app(app)

    # Pages, and what programs ask
    app.register_blueprint(tutorials.bp)
    app.register_blueprint(static.bp)
    app.register_blueprint(home.bp)
    app.register_blueprint(form.bp)
    app.register_blueprint(result.bp)
    app.register_blueprint(card.bp)
    app.register_blueprint(compare.bp)
    app.register_blueprint(batch.bp)
    app.register_blueprint(health.bp)
    app.register_blueprint(predict.bp)
    app.register_blueprint(docs.bp)

    # In front of Flask: a request passes the last one first
    app.wsgi_app = Hosts(app.wsgi_app, app.config["HOSTS"])  # type: ignore[method-assign]
    app.wsgi_app = SecurityHeaders(app.wsgi_app)  # type: ignore[method-assign]
    app.wsgi_app = RequestLog(app.wsgi_app)  # type: ignore[method-assign]
    if proxies := app.config["PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, proxies, proxies, proxies)  # type: ignore[method-assign]
    return app
