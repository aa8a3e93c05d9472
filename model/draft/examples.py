"""Three made-up rows, low, middling and high: rows of the table with some answers changed, so that none is anybody's."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from model.declare.model import Example

from .columns import Column
from .draft import Draft
from .names import a
from .rough import rough_model

SHARES = {"low": 0.1, "middling": 0.5, "high": 0.9}
# So many made-up rows are drawn for each, of which the one is taken that a rough model says nearly the same of.
DRAWN, ROUNDS = 10, 5
Row = dict[str, Any]


def make_examples(draft: Draft, table: pd.DataFrame, outcome: pd.Series) -> tuple[Example, ...]:
    columns, classes = {column.name: column for column in draft.columns}, list(draft.target.classes or ())
    inputs, dice = table[list(columns)], random.Random(1)  # noqa: S311
    chosen: dict[str, tuple[Any, int]] = {}
    if classes:
        # Of each of three classes the row that is most like it.
        for at in sorted({0, len(classes) // 2, len(classes) - 1}):
            scores = rough_model(columns).fit(inputs, outcome == at)
            chosen[f"{a(draft.one)} most like “{classes[at]}”"] = scores, scores.predict(inputs).argmax()
    else:
        scores = rough_model(columns).fit(inputs, outcome)
        order = scores.predict(inputs).argsort(kind="stable")
        measure = draft.target.measure
        article = "" if measure.endswith("s") and not measure.endswith("ss") else "a "
        for word, share in SHARES.items():
            chosen[f"{a(draft.one)} with {article}{word} {measure}"] = scores, order[int(share * (len(order) - 1))]
    real = set(inputs.itertuples(index=False, name=None))
    return tuple(
        Example(name, made_up(inputs.iloc[row].to_dict(), columns, inputs, real, scores, dice))
        for name, (scores, row) in chosen.items()
    )


def made_up(
    row: Row, columns: Mapping[str, Column], table: pd.DataFrame, real: set[Any], scores: Any, dice: random.Random
) -> Row:
    """The row with what it lacks filled in, each number moved a little, and choices changed until it is nobody's."""
    answers = {
        name: middle(table[name], column) if is_blank(row[name]) else row[name] for name, column in columns.items()
    }
    choices = [name for name, column in columns.items() if not column.is_number]
    # Choices are changed where numbers alone do not do, one more in every round.
    for changed in range(ROUNDS):
        drawn = [draw(answers, columns, dice.sample(choices, min(len(choices), changed + (len(choices) == len(columns)))), dice)
                 for _ in range(DRAWN)]  # fmt: skip
        if nobodys := [one for one in drawn if tuple(one.values()) not in real]:
            break
    told = scores.predict(pd.DataFrame([answers, *(nobodys or drawn)], columns=list(columns)))
    nearest = (nobodys or drawn)[int(abs(told[1:] - told[0]).argmin())]
    return {name: int(answer) if columns[name].is_number and answer == int(answer) else answer
            for name, answer in nearest.items()}  # fmt: skip


def draw(answers: Row, columns: Mapping[str, Column], changed: Sequence[str], dice: random.Random) -> Row:
    moved = {name: move(answer, columns[name], dice) if columns[name].is_number else answer
             for name, answer in answers.items()}  # fmt: skip
    return moved | {name: dice.choice(list(columns[name].choices)) for name in changed}


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
