"""A photo is no matter of food alone: a model of one's own chooses which of the network's classes it asks about."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import photos
from tests.processes import Server, likely, server

pytestmark = pytest.mark.slow

MODEL = '''"""Does this photo show a building?"""

import math

from wtforms import Form

from model.declare import Example, Given, Model, PhotoField, Words


class BuildingForm(Form):
    photo = PhotoField("Photo", thing="a photo", classes=(483, 497, 663, 668, 698, 832))


def features(answers):
    share = answers["photo"].share
    return {"photo": math.log(share / (1 - share))}


MODEL = Model(
    name="building",
    kind="probability",
    form=BuildingForm,
    fieldsets={"The photo": ("photo",)},
    recipe=Given(
        input="photo", intercept=0.0, slope=1.0, source="made up",
        figures={"auc": 0.9, "right_yes": 0.9, "right_no": 0.9, "rows": 100, "yes": 50},
    ),
    features=features,
    examples=[Example("A palace", {"photo": "0.5_0.4_0.6_698-0.3520_442-0.1022_663-0.0841_483-0.0533_975-0.0411"})],
    words=Words(
        title="Buildings", question="Does this photo show a building?", heading="Find out", lead="A network looks.",
        button="Look", those="photos like this", yes="show one", no="do not", outcome="a building", one="photo",
        many="photos", things=True, another="Another photo", data_line="{rows} photos", source="made up",
    ),
)
'''


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("models")
    (folder / "building.py").write_text(MODEL, encoding="utf-8")
    trained = likely("train", "building", LIKELY_MODEL_FOLDERS=str(folder))
    assert trained.returncode == 0, trained.stderr
    with server(LIKELY_MODEL_FOLDERS=str(folder), SECRET_KEY="for the tests only") as started:
        yield started


def probability(running: Server, path: Path) -> float:
    head = b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n'
    answer = running.ask(
        "POST",
        "/api/models/building/predict",
        head + path.read_bytes() + b"\r\n--x--\r\n",
        Content_Type="multipart/form-data; boundary=x",
    )
    assert answer.status == 200, answer.text
    return float(json.loads(answer.text)["probability"])


def test_it_adds_up_the_classes_that_it_declares(running: Server) -> None:
    assert probability(running, photos.PALACE) > 0.4
    assert probability(running, photos.COFFEE) < 0.01


def test_it_has_a_form_and_an_entry_on_the_index(running: Server) -> None:
    assert 'type="file"' in running.ask("GET", "/building").text
    assert "Does this photo show a building?" in running.ask("GET", "/").text
