"""A model of one's own that answers with an amount, whatever its range is made of, speaks of its own things only."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.page import Page
from tests.processes import Server, likely, server

pytestmark = pytest.mark.slow

MODEL = '''"""What does a flat cost?"""

from pathlib import Path

from wtforms import Form

from model.declare import Candidate, ChoiceField, Curve, Example, Model, NumberField, Recipe, Slope, Table, Words


class FlatForm(Form):
    area = NumberField("Area", subject="Area", thing="the area", between=(20, 150), like="70", unit="m²", whole=True)
    rooms = NumberField("Rooms", subject="Rooms", thing="the number of rooms", between=(1, 6), like="3", whole=True)
    quarter = ChoiceField("Quarter", thing="the quarter", plural="quarters", choices={{"n": "North End", "s": "South"}})


MODEL = Model(
    name="{name}",
    kind="amount",
    form=FlatForm,
    fieldsets={{"The flat": ("area", "rooms", "quarter")}},
    recipe=Recipe(
        table=Path(__file__).with_name("flats.csv"),
        target="rent",
        candidates=[Candidate(({blocks}))],
        {more}
    ),
    examples=[Example("A small flat", {{"area": 30, "rooms": 1, "quarter": "n"}})],
    words=Words(
        title="Rents", question="What does a flat cost a month?", heading="Estimate the rent", lead="From {{rows}} flats.",
        button="Estimate", those="flats like this", one="flat", many="flats", things=True, another="Another flat",
        amount="rent", before_unit="€", data_line="{{rows}} made-up flats", source="dice",
    ),
)
'''

CURVE, SLOPE, ROOMS, QUARTER = (
    'Curve("area", knots=(20, 80, 150))',
    'Slope("area")',
    'Table("rooms")',
    'Table("quarter")',
)
RANGES = {
    "bent": (f"{CURVE}, {QUARTER}", ""),
    "straight": (f"{SLOPE}, {QUARTER}", ""),
    "listed": (f"{ROOMS}, {SLOPE}", ""),
    "chosen": (f"{QUARTER}, {SLOPE}", ""),
    "apart": (f"{SLOPE}, {ROOMS}", f"range_block={QUARTER}, holds=0.7,"),
}
BANDS = {
    "bent": ["Under 80", "80 and over"],
    "straight": None,
    "listed": None,
    "chosen": ["North End", "South"],
    "apart": ["North End", "South"],
}
FLAT = "area=40&rooms=2&quarter=s"


@pytest.fixture(scope="module")
def flats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("flats")
    dice = random.Random(6)
    lines = ["area,rooms,quarter,rent"]
    for _ in range(200):
        area, rooms, quarter = dice.randint(20, 150), dice.randint(1, 6), dice.choice("ns")
        lines.append(f"{area},{rooms},{quarter},{200 + 9 * area + 150 * (quarter == 'n') + dice.gauss(0, 60):.2f}")
    (folder / "flats.csv").write_text("\n".join(lines) + "\n")
    for name, (blocks, more) in RANGES.items():
        (folder / f"{name}.py").write_text(MODEL.format(name=name, blocks=blocks, more=more), encoding="utf-8")
    trained = likely("train", *RANGES, LIKELY_MODEL_FOLDERS=str(folder))
    assert trained.returncode == 0, trained.stderr
    with server(LIKELY_MODEL_FOLDERS=str(folder), SECRET_KEY="for the tests only") as started:
        yield started


@pytest.mark.parametrize("name", RANGES)
def test_its_card_tells_for_which_answers_it_is_wrong(flats: Server, name: str) -> None:
    answer = flats.ask("GET", f"/{name}/card")
    assert answer.status == 200
    (table,) = Page(answer.text).root.all("table", class_="groups")
    rows = [row for row in table.all("tr") if row.all("td")]
    groups = [row.all("th")[0].text for row in rows]
    assert groups == BANDS[name] if BANDS[name] else 3 <= len(groups) <= 5
    assert sum(int(row.all("td")[0].text) for row in rows) == 200


@pytest.mark.parametrize("name", RANGES)
def test_its_pages_speak_of_its_own_things(flats: Server, name: str) -> None:
    pages = ["", "/card", f"/result?{FLAT}", f"/compare?{FLAT}&new_area=60", "/batch"]
    for page in pages:
        answer = flats.ask("GET", f"/{name}{page}")
        assert answer.status == 200, page
        for foreign in ("dollar", "$", "price", "cheapest", "home", "person", "people", "whom", "a life"):
            assert foreign not in Page(answer.text).with_id("main-part").text, f"{foreign} on {page}"
    held = 7 if name == "apart" else 8
    result = flats.ask("GET", f"/{name}/result?{FLAT}").text
    assert f"About {held} of 10 such flats" in result
    assert f"the rent of {held} of 10 such flats" in result
