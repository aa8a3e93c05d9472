"""How good a model is: figures from out-of-fold predictions only, as the card shows them."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import pairwise
from math import inf
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn import metrics

from model.declare.inputs import Input
from model.declare.model import Model
from model.declare.numerals import written
from model.predict.evaluation import Bin

from .calibration import brier_parts, calibration_line, smooth_curve
from .decisions import decision_curve
from .pairs import look_at_pairs
from .shares import Share, mean_gap

Numbers = NDArray[np.float64]
ROC_POINTS = 60
TENTHS = tuple([tenth / 10 for tenth in range(1, 10)])
# What happens to fewer than a tenth, or to all but so few, has nearly all its estimates in the outermost tenth.
RARE, LOWEST, HIGHEST = 0.1, (0.01, 0.02, 0.05), (0.95, 0.98, 0.99)
FEWEST_IN_BIN = 10


def class_figures(y: Any, predicted: Numbers, weights: Numbers | None = None) -> dict[str, float]:
    accuracy = metrics.accuracy_score(y, predicted.argmax(axis=1), sample_weight=weights)
    classes = list(range(predicted.shape[1]))
    return {
        "log_loss": metrics.log_loss(y, predicted, sample_weight=weights, labels=classes),
        "accuracy": accuracy,
    }


def chance_figures(y: Numbers, predicted: Numbers, weights: Numbers | None = None) -> dict[str, float]:
    chance = predicted[:, 1]
    return class_figures(y, predicted, weights) | {
        "auc": metrics.roc_auc_score(y, chance, sample_weight=weights),
        "brier": metrics.brier_score_loss(y, chance, sample_weight=weights),
        "calibration_error": calibration_error(y, chance, weights),
    }


def amount_figures(y: Numbers, predicted: Numbers, weights: Numbers | None = None) -> dict[str, float]:
    return {
        "rmse": metrics.root_mean_squared_error(y, predicted[:, 0], sample_weight=weights),
        "mean_error": metrics.mean_absolute_error(y, predicted[:, 0], sample_weight=weights),
        "r2": metrics.r2_score(y, predicted[:, 0], sample_weight=weights),
    }


def calibration_error(y: Numbers, chance: Numbers, weights: Numbers | None = None, bins: int = 10) -> float:
    """Mean distance between estimate and outcome over ten bins of equally many people."""
    each = np.ones(len(y)) if weights is None else weights
    parts = np.array_split(np.argsort(chance, kind="stable"), bins)
    return float(sum(abs((each[p] * (y[p] - chance[p])).sum()) for p in parts) / each.sum())


def evaluate_chances(model: Model, X: pd.DataFrame, y: Numbers, predicted: Numbers) -> dict[str, Any]:
    chance = predicted[:, 1]
    false_alarms, found, _ = metrics.roc_curve(y, chance)
    at = np.linspace(0, 1, ROC_POINTS) ** 2  # denser where the curve bends
    return {
        "base_rate": y.mean(),
        "line": calibration_line(y, chance),
        "curve": smooth_curve(y, chance, model.learns.shows_rows),
        "brier_parts": brier_parts(y, chance),
        "decisions": decision_curve(y, chance),
        "calibration": calibration_bins(y, chance, model.learns.smallest_bin, ends_of_bins(y)),
        "confusion": metrics.confusion_matrix(y, predicted.argmax(axis=1)).tolist(),
        "roc": np.column_stack([at, np.interp(at, false_alarms, found)]).tolist(),
        "groups": [
            {"input": name, **about, **group_figures(y[members], chance[members])}
            for name, edges in model.learns.groups.items()
            for about, members in groups(model.input[name], X[name], edges)
            if members.any()
        ],
        "pairs": look_at_pairs(model, X, y, chance),
    }


def weigh_chances(y: Numbers, predicted: Numbers, weights: Numbers) -> dict[str, Any]:
    """The figures where each row counts for as many people as it speaks for."""
    chance = predicted[:, 1]
    figures = chance_figures(y, predicted, weights) | {"base_rate": float(np.average(y, weights=weights))}
    return {
        "figures": figures | {"estimated": float(np.average(chance, weights=weights))},
        "line": calibration_line(y, chance, weights),
        "decisions": decision_curve(y, chance, weights),
    }


def evaluate_classes(model: Model, X: pd.DataFrame, y: Any, predicted: Numbers) -> dict[str, Any]:
    return {
        "confusion": metrics.confusion_matrix(y, predicted.argmax(axis=1)).tolist(),
        "base_rates": (np.bincount(y) / len(y)).tolist(),
    }


def evaluate_amounts(model: Model, X: pd.DataFrame, y: Numbers, predicted: Numbers) -> dict[str, Any]:
    inside = (predicted[:, 1] <= y) & (y <= predicted[:, 2])
    return {"range_holds": inside.mean(), "quantiles": quantiles(y, model.learns.shows_rows)}


def quantiles(amounts: Numbers, shows_rows: bool) -> list[float]:
    """From the least to the most amount in hundredths; where rows are not shown, averages of ten neighbours."""
    ordered = np.sort(amounts)
    if not shows_rows:
        ordered = np.convolve(ordered, np.ones(10) / 10, mode="valid")
    found: list[float] = np.quantile(ordered, np.linspace(0, 1, 101)).tolist()
    return found


def ends_of_bins(y: Numbers) -> tuple[float, ...]:
    """Tenths, and finer where something is rare or hardly ever fails."""
    share = y.mean()
    return (*(LOWEST if share < RARE else ()), *TENTHS, *(HIGHEST if share > 1 - RARE else ()))


def calibration_bins(y: Numbers, chance: Numbers, smallest: int, ends: Sequence[float]) -> Iterator[dict[str, Any]]:
    """The parts up to each of these ends, joined with their neighbours until each holds enough people."""

    def within(low: float, high: float) -> NDArray[np.bool_]:
        return ((chance > low) | (low == 0)) & (chance <= high)

    edges = [0.0]
    for end in (*ends, 1.0):
        if within(edges[-1], end).sum() >= max(smallest, FEWEST_IN_BIN):
            edges.append(end)
    # What is left over at the top joins the last bin.
    for low, high in pairwise([0.0, *edges[1:-1], 1.0]):
        inside = within(low, high)
        share = Share(int(y[inside].sum()), int(inside.sum()))
        yield asdict(Bin(low, high, share.people, chance[inside].mean(), share.value, share.low, share.high))


def groups(asked: Input, column: pd.Series, edges: Sequence[float]) -> Iterator[tuple[dict[str, Any], Any]]:
    """The groups of one input: each one's label, with its choice or its two ends; and who is in it."""
    if asked.choices:
        for value, label in asked.choices.items():
            yield {"group": label, "value": value}, (column == value).to_numpy()
        return
    for low, high in pairwise([None, *edges, None]):
        if low is None:
            label = "all" if high is None else f"under {high:g}"
        else:
            label = f"{low:g} and over" if high is None else f"{low:g} to {high - 1:g}"
        inside = (column >= (-inf if low is None else low)) & (column < (inf if high is None else high))
        yield {"group": written(label), "start": low, "end": high}, inside.to_numpy()


def group_figures(y: Numbers, chance: Numbers) -> dict[str, Any]:
    gap, right = mean_gap(chance.tolist(), y.tolist()), Share(int(((chance > 0.5) == y).sum()), len(y))
    return {
        "people": len(y),
        "observed": y.mean(),
        "estimated": chance.mean(),
        "gap": gap.value,
        "gap_low": max(gap.low, -1.0),
        "gap_high": min(gap.high, 1.0),
        "right": right.value,
        "right_low": right.low,
        "right_high": right.high,
    }


def digits(found: Any) -> Any:
    """The same with six digits a number, however deep the numbers lie."""
    match found:
        case dict():
            return {name: digits(value) for name, value in found.items()}
        case list() | Iterator():
            return [digits(value) for value in found]
        case float():
            return float(f"{found:.6g}")
    return found
