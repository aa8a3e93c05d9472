"""A model as a short program: trees, sums or a graph at its leaves, and what joins them above; many rows at once."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from model.declare.model import Model

from .card_file import read_sealed
from .engine import Columns, Engine, Range
from .ranges import LEAST, Ranges
from .tables import Answers, Score, Vector
from .trees import Array, Coded, Trees, add_up_each, spread

Scores = Callable[[Coded], Array]
# One estimate takes about as long as so many sums of a scorecard.
WORTH = 20
# From so many trees on that are walked down, a page asks less.
MANY_WALKED = 200


def softmax(scores: Array) -> Array:
    grown = np.exp(scores - scores.max(axis=1, keepdims=True))
    return grown / grown.sum(axis=1, keepdims=True)


def sigmoid(scores: Array) -> Array:
    grown = np.exp(-np.abs(scores))
    return np.where(scores >= 0, 1.0, grown) / (1 + grown)


def normalise(chances: Array) -> Array:
    """Shares of one; where all are nothing, all alike."""
    total = chances.sum(axis=1, keepdims=True)
    return np.divide(chances, total, out=np.full_like(chances, 1 / chances.shape[1]), where=total != 0)


LINKS: Mapping[str, Callable[[Array], Array]] = {
    "none": lambda scores: scores,
    "mean": lambda scores: scores,
    "sigmoid": sigmoid,
    "double sigmoid": lambda scores: sigmoid(2 * scores),
    "softmax": softmax,
    "each": lambda scores: normalise(sigmoid(scores)),
    "exp": np.exp,
}


class Sum:
    """A scorecard within a program."""

    def __init__(self, compiled: Mapping[str, Any]) -> None:
        self.sum = Score(compiled)

    def score(self, coded: Coded) -> Array:
        return add_up_each(self.sum, coded)


class Graph:
    """An ONNX graph, which is read when it is first asked."""

    def __init__(self, compiled: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
        self.compiled, self.arrays = compiled, arrays

    @cached_property
    def session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        return onnxruntime.InferenceSession(self.arrays["graph"].tobytes(), options, ["CPUExecutionProvider"])

    def score(self, coded: Coded) -> Array:
        columns = {name: self._column(name, *coded[name]) for name in self.compiled["columns"]}
        if self.compiled["single"]:
            kind = self.compiled["feeds"][0]["kind"]
            asked = {self.compiled["feeds"][0]["name"]: np.column_stack([*columns.values()]).astype(KINDS[kind])}
        else:
            asked = {
                feed["name"]: columns[feed["name"]].astype(KINDS[feed["kind"]])[:, None]
                for feed in self.compiled["feeds"]
            }
        (found,) = self.session.run([self.compiled["output"]], asked)
        if isinstance(found, list):
            found = [list(row.values()) for row in found]
        chances = np.asarray(found, dtype=float)
        chances = chances.reshape(len(chances), -1)
        return chances[:, 1:] if self.compiled["binary"] else chances

    def _column(self, name: str, answers: Sequence[Any], codes: Array | None) -> Array:
        """Answers as the graph takes them: a choice that was a number in the data is one here."""
        values = self.compiled["values"].get(name)
        known = [values[one] if values and isinstance(one, str) else one for one in answers]
        return spread(np.array([np.nan if one is None else one for one in known], dtype=object), codes)


KINDS: Mapping[str, Any] = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(int64)": np.int64,
    "tensor(string)": object,
}


def calibrate(curves: Sequence[Mapping[str, Any]], scores: Array, classes: int) -> Array:
    """Chances that keep their word better: a curve for each class, or one for all scores together."""
    if "beta" in curves[0]:
        beta, one = curves[0]["beta"], scores.shape[1] == 1
        if curves[0]["of_chances"]:
            scores = np.log((np.hstack([1 - scores, scores]) if one else scores) + 1e-12)
            return softmax(beta * scores)[:, -1:] if one else softmax(beta * scores)
        return sigmoid(2 * beta * scores) if one else softmax(beta * scores)
    columns = [
        sigmoid(-(curve["a"] * own + curve["b"])) if "a" in curve else np.interp(own, curve["x"], curve["y"])
        for curve, own in zip(curves, scores.T, strict=True)
    ]
    return columns[0][:, None] if classes == 2 else normalise(np.column_stack(columns))


def build(compiled: Mapping[str, Any], arrays: Mapping[str, Array]) -> Scores:
    """What turns rows into this part's answers."""
    if make := LEAVES.get(compiled["kind"]):
        leaf, link = make(compiled, arrays), LINKS[compiled["link"]]
        if (highest := compiled.get("highest")) is not None:
            return lambda coded: link(np.minimum(leaf.score(coded), highest))
        return lambda coded: link(leaf.score(coded))
    return JOINS[compiled["kind"]](compiled, [build(one, arrays) for one in compiled["parts"]])


