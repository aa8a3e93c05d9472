"""Trees of several libraries, all written down alike; for the worker's process alone.

A node goes left where its feature is at most its threshold (or below it, where "strict"), once cast to "bits".
What is missing goes left or right as "missing_left" says; a node with categories goes left for those it lists.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

# What a node does with a missing number: takes it for 0, takes it and 0 alike, or sends it its own way.
AS_ZERO, WITH_ZERO, OWN_WAY = 0, 1, 2


class Nodes:
    """All nodes of all trees, one after another; a leaf has no children."""

    def __init__(self, outputs: int, bits: int, strict: bool = False) -> None:
        self.outputs = outputs
        self.about: dict[str, Any] = {"bits": bits, "strict": strict}
        self.columns: dict[str, list[Any]] = {
            name: [] for name in ("feature", "threshold", "left", "right", "missing_left", "missing")
        }
        self.values: list[Any] = []
        self.roots: list[int] = []
        self.categories: dict[str, list[int]] = {}

    def add_tree(self, values: Any, categories: Mapping[int, Iterable[int]], **columns: Any) -> None:
        start, count = len(self.values), len(values)
        self.roots.append(start)
        for name in ("left", "right"):
            children = np.asarray(columns[name])
            columns[name] = np.where(children > 0, children + start, -1)
        columns.setdefault("missing", [OWN_WAY] * count)
        for name, column in self.columns.items():
            column.extend(np.asarray(columns[name]).tolist())
        self.values.extend(np.asarray(values, dtype=float).tolist())
        self.categories.update({str(start + node): [int(c) for c in listed] for node, listed in categories.items()})

    def own(self, value: Any, output: int) -> Any:
        """The values of a tree that adds to one output alone."""
        found = np.zeros((len(value), self.outputs))
        found[:, output] = value
        return found

    def described(self, link: str, **more: Any) -> dict[str, Any]:
        columns = {name: np.array(column, dtype=float) for name, column in self.columns.items()}
        own = {"values": np.array(self.values), "roots": np.array(self.roots, dtype=float)}
        return {**self.about, **columns, **own, "categories": self.categories, "link": link, **more}


def averaged(model: Any) -> dict[str, Any]:
    """Trees, forests and extra trees: the mean of their leaves."""
    trees = [one.tree_ for one in getattr(model, "estimators_", [model])]
    is_classifier = hasattr(model, "classes_")
    nodes = Nodes(trees[0].value.shape[2] if is_classifier else 1, 32)
    for tree in trees:
        values = tree.value[:, 0, :]
        if is_classifier:
            values = values / values.sum(axis=1, keepdims=True)
        add_sklearn(nodes, tree, values)
    # Added up first and divided then, as scikit-learn does: so that all of them agreeing comes to exactly 1.
    return nodes.described("mean" if is_classifier else "none", base=np.zeros(nodes.outputs), divisor=len(trees))


def add_sklearn(nodes: Nodes, tree: Any, values: Any) -> None:
    missing = getattr(tree, "missing_go_to_left", np.zeros(tree.node_count))
    nodes.add_tree(
        values,
        {},
        feature=tree.feature,
        threshold=tree.threshold,
        left=tree.children_left,
        right=tree.children_right,
        missing_left=missing,
    )


def boosted(model: Any) -> dict[str, Any]:
    """scikit-learn's gradient boosting."""
    nodes = Nodes(model.estimators_.shape[1], 32)
    for stage in model.estimators_:
        for k, one in enumerate(stage):
            add_sklearn(nodes, one.tree_, nodes.own(one.tree_.value[:, 0, 0] * model.learning_rate, k))
    link = chance_link(model)
    return nodes.described("double sigmoid" if link == "sigmoid" and model.loss == "exponential" else link)


def histogram(model: Any) -> dict[str, Any]:
    """scikit-learn's histogram boosting, also with categories."""
    nodes = Nodes(len(model._predictors[0]), 64)
    for stage in model._predictors:
        for k, predictor in enumerate(stage):
            tree = predictor.nodes
            sets = {
                node: members(predictor.raw_left_cat_bitsets[tree["bitset_idx"][node]])
                for node in np.flatnonzero(tree["is_categorical"] & ~tree["is_leaf"].astype(bool)).tolist()
            }
            inner = ~tree["is_leaf"].astype(bool)
            nodes.add_tree(
                nodes.own(tree["value"], k),
                sets,
                feature=tree["feature_idx"],
                threshold=tree["num_threshold"],
                left=np.where(inner, tree["left"].astype(int), -1),
                right=np.where(inner, tree["right"].astype(int), -1),
                missing_left=tree["missing_go_to_left"],
            )
    link = "exp" if model.loss in ("poisson", "gamma") else chance_link(model)
    return nodes.described(link)


