"""The steps of docs/your-own-model.md do what the paper shows: its commands are run, and their output is compared."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import ROOT, environment

pytestmark = pytest.mark.slow
PAPER = (ROOT / "docs" / "your-own-model.md").read_text(encoding="utf-8")
# A block of code, with what kind it is.
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def steps(heading: str) -> list[tuple[str, str]]:
    section = PAPER.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [(kind, content) for kind, content in BLOCK.findall(section)]


def without_numbers(text: str) -> list[str]:
    """The lines, whatever the numbers are: their last digits belong to the machine."""
    return [
        re.sub(r"\s+", " ", re.sub(r"\b[0-9a-f]{8}\b|\d[\d.,e+-]*", "#", line)).strip() for line in text.splitlines()
    ]


def run(command: str, folder: Path) -> str:
    words = [part for part in command.split() if "=" not in part or part.startswith("-")]
    assert words[:2] == [".venv/bin/python", "run.py"]
    done = subprocess.run(
        [sys.executable, str(ROOT / "run.py"), *words[2:]],
        cwd=folder, env=environment(), capture_output=True, text=True, timeout=500, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("heading", ["From a table", "From a model that is fitted already"])
def test_each_command_prints_what_the_paper_shows(tmp_path: Path, heading: str) -> None:
    (tmp_path / "data").mkdir()
    shutil.copy(ROOT / "data" / "titanic.csv", tmp_path / "data")
    printed, compared = "", 0
    for kind, content in steps(heading):
        if kind == "python":
            subprocess.run([sys.executable, "-c", content], cwd=tmp_path, env=environment(), check=True, timeout=100)
        elif kind == "text":
            assert without_numbers(printed) == without_numbers(content)
            compared += 1
        elif content.startswith(".venv/bin/python run.py "):
            printed = run(content.strip(), tmp_path)
    assert compared >= 1
    assert list((tmp_path / "mine" / "trained").glob("*.json"))
