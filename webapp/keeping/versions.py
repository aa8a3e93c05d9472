"""A model's version as it is stored with the first case that is kept of it, and an old one at work again."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from model.declare.choice import ChoiceInput
from model.declare.inputs import Input
from model.declare.model import Model
from model.declare.number import NumberInput
from model.declare.photo import PhotoInput
from model.declare.words import Words
from model.predict.card_file import FORMAT, NotTrained, content_of, read_card, write_card
from model.predict.predictor import Predictor
from webapp.store import versions
from webapp.store.cases import Case
from webapp.store.database import Database
from webapp.store.versions import Version
from webapp.text.kinds import KINDS, Chance

INPUTS: Mapping[str, type[Input]] = {one.kind: one for one in (NumberInput, ChoiceInput, PhotoInput)}
# Old versions that a process keeps at work.
MOST_KEPT = 8


def version_id(database: Database, predictor: Predictor) -> int:
    """The number of this version in the database, where it is stored unless it is already."""
    key = (predictor.model.name, predictor.version)
    if (number := database.version_ids.get(key)) is None:
        number = database.version_ids[key] = versions.register(database, packed(predictor))
    return number


def packed(predictor: Predictor) -> Version:
    model, card = predictor.model, predictor.card
    arrays = None
    if digest := card.engine.get("file"):
        arrays = model.arrays_path.read_bytes()
        if hashlib.sha256(arrays).hexdigest() != digest:
            # The model was trained anew while this process still serves the version before.
            arrays = None
    words = {
        "kind": model.kind,
        "words": asdict(model.words),
        "inputs": [{"kind": asked.kind, **asdict(asked)} for asked in model.inputs],
    }
    return Version(model.name, predictor.version, as_bytes(content_of(card)), as_bytes(words), arrays)


def as_bytes(content: Mapping[str, Any]) -> bytes:
    # A declaration may hold what is no list, as a range of a photo's classes.
    return json.dumps(content, ensure_ascii=False, allow_nan=False, default=list).encode()


@dataclass(frozen=True)
class Old:
    """A version as it was when a case was kept."""

    stored: Version
    _at_work: list[Predictor | None] = field(default_factory=list)

    @cached_property
    def said(self) -> Mapping[str, Any]:
        words: Mapping[str, Any] = json.loads(self.stored.words)
        return words

    @cached_property
    def words(self) -> Words:
        return Words(**known_to(Words, self.said["words"]))

    def kind_with(self, labels: Sequence[str]) -> Chance:
        """The kind of answer in these words, with the names of its classes if there are some."""
        return KINDS[self.said["kind"]](self.words, labels)

    @cached_property
    def inputs(self) -> list[Input]:
        return [(one := INPUTS[about["kind"]])(**known_to(one, about)) for about in self.said["inputs"]]

    def predictor(self, model: Model) -> Predictor | None:
        """The version at work again, made once; None where today's declaration or edition of Likely cannot ask it."""
        if not self._at_work:
            self._at_work.append(self._make(model))
        return self._at_work[0]

    def _make(self, model: Model) -> Predictor | None:
        content = json.loads(self.stored.card)
        is_whole = not content["engine"].get("file") or self.stored.arrays is not None
        if content.pop("format") != FORMAT or not is_whole or model.kind != self.said["kind"]:
            return None
        with tempfile.TemporaryDirectory(prefix="likely-version-") as folder:
            old = replace(model, folder=Path(folder))
            old.card_path.parent.mkdir()
            write_card(old.card_path, content)
            if self.stored.arrays:
                old.arrays_path.write_bytes(self.stored.arrays)
            try:
                predictor = Predictor(old, read_card(old.card_path))
                predictor.engine.load()
            except (NotTrained, KeyError, TypeError, ValueError):
                return None
        return predictor


def known_to(kind: type, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the values that this edition's class still has, with tuples where JSON made lists."""
    names = {about.name for about in fields(kind)}
    return {name: tuple(one) if isinstance(one, list) else one for name, one in values.items() if name in names}


def old_version(database: Database, case: Case) -> Old:
    """The version that a case was kept of."""
    return old_version_by_id(database, case.version_id)


def old_version_by_id(database: Database, number: int) -> Old:
    kept: dict[int, Old] = database.old_versions
    if (old := kept.get(number)) is None:
        while len(kept) >= MOST_KEPT:
            kept.pop(next(iter(kept), 0), None)
        old = kept[number] = Old(versions.read(database, number))
    return old
