"""How good a model is: figures from out-of-fold predictions only, as the card shows them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, brier_score_loss, log_loss, roc_auc_score, roc_curve

from model.declare.inputs import ChoiceInput, Input
from model.declare.model import Model
from model.predict.logistic import NORMAL_95

from .shares import Share

Numbers = NDArray[np.float64]
ROC_POINTS = 60


def class_figures(y: Any, predicted: Numbers) -> dict[str, float]:
    return {
        "log_loss": digits(log_loss(y, predicted)),
        "accuracy": digits(accuracy_score(y, predicted.argmax(axis=1))),
    }


def chance_figures(y: Numbers, chance: Numbers) -> dict[str, float]:
    return {
        "auc": digits(roc_auc_score(y, chance)),
        "brier": digits(brier_score_loss(y, chance)),
        "calibration_error": digits(calibration_error(y, chance)),
    }


def amount_figures(y: Numbers, estimates: Numbers) -> dict[str, float]:
    errors, spread = y - estimates, y - np.mean(y)
    return {
        "rmse": digits(math.sqrt(np.mean(errors**2))),
        "mean_error": digits(float(np.mean(np.abs(errors)))),
        "r2": digits(1 - float(np.sum(errors**2) / np.sum(spread**2))),
    }


def digits(value: float) -> float:
    return float(f"{value:.6g}")


def calibration_error(y: Numbers, chance: Numbers, bins: int = 10) -> float:
    """Mean distance between estimate and outcome over ten bins of equally many people."""
    parts = np.array_split(np.argsort(chance, kind="stable"), bins)
    return float(sum(len(p) * abs(y[p].mean() - chance[p].mean()) for p in parts) / len(y))


def evaluate_chances(model: Model, X: pd.DataFrame, y: Numbers, chance: Numbers) -> dict[str, Any]:
    return {
        "base_rate": digits(float(y.mean())),
        "calibration": calibration_bins(model, y, chance),
        "confusion": confusion(y, (chance > 0.5).astype(int), 2),
        "roc": roc(y, chance),
        "groups": by_group(model, X, y, chance),
    }


def evaluate_classes(y: Any, predicted: Numbers) -> dict[str, Any]:
    classes = predicted.shape[1]
    return {
        "confusion": confusion(y, predicted.argmax(axis=1), classes),
        "base_rates": [digits(float(rate)) for rate in np.bincount(y, minlength=classes) / len(y)],
    }


def evaluate_amounts(y: Numbers, predicted: Numbers) -> dict[str, Any]:
    inside = (predicted[:, 1] <= y) & (y <= predicted[:, 2])
    return {
        "range_holds": digits(float(inside.mean())),
        "quantiles": [digits(float(quantile)) for quantile in np.quantile(y, np.linspace(0, 1, 101))],
    }


def calibration_bins(model: Model, y: Numbers, chance: Numbers) -> list[dict[str, Any]]:
    """Tens of per cent, joined with their neighbours until each holds enough people."""
    edges = joined_edges(chance, model.learns.smallest_bin)
    bins = []
    for low, high in itertools.pairwise(edges):
        inside = (chance >= low) & (chance < high) if high < 1 else chance >= low
        bins.append(
            {
                "start": low,
                "end": high,
                "people": int(inside.sum()),
                "estimated": digits(float(chance[inside].mean())),
                "observed": digits(float(y[inside].mean())),
                **interval(int(y[inside].sum()), int(inside.sum())),
            }
        )
    return bins


def joined_edges(chance: Numbers, smallest: int) -> list[float]:
    edges = [0.0]
    for tenth in range(1, 11):
        if np.sum((chance >= edges[-1]) & (chance < tenth / 10 + (tenth == 10))) >= smallest:
            edges.append(tenth / 10)
    if edges[-1] != 1.0:
        # What is left over at the top joins the last bin.
        edges = [*edges[:-1], 1.0] if len(edges) > 1 else [0.0, 1.0]
    return edges


def interval(yes: int, people: int) -> dict[str, float]:
    """Wilson's 95 % interval for a share."""
    share = Share(yes, people)
    return {"low": digits(share.low), "high": digits(share.high)}


def confusion(y: Any, guessed: Any, classes: int) -> list[list[int]]:
    """Rows: what was so; columns: what the model thought likeliest."""
    counts = np.zeros((classes, classes), dtype=int)
    np.add.at(counts, (np.asarray(y), np.asarray(guessed)), 1)
    rows: list[list[int]] = counts.tolist()
    return rows


def roc(y: Numbers, chance: Numbers) -> list[list[float]]:
    false_alarms, found, _ = roc_curve(y, chance)
    at = np.linspace(0, 1, ROC_POINTS) ** 2  # denser where the curve bends
    return [[digits(float(x)), digits(float(v))] for x, v in zip(at, np.interp(at, false_alarms, found), strict=True)]


def by_group(model: Model, X: pd.DataFrame, y: Numbers, chance: Numbers) -> list[dict[str, Any]]:
    return [
        {"input": name, "group": label, **key, **group(y[members], chance[members])}
        for name, edges in model.learns.groups.items()
        for label, members, key in members_of(model.input[name], X[name], edges)
        if members.any()
    ]


def members_of(asked: Input, column: pd.Series, edges: Sequence[float]) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """The groups of one input: each one's label, who is in it, and its choice or its two ends."""
    if isinstance(asked, ChoiceInput):
        for value, label in asked.choices.items():
            yield label, (column == value).to_numpy(), {"value": value}
        return
    for low, high in itertools.pairwise([None, *edges, None]):
        if low is None:
            label = "all" if high is None else f"under {high:g}"
        else:
            label = f"{low:g} and over" if high is None else f"{low:g} to {high - 1:g}"
        inside = (column >= (-math.inf if low is None else low)) & (column < (math.inf if high is None else high))
        yield label, inside.to_numpy(), {"start": low, "end": high}


def group(y: Numbers, chance: Numbers) -> dict[str, Any]:
    people = len(y)
    gap = chance - y
    low, high = -1.0, 1.0  # of one person nothing is known
    if people > 1:
        reach = NORMAL_95 * float(gap.std(ddof=1)) / math.sqrt(people)
        low, high = float(gap.mean()) - reach, float(gap.mean()) + reach
    right = int(((chance > 0.5) == (y == 1)).sum())
    return {
        "people": people,
        "observed": digits(float(y.mean())),
        "estimated": digits(float(chance.mean())),
        "gap": digits(float(gap.mean())),
        "gap_low": digits(low),
        "gap_high": digits(high),
        "right": digits(right / people),
        **{f"right_{end}": value for end, value in interval(right, people).items()},
    }
