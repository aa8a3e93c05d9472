"""The files that training leaves: pickle, people and card, put in place together or not at all."""

import datetime
import hashlib
import io
import json
import platform
import tempfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import joblib

from model.declare.model import Model
from model.files.atomic import put_all_in_place
from model.predict.card import Card
from model.predict.card_file import read_card, read_content, write_card
from model.vision.network import NETWORK_SHA256

LIBRARIES = ("scikit-learn", "numpy", "pandas", "joblib")


class NotWritten(OSError):
    """A folder that training cannot write to; the text names it."""

    def __init__(self, folder: Path, fault: OSError) -> None:
        super().__init__(f"Training cannot write to the folder {folder}: {fault.strerror}")


def make_folder(model: Model) -> None:
    """Make the folder for a model's files, and find out before a long training whether files can be made in it."""
    folder = model.card_path.parent
    try:
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as fault:
        raise NotWritten(folder, fault) from None


def save(
    model: Model,
    fitted: Any = None,
    people: bytes | None = None,
    arrays: bytes | None = None,
    beside: bytes | None = None,
    **learned: Mapping[str, Any],
) -> Card:
    """Write the files of one training, unless they would say what those there are say; return the card."""
    pickled = io.BytesIO()
    joblib.dump(fitted, pickled, compress=9)
    own = {
        model.pickle_path: pickled.getvalue() if fitted is not None else None,
        model.people_path: people,
        model.arrays_path: arrays,
        model.challenger_path: beside,
    }
    files = {path: whole for path, whole in own.items() if whole is not None}
    if arrays is not None:
        learned["engine"] = {**learned["engine"], "file": hashlib.sha256(arrays).hexdigest()}
    # It changes when, and only when, some answer could: it stands for all that the engine reads.
    if beside is not None:
        learned["challenger"] = {**learned["challenger"], "file": hashlib.sha256(beside).hexdigest()}
    engine: list[Any] = [learned["engine"], *([NETWORK_SHA256] if model.has_photo else [])]
    if beside is not None:
        # Beside the trees, how far a third kind may lie from them.
        engine += [learned["challenger"]["file"], learned["challenger"].get("ranges")]
    libraries = (*LIBRARIES, "lightgbm") if learned["engine"]["name"] == "trees" else LIBRARIES
    content = {
        "model": model.name,
        "kind": model.kind,
        "version": hashlib.sha256(json.dumps(engine, sort_keys=True).encode()).hexdigest()[:8],
        "trained": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "pickle": hashlib.sha256(pickled.getvalue()).hexdigest() if fitted is not None else "",
        "libraries": {
            "python": ".".join(platform.python_version_tuple()[:2]),
            **{name: version(name) for name in libraries},
        },
        **learned,
    }
    if not are_there(model, content):
        writes = {path: lambda part, whole=whole: part.write_bytes(whole) for path, whole in files.items()}
        try:
            put_all_in_place({**writes, model.card_path: lambda part: write_card(part, content)})
        except OSError as fault:
            raise NotWritten(model.card_path.parent, fault) from fault
    return read_card(model.card_path)


def are_there(model: Model, content: Mapping[str, Any]) -> bool:
    """Whether the files are whole, and say the same but for the date and the bytes of the pickle."""
    may_differ = {"checksum": "", "trained": "", "pickle": ""}
    try:
        old = read_content(model.card_path)
        sums = {
            model.pickle_path: old["pickle"],
            model.people_path: old["data"].get("people"),
            model.arrays_path: old["engine"].get("file"),
            model.challenger_path: old.get("challenger", {}).get("file"),
        }
        whole = all(digest(path) == expected for path, expected in sums.items() if expected)
    except (OSError, ValueError, LookupError):
        return False
    return whole and {**old, **may_differ} == {**json.loads(json.dumps(content)), **may_differ}


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
