"""Imports run one way: from the program through its web to its models. Drawn from the code, and held to the rules."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# A room may import the rooms in the lines below its own. Rooms in one line know nothing of each other.
ORDER = (
    ("run",),
    ("webapp.wsgi",),
    ("webapp",),
    ("webapp.app",),
    ("webapp.tutorials",),
    ("webapp.pages", "webapp.api", "webapp.commands"),
    ("webapp.keeping",),
    ("webapp.ask",),
    ("webapp.people",),
    ("webapp.store",),
    ("webapp.http",),
    ("webapp.text", "webapp.settings"),
    ("model.wrap",),
    ("model.draft",),
    ("model.learn",),
    ("model.files",),
    ("model.evaluate", "model.record"),
    ("model.predict",),
    # The models themselves: food, iris … Nothing knows one by its name.
    ("model",),
    ("model.declare",),
    ("model.vision",),
    ("model.machine",),
)
RANKS = {room: number for number, rooms in enumerate(ORDER) for room in rooms}
# What a house or a room must not know of, whoever wrote it.
STRANGERS = {
    "model": ("flask", "flask_wtf", "jinja2", "markupsafe"),
    "webapp.text": ("flask.request", "flask.current_app", "flask.session", "flask.g", "flask.url_for"),
}
# How a command gets the application; what is behind these is imported only when it is made.
DOORS = ("webapp.create_app", "webapp.wsgi.app")


def room_of(name: str) -> str:
    """The room that a module or a name belongs to: webapp.http of webapp.http.cache.kept, model of model.food."""
    parts = name.split(".")
    room = ".".join(parts[:2])
    return room if room in RANKS else parts[0]


def imports_in(path: Path, root: Path) -> Iterator[tuple[int, str]]:
    """Everything that a file imports, also within functions, by its line and its whole name."""
    module = path.relative_to(root).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = module[: len(module) - node.level] if node.level else ()
            start = [*above, *(node.module or "").split(".")] if node.module else [*above]
            yield from ((node.lineno, ".".join([*start, alias.name])) for alias in node.names)


def why_not(module: str, name: str) -> str:
    """Why this module must not import this; empty where it may."""
    for place, strangers in STRANGERS.items():
        if is_in(module, place) and any(is_in(name, stranger) for stranger in strangers):
            return f"{place} must not know of it"
    own, there = room_of(module), room_of(name)
    if there not in RANKS or name in DOORS or own == there != "model":
        return ""
    if there == "model":
        return "no model is known by its name"
    return "" if RANKS[there] > RANKS[own] else f"{there} is not below {own}"


def is_in(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def faults_in(root: Path) -> Iterator[str]:
    for path in sorted([root / "run.py", *root.glob("webapp/**/*.py"), *root.glob("model/**/*.py")]):
        place = path.relative_to(root)
        module = ".".join(place.with_suffix("").parts).removesuffix(".__init__")
        for line, name in imports_in(path, root):
            if why := why_not(module, name):
                yield f"{place}:{line} imports {name}: {why}"
        if path.name == "__init__.py" and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))):
            yield f"{place} does not say what lives there"


def test_every_import_runs_down_the_house() -> None:
    assert list(faults_in(ROOT)) == []


GOOD = {
    "run.py": "from webapp.commands.main import main",
    "webapp/__init__.py": '"""The web."""\ndef create_app():\n    from .app import build',
    "webapp/app.py": "from . import tutorials\nfrom .pages import card",
    "webapp/tutorials.py": "import webapp.api.predict",
    "webapp/pages/__init__.py": '"""Pages."""',
    "webapp/pages/card.py": "from flask import request\nfrom webapp.http.cache import kept\nfrom .form import show",
    "webapp/pages/form.py": "from webapp.ask import ask",
    "webapp/commands/serve.py": "from webapp import create_app\nfrom model.learn.train import train",
    "webapp/ask.py": "import webapp.http.limits",
    "webapp/http/cache.py": "from webapp.text import filters",
    "webapp/text/filters.py": "from model.evaluate.shares import Share",
    "model/__init__.py": '"""The models."""',
    "model/food.py": "from .declare import Model",
    "model/predict/catalog.py": "from model.declare.model import Model",
    "model/declare/photo.py": "def look():\n    from model.vision.network import look",
}
BAD = [
    ("webapp/pages/card.py", "import webapp.api.docs", "webapp.api is not below webapp.pages"),
    ("webapp/api/docs.py", "from webapp.pages import card", "webapp.pages is not below webapp.api"),
    ("webapp/http/cache.py", "from webapp.ask import ask", "webapp.ask is not below webapp.http"),
    (
        "webapp/text/filters.py",
        "def f():\n    from webapp.http.cache import kept",
        "webapp.http is not below webapp.text",
    ),
    ("webapp/text/filters.py", "from flask import request", "webapp.text must not know of it"),
    ("webapp/pages/card.py", "from model.food import MODEL", "no model is known by its name"),
    ("model/predict/catalog.py", "from model import iris", "no model is known by its name"),
    ("model/evaluate/groups.py", "from webapp.text.charts import Gap", "webapp.text is not below model.evaluate"),
    ("model/declare/fields.py", "from ..predict import card", "model.predict is not below model.declare"),
    ("model/predict/catalog.py", "import model.learn.train", "model.learn is not below model.predict"),
    ("model/food.py", "from .predict.card import Card", "model.predict is not below model"),
    ("model/vision/photo.py", "import flask", "model must not know of it"),
    ("webapp/api/__init__.py", "", "does not say what lives there"),
]


def write_house(root: Path, **files: str) -> Path:
    for name, text in (GOOD | files).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def test_a_house_that_keeps_the_rules_has_no_fault(tmp_path: Path) -> None:
    assert list(faults_in(write_house(tmp_path))) == []


@pytest.mark.parametrize(("name", "text", "why"), BAD)
def test_an_import_against_the_rules_is_named_with_its_line(tmp_path: Path, name: str, text: str, why: str) -> None:
    (fault,) = faults_in(write_house(tmp_path, **{name: text}))
    line = f":{text.count(chr(10)) + 1} imports " if text else " "
    assert fault.startswith(name + line)
    assert fault.endswith(why)
