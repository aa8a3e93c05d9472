"""A draft of a declaration: which columns of a table a form asks for, and what the model tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from model.declare.model import Example

from .columns import Column
from .outcomes import Target
from .tidied import Reader, Tidied


@dataclass(frozen=True)
class Wishes:
    """What whoever asks for a draft says of it; columns by their headings."""

    yes: str | None = None
    kind: str = ""
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    weights: str = ""
    group: str = ""
    order_by: str = ""
    noun: str = ""
    quick: bool = False
    show_rows: bool = False


@dataclass(frozen=True)
class Draft:
    """All that the declaration says, before it is written."""

    name: str
    path: Path
    target: Target
    columns: tuple[Column, ...]
    wishes: Wishes
    rows: int
    # Headings of what is no input, with why; and those that may know too much, with why.
    dropped: Mapping[str, str] = field(default_factory=dict)
    # Those of them that --keep would bring back.
    could_be_kept: frozenset[str] = frozenset()
    leaks: Mapping[str, str] = field(default_factory=dict)
    # What training asks for beside the inputs (weights, group, order_by): a column's name, and how it is read.
    beside: Mapping[str, tuple[str, Reader]] = field(default_factory=dict)
    fieldsets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # Inputs by which the card breaks the errors down, numbers cut at these edges.
    groups: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    # Whether there are few cases for so many inputs.
    is_small: bool = False
    # Sentences on what else somebody should know.
    notes: tuple[str, ...] = ()

    @property
    def one(self) -> str:
        return self.wishes.noun or "row"

    @property
    def readers(self) -> dict[str, Reader]:
        """How each column of the tidied table is read, by its name there."""
        inputs = {column.name: column.reader for column in self.columns}
        return inputs | {self.target.name: self.target.reader} | dict(self.beside.values())


def tidied(draft: Draft, raw: pd.DataFrame) -> pd.DataFrame:
    """The table as training wants it: the inputs, the target, and what training asks for besides."""
    return Tidied(draft.path, **draft.readers).tidy(raw)
