"""Three made-up rows, low, middle and high: rows of the table with some answers changed, so that none is anybody's."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pandas as pd

from model.declare.model import Example

from .columns import Column
from .leaks import effects
from .names import a

if TYPE_CHECKING:
    from .draft import Draft

SHARES = {"low": 0.1, "middling": 0.5, "high": 0.9}
TRIES = 50


def make_examples(draft: Draft, table: pd.DataFrame, outcome: pd.Series) -> tuple[Example, ...]:
    columns = {column.name: column for column in draft.columns}
    shown = table[list(columns)]
    real = set(shown.itertuples(index=False, name=None))
    dice = random.Random(1)  # noqa: S311
    classes = list(draft.target.classes or ())
    places = sorted({0, len(classes) // 2, len(classes) - 1}) if classes else []
    if classes:
        scores = {f"{a(draft.one)} most like “{classes[at]}”": (outcome == at).astype(float) for at in places}
        rows = {name: shown.loc[effects(columns, table, like).argmax()] for name, like in scores.items()}
    else:
        order = effects(columns, table, outcome).argsort(kind="stable")
        of = "chance" if draft.target.kind == "probability" else draft.target.label.lower()
        rows = {f"{a(draft.one)} with a {word} {of}": shown.iloc[order[int(share * (len(order) - 1))]]
                for word, share in SHARES.items()}  # fmt: skip
    return tuple(Example(name, perturb(row.to_dict(), columns, shown, real, dice)) for name, row in rows.items())


def perturb(
    row: dict[str, Any], columns: dict[str, Column], table: pd.DataFrame, real: set[Any], dice: random.Random
) -> dict[str, Any]:
    """The row with what it lacks filled in, each number moved a little, and choices changed until it is nobody's."""
    answers = {
        name: middle(table[name], column) if is_blank(row[name]) else row[name] for name, column in columns.items()
    }
    choices = [name for name, column in columns.items() if not column.is_number]
    for attempt in range(TRIES):
        moved = {name: move(answer, columns[name], dice) if columns[name].is_number else answer
                 for name, answer in answers.items()}  # fmt: skip
        # Choices are changed where numbers alone do not do, one more after every ten tries.
        for name in dice.sample(choices, min(len(choices), attempt // 10 + (len(choices) == len(columns)))):
            moved[name] = dice.choice(list(columns[name].choices))
        if tuple(moved.values()) not in real:
            break
    return {name: int(answer) if columns[name].is_number and answer == int(answer) else answer
            for name, answer in moved.items()}  # fmt: skip


def is_blank(answer: Any) -> bool:
    return answer == "" or answer != answer


def middle(values: pd.Series, column: Column) -> Any:
    known = values[~values.map(is_blank)]
    return float(known.median()) if column.is_number else known.mode().iloc[0]


def move(number: float, column: Column, dice: random.Random) -> float:
    """A number nearby that the form takes, with no more figures than its own example has."""
    asked = column.numbers
    reach = max((asked.knots[-2] - asked.knots[1 if len(asked.knots) > 3 else 0]) / 10, 1 if asked.whole else 0)
    moved = min(max(number + dice.uniform(-reach, reach), asked.lowest), asked.highest)
    return float(round(moved)) if asked.whole else min(max(float(f"{moved:.3g}"), asked.lowest), asked.highest)
