"""Whether a model's files are still the ones that training wrote: asked often, and read only where one has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from model.declare.model import Model

from .card_file import read_content, read_trained, tampered

# Size, and the times of the last change to the content and to anything about the file; none where it is not there.
State = tuple[int, int, int] | None


def verify_files(model: Model) -> None:
    """Raise NotTrained or Tampered unless the card and whatever it names is whole."""
    for path, expected in read_sums(model, state_of(model.card_path)).items():
        if hash_file(path, state_of(path)) != expected:
            raise tampered(path)


def state_of(path: Path) -> State:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns


@lru_cache(maxsize=256)
def read_sums(model: Model, state: State) -> Mapping[Path, str]:
    """The checksums in a card, whose own one is looked at too."""
    card = read_content(model.card_path)
    sums = {
        model.people_path: card["data"].get("people"),
        model.arrays_path: card["engine"].get("file"),
        model.challenger_path: card.get("challenger", {}).get("file"),
    }
    return {path: expected for path, expected in sums.items() if expected}


@lru_cache(maxsize=512)
def hash_file(path: Path, state: State) -> str:
    return hashlib.sha256(read_trained(path)).hexdigest()
