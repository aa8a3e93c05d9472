"""Boosting as trees over a model's inputs as they are: fitted, and LightGBM's written down as numbers to look up."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder

from model.declare.choice import ChoiceInput
from model.declare.model import Model
from model.declare.recipe import Trees
from model.predict.kinds import KINDS

from .forest import Arrays, Forest, lay_out_masks
from .kinds import kind_of
from .rows import Rows

LIGHTGBM, BOOSTING = "LightGBM", "Gradient boosting"
# Trees that are to be the model itself. Few rows of a kind may share a leaf, and a choice that few have may be parted from
# the others, since the ridge penalty and the share of inputs that each node chooses from keep them from learning by heart.
# Of inputs a whole tree would lack some, and never tie three of four together.
CAREFUL = {"learning_rate": 0.05, "min_child_samples": 10, "min_data_per_group": 5, "feature_fraction_bynode": 0.7}
# What a node does with a missing number, as `Forest` has it.
AS_ZERO, OWN_WAY = 0, 2


def trees_of(model: Model, way: Trees) -> Any:
    """The unfitted pipeline of a recipe's trees."""
    sized = {"num_leaves": way.leaves, "n_estimators": way.rounds, "reg_lambda": way.ridge}
    return prepare(model, LIGHTGBM, {**CAREFUL, **sized}, guest=False)


def prepare(model: Model, name: str, settings: Mapping[str, Any], guest: bool = True) -> Any:
    """A boosting machine of this name over all inputs in their order; what is missing stays so."""
    kind, names = kind_of(model), [*model.input, *(model.learns.reference_only if guest else ())]
    prepared = in_order(model, names)
    choices = [at for at, one in enumerate(names) if isinstance(model.input.get(one), ChoiceInput)]
    rising = [int(one in model.learns.rising) for one in names] if model.learns.rising else None
    if name == LIGHTGBM:
        # Needed to learn and never to serve or to check.
        from lightgbm import LGBMClassifier, LGBMRegressor

        machine: Any = LGBMClassifier if kind.is_counted else LGBMRegressor
        own: dict[str, Any] = {"random_state": 0, "n_jobs": 1, "verbose": -1, "deterministic": True}
        own |= {"force_row_wise": True, **({"monotone_constraints": rising} if rising else {}), **settings}
        return make_pipeline(prepared, machine(**own))
    own = {"early_stopping": False, "random_state": 0, "categorical_features": choices, **settings}
    return make_pipeline(prepared, kind.boosted(monotonic_cst=rising, **own))


def in_order(model: Model, names: Sequence[str]) -> ColumnTransformer:
    """A column for each: choices by their place on the form, numbers as they are, and NaN for what is missing."""

    def coded(name: str) -> Any:
        asked = model.input.get(name)
        if not isinstance(asked, ChoiceInput):
            return "passthrough"
        places = {"handle_unknown": "use_encoded_value", "unknown_value": np.nan}
        return OrdinalEncoder(categories=[[*asked.choices]], **places)

    return ColumnTransformer([(str(at), coded(name), [name]) for at, name in enumerate(names)])


def feature_names(pipeline: Any) -> list[str]:
    return [name for _, _, names in pipeline[0].transformers for name in names]


def fit_as_is(pipeline: Any, rows: Rows) -> Any:
    last, names = pipeline.steps[-1][0], feature_names(pipeline)
    more: dict[str, Any] = {} if rows.weights is None else {f"{last}__sample_weight": rows.weights}
    if last.startswith("lgbm"):
        more[f"{last}__categorical_feature"] = [
            at for at, (_, coded, _) in enumerate(pipeline[0].transformers) if isinstance(coded, OrdinalEncoder)
        ]
    return clone(pipeline).fit(rows.table[names], rows.y, **more)


def write_down(machine: Any, model: Model) -> tuple[dict[str, Any], bytes]:
    """LightGBM's trees as a program, and the file with their numbers."""
    # Of each input's cells one answer, which stands for all of them; what is missing has the last.
    forest, inputs, cells = Forest(list_nodes(machine)), [], []
    arrays: Arrays = {}
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
    packed = io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, **{f"0.{name}": one for name, one in arrays.items()})
    return program, packed.getvalue()


def list_nodes(machine: Any) -> dict[str, Any]:
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
