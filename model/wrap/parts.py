"""What a fitted estimator is made of: sums, trees, and what joins several; for the worker's process alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .forests import TREES
from .natives import Native
from .opening import Frame

Rows = dict[str, list[Any]]
# What turns an amount before the fit, by the ufunc that turns it back.
INVERSES = ("exp", "expm1", "square", "log", "log1p", "sqrt", "exp2", "power")


class Part:
    """An estimator and the transformers before it."""

    def __init__(self, estimator: Any, before: Sequence[Any]) -> None:
        self.estimator, self.before = estimator, before


class Parts:
    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.parts: list[Part] = []

    def describe(self, estimator: Any, before: Sequence[Any] = ()) -> dict[str, Any]:
        """A part as a plain dictionary; "unknown" where nobody has written down how such a one works."""
        name = type(estimator).__name__
        if hasattr(estimator, "steps"):
            steps = [step for _, step in estimator.steps[:-1] if step is not None and step != "passthrough"]
            return self.describe(estimator.steps[-1][1], [*before, *steps])
        if hasattr(estimator, "best_estimator_"):
            return self.describe(estimator.best_estimator_, before)
        if name == "FrozenEstimator":
            return self.describe(estimator.estimator, before)
        for names, of in JOINS.items():
            if name in names:
                return of(self, estimator, before)
        own = {"part": self._keep(estimator, before), "name": name}
        maker = estimator.maker if isinstance(estimator, Native) else ""
        for names, trees_of in TREES.items():
            if name in names or maker in names:
                return {**own, "kind": "trees", **trees_of(estimator)}
        is_linear = hasattr(estimator, "coef_") and np.ndim(getattr(estimator, "coef_", 0))
        if is_linear or name.endswith("NB") or name == "QuadraticDiscriminantAnalysis":
            return {**own, "kind": "sum", "link": link_of(estimator)}
        return {**own, "kind": "unknown"}

    def _keep(self, estimator: Any, before: Sequence[Any]) -> int:
        self.parts.append(Part(estimator, before))
        return len(self.parts) - 1

    # -- asking a part ------------------------------------------------------------------------------------

    def matrix(self, part: int, rows: Rows) -> Any:
        X = self.frame.build(rows)
        for step in self.parts[part].before:
            X = step.transform(X)
        return X

    def features(self, part: int, rows: Rows) -> Any:
        """The columns that the part's own estimator compares with its thresholds."""
        X, estimator = self.matrix(part, rows), self.parts[part].estimator
        if hasattr(estimator, "_preprocess_X"):
            return np.asarray(estimator._preprocess_X(X, reset=False), dtype=float)
        # What a sparse matrix leaves out is missing to XGBoost, and 0 to everyone else.
        return dense(X, np.nan if type(estimator).__name__.startswith("XGB") else 0.0)

    def score(self, part: int, rows: Rows) -> Any:
        """What the part adds up, before it becomes a chance or an amount."""
        X, estimator = self.matrix(part, rows), self.parts[part].estimator
        found = np.asarray(raw_of(estimator, X), dtype=float)
        return found.reshape(len(found), -1)

    def bends(self, part: int, rows: Rows) -> dict[str, Any]:
        """What each transformer that bends or breaks sees of these rows, a column each, and where it does."""
        seen: list[tuple[Any, list[Any]]] = []
        bending = [one for step in self.parts[part].before for one in inner(step) if type(one).__name__ in BENDS]
        for one in bending:
            one.__dict__["transform"] = recorder(one, seen)
        try:
            self.matrix(part, rows)
        finally:
            for one in bending:
                del one.__dict__["transform"]
        columns = [pair for X, all_cuts in seen for pair in zip(dense(X).T, all_cuts, strict=True)]
        known = [(column, sorted(set(cuts))) for column, cuts in columns if len(cuts)]
        return {"columns": np.array([c for c, _ in known]).T, "cuts": [[float(x) for x in cuts] for _, cuts in known]}


