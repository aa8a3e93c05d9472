"""The table of figures that training prints."""

from __future__ import annotations

from model.declare.model import Model
from model.declare.recipe import Given
from model.predict.card import Card, Evaluation

from .kinds import kind_of


def report(model: Model, card: Card) -> str:
    if isinstance(model.recipe, Given):
        return f"{model.name}: coefficients given; {model.recipe.source}"
    columns = kind_of(model).columns
    rows = {f"Likely, version {card.version}": card.evaluation.figures, **card.evaluation.compared}
    width = max(map(len, rows))
    lines = [
        f"{model.words.title}: {card.data.rows:,} rows, out of fold",
        "  " + " " * width + "".join(f"{name.replace('_', ' '):>19}" for name in columns),
    ]
    for name, row in rows.items():
        lines.append(f"  {name:{width}}" + "".join(f"{row[column]:>19.4f}" for column in columns))
    return "\n".join([*lines, *[f"  {line}" for line in remarks(model, card.evaluation)]])


def remarks(model: Model, evaluation: Evaluation) -> list[str]:
    lines = []
    if list(evaluation.chosen_in_folds) != [""]:
        chosen = "; ".join(f"{name} ({count} folds)" for name, count in evaluation.chosen_in_folds.items())
        lines.append(f"chosen inside the folds: {chosen}")
    if "range_holds" in evaluation.figures:
        held = evaluation.figures["range_holds"]
        lines.append(f"the {model.learns.holds * 100:.0f} % range holds {held:.1%} of cases out of fold")
    return lines
