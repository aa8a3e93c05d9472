"""Templates: read as one with the parts that they include, and compiled once for all workers of a machine."""

import hashlib
import marshal
import re
import sys
import threading
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from flask import Flask
from flask.templating import DispatchingJinjaLoader
from flask.templating import Environment as FlaskEnvironment
from jinja2 import BytecodeCache, Environment, Template, nodes
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, escape

from model.files.atomic import put_in_place
from webapp.settings import VERSION

from .shared import folder_of

# What is compiled by another edition of this module would be run with names that are not there.
EDITION = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
INCLUDE = re.compile(r'(?m)(?:^[ \t]*)?\{% include "([^"]+)" %\}')


class Loader(DispatchingJinjaLoader):
    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        self.loaded: dict[str, Template] = {}
        # A template that extends another has that loaded when it is drawn, and not while it is loaded itself.
        self.lock = threading.Lock()

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        """The source with that of each part in its place: to call dozens of them costs a page more than their text."""
        source, path, is_current = super().get_source(environment, template)
        # While someone works on the templates each is read anew when it changes.
        if environment.auto_reload:
            return source, path, is_current

        def put_in(found: re.Match[str]) -> str:
            part, _, _ = self.get_source(environment, found[1])
            # What a template sets is its own, as where it is included.
            return f"{{% with %}}{part.removesuffix(chr(10))}{{% endwith %}}"

        return INCLUDE.sub(put_in, source), path, is_current

    def load(self, environment: Environment, name: str, globals: MutableMapping[str, Any] | None = None) -> Template:  # noqa: A002 - Jinja names it
        with self.lock:
            found = self.loaded.get(name)
            if found is None or not found.is_up_to_date:
                found = self.loaded[name] = super().load(environment, name, globals)
                # Jinja chains several of them, which each page would look through anew.
                found.globals = dict(found.globals)
            return found


def safe(value: Any) -> Any:
    """What a page shows of a value; text that needs no escaping is left as it is, since most of a page's needs none."""
    kind = type(value)
    if kind is str and not ("&" in value or "<" in value or ">" in value or '"' in value or "'" in value):
        return value
    return value if kind is Markup else str(value) if kind is int or kind is float else escape(value)


class Plain(CodeGenerator):
    """What templates ask of an object and what they call, as Python does both.

    Jinja would also look for an item of that name, and show an empty place where there is neither. Here a template that
    misspells a name fails, and a page of hundreds of names is drawn sooner.
    """

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 - Jinja names it
        # A template's blocks are items of what it calls self.
        if isinstance(node.node, nodes.Name) and node.node.name == "self":
            super().visit_Getattr(node, frame)
            return
        self.visit(node.node, frame)
        self.write(f".{node.attr}")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802
        if node.dyn_args or node.dyn_kwargs:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for given in (*node.args, *node.kwargs):
            self.visit(given, frame)
            self.write(", ")
        self.write("caller=caller)" if forward_caller else ")")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write("environment.safe(")


class PlainEnvironment(FlaskEnvironment):
    code_generator_class = Plain
    safe = staticmethod(safe)


class Compiled(BytecodeCache):
    """What the first worker made of each template, for the others and for the next start: files as Python's own are."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made_by = f"{VERSION} {EDITION} {version('jinja2')} {sys.implementation.cache_tag}"

    def load_bytecode(self, bucket: Bucket) -> None:
        # A file that is none, or of another source, is written anew.
        with suppress(OSError, EOFError, ValueError, TypeError):
            head, _, code = (self.folder / bucket.key).read_bytes().partition(b"\n")
            if head == self._head(bucket):
                bucket.code = marshal.loads(code)  # noqa: S302 - nobody else can write in the folder

    def dump_bytecode(self, bucket: Bucket) -> None:
        # A disk that is full costs time, and no page.
        with suppress(OSError), put_in_place(self.folder / bucket.key) as part:
            part.write_bytes(self._head(bucket) + b"\n" + marshal.dumps(bucket.code))

    def _head(self, bucket: Bucket) -> bytes:
        return f"{self.made_by} {bucket.checksum}".encode()


def init_app(app: Flask) -> None:
    if not app.config["SECRET_KEY"] or app.jinja_env.auto_reload:
        return
    # Whoever can write there can have anything run, so it is the folder that this user alone can open.
    with suppress(OSError):
        folder = folder_of(app.config["SECRET_KEY"]) / "templates"
        folder.mkdir(mode=0o700, exist_ok=True)
        app.jinja_env.bytecode_cache = Compiled(folder)
