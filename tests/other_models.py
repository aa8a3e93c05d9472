"""Models that are none of ours, made for the tests: a second one that looks at photos, four classes, rare events.

Each is what somebody might declare: nothing in the pages may know ours by their names.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from pathlib import Path

from model.learn.train import train
from model.predict.catalog import Catalog

HEAD = '''"""Made for the tests."""

from pathlib import Path

from wtforms import Form

from model.declare import (
    Candidate, ChoiceField, Curve, Example, Given, Model, NumberField, PhotoField, Recipe, Slope, Table, Words
)

TABLE = Path(__file__).with_suffix(".csv")
'''

DOGS = """
import math


class DogsForm(Form):
    picture = PhotoField("Picture", thing="a picture", classes=range(151, 269))


def features(answers):
    share = answers["picture"].share
    return {"picture": math.log(share / (1 - share))}


MODEL = Model(
    name="dogs",
    kind="probability",
    form=DogsForm,
    fieldsets={"The picture": ("picture",)},
    recipe=Given(
        input="picture",
        intercept=1.5,
        slope=0.5,
        figures={"auc": 0.91, "rows": 400, "yes": 100, "right_yes": 0.9, "right_no": 0.85},
        source="400 pictures of a friend",
    ),
    features=features,
    examples=(Example("A terrier", {"picture": "0.9_0.8_0.95_180-0.9000_181-0.0500_182-0.0200_183-0.0100_184-0.0100"}),),
    words=Words(
        title="Dogs", question="Is there a dog in this picture?", heading="Look for a dog", lead="For fun.",
        button="Look", those="pictures like this", yes="show a dog", no="do not", outcome="a dog",
        warning="This is a toy.", data_line="{rows} pictures", one="picture", many="pictures", things=True,
        another="Another picture",
    ),
)
"""

BIRDS = """
class BirdsForm(Form):
    pitch = NumberField("Pitch in kilohertz", subject="Pitch", thing="the pitch", between=(0, 10), like="4.5", unit="kHz")
    place = ChoiceField("Place", thing="the place", plural="places", choices={"w": "Wood", "g": "Garden"})


MODEL = Model(
    name="birds",
    kind="classes",
    form=BirdsForm,
    fieldsets={"The song": ("pitch", "place")},
    recipe=Recipe(
        table=TABLE,
        target="bird",
        classes={"r": "robin", "w": "wren", "b": "blackbird", "t": "thrush"},
        candidates=(Candidate((Slope("pitch"), Table("place"))),),
        smallest_bin=20,
    ),
    examples=(Example("A high song in a garden", {"pitch": 7.5, "place": "g"}),),
    words=Words(
        title="Birds", question="Which bird sang?", heading="Name the bird", lead="From {rows} songs.",
        button="Name it", those="songs like this", yes="is", warning="This is a toy.", data_line="{rows} songs",
        source="a garden", one="song", many="songs", things=True, another="Another song",
    ),
)
"""

FAULTS = """
class FaultsForm(Form):
    shift = ChoiceField("Shift", thing="the shift", plural="shifts", choices={"d": "Day", "n": "Night"})


MODEL = Model(
    name="faults",
    kind="probability",
    form=FaultsForm,
    fieldsets={"The part": ("shift",)},
    recipe=Recipe(
        table=TABLE, target="fault", yes="yes", candidates=(Candidate((Table("shift"),)),), smallest_bin=50,
        groups={"shift": ()},
    ),
    examples=(Example("A part of the day", {"shift": "d"}),),
    words=Words(
        title="Faults", question="Has this part a fault?", heading="Look for a fault", lead="From {rows} parts.",
        button="Estimate", those="parts like this", yes="had a fault", no="had none", outcome="a fault",
        warning="This is a toy.", data_line="{rows} parts", source="a factory", one="part", many="parts", things=True,
    ),
)
"""

STAYS = """
class StaysForm(Form):
    age = NumberField("Age", thing="the age", whole=True, between=(0, 100), like="50", unit="years")


MODEL = Model(
    name="stays",
    kind="amount",
    form=StaysForm,
    fieldsets={"The patient": ("age",)},
    recipe=Recipe(table=TABLE, target="days", candidates=(Candidate((Curve("age", knots=(0, 50, 100)),)),)),
    examples=(Example("Somebody of 60", {"age": 60}),),
    words=Words(
        title="Stays", question="How long does a patient stay?", heading="Estimate a stay", lead="From {rows} stays.",
        button="Estimate", those="patients like this", warning="This is a toy.", data_line="{rows} patients",
        source="a hospital", one="patient", many="patients", amount="stay", after_unit=" days",
    ),
)
"""

Table = Callable[[random.Random], str]


def songs(dice: random.Random) -> str:
    rows = []
    for number in range(160):
        bird = "rwbt"[number % 4]
        pitch = min(max({"r": 7, "w": 5, "b": 3, "t": 2.5}[bird] + dice.gauss(0, 0.8), 0), 10)
        rows.append(f"{pitch:.2f},{'wg'[dice.random() < 0.5]},{bird}")
    return "\n".join(["pitch,place,bird", *rows, ""])


def parts(dice: random.Random) -> str:
    rows = [f"{'dn'[number % 2]},{'yes' if number % 20 == 1 else 'no'}" for number in range(400)]
    return "\n".join(["shift,fault", *rows, ""])


def stays(dice: random.Random) -> str:
    ages = [number % 101 for number in range(200)]
    return "\n".join(["age,days", *(f"{age},{1 + age / 10 + dice.random() * 4:.1f}" for age in ages), ""])


MODELS: Mapping[str, tuple[str, Table | None]] = {
    "dogs": (DOGS, None),
    "birds": (BIRDS, songs),
    "faults": (FAULTS, parts),
    "stays": (STAYS, stays),
}


def write_models(folder: Path) -> Path:
    """Write them with their tables into a folder, and train them there."""
    for name, (source, table) in MODELS.items():
        (folder / f"{name}.py").write_text(HEAD + source, encoding="utf-8")
        if table:
            (folder / f"{name}.csv").write_text(table(random.Random(6)), encoding="utf-8")
    catalog = Catalog([folder])
    for name in MODELS:
        train(catalog[name])
    return folder
