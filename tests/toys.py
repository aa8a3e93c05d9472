"""A sixth model, as the README says to write one: one file, and a table of a few hundred rows."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

MODEL = '''"""Does it rain tomorrow?"""

from pathlib import Path

from wtforms import Form

from model.declare import Candidate, ChoiceField, Curve, Example, Keeping, Model, NumberField, Recipe, Table, Words


class ToyForm(Form):
    clouds = NumberField(
        "Clouds in eighths", subject="Clouds", thing="how many eighths of the sky are clouded",
        whole=True, between=(0, 8), like="5", hint="A whole number from 0 to 8",
        beyond="A sky has eight eighths",
    )
    wind = ChoiceField(
        "Wind from", thing="where the wind comes from", plural="winds", may_be_unknown=True,
        choices={"N": "North", "E": "East", "S": "South", "W": "West"},
    )


MODEL = Model(
    name="toy",
    kind="probability",
    form=ToyForm,
    fieldsets={"The sky": ("clouds", "wind")},
    recipe=Recipe(
        table=Path(__file__).with_name("toy.csv"),
        target="rain",
        yes="yes",
        candidates=(Candidate((Curve("clouds", knots=(0, 4, 8)), Table("wind"))),),
        smallest_bin=20,
        tutorial=("clouds", "wind"),
    ),
    examples=(Example("A grey day", {"clouds": 7, "wind": "W"}),),
    words=Words(
        title="Rain",
        question="Does it rain tomorrow?",
        heading="Estimate the chance of rain",
        lead="From {rows} days. Nothing you enter is stored.",
        button="Estimate the chance",
        those="days like this",
        yes="had rain",
        no="did not",
        outcome="rain",
        warning="This is a toy.",
        data_line="{rows} days that were made up",
        source="a die",
        one="day",
        many="days",
        things=True,
    ),
)
'''

Row = dict[str, str]


def days(number: int = 300) -> list[Row]:
    """Days that were made up: the more clouds the likelier rain, and more of it from the west."""
    dice = random.Random(6)
    rows = []
    for day in range(number):
        clouds, wind = day % 9, "NESW?"[day % 5]
        chance = clouds / 10 + 0.15 * (wind == "W")
        rows.append({"clouds": str(clouds), "wind": wind, "rain": "yes" if dice.random() < chance else "no"})
    return rows


def write_table(folder: Path, rows: list[Row]) -> None:
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    (folder / "toy.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_toy(
    folder: Path, change_model: Callable[[str], str] = str, change_rows: Callable[[list[Row]], list[Row]] = list
) -> Path:
    """Write the sixth model and its table into a folder, one of the two changed."""
    folder.mkdir(exist_ok=True)
    changed = change_model(MODEL)
    assert change_model is str or changed != MODEL
    (folder / "toy.py").write_text(changed, encoding="utf-8")
    write_table(folder, change_rows(days()))
    return folder
