"""From what a model is made of to what serving reads: tables where it is a sum, otherwise a short program."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from model.learn.forest import Arrays
from model.predict.kinds import KINDS

from .asking import Asked, list_asked
from .original import CannotWrap, Failed, Original, Rows, first_line
from .sums import find_bends, read_sum
from .trees import compile_trees

# How far what is served may be from the original: where both add up in float64, and elsewhere.
EXACT, NEAR = 1e-12, 1e-6


@dataclass
class Compiled:
    """What serving reads of a model: for its card, and beside it."""

    engine: dict[str, Any]
    arrays: Arrays = field(default_factory=dict)
    tolerance: float = EXACT


class Compiler:
    def __init__(self, original: Original, model: Any, X: pd.DataFrame, turned: bool) -> None:
        self.original, self.model, self.X = original, model, X
        # Where yes is the first of two classes, the chance is the other's.
        self.turned = turned
        self.inputs: list[Asked] = list_asked(model, X)
        self.arrays: Arrays = {}
        self.cuts: dict[str, set[Any]] = {}
        self.tolerance = EXACT

    def compile(self) -> Compiled:
        part = self.original.about["part"]
        if unknown := list(unknown_parts(part)):
            raise CannotWrap(f"{unknown[0]} is not known here; docs/wrapping.md lists what is")
        sum_of_all = as_one_sum(part)
        kind = KINDS[self.model.kind]
        if sum_of_all is not None and sum_of_all["link"] == kind.link:
            score = self.read(sum_of_all)
            if self.turned:
                score = scaled(score, -1.0, 0.0)
            sums = {"estimate": score} if kind.is_amount else score
            return Compiled({"name": "tables", **sums}, {}, self.tolerance)
        program = self.build(part)
        engine = {"name": "trees", "program": program, "turned": self.turned}
        return Compiled(engine, self.arrays, self.tolerance)

    def build(self, part: Mapping[str, Any]) -> dict[str, Any]:
        match part:
            case {"kind": "sum", "link": link}:
                return {"kind": "sum", "link": link, **self.read(part)}
            case {"kind": "trees"}:
                return self.build_trees(part)
        own = {name: listed(value) for name, value in part.items() if name != "parts"}
        return {**own, "parts": [self.build(one) for one in part["parts"]]}

    def read(self, part: Mapping[str, Any]) -> dict[str, Any]:
        ask = partial(self.asked, "score", part["part"])
        cuts = find_bends(partial(self.asked, "bends", part["part"]), self.inputs, self.X)
        self.note(cuts)
        score = read_sum(ask, self.inputs, self.X, cuts, part["name"])
        return scaled(score, part.get("times", 1.0), part.get("plus", 0.0))

    def build_trees(self, part: Mapping[str, Any]) -> dict[str, Any]:
        if "sigmoid" in part["link"] and part["link"] not in ("sigmoid", "double sigmoid"):
            raise CannotWrap(f"{part['name']}: LightGBM's sigmoid option is not known here. Fit it without")
        self.tolerance = max(self.tolerance, part.get("tolerance", EXACT))
        ask = partial(self.asked, "features", part["part"])
        compiled, arrays, cuts = compile_trees(part, ask, self.inputs, self.X, part["part"])
        self.note(cuts)
        if compiled["link"] == "mean" and len(compiled["base"]) == 2:
            # Of two shares the second says all.
            arrays = {n: a[:, 1:] if n.endswith(".values") else a for n, a in arrays.items()}
            compiled["base"] = compiled["base"][1:]
        self.arrays |= arrays
        if "base" not in part:
            # What the library starts from is what its score has more than the trees, wherever one looks.
            from model.predict.trees import Trees

            rows = {one.name: [one.usual] for one in self.inputs}
            coded = {name: (answers, np.arange(1)) for name, answers in rows.items()}
            own = Trees(compiled, arrays).score(coded)[0]
            compiled["base"] = (np.asarray(self.asked("score", part["part"], rows))[0] - own).tolist()
        return compiled

    def note(self, cuts: Mapping[str, list[Any]]) -> None:
        """Where something changes, the comparison looks from both sides."""
        for name, own in cuts.items():
            self.cuts.setdefault(name, set()).update(own)

    def asked(self, what: str, part: int, rows: Rows) -> Any:
        try:
            return self.original.ask(what, part=part, rows=rows)
        except Failed as fault:
            raise CannotWrap(f"The model refuses an answer that its form would take: {fault}") from None

    # -- ONNX ---------------------------------------------------------------------------------------------

    def convert(self) -> Compiled:
        """As an ONNX graph, if its library or skl2onnx can make one."""
        try:
            graph = base64.b64decode(self.original.ask("to_onnx"))
        except Failed as fault:
            raise CannotWrap(f"it cannot be had: {first_line(fault)}") from None
        import onnxruntime

        session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
        feeds = [{"name": one.name, "kind": one.type} for one in session.get_inputs()]
        outputs = [one for one in session.get_outputs() if one.type not in ("tensor(int64)", "tensor(string)")]
        program = {
            "kind": "graph",
            "link": "none",
            "feeds": feeds,
            "single": len(feeds) == 1 and len(self.original.columns) > 1,
            "output": outputs[0].name,
            "columns": self.original.columns,
            "values": self.original.about["values"],
            "binary": len(self.original.about["classes"]) == 2,
        }
        engine = {"name": "onnx", "program": program, "turned": self.turned}
        return Compiled(engine, {"graph": np.frombuffer(graph, np.uint8)}, NEAR)


def listed(value: Any) -> Any:
    """Arrays as JSON has them."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        return {name: listed(one) for name, one in value.items()}
    return [listed(one) for one in value] if isinstance(value, list) else value


def unknown_parts(part: Mapping[str, Any]) -> Any:
    if part["kind"] == "unknown":
        yield part["name"]
    for one in part.get("parts", ()):
        yield from unknown_parts(one)


def as_one_sum(part: Mapping[str, Any]) -> dict[str, Any] | None:
    """The part as one sum, where it is one: alone, or calibrated by one sigmoid."""
    match part:
        case {"kind": "sum"}:
            return dict(part)
        case {"kind": "mean", "parts": [one]}:
            return as_one_sum(one)
        case {"kind": "calibrated", "classes": 2, "parts": [one], "curves": [{"a": a, "b": b}]}:
            within = as_one_sum(one)
            if within is not None and within["link"] == "none":
                return {**within, "link": "sigmoid", "times": -a, "plus": -b}
    return None


def scaled(score: dict[str, Any], times: float, plus: float) -> dict[str, Any]:
    """A score times a number, and more by another."""
    if (times, plus) == (1.0, 0.0):
        return score
    terms = [{**term, "points": (np.array(term["points"]) * times).tolist()} for term in score["terms"]]
    return {"intercept": [times * x + plus for x in score["intercept"]], "terms": terms}
