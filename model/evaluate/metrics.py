"""How good a model is: figures from out-of-fold predictions only, as the card shows them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, brier_score_loss, log_loss, roc_auc_score, roc_curve

from model.declare.inputs import ChoiceInput
from model.declare.model import Model

Numbers = NDArray[np.float64]
ROC_POINTS = 60
NORMAL_95 = 1.959963984540054


def headline(kind: str, y: Any, predicted: Numbers) -> dict[str, float]:
    """The few figures by which recipes are compared."""
    if kind == "amount":
        errors = np.asarray(y) - predicted[:, 0]
        spread = np.asarray(y) - np.mean(y)
        return {
            "rmse": digits(math.sqrt(np.mean(errors**2))),
            "mean_error": digits(float(np.mean(np.abs(errors)))),
            "r2": digits(1 - float(np.sum(errors**2) / np.sum(spread**2))),
        }
    figures = {
        "log_loss": digits(log_loss(y, predicted)),
        "accuracy": digits(accuracy_score(y, predicted.argmax(axis=1))),
    }
    if kind == "probability":
        chance = predicted[:, 1]
        figures["auc"] = digits(roc_auc_score(y, chance))
        figures["brier"] = digits(brier_score_loss(y, chance))
        figures["calibration_error"] = digits(calibration_error(np.asarray(y), chance))
    return figures


def digits(value: float) -> float:
    return float(f"{value:.6g}")


def calibration_error(y: Numbers, chance: Numbers, bins: int = 10) -> float:
    """Mean distance between estimate and outcome over ten bins of equally many people."""
    parts = np.array_split(np.argsort(chance, kind="stable"), bins)
    return float(sum(len(p) * abs(y[p].mean() - chance[p].mean()) for p in parts) / len(y))


def evaluate(model: Model, X: pd.DataFrame, y: pd.Series, predicted: Numbers) -> dict[str, Any]:
    figures: dict[str, Any] = headline(model.kind, y, predicted)
    observed = y.to_numpy()
    if model.kind == "probability":
        chance = predicted[:, 1]
        figures |= {
            "base_rate": digits(float(observed.mean())),
            "calibration": calibration_bins(model, observed, chance),
            "confusion": confusion(observed, predicted.argmax(axis=1), 2),
            "roc": roc(observed, chance),
            "groups": by_group(model, X, observed, chance),
        }
    elif model.kind == "classes":
        assert model.recipe is not None
        figures["confusion"] = confusion(observed, predicted.argmax(axis=1), len(model.learns.classes))
        figures["base_rates"] = [digits(float(r)) for r in np.bincount(observed) / len(y)]
    else:
        inside = (predicted[:, 1] <= observed) & (observed <= predicted[:, 2])
        figures["range_holds"] = digits(float(inside.mean()))
        figures["quantiles"] = [digits(float(q)) for q in np.quantile(observed, np.linspace(0, 1, 101))]
    return figures


def calibration_bins(model: Model, y: Numbers, chance: Numbers) -> list[dict[str, Any]]:
    """Tens of per cent, joined with their neighbours until each holds enough people."""
    edges = joined_edges(chance, model.learns.smallest_bin)
    bins = []
    for low, high in itertools.pairwise(edges):
        inside = (chance >= low) & (chance < high) if high < 1 else chance >= low
        bins.append(
            {
                "from": low,
                "to": high,
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
    z2 = NORMAL_95**2
    share = yes / people
    centre = (share + z2 / (2 * people)) / (1 + z2 / people)
    reach = NORMAL_95 / (1 + z2 / people)
    reach *= math.sqrt(share * (1 - share) / people + z2 / (4 * people**2))
    return {"low": digits(max(0.0, centre - reach)), "high": digits(min(1.0, centre + reach))}


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
    rows = []
    for name, edges in model.learns.groups.items():
        for label, members, key in members_of(model, X[name], name, edges):
            if members.any():
                rows.append({"input": name, "group": label, **key, **group(y[members], chance[members])})
    return rows


def members_of(model: Model, column: pd.Series, name: str, edges: Sequence[float]) -> Any:
    asked = model.input[name]
    if isinstance(asked, ChoiceInput):
        for value, label in asked.choices.items():
            yield label, (column == value).to_numpy(), {"value": value}
    else:
        ends = [-math.inf, *edges, math.inf]
        for low, high in itertools.pairwise(ends):
            inside = ((column >= low) & (column < high)).to_numpy()
            yield between(low, high), inside, {"from": finite(low), "to": finite(high)}


def finite(edge: float) -> float | None:
    return None if math.isinf(edge) else edge


def between(low: float, high: float) -> str:
    if math.isinf(low):
        return f"under {high:g}"
    return f"{low:g} and over" if math.isinf(high) else f"{low:g} to {high - 1:g}"


def group(y: Numbers, chance: Numbers) -> dict[str, Any]:
    people = len(y)
    gap = chance - y
    reach = NORMAL_95 * float(gap.std(ddof=1)) / math.sqrt(people) if people > 1 else math.nan
    right = int(((chance > 0.5) == (y == 1)).sum())
    return {
        "people": people,
        "observed": digits(float(y.mean())),
        "estimated": digits(float(chance.mean())),
        "gap": digits(float(gap.mean())),
        "gap_low": digits(float(gap.mean()) - reach),
        "gap_high": digits(float(gap.mean()) + reach),
        "right": digits(right / people),
        **{f"right_{end}": value for end, value in interval(right, people).items()},
    }
