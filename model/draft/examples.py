"""Three made-up rows, low, middling and high: rows of the table with some answers changed, so that none is anybody's."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import pandas as pd

from model.declare.model import Example

from .columns import Column
from .draft import Draft
from .names import a
from .rough import rough_model

SHARES = {"low": 0.1, "middling": 0.5, "high": 0.9}
TRIES = 50


def make_examples(draft: Draft, table: pd.DataFrame, outcome: pd.Series) -> tuple[Example, ...]:
    columns, classes = {column.name: column for column in draft.columns}, list(draft.target.classes or ())
    inputs, dice = table[list(columns)], random.Random(1)  # noqa: S311
    scores = rough_model(columns)
    if classes:
        # Of each of three classes the row that is most like it.
        places = sorted({0, len(classes) // 2, len(classes) - 1})
        rows = {f"{a(draft.one)} most like “{classes[at]}”": scores.fit(inputs, outcome == at).predict(inputs).argmax()
                for at in places}  # fmt: skip
    else:
        order = scores.fit(inputs, outcome).predict(inputs).argsort(kind="stable")
        measure = draft.target.measure
        article = "" if measure.endswith("s") and not measure.endswith("ss") else "a "
        rows = {
            f"{a(draft.one)} with {article}{word} {measure}": order[int(share * (len(order) - 1))]
            for word, share in SHARES.items()
        }
    real = set(inputs.itertuples(index=False, name=None))
    return tuple(
        Example(name, perturb(inputs.iloc[row].to_dict(), columns, inputs, real, dice)) for name, row in rows.items()
    )


def perturb(
    row: dict[str, Any], columns: Mapping[str, Column], table: pd.DataFrame, real: set[Any], dice: random.Random
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
    """A number nearby that the form takes, of no more than three figures if it need not be whole."""
    asked = column.numbers
    reach = max((asked.knots[-2] - asked.knots[min(1, len(asked.knots) - 2)]) / 20, 1 if asked.whole else 0)
    moved = number + dice.uniform(-reach, reach)
    return min(max(float(round(moved)) if asked.whole else float(f"{moved:.3g}"), asked.lowest), asked.highest)
