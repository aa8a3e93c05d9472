"""Templates, each compiled once in a process, also where many ask for a page that nobody has asked for yet."""

import threading
from collections.abc import MutableMapping
from typing import Any

from flask import Flask
from flask.templating import DispatchingJinjaLoader
from jinja2 import Environment, Template


class Loader(DispatchingJinjaLoader):
    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        self.loaded: dict[str, Template] = {}
        # A template that extends another has that loaded when it is drawn, and not while it is loaded itself.
        self.lock = threading.Lock()

    def load(self, environment: Environment, name: str, globals: MutableMapping[str, Any] | None = None) -> Template:  # noqa: A002 - Jinja names it
        with self.lock:
            found = self.loaded.get(name)
            if found is None or not found.is_up_to_date:
                found = self.loaded[name] = super().load(environment, name, globals)
                # Jinja chains several of them, which each page would look through anew.
                found.globals = dict(found.globals)
            return found
