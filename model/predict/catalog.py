"""Finding the models: one Python file each, in this package's folder or in a folder of yours."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from traceback import extract_tb
from types import ModuleType

from model.declare.contradictions import contradictions
from model.declare.model import Model

HERE = Path(__file__).resolve().parents[1]
# Names that the site's own addresses use.
TAKEN = frozenset({"api", "static", "healthz", "readyz", "predict", "probability", "accessibility", "privacy"})

_folders: list[Path] = [HERE]
_models: dict[str, Model] = {}


class UnknownModel(KeyError):
    def __str__(self) -> str:
        return f"There is no model {self.args[0]!r}. There are: {', '.join(model_names())}"


class BadModel(ValueError):
    """A file beside the models that is no model; the text names it and says why."""


def add_folder(folder: Path) -> None:
    """Look for models in one more folder; its scorecards are in its own folder `trained`."""
    folder = folder.resolve()
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder {folder} to look for models in")
    if folder not in _folders:
        _folders.append(folder)
        _models.clear()


def models() -> list[Model]:
    """Every model, in the order in which the index shows them."""
    if not _models:
        found = [declared_in(path) for folder in _folders for path in sorted(folder.glob("[a-z]*.py"))]
        for model in sorted(found, key=lambda m: (m.order, m.name)):
            if model.name in _models:
                _models.clear()
                raise BadModel(f"Two files declare a model named {model.name!r}; give one another name")
            _models[model.name] = model
    return list(_models.values())


def model_names() -> list[str]:
    return [model.name for model in models()]


def get_model(name: str) -> Model:
    models()
    try:
        return _models[name]
    except KeyError:
        raise UnknownModel(name) from None


def declared_in(path: Path) -> Model:
    try:
        model = getattr(load(path), "MODEL", None)
        # One block may stand in several candidates; what is wrong with it is told once.
        faults = list(dict.fromkeys(contradictions(model))) if isinstance(model, Model) else []
    except Exception as fault:
        # The last line of this file that ran is where its author has to look.
        lines = [frame.lineno for frame in extract_tb(fault.__traceback__) if Path(frame.filename) == path]
        where = f"{path.name}, line {lines[-1]}" if lines else path.name
        raise BadModel(f"{where}: {type(fault).__name__}: {fault}") from fault
    if not isinstance(model, Model):
        raise BadModel(f"{path.name} declares no MODEL, and every file beside the models must")
    if model.name != path.stem:
        raise BadModel(f"{path.name} declares a model named {model.name!r}; call it {path.stem!r}")
    if model.name in TAKEN:
        raise BadModel(f"A model cannot be named {model.name!r}: the site has a page of that name")
    if faults:
        raise BadModel("\n  ".join([f"{path.name} contradicts itself:", *faults]))
    return model if path.parent == HERE else in_folder(model, path.parent)


def in_folder(model: Model, folder: Path) -> Model:
    from dataclasses import replace

    return replace(model, folder=folder)


def load(path: Path) -> ModuleType:
    if path.parent == HERE:
        return importlib.import_module(f"model.{path.stem}")
    name = f"likely_models_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