def members(bits: Sequence[int]) -> list[int]:
    return [32 * at + bit for at, word in enumerate(bits) for bit in range(32) if int(word) >> bit & 1]


def chance_link(model: Any) -> str:
    classes = len(getattr(model, "classes_", ()))
    return "none" if not classes else "sigmoid" if classes == 2 else "softmax"


LIGHTGBM_LINKS = {
    "binary": "sigmoid",
    "multiclass": "softmax",
    "softmax": "softmax",
    "multiclassova": "each",
    "cross_entropy": "sigmoid",
    "poisson": "exp",
    "gamma": "exp",
    "tweedie": "exp",
}


def lightgbm(model: Any) -> dict[str, Any]:
    booster = model.booster_ if hasattr(model, "booster_") else model.booster
    about = booster.dump_model()
    objective, *options = about["objective"].split()
    count = about["num_tree_per_iteration"]
    nodes = Nodes(count, 64)
    share = count / len(about["tree_info"]) if about.get("average_output") else 1.0
    for at, tree in enumerate(about["tree_info"]):
        rows: list[dict[str, Any]] = []
        write_down(tree["tree_structure"], rows)
        sets = {n: row["cats"] for n, row in enumerate(rows) if row["cats"] is not None}
        columns = {name: [row[name] for row in rows] for name in nodes.columns}
        nodes.add_tree(nodes.own(np.array([row["value"] * share for row in rows]), at % count), sets, **columns)
    if "sigmoid:1" not in options and objective in ("binary", "multiclassova"):
        objective = "another sigmoid"
    return nodes.described(LIGHTGBM_LINKS.get(objective, objective if "sigmoid" in objective else "none"))


def write_down(node: dict[str, Any], rows: list[dict[str, Any]]) -> int:
    at = len(rows)
    if "leaf_value" in node:
        empty = {"feature": 0, "threshold": 0.0, "left": -1, "right": -1, "missing_left": 0, "missing": OWN_WAY}
        rows.append({**empty, "cats": None, "value": node["leaf_value"]})
        return at
    by_category = node["decision_type"] == "=="
    row: dict[str, Any] = {
        "feature": node["split_feature"],
        "threshold": 0.0 if by_category else float(node["threshold"]),
        "missing_left": 0 if by_category else int(node["default_left"]),
        "missing": OWN_WAY if by_category else {"None": AS_ZERO, "Zero": WITH_ZERO}.get(node["missing_type"], OWN_WAY),
        "cats": [int(c) for c in str(node["threshold"]).split("||")] if by_category else None,
        "value": 0.0,
    }
    rows.append(row)
    row["left"] = write_down(node["left_child"], rows)
    row["right"] = write_down(node["right_child"], rows)
    return at


XGBOOST_LINKS = {
    "binary:logistic": "sigmoid",
    "reg:logistic": "sigmoid",
    "multi:softprob": "softmax",
    "multi:softmax": "softmax",
    "count:poisson": "exp",
    "reg:gamma": "exp",
    "reg:tweedie": "exp",
}


