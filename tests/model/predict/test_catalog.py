"""Which models an application has: its own, and no other application's."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from model.learn.train import train
from model.predict.card_file import FORMAT, NotTrained, write_card
from model.predict.catalog import TAKEN, BadModel, Catalog, UnknownModel
from webapp import create_app

from tests.payloads import SETTINGS
from tests.processes import refused_start
from tests.toys import write_toy


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_toy(tmp_path_factory.mktemp("models"))
    train(Catalog([folder])["toy"])
    return folder


def test_two_applications_do_not_see_each_others_models(folder: Path) -> None:
    with_toy = create_app({**SETTINGS, "MODEL_FOLDERS": [folder]}).test_client()
    without = create_app(SETTINGS).test_client()
    assert with_toy.get("/toy").status_code == 200
    assert without.get("/toy").status_code == 404
    assert "Does it rain tomorrow?" in with_toy.get("/").text
    assert "Does it rain tomorrow?" not in without.get("/").text


def test_the_models_that_come_with_likely_can_be_hidden(folder: Path) -> None:
    client = create_app({**SETTINGS, "MODEL_FOLDERS": [folder], "MODELS": ["toy"]}).test_client()
    assert [one["name"] for one in client.get("/api/models").get_json()["models"]] == ["toy"]
    assert client.get("/census").status_code == 404
    assert client.post("/predict", json={"input": "7"}).status_code == 404
    assert client.get("/readyz").get_json()["models"] == {"toy": "answers"}
    assert client.get("/api/").status_code == 200


def test_a_model_that_is_to_be_shown_must_be_there() -> None:
    with pytest.raises(UnknownModel, match=r"There is no model 'weather'. There are: census, titanic"):
        Catalog(shown=["weather"])
    stopped = refused_start(LIKELY_MODELS="weather")
    assert stopped.returncode == 2
    assert "There is no model 'weather'" in stopped.stderr


@pytest.mark.parametrize("name", ["metrics", "v2", "record"])
def test_a_name_that_an_address_needs_is_not_for_a_model(tmp_path: Path, name: str) -> None:
    assert name in TAKEN
    write_toy(tmp_path, lambda source: source.replace('name="toy"', f'name="{name}"'))
    (tmp_path / "toy.py").rename(tmp_path / f"{name}.py")
    with pytest.raises(BadModel, match=rf"A model cannot be named '{name}': .* Rename {name}.py"):
        Catalog([tmp_path])


@pytest.mark.parametrize(
    ("more", "again"),
    [({}, "Train it again: python run.py train toy"), ({"wrapped": {}}, "Wrap the model’s own file again")],
)
def test_a_card_of_another_format_is_refused_with_what_to_do(folder: Path, more: dict[str, Any], again: str) -> None:
    model = Catalog([folder])["toy"]
    before = model.card_path.read_bytes()
    content = json.loads(before)
    del content["checksum"], content["format"]
    write_card(model.card_path, content | more)
    older = model.card_path.read_text(encoding="utf-8").replace(f'"format": {FORMAT}', '"format": 1')
    body = older.split("\n", 1)[1]
    digest = hashlib.sha256(body.encode()).hexdigest()
    model.card_path.write_text(f'{{"checksum": "{digest}",\n{body}', encoding="utf-8")
    with pytest.raises(NotTrained, match=f"another edition of Likely. {again}"):
        Catalog([folder]).predictor("toy")
    model.card_path.write_bytes(before)
    assert Catalog([folder]).predictor("toy").version


def test_a_drawing_that_is_not_there_is_said_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "flower.py").write_text(
        "from dataclasses import replace\nfrom model.iris import MODEL as IRIS\nMODEL = replace(IRIS, name='flower')\n"
    )
    with pytest.raises(BadModel, match=r"flower.py names the drawing iris.svg, and there is no such file beside it"):
        Catalog([tmp_path])
