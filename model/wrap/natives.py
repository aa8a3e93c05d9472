"""Models as other libraries save them, asked as scikit-learn's are; for the worker's process alone."""

from __future__ import annotations

import json
from typing import Any

import numpy as np


class CannotOpen(Exception):
    """A file that cannot be opened here; the text says why, and what would help."""


class Native:
    """A booster as its own library saved it, with what scikit-learn would have of it."""

    def __init__(self, booster: Any, maker: str) -> None:
        self.booster, self.maker = booster, maker
        names = booster.feature_name() if maker == "lightgbm" else booster.feature_names
        made_up = not names or all(name == f"Column_{at}" for at, name in enumerate(names))
        self.n_features_in_ = booster.num_feature() if maker == "lightgbm" else booster.num_features()
        if not made_up:
            self.feature_names_in_ = np.array(names)
        objective = self.objective
        count = 2 if objective.startswith(("binary", "reg:logistic", "cross_entropy")) else self.count
        if count > 1:
            self.classes_ = np.arange(count)

    @property
    def objective(self) -> str:
        if self.maker == "lightgbm":
            return str(self.booster.dump_model(num_iteration=1)["objective"])
        return str(json.loads(self.booster.save_config())["learner"]["objective"]["name"])

    @property
    def count(self) -> int:
        if self.maker == "lightgbm":
            return int(self.booster.dump_model(num_iteration=1)["num_class"])
        return int(json.loads(self.booster.save_config())["learner"]["learner_model_param"]["num_class"])

    def predict(self, X: Any) -> Any:
        found = self._predict(X)
        return found if not hasattr(self, "classes_") or found.ndim > 1 else np.column_stack([1 - found, found])

    def _predict(self, X: Any, raw: bool = False) -> Any:
        if self.maker == "lightgbm":
            return self.booster.predict(X, raw_score=raw)
        import xgboost

        named = hasattr(self, "feature_names_in_")
        return self.booster.predict(
            xgboost.DMatrix(X, enable_categorical=True), output_margin=raw, validate_features=named
        )


class Graph:
    """An ONNX graph: its outputs that are numbers are chances, or an amount."""

    def __init__(self, content: bytes) -> None:
        import onnxruntime

        self.content = content
        self.session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
        inputs = self.session.get_inputs()
        self.single = len(inputs) == 1 and (inputs[0].shape[1:] or [None])[0] != 1
        if self.single and isinstance(inputs[0].shape[1], int):
            self.n_features_in_ = inputs[0].shape[1]
        if not self.single:
            self.feature_names_in_ = np.array([one.name for one in inputs])
        labels = [one.name for one in self.session.get_outputs() if one.type in ("tensor(int64)", "tensor(string)")]
        self.label = labels[0] if labels else None
        self.output = next(one.name for one in self.session.get_outputs() if one.name not in labels)

    def learn_classes(self, X: Any) -> None:
        """Which class each chance is of, as the graph itself names the likeliest of each row."""
        if self.label is None:
            return
        chances, labels = self.predict(X), self._run(self.label, X)
        likeliest = chances.argmax(axis=1)
        named = [labels[likeliest == at] for at in range(chances.shape[1])]
        if not all(len(own) for own in named):
            raise CannotOpen(
                "The graph never names some of its classes for a row of the table, so nobody can tell them apart"
            )
        self.classes_ = np.array([own[0] for own in named])

    def predict(self, X: Any) -> Any:
        found = self._run(self.output, X)
        if isinstance(found, list):
            found = np.array([list(row.values()) for row in found])
        return np.asarray(found, dtype=float)

    def _run(self, output: str, X: Any) -> Any:
        kinds = {"tensor(string)": object, "tensor(int64)": np.int64, "tensor(double)": np.float64}
        asked = {}
        for at, one in enumerate(self.session.get_inputs()):
            part = X if self.single else (X[[one.name]] if hasattr(X, "columns") else X[:, [at]])
            asked[one.name] = np.asarray(part).astype(kinds.get(one.type, np.float32))
        (found,) = self.session.run([output], asked)
        return found


class CatBoost:
    """A CatBoost model of numbers, asked by its own library."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.feature_names_in_ = np.array(model.feature_names_)
        if list(self.feature_names_in_) == [str(at) for at in range(len(self.feature_names_in_))]:
            del self.feature_names_in_
            self.n_features_in_ = len(model.feature_names_)
        if model.get_cat_feature_indices():
            raise CannotOpen("A CatBoost model with categories has no ONNX export. Train it on numbers alone")
        if "Logloss" in str(model.get_all_params().get("loss_function")) or len(model.classes_):
            self.classes_ = np.array(model.classes_ if len(model.classes_) else [0, 1])

    def predict(self, X: Any) -> Any:
        kind = "Probability" if hasattr(self, "classes_") else "RawFormulaVal"
        return np.asarray(self.model.predict(X, prediction_type=kind), dtype=float)
