"""The table of figures that training prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from model.declare.model import Model
from model.declare.recipe import Given

COLUMNS = {
    "probability": ("log_loss", "auc", "brier", "accuracy", "calibration_error"),
    "classes": ("log_loss", "accuracy"),
    "amount": ("rmse", "mean_error", "r2"),
}


def report(model: Model, card: Mapping[str, Any]) -> str:
    if isinstance(model.recipe, Given):
        return f"{model.name}: coefficients given; {model.recipe.source}"
    columns = COLUMNS[model.kind]
    figures = card["evaluation"]
    rows = {f"Likely, version {card['version']}": figures, **figures["compared"]}
    width = max(map(len, rows))
    lines = [
        f"{model.words.title}: {card['data']['rows']:,} rows, out of fold",
        "  " + " " * width + "".join(f"{name.replace('_', ' '):>19}" for name in columns),
    ]
    for name, row in rows.items():
        lines.append(f"  {name:{width}}" + "".join(f"{row[column]:>19.4f}" for column in columns))
    lines += [f"  {line}" for line in remarks(model, figures)]
    return "\n".join(lines)


def remarks(model: Model, figures: Mapping[str, Any]) -> list[str]:
    lines = []
    if len(figures["chosen_in_folds"]) > 1 or "" not in figures["chosen_in_folds"]:
        chosen = "; ".join(f"{name} ({count} folds)" for name, count in figures["chosen_in_folds"].items())
        lines.append(f"chosen inside the folds: {chosen}")
    if "range_holds" in figures:
        lines.append(
            f"the {model.learns.holds * 100:.0f} % range holds {figures['range_holds']:.1%} of cases out of fold"
        )
    return lines
