"""Copies of the models' files, which a test may change."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from model.declare.model import Model
from model.predict.card_file import read_content, write_card

from tests.payloads import get_model


def copied(name: str, folder: Path) -> Model:
    """The model with its files copied into a folder, where a test may change them."""
    model = get_model(name)
    copy = replace(model, folder=folder)
    copy.card_path.parent.mkdir(parents=True, exist_ok=True)
    for path in model.card_path.parent.glob(f"{name}.*"):
        shutil.copy(path, copy.card_path.parent)
    return copy


def dated(model: Model, **changes: Any) -> None:
    """Change the scorecard as if training had written it so."""
    content = read_content(model.card_path)
    del content["checksum"]
    write_card(model.card_path, content | changes)