def recorder(transformer: Any, seen: list[tuple[Any, list[Any]]]) -> Callable[[Any], Any]:
    def transform(X: Any) -> Any:
        found = type(transformer).transform(transformer, X)
        seen.append((X, BENDS[type(transformer).__name__](transformer)))
        if getattr(transformer, "output_distribution", "") == "normal":
            # A normal distribution has no end, so scikit-learn ends it at about 5.2 to either side.
            seen.append((found, [[np.nextafter(low, 9), high] for low, high in [NORMAL_ENDS] * found.shape[1]]))
        return found

    return transform


def inner(step: Any) -> list[Any]:
    """A transformer and those within it."""
    named = [*getattr(step, "transformers_", []), *getattr(step, "transformer_list", []), *getattr(step, "steps", [])]
    return [step, *[one for _, part, *_ in named if not isinstance(part, str) for one in inner(part)]]


def dense(X: Any, left_out: float = 0.0) -> Any:
    if hasattr(X, "toarray"):
        stored, X = X.tocoo(), np.full(X.shape, left_out)
        X[stored.row, stored.col] = stored.data
    if hasattr(X, "columns"):
        X = np.column_stack([codes_of(X[name]) for name in X.columns])
    return np.asarray(X, dtype=float)


def codes_of(column: Any) -> Any:
    """A column's numbers; of pandas' categories their codes, as boosters have them."""
    if hasattr(column, "cat"):
        codes = np.asarray(column.cat.codes, dtype=float)
        return np.where(codes < 0, np.nan, codes)
    return np.asarray(column, dtype=float)


# The normal quantiles of 1e-7 less a rounding, and of the rest, as QuantileTransformer has them.
NORMAL_ENDS = (-5.199337582605575, 5.19933758270342)
# Where a transformer's columns bend or break, for each of the columns that it is given.
BENDS: dict[str, Callable[[Any], list[Any]]] = {
    "KBinsDiscretizer": lambda one: [edges[1:-1] for edges in one.bin_edges_],
    "SplineTransformer": lambda one: [spline.t for spline in one.bsplines_],
    "QuantileTransformer": lambda one: list(one.quantiles_.T),
    "MinMaxScaler": lambda one: [[low, high] for low, high in zip(one.data_min_, one.data_max_, strict=True)],
    "PowerTransformer": lambda one: [[0.0] for _ in one.lambdas_],
    "Binarizer": lambda one: [[one.threshold] for _ in range(one.n_features_in_)],
}


def raw_of(estimator: Any, X: Any) -> Any:
    name = type(estimator).__name__
    if isinstance(estimator, Native):
        return estimator._predict(X, raw=True)
    if name.startswith("LGBM"):
        return estimator.predict(X, raw_score=True)
    if name.startswith("XGB"):
        return estimator.predict(X, output_margin=True)
    if name.startswith("CatBoost"):
        return getattr(estimator, "model", estimator).predict(X, prediction_type="RawFormulaVal")
    if hasattr(estimator, "decision_function"):
        return estimator.decision_function(X)
    if hasattr(estimator, "predict_joint_log_proba"):
        # Naive Bayes: of two classes the odds of the second.
        joint = estimator.predict_joint_log_proba(X)
        return joint[:, 1] - joint[:, 0] if joint.shape[1] == 2 else joint
    if hasattr(estimator, "predict_proba"):
        return estimator.predict_proba(X)
    found = np.asarray(estimator.predict(X), dtype=float)
    return np.log(found) if link_of(estimator) == "exp" else found


def link_of(estimator: Any) -> str:
    """How a score becomes what the estimator answers."""
    name, loss = type(estimator).__name__, getattr(estimator, "loss", "")
    if name in ("PoissonRegressor", "GammaRegressor"):
        return "exp"
    if name == "TweedieRegressor":
        return "exp" if estimator._base_loss.link.__class__.__name__ == "LogLink" else "none"
    if name.startswith("HistGradient") and loss in ("poisson", "gamma"):
        return "exp"
    if not hasattr(estimator, "classes_") or not hasattr(estimator, "predict_proba"):
        return "none"
    if len(estimator.classes_) == 2:
        return "sigmoid"
    return "each" if name == "SGDClassifier" else "softmax"


