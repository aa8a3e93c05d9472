"""Runs in a process of its own, by whichever Python can open a model: opens it, and answers what it is asked about it.

It imports nothing of this project but two modules beside it, since that Python may be another one, and speaks lines
of JSON.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import warnings
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from . import opening
from .natives import CannotOpen
from .parts import Parts

LIBRARIES = ("scikit-learn", "numpy", "pandas", "lightgbm", "xgboost-cpu", "xgboost", "catboost", "onnxruntime")


class Worker:
    """One opened model, and the table whose columns it knows."""

    def open(self, file: str, table: str, target: str) -> dict[str, Any]:
        self.table = opening.read_table(table).drop(columns=[target], errors="ignore")
        self.model = opening.open_model(file)
        self.columns, self.named = opening.columns_of(self.model, list(self.table.columns))
        self.frame = opening.Frame(self.table[self.columns], self.named)
        self.frame.find_categories(self.model)
        if hasattr(self.model, "learn_classes"):
            self.model.learn_classes(self.frame.build({name: self.table[name].tolist() for name in self.columns}))
        self.parts = Parts(self.frame)
        described = self.parts.describe(self.model)
        made = {name: version(name) for name in LIBRARIES if is_installed(name)}
        return {
            "columns": self.columns,
            "part": described,
            "name": name_of(self.model),
            "values": {
                n: {k: plain(v) for k, v in levels.items()} for n, levels in self.frame.numbers_in_words().items()
            },
            "classes": [plain(one) for one in getattr(self.model, "classes_", ())],
            "gives_chances": hasattr(self.model, "predict_proba") or not hasattr(self.model, "get_params"),
            "can_fit": hasattr(self.model, "get_params") and hasattr(self.model, "fit"),
            "libraries": {"python": ".".join(map(str, sys.version_info[:2])), **made},
        }

    def predict(self, rows: dict[str, list[Any]]) -> Any:
        return self.numbers(self.frame.build(rows))

    def numbers(self, X: Any) -> Any:
        """A chance for each class, or the amount."""
        predict = getattr(self.model, "predict_proba", None) or self.model.predict
        found = np.asarray(predict(X), dtype=float)
        return found.reshape(len(found), -1)

    def score(self, part: int, rows: dict[str, list[Any]]) -> Any:
        return self.parts.score(part, rows)

    def features(self, part: int, rows: dict[str, list[Any]]) -> Any:
        return self.parts.features(part, rows)

    def bends(self, part: int, rows: dict[str, list[Any]]) -> Any:
        """What the steps that bend or break see of these rows; and where they do."""
        return self.parts.bends(part, rows)

    def refit(self, rows: dict[str, list[Any]], y: list[Any], asked: dict[str, list[Any]]) -> Any:
        """What a fresh fit to these rows says of others."""
        from sklearn.base import clone

        fresh = clone(self.model)
        try:
            fresh.fit(self.frame.build(rows), np.array(y))
        except ValueError:
            # Some models take text when they are asked, and learn only from pandas' categories.
            self.frame.use_categories()
            fresh.fit(self.frame.build(rows), np.array(y))
        predict = getattr(fresh, "predict_proba", None) or fresh.predict
        found = np.asarray(predict(self.frame.build(asked)), dtype=float)
        return found.reshape(len(found), -1)

    def to_onnx(self) -> str:
        return base64.b64encode(opening.to_onnx(self.model, self.frame)).decode()


def name_of(model: Any) -> str:
    """The estimator's own name, and not that of a pipeline or a search around it."""
    within = model.steps[-1][1] if hasattr(model, "steps") else getattr(model, "best_estimator_", None)
    return type(model).__name__ if within is None else name_of(within)


def is_installed(name: str) -> bool:
    try:
        return bool(version(name))
    except PackageNotFoundError:
        return False


def plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def packed(value: Any) -> Any:
    """Numbers as their own bytes; all else as JSON has it."""
    if isinstance(value, np.ndarray):
        numbers = np.ascontiguousarray(value, dtype="<f8")
        return {"shape": list(numbers.shape), "bytes": base64.b64encode(numbers.tobytes()).decode()}
    if isinstance(value, dict):
        return {name: packed(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [packed(one) for one in value]
    return plain(value)


def main() -> None:
    warnings.simplefilter("ignore")
    # What the model prints must not come between the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    worker = Worker()
    for line in sys.stdin:
        name, asked = json.loads(line)
        try:
            answer = {"answer": packed(getattr(worker, name)(**asked))}
        except CannotOpen as fault:
            answer = {"refused": str(fault)}
        except Exception as fault:
            answer = {"fault": f"{type(fault).__name__}: {fault}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
