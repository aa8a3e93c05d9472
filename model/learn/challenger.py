"""The challenger: another kind of model that is just as good, and what it says where it and the model differ.

It is boosting as trees, written down as numbers to look up, in a file of its own beside the card. Serving reads that
file when somebody first asks for it.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.declare.model import Model
from model.evaluate.shares import Share
from model.predict.card import Challenger
from model.predict.kinds import KINDS
from model.predict.ranges import LEAST

from .errors import parts_of
from .forest import Forest, lay_out_masks
from .kinds import Predicted, kind_of
from .references import LIGHTGBM, SAME_INPUTS, Tuned, fit_reference
from .rows import Rows

# Estimates that differ by more than so many points are said to differ.
APART = 0.05
# Of fewer people nothing is said.
FEWEST = 30
# Its estimates are parted into so many, each of which has a reach of its own.
PARTS = 10
# What a node does with a missing number, as `Forest` has it.
AS_ZERO, OWN_WAY = 0, 2


def challenger_among(others: Mapping[str, Any]) -> str | None:
    """Which of those that a model is measured against may challenge it: boosting as trees, that asks no more than it."""
    return next((name for name in (SAME_INPUTS, LIGHTGBM) if name in others), None)


def is_as_good(ahead: Mapping[str, Mapping[str, float]], model: Model) -> bool:
    """Whether the range of the difference includes none, or the other kind of model is better."""
    return ahead[kind_of(model).columns[0]]["low"] <= 0


def compile_challenger(model: Model, tuned: Tuned, rows: Rows) -> tuple[dict[str, Any], bytes]:
    """What the card says of it, and its file: fitted to all rows."""
    machine = fit_reference(tuned, rows)[-1]
    part = write_down(machine)
    # Of each input's cells one answer, which stands for all of them; what is missing has the last.
    forest, inputs, cells = Forest(part), [], []
    arrays: dict[str, NDArray[Any]] = {}
    thresholds = forest.thresholds()
    for at, asked in enumerate(model.inputs):
        if asked.choices:
            inputs.append({"name": asked.name, "levels": [*asked.choices]})
            cells.append(np.array([*range(len(asked.choices)), np.nan]))
            continue
        # A node goes left up to its threshold; a cell begins with the next number.
        cuts = np.nextafter(thresholds.get(at, np.empty(0)), np.inf)
        inputs.append({"name": asked.name, "levels": []})
        cells.append(np.array([-np.inf, *cuts, np.nan]))
        arrays[f"cuts{at}"] = cuts
    decisions = [
        (node, int(forest.feature[node]), forest.goes_left(node, cells[int(forest.feature[node])]))
        for node in forest.inner.tolist()
    ]
    arrays |= lay_out_masks(forest, decisions, [len(own) for own in cells])
    packed = io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, **{f"0.{name}": one for name, one in arrays.items()})
    program = {
        "kind": "trees",
        "at": 0,
        "layout": "masks",
        "inputs": inputs,
        "mixed": None,
        "base": [0.0] * forest.values.shape[1],
        "divisor": 1,
        "link": KINDS[model.kind].link,
    }
    settings = {name: machine.get_params()[name] for name in ("num_leaves", "n_estimators", "learning_rate")}
    return {"name": "boosted trees", "program": program, "settings": settings}, packed.getvalue()


def write_down(machine: Any) -> dict[str, Any]:
    """LightGBM's trees, as its own documented dump has them: all nodes one after another."""
    about = machine.booster_.dump_model()
    outputs: int = about["num_tree_per_iteration"]
    nodes: list[dict[str, Any]] = []
    roots: list[int] = []
    values: list[Any] = []
    for at, tree in enumerate(about["tree_info"]):
        roots.append(len(nodes))
        walk(tree["tree_structure"], nodes)
        values.extend(np.eye(outputs)[at % outputs] * node["value"] for node in nodes[roots[-1] :])
    sets = {str(at): node["listed"] for at, node in enumerate(nodes) if node["listed"] is not None}
    names = ("feature", "threshold", "left", "right", "missing_left", "missing")
    columns: dict[str, Any] = {name: np.array([node[name] for node in nodes], dtype=float) for name in names}
    own: dict[str, Any] = {"values": np.array(values), "roots": np.array(roots, dtype=float)}
    return {**columns, **own, "categories": sets, "bits": 64, "strict": False}


def walk(node: Mapping[str, Any], nodes: list[dict[str, Any]]) -> int:
    place = len(nodes)
    row: dict[str, Any] = dict.fromkeys(("feature", "threshold", "missing_left", "value"), 0)
    row |= {"left": -1, "right": -1, "missing": OWN_WAY, "listed": None}
    nodes.append(row)
    if "leaf_value" in node:
        row["value"] = node["leaf_value"]
        return place
    row["feature"] = node["split_feature"]
    if node["decision_type"] == "==":
        # Choices that are listed go left; any other goes right, and so does what is missing.
        row["listed"] = [int(place) for place in str(node["threshold"]).split("||")]
    else:
        # What is missing counts as 0 where a tree has seen none.
        missing = AS_ZERO if node["missing_type"] == "None" else OWN_WAY
        row |= {"threshold": node["threshold"], "missing_left": node["default_left"], "missing": missing}
    row["left"] = walk(node["left_child"], nodes)
    row["right"] = walk(node["right_child"], nodes)
    return place


def reach_around(other: Predicted, third: Predicted) -> dict[str, Any]:
    """By tenth of the challenger's chances how far a third kind of model lies from it, in most cases."""
    one, two = (np.clip(said[:, 1], LEAST, 1 - LEAST) for said in (other, third))
    apart = np.abs(np.log(one / (1 - one)) - np.log(two / (1 - two)))
    edges, parts = parts_of(one, PARTS)
    reach = [float(np.quantile(apart[part], Challenger.reaches_of_ten / 10)) if part.any() else 0.0 for part in parts]
    return {"ranges": [{"edges": edges, "reach": reach}]}


def tell_apart(y: Any, own: Predicted, other: Predicted) -> dict[str, Any]:
    """Where two chances differ by more than a few points: how often, what each said on average, and what was so."""
    if own.shape[1] != 2:
        return {}
    gap = other[:, 1] - own[:, 1]
    cases = []
    for higher in (True, False):
        rows = gap > APART if higher else gap < -APART
        if rows.sum() < FEWEST:
            continue
        so = Share(int(y[rows].sum()), int(rows.sum()))
        averages = {"own": float(own[rows, 1].mean()), "other": float(other[rows, 1].mean())}
        observed = {"value": so.value, "low": so.low, "high": so.high}
        cases.append({"higher": higher, "people": so.people, **averages, "observed": observed})
    return {"differ": float(np.mean(np.abs(gap) > APART)), "cases": cases}
