"""The application, put together from its parts in the order that they stand in here."""

import os
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from model.declare.deadline import TooLate
from model.predict.catalog import Catalog

from . import tutorials
from .api import cases, docs, inference, predict
from .http import cache, headers, health, limits, metrics, security, static, templates, watch
from .http.addresses import path_of
from .http.compression import compress
from .http.errors import explain, explain_clash, explain_delay
from .http.front import Front
from .http.log import Failures
from .http.models import ModelConverter, shown_models
from .http.templates import Loader, PlainEnvironment
from .http.watch import Watch
from .pages import (
    batch,
    card,
    case,
    compare,
    curves,
    due,
    form,
    history,
    home,
    keep,
    kept_files,
    picture,
    record,
    result,
)
from .pages.people import doors
from .people import current
from .settings import settings_from
from .store import opening
from .store.opening import Clash
from .text import filters


class Site(Flask):
    jinja_environment = PlainEnvironment

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: none here is a coroutine, and to find that out for each takes 3 % of the API's time."""
        return func

    def create_global_jinja_loader(self) -> Loader:
        return Loader(self)


def build(config: Mapping[str, Any] | None) -> Flask:
    app = Site(__name__, template_folder="../templates", static_folder=None)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}

    # Settings
    app.config.update(settings_from(os.environ), **(config or {}))
    app.config["WTF_CSRF_TIME_LIMIT"] = app.config["TOKEN_MINUTES"] * 60

    # Services
    models = Catalog(app.config["MODEL_FOLDERS"], app.config["MODELS"])
    models.load()
    app.extensions["models"] = models
    app.jinja_env.globals["models"] = shown_models
    app.jinja_env.globals["path_of"] = path_of
    app.url_map.converters["model"] = ModelConverter
    opening.init_app(app)
    app.jinja_env.globals["keeps"] = app.extensions["store"].is_on

    # What every request and every page passes
    app.logger.handlers = [Failures(app.config["LOG"] == "json")]
    watch.init_app(app)
    current.init_app(app)
    limits.init_app(app)
    headers.init_app(app)
    app.register_error_handler(HTTPException, explain)
    app.register_error_handler(TooLate, explain_delay)
    app.register_error_handler(Clash, explain_clash)
    filters.init_app(app)
    static.init_app(app)
    app.after_request(compress)
    templates.init_app(app)
    cache.init_app(app)

    # Pages, and what programs ask
    parts = (
        tutorials,
        static,
        home,
        form,
        result,
        card,
        compare,
        curves,
        picture,
        batch,
        keep,
        history,
        due,
        kept_files,
        case,
        record,
        doors,
        health,
        metrics,
        security,
        predict,
        cases,
        docs,
        inference,
    )
    for part in parts:
        app.register_blueprint(part.bp)

    # In front of Flask: a request passes the last one first
    app.wsgi_app = Front(app.wsgi_app, app.config["HOSTS"])  # type: ignore[method-assign]
    app.wsgi_app = Watch(app.wsgi_app, app.config, app.extensions["allowances"])  # type: ignore[method-assign]
    if proxies := app.config["PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, proxies, proxies, proxies)  # type: ignore[method-assign]
    return app
