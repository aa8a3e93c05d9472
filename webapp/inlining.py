"""Sections of a page in files of their own, put in their places when the page is compiled.

An include is looked up and given a context of its own each time that it is rendered; a result page
has nine of them. While someone works on the templates they stay includes, so that each is read anew.
"""

from __future__ import annotations

import re

from flask import Flask
from jinja2.ext import Extension

# Only plain ones: a name that is worked out, or a file that may be missing, is found when the page is rendered.
INCLUDE = re.compile(r'\{% include "([^"]+)" %\}')


class Inlining(Extension):
    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        if self.environment.auto_reload:
            return source
        return INCLUDE.sub(lambda found: self.text_of(found[1]), source)

    def text_of(self, name: str) -> str:
        loader = self.environment.loader
        assert loader is not None
        return self.preprocess(loader.get_source(self.environment, name)[0], name)


def init_app(app: Flask) -> None:
    app.jinja_env.add_extension(Inlining)