def average(compiled: Mapping[str, Any], parts: Sequence[Scores]) -> Scores:
    weights = np.array(compiled["weights"]) / sum(compiled["weights"])
    return lambda coded: sum(w * one(coded) for w, one in zip(weights, parts, strict=True))


def stack(compiled: Mapping[str, Any], parts: Sequence[Scores]) -> Scores:
    coefficients, intercept = np.array(compiled["coefficients"]).T, np.array(compiled["intercept"])
    link = LINKS[compiled["link"]]
    return lambda coded: link(np.hstack([one(coded) for one in parts]) @ coefficients + intercept)


def turn_back(compiled: Mapping[str, Any], parts: Sequence[Scores]) -> Scores:
    turn = compiled["inverse"]
    if isinstance(turn, str):
        return lambda coded: getattr(np, turn)(parts[0](coded))
    return lambda coded: parts[0](coded) * turn[0] + turn[1]


LEAVES: Mapping[str, Any] = {
    "trees": Trees,
    "sum": lambda compiled, arrays: Sum(compiled),
    "graph": Graph,
}
JOINS: Mapping[str, Callable[[Mapping[str, Any], Sequence[Scores]], Scores]] = {
    "mean": average,
    "stack": stack,
    "calibrated": lambda own, parts: lambda coded: calibrate(own["curves"], parts[0](coded), own["classes"]),
    "turned": turn_back,
}


class Program(Engine):
    """A model that is no sum of points. What is unknown goes to it as missing."""

    def __init__(self, model: Model, compiled: Mapping[str, Any]) -> None:
        self.model, self.compiled = model, compiled
        self.scores = {}
        self.span = Ranges(compiled.get("ranges"))
        self._seen: Mapping[str, Sequence[Any]] = compiled["seen"]

    @cached_property
    def arrays(self) -> Mapping[str, Array]:
        """The numbers that would be too many for a card, as training wrote them beside it."""
        if not self.compiled.get("file"):
            return {}
        sealed = io.BytesIO(read_sealed(self.model.arrays_path, self.compiled["file"]))
        with np.load(sealed, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}

    @cached_property
    def run(self) -> Scores:
        program = build(self.compiled["program"], self.arrays)
        return (lambda coded: 1 - program(coded)) if self.compiled["turned"] else program

    @cached_property
    def is_slow(self) -> bool:
        return sum([len(own) for name, own in self.arrays.items() if name.endswith(".roots")]) >= MANY_WALKED

    def load(self) -> None:
        _ = self.run

    def ways(self, unknown: Sequence[str]) -> int:
        return WORTH

    def seen(self, name: str, most: int) -> Sequence[Any]:
        return self._seen[name][:most]

    def predict_coded(self, coded: Coded) -> Array:
        """A column for each estimate, of rows whose different answers are each given once."""
        return self.run(coded).T

    def predict(self, rows: Sequence[Answers]) -> Columns:
        coded = {asked.name: ([row[asked.name] for row in rows], None) for asked in self.model.inputs}
        return tuple(self.predict_coded(coded).tolist()) if rows else ()

    def predict_one(self, answers: Answers) -> Vector:
        return tuple([column[0] for column in self.predict([answers])])

    def ranges(self, answers: Answers, values: Vector) -> list[Range]:
        return self.span.around(values)

    def estimate_coded(self, coded: Coded) -> list[Array]:
        """For each estimate three columns: the estimate itself and the ends of its range."""
        columns = self.predict_coded(coded)
        tables: list[Any] = [*self.span.tables] or [None] * len(columns)
        return [one for table, own in zip(tables, columns, strict=True) for one in (own, *ends(table, own))]


def ends(table: Mapping[str, Any] | None, column: Array) -> tuple[Array, Array]:
    """The ranges of a column of estimates, as `Ranges` has them for one."""
    if table is None:
        return column, column
    at = np.searchsorted(table["edges"], column, side="right")
    if "low" in table:
        low = np.maximum(column + np.take(table["low"], at), table["least"])
        high = np.minimum(column + np.take(table["high"], at), table["most"])
        return np.minimum(low, column), np.maximum(high, column)
    held = np.clip(column, LEAST, 1 - LEAST)
    odds, reach = (1 - held) / held, np.exp(np.take(table["reach"], at))
    return np.minimum(1 / (1 + odds * reach), column), np.maximum(1 / (1 + odds / reach), column)