# -- what joins several parts -----------------------------------------------------------------------------


def voting(parts: Parts, estimator: Any, before: Sequence[Any]) -> dict[str, Any]:
    if getattr(estimator, "voting", "soft") == "hard":
        return {"kind": "unknown", "name": "VotingClassifier with voting='hard', which gives no chances"}
    weights = estimator.weights
    if weights is not None:
        weights = [w for (_, one), w in zip(estimator.estimators, weights, strict=True) if not isinstance(one, str)]
    found = [parts.describe(one, before) for one in estimator.estimators_]
    return {"kind": "mean", "parts": found, "weights": [float(w) for w in weights or [1] * len(found)]}


def stacking(parts: Parts, estimator: Any, before: Sequence[Any]) -> dict[str, Any]:
    final = estimator.final_estimator_
    if estimator.passthrough or not np.ndim(getattr(final, "coef_", 0)):
        what = "passthrough=True" if estimator.passthrough else f"{type(final).__name__} at its end"
        return {"kind": "unknown", "name": f"{type(estimator).__name__} with {what}"}
    found = []
    for one, method in zip(estimator.estimators_, estimator.stack_method_, strict=True):
        part = parts.describe(one, before)
        found.append(part if method != "decision_function" else {**part, "link": "none"})
    return {
        "kind": "stack",
        "parts": found,
        "binary": len(getattr(estimator, "classes_", ())) == 2,
        "coefficients": np.atleast_2d(final.coef_),
        "intercept": np.atleast_1d(final.intercept_),
        "link": link_of(final),
    }


def calibrated(parts: Parts, estimator: Any, before: Sequence[Any]) -> dict[str, Any]:
    found = []
    for one in estimator.calibrated_classifiers_:
        part = parts.describe(one.estimator, before)
        if hasattr(one.estimator, "decision_function"):
            part["link"] = "none"
        curves: list[Any] = []
        for curve in one.calibrators:
            if hasattr(curve, "a_"):
                curves.append({"a": float(curve.a_), "b": float(curve.b_)})
            elif hasattr(curve, "beta_"):
                curves.append({"beta": float(curve.beta_), "of_chances": part["link"] != "none"})
            else:
                curves.append({"x": curve.X_thresholds_, "y": curve.y_thresholds_})
        found.append({"kind": "calibrated", "parts": [part], "curves": curves, "classes": len(estimator.classes_)})
    return {"kind": "mean", "parts": found, "weights": [1.0] * len(found)}


def target(parts: Parts, estimator: Any, before: Sequence[Any]) -> dict[str, Any]:
    turned, within = estimator.transformer_, estimator.regressor_
    inverse: Any = None
    if type(turned).__name__ == "FunctionTransformer":
        name = getattr(turned.inverse_func, "__name__", "")
        inverse = name if name in INVERSES and isinstance(turned.inverse_func, np.ufunc) else None
    elif type(turned).__name__ == "StandardScaler":
        inverse = [float(turned.scale_[0]), float(turned.mean_[0])]
    if inverse is None:
        return {"kind": "unknown", "name": "TransformedTargetRegressor whose inverse is none of NumPy's functions"}
    return {"kind": "turned", "parts": [parts.describe(within, before)], "inverse": inverse}


JOINS: dict[tuple[str, ...], Callable[[Parts, Any, Sequence[Any]], dict[str, Any]]] = {
    ("VotingClassifier", "VotingRegressor"): voting,
    ("StackingClassifier", "StackingRegressor"): stacking,
    ("CalibratedClassifierCV",): calibrated,
    ("TransformedTargetRegressor",): target,
}
