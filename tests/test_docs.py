"""What the papers say to paste works, and what they say of the models is so."""

from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path

import pytest

from webapp import create_app
from webapp.settings import VERSION

from tests.payloads import MODELS, SETTINGS, get_predictor
from tests.processes import likely

ROOT = Path(__file__).resolve().parents[1]
PAPERS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]


def read_paper(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


MODELS_PAPER = read_paper("docs/models.md")


def example_model() -> str:
    """The sixth model that docs/your-own-model.md shows."""
    indented = re.findall(r"^ +```python\n(.*?)^ *```$", read_paper("docs/your-own-model.md"), re.DOTALL | re.MULTILINE)
    assert len(indented) == 1
    return textwrap.dedent(indented[0])


def table_rows() -> list[list[str]]:
    """The cells of every table in docs/models.md, without marks."""
    lines = [line for line in MODELS_PAPER.splitlines() if line.startswith("| ")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.slow
def test_the_example_model_trains_and_answers(tmp_path: Path) -> None:
    (tmp_path / "rain.py").write_text(example_model(), encoding="utf-8")
    trained = likely("train", "rain", LIKELY_MODEL_FOLDERS=str(tmp_path))
    assert trained.returncode == 0, trained.stderr
    checked = likely("check", "rain", LIKELY_MODEL_FOLDERS=str(tmp_path))
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize(
    ("model", "name", "figure", "digits"),
    [
        ("census", "log loss", "log_loss", 4),
        ("census", "AUC", "auc", 4),
        ("census", "calibration error", "calibration_error", 4),
        ("titanic", "log loss", "log_loss", 4),
        ("titanic", "AUC", "auc", 4),
        ("titanic", "calibration error", "calibration_error", 4),
        ("iris", "accuracy", "accuracy", 4),
        ("iris", "log loss", "log_loss", 4),
        ("housing", "R²", "r2", 4),
        ("housing", "mean error, in $1,000", "mean_error", 2),
    ],
)
def test_the_figures_are_the_scorecards_own(model: str, name: str, figure: str, digits: int) -> None:
    evaluation = get_predictor(model).card.evaluation
    contest = evaluation.contests[0]
    others = [
        contest.others[name]
        for name in ("LightGBM", "Gradient boosting", "The tutorial’s recipe")
        if name in contest.others
    ]
    expected = [f"{one[figure].mean:.{digits}f}" for one in (contest.own, *others)]
    assert figures_of(model, name)[: len(expected)] == expected


def figures_of(model: str, name: str) -> list[str]:
    """The figures in the line of that name, among a model's own lines."""
    current = ""
    for row in table_rows():
        current = row[0] or current
        if current == model and len(row) == 7 and row[2] == name:
            return row[3:]
    raise LookupError(f"docs/models.md has no {name} of {model}")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: str(model.name))
def test_every_model_is_named_with_its_rows(model: object) -> None:
    name = getattr(model, "name", "")
    assert f"`{name}`" in MODELS_PAPER
    assert f"{get_predictor(name).card.data.rows:,}" in MODELS_PAPER


def test_the_range_of_prices_holds_as_often_as_it_says() -> None:
    holds = get_predictor("housing").card.evaluation.figures["range_holds"]
    assert f"{holds:.1%}".replace("%", " %") in MODELS_PAPER


def test_every_address_it_lists_is_there() -> None:
    app = create_app(SETTINGS)
    rules = app.url_map.bind("localhost")
    listed = re.findall(r"`(GET|POST) (/[^`?…]*)", read_paper("docs/api.md"))
    assert len(listed) >= 12
    with app.app_context():
        for method, path in listed:
            rules.match(path, method=method)


def test_every_file_it_links_to_is_there() -> None:
    for paper in PAPERS:
        for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", paper.read_text(encoding="utf-8")):
            assert (paper.parent / link).is_file(), (paper.name, link)


def test_what_it_sends_for_the_titanic_is_json() -> None:
    sent = re.search(r"JSON: `(\[.*?\])`", read_paper("docs/api.md"))
    assert sent is not None
    answer = create_app(SETTINGS).test_client().post("/predict", json=json.loads(sent[1]))
    assert answer.get_json() == {"prediction": [0]}


def test_the_newest_release_in_the_changelog_is_this_version() -> None:
    newest = re.search(r"^## ([0-9.]+),", read_paper("CHANGELOG.md"), re.MULTILINE)
    assert newest is not None
    assert newest[1] == VERSION
    assert likely("--version").stdout.strip() == f"Likely, version {VERSION}"


def test_the_paper_of_addresses_has_every_address() -> None:
    named = {found.rstrip("/") for found in re.findall(r"(?<![\w.])(/[a-z0-9_./-]*)", read_paper("docs/api.md"))}
    # What is below these is named one by one.
    below = named - {"", "/census", "/api", "/api/models", "/v2"}
    for rule in create_app(SETTINGS).url_map.iter_rules():
        address = rule.rule.replace("<model:model>", "census").partition("<")[0].rstrip("/")
        assert address in named or any(address.startswith(f"{one}/") for one in below), rule.rule
