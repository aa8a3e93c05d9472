"""The files that training leaves: pickle, people and card, put in place together or not at all."""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import platform
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import sklearn

from model.declare.model import Model
from model.files.atomic import put_all_in_place
from model.predict.card import Card, read_card, read_content, write_card
from model.vision.network import NETWORK_SHA256


class NotWritten(OSError):
    """A folder that training cannot write to; the text names it."""


def make_folder(model: Model) -> None:
    """Make the folder for a model's files, and find out before a long training whether files can be made in it."""
    folder = model.card_path.parent
    try:
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as fault:
        raise not_written(folder, fault) from None


def not_written(folder: Path, fault: OSError) -> NotWritten:
    return NotWritten(f"Training cannot write to the folder {folder}: {fault.strerror}")


def save(
    model: Model,
    fitted: Any,
    *,
    recipe: Mapping[str, Any],
    data: Mapping[str, Any],
    observed: Mapping[str, Any],
    evaluation: Mapping[str, Any],
    engine: Mapping[str, Any],
    people: bytes | None = None,
) -> Card:
    """Write the files of one training, unless they would say what those there are say; return the card."""
    pickled = io.BytesIO()
    joblib.dump(fitted, pickled, compress=9)
    figures = {name: value for name, value in evaluation.items() if isinstance(value, (int, float))}
    content = {
        "model": model.name,
        "kind": model.kind,
        "version": version_of(model, engine),
        "trained": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "recipe": recipe,
        "data": data if people is None else {**data, "people": hashlib.sha256(people).hexdigest()},
        "pickle": hashlib.sha256(pickled.getvalue()).hexdigest(),
        "libraries": libraries(),
        "observed": observed,
        "evaluation": {"figures": figures} | {n: value for n, value in evaluation.items() if n not in figures},
        "engine": engine,
    }
    files = {model.pickle_path: pickled.getvalue()} | ({} if people is None else {model.people_path: people})
    if not are_there(model, content):
        writes = {path: lambda part, whole=whole: part.write_bytes(whole) for path, whole in files.items()}
        try:
            put_all_in_place({**writes, model.card_path: lambda part: write_card(part, content)})
        except OSError as fault:
            raise not_written(model.card_path.parent, fault) from fault
    return read_card(model.card_path)


def are_there(model: Model, content: Mapping[str, Any]) -> bool:
    """Whether the files are whole, and say the same but for the date and the bytes of the pickle."""
    may_differ = {"checksum": "", "trained": "", "pickle": ""}
    try:
        old = read_content(model.card_path)
        whole = digest(model.pickle_path) == old["pickle"]
        if "people" in old["data"]:
            whole = whole and digest(model.people_path) == old["data"]["people"]
    except (OSError, ValueError, LookupError):
        return False
    return whole and {**old, **may_differ} == {**json.loads(json.dumps(content)), **may_differ}


def version_of(model: Model, engine: Mapping[str, Any]) -> str:
    """Eight letters that change when, and only when, some answer could: they stand for all that the engine reads."""
    files = [NETWORK_SHA256] if model.has_photo else []
    return hashlib.sha256(json.dumps([engine, *files], sort_keys=True).encode()).hexdigest()[:8]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def libraries() -> dict[str, str]:
    return {
        "python": ".".join(platform.python_version_tuple()[:2]),
        "scikit-learn": sklearn.__version__,
        "numpy": np.__version__,
        "pandas": pd.__version__,
        "joblib": joblib.__version__,
    }
