"""Finding the models: one Python file each, in this package's folder or in a folder of yours."""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from traceback import extract_tb
from types import ModuleType

from model.declare.contradictions import contradictions
from model.declare.model import Model

from .card_file import read_card
from .predictor import Predictor

HERE = Path(__file__).resolve().parents[1]
# Names that the site's own addresses use.
TAKEN = frozenset(
    "accessibility account api healthz history invite metrics model open people predict privacy probability readyz record "
    "robots.txt security.txt sign-in sign-out static tokens v2".split()
)


class UnknownModel(KeyError):
    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"There is no model {name!r}. There are: {', '.join(known)}")

    def __str__(self) -> str:
        return str(self.args[0])


class BadModel(ValueError):
    """A file beside the models that is no model; the text names it and says why."""


class Catalog:
    """The models of this folder and of folders of yours, in the order in which the index shows them."""

    def __init__(self, folders: Sequence[Path] = (), shown: Sequence[str] = ()) -> None:
        where = list(dict.fromkeys([HERE, *map(resolve, folders)]))
        paths = [path for folder in where for path in model_files(folder, where)]
        self._models: dict[str, Model] = {}
        for model in sorted(map(declared_in, paths), key=lambda m: (m.order, m.name)):
            if model.name in self._models:
                raise BadModel(f"Two files declare a model named {model.name!r}; give one another name")
            self._models[model.name] = model
        if shown:
            wanted = {self[name].name for name in shown}
            self._models = {name: model for name, model in self._models.items() if name in wanted}
        self._predictors: dict[str, Predictor] = {}

    def __iter__(self) -> Iterator[Model]:
        return iter(self._models.values())

    def __getitem__(self, name: str) -> Model:
        try:
            return self._models[name]
        except KeyError:
            raise UnknownModel(name, self._models) from None

    def find(self, name: str) -> Model | None:
        return self._models.get(name)

    def __contains__(self, name: str) -> bool:
        return name in self._models

    def predictor(self, name: str) -> Predictor:
        """The model at work, its card read and checked once."""
        found = self._predictors.get(name)
        if found is None:
            model = self[name]
            found = self._predictors[name] = Predictor(model, read_card(model.card_path))
        return found

    def load(self) -> None:
        """Read every model's files now, so that a bad one stops the start and not a request."""
        for name in self._models:
            self.predictor(name).load()


def resolve(folder: Path) -> Path:
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder {folder} to look for models in")
    return folder.resolve()


def model_files(folder: Path, folders: Sequence[Path]) -> list[Path]:
    """Every Python file in a folder but the models' helpers, whose names begin with “_”."""
    for path in folder.glob("_*.py"):
        others = [other / path.name for other in folders if other not in (HERE, folder)]
        if any(other.is_file() for other in others):
            raise BadModel(f"Two folders have a helper {path.name}; give one another name")
    files = [path for path in sorted(folder.glob("*.py")) if not path.name.startswith("_")]
    for path in files:
        if not re.fullmatch(r"[a-z][A-Za-z0-9_-]*", path.stem):
            name = re.sub("[^a-z0-9]+", "_", path.stem.lower()).lstrip("_0123456789") or "model"
            raise BadModel(
                f"{path.name}: the name of a model's file begins with a small letter, and has letters, digits, - and _. "
                f"Name it {name}.py, or _{name}.py if it is a helper of the models beside it"
            )
    return files


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
        raise BadModel(
            f"{path.name} declares no MODEL. If it is a helper of the models beside it, name it _{path.name}: "
            "files that begin with _ are not taken for models, and can be imported by them"
        )
    if model.name != path.stem:
        raise BadModel(f"{path.name} declares a model named {model.name!r}; call it {path.stem!r}")
    if model.name in TAKEN:
        raise BadModel(f"A model cannot be named {model.name!r}: the site has a page of that name. Rename {path.name}")
    if faults:
        raise BadModel("\n  ".join([f"{path.name} contradicts itself:", *faults]))
    if model.drawing and not path.with_name(model.drawing).is_file():
        raise BadModel(f"{path.name} names the drawing {model.drawing}, and there is no such file beside it")
    return model if path.parent == HERE else replace(model, folder=path.parent)


def load(path: Path) -> ModuleType:
    if path.parent == HERE:
        return importlib.import_module(f"model.{path.stem}")
    if str(path.parent) not in sys.path:
        # For the models' helpers; at the end, so that none can take the place of a library.
        sys.path.append(str(path.parent))
    name = f"likely_models_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