def xgboost(model: Any) -> dict[str, Any]:
    booster = model.get_booster() if hasattr(model, "get_booster") else model.booster
    learner = json.loads(booster.save_raw("json"))["learner"]
    grown = learner["gradient_booster"]
    weights = grown.get("weight_drop")
    grown = grown.get("gbtree", grown)
    if "trees" not in grown.get("model", {}):
        return {"kind": "unknown", "name": "XGBoost with booster='gblinear'"}
    count = max(int(learner["learner_model_param"]["num_class"]), 1)
    nodes = Nodes(count, 32, strict=True)
    last = len(grown["model"]["trees"])
    best = getattr(model, "best_iteration", None) if hasattr(model, "evals_result_") else None
    if best is not None:
        last = int(grown["model"]["iteration_indptr"][best + 1])
    for at, tree in enumerate(grown["model"]["trees"][:last]):
        # They are written down as briefly as float32 allows.
        conditions = np.array(tree["split_conditions"], dtype=np.float32).astype(float)
        value = conditions * (weights[at] if weights else 1.0)
        left = np.array(tree["left_children"])
        sets = {}
        for node, start, size in zip(
            *(tree[f"categories_{name}"] for name in ("nodes", "segments", "sizes")), strict=True
        ):
            # It lists those that go right.
            sets[node] = tree["categories"][start : start + size]
        nodes.add_tree(
            nodes.own(np.where(left < 0, value, 0.0), grown["model"]["tree_info"][at]),
            sets,
            feature=tree["split_indices"],
            threshold=conditions,
            left=left,
            right=tree["right_children"],
            missing_left=tree["default_left"],
        )
    link = XGBOOST_LINKS.get(learner["objective"]["name"], "none")
    base = np.ravel(json.loads(learner["learner_model_param"]["base_score"]))
    # Elsewhere it is a chance or a rate, and the score says best what it comes to.
    own = {"base": base.astype(np.float32).astype(float)} if link == "none" and len(base) == count else {}
    return nodes.described(link, tolerance=1e-6, listed_go_right=True, single=True, **own)


CATBOOST_LINKS = {
    "Logloss": "sigmoid",
    "CrossEntropy": "sigmoid",
    "MultiClass": "softmax",
    "MultiClassOneVsAll": "each",
}


def catboost(model: Any) -> dict[str, Any]:
    """CatBoost's trees, each of which asks the same question of all nodes at one depth."""
    own = getattr(model, "model", model)
    with tempfile.TemporaryDirectory() as folder:
        own.save_model(f"{folder}/model.json", format="json")
        about = json.loads(Path(folder, "model.json").read_text(encoding="utf-8"))
    features = {one["feature_index"]: one for one in about["features_info"].get("float_features", [])}
    trees = about.get("oblivious_trees", [])
    if not trees or any(split["split_type"] != "FloatFeature" for tree in trees for split in tree["splits"] or ()):
        return {"kind": "unknown", "name": "CatBoost with categories, or with trees that are not symmetric,"}
    scale, bias = about["scale_and_bias"]
    nodes = Nodes(len(bias), 32)
    for tree in trees:
        splits = tree["splits"] or []
        # A leaf's number has a bit for each split, the first one's the lowest; below a node its right child comes second.
        depth = len(splits)
        order = [int(f"{at:0{depth}b}"[::-1], 2) if depth else 0 for at in range(2**depth)]
        leaves = scale * np.reshape(tree["leaf_values"], (2**depth, len(bias)))[order]
        asked = [split for level, split in enumerate(splits) for _ in range(2**level)]
        numbers, ends = np.arange(len(asked)), np.zeros(2**depth)
        goes_right = [features[split["float_feature_index"]]["nan_value_treatment"] == "AsTrue" for split in asked]
        nodes.add_tree(
            np.vstack([np.zeros((len(asked), len(bias))), leaves]),
            {},
            feature=[*(features[split["float_feature_index"]]["flat_feature_index"] for split in asked), *ends],
            threshold=[*(float(np.float32(split["border"])) for split in asked), *ends],
            left=[*(2 * numbers + 1), *(ends - 1)],
            right=[*(2 * numbers + 2), *(ends - 1)],
            missing_left=[*(not right for right in goes_right), *ends],
        )
    loss = str(own.get_all_params().get("loss_function", "")).partition(":")[0]
    return nodes.described(CATBOOST_LINKS.get(loss, "none"))


TREES: dict[tuple[str, ...], Callable[[Any], dict[str, Any]]] = {
    (
        "DecisionTreeClassifier",
        "DecisionTreeRegressor",
        "ExtraTreeClassifier",
        "ExtraTreeRegressor",
        "RandomForestClassifier",
        "RandomForestRegressor",
        "ExtraTreesClassifier",
        "ExtraTreesRegressor",
    ): averaged,
    ("GradientBoostingClassifier", "GradientBoostingRegressor"): boosted,
    ("HistGradientBoostingClassifier", "HistGradientBoostingRegressor"): histogram,
    ("LGBMClassifier", "LGBMRegressor", "lightgbm"): lightgbm,
    ("XGBClassifier", "XGBRegressor", "xgboost"): xgboost,
    ("CatBoost", "CatBoostClassifier", "CatBoostRegressor"): catboost,
}
