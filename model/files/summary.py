"""What the estimates of a whole file come to: a histogram, averages by group, the highest and lowest, the faults."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl

from model.declare.faults import QUOTED
from model.declare.inputs import Input, first_upper, is_known
from model.declare.number import NumberInput
from model.declare.numerals import written
from model.predict.challenger import APART
from model.predict.predictor import Predictor
from model.predict.tables import Memory

from .cells import Codes, Column
from .faults import Faults
from .reader import Piece
from .scorer import Scored

BINS = 20
BANDS = 5
# So many kinds of faults, and so many texts of each, are told apart.
MOST_FAULTS = 100
MOST_TEXTS = 40
SHOWN_TEXTS = 5
EXTREMES = 10
# Of so many answers to an input it is remembered which group they belong to.
MOST_NAMES = 20_000


@dataclass
class Group:
    """The rows with one answer: how many, and what their estimates add up to, one sum for each class."""

    name: str
    rows: int = 0
    sums: Any = 0.0

    @property
    def averages(self) -> list[float]:
        return [float(total) / self.rows for total in self.sums]


@dataclass
class FaultGroup:
    """Rows with the same fault: how many, the first of them, and the texts that were not understood."""

    message: str
    rows: int = 0
    first: int = 0
    texts: Counter[str] = field(default_factory=Counter)
    meant: dict[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> list[tuple[str, int, str]]:
        """The commonest texts, how often each came, and which choice it may have meant."""
        return [(text, count, self.meant.get(text, "")) for text, count in self.texts.most_common(SHOWN_TEXTS)]


@dataclass(frozen=True)
class Extreme:
    """A row with one of the highest or lowest estimates: its line, its cells and what they add."""

    rank: float
    line: int
    cells: Sequence[Any]
    estimates: Sequence[Any]


class Summary:
    """Add the pieces of a file in their order; what is held does not grow with them."""

    def __init__(self, predictor: Predictor, positions: Sequence[int], has_challenger: bool = False) -> None:
        self.model = predictor.model
        self.positions = positions
        self.has_challenger = has_challenger
        columns = list(predictor.kind.columns)
        labels = predictor.kind.labels
        # Where each class's chance stands, or the one number.
        self.numbers = [columns.index(f"probability_{label}") for label in labels] or [0]
        # What another kind of model says of the same stands after the model's own columns.
        self.challengers = [len(columns) + at for at in range(len(self.numbers))] if has_challenger else []
        self.labels = labels
        self.histogram = np.zeros(BINS, dtype=int)
        self.edges: Any = np.linspace(0, 1, BINS + 1) if not predictor.kind.is_amount else None
        self.total: Any = np.zeros(len(self.numbers))
        self.challenger_total: Any = np.zeros(len(self.challengers))
        # Rows of which the two say chances that differ.
        self.apart = 0
        self.rows = 0
        self.named: Counter[str] = Counter()
        self.groups: dict[str, dict[str, Group]] = {asked.name: {} for asked in self.model.inputs}
        self.names = {asked.name: Memory(partial(name_group, asked), MOST_NAMES) for asked in self.model.inputs}
        self.faults: dict[str, FaultGroup] = {}
        self.other_faults = 0
        self.highest: list[Extreme] = []
        self.lowest: list[Extreme] = []

    def add(self, piece: Piece, scored: Scored) -> None:
        added = scored.added
        if scored.faults:
            self._add_faults(piece, scored.faults)
        places = added[:, -1].is_null().arg_true()
        if not len(places):
            return
        numbers = np.array([added[:, at].gather(places).to_numpy() for at in self.numbers])
        self.rows += len(places)
        self.total = self.total + numbers.sum(axis=1)
        if self.challengers:
            others = np.array([added[:, at].gather(places).to_numpy() for at in self.challengers])
            self.challenger_total = self.challenger_total + others.sum(axis=1)
            self.apart += int((np.abs(others - numbers).max(axis=0) > APART).sum())
        if self.labels:
            self.named.update(dict(added[:, 0].gather(places).value_counts().iter_rows()))
        else:
            self._add_bins(numbers[0])
            self._add_extremes(piece, added, numbers[0], places)
        for column, codes in scored.cells.at(places.to_numpy()).pairs():
            self._add_groups(column, codes, numbers)

    @property
    def commonest(self) -> list[tuple[str, int]]:
        """How many rows were named each class, the commonest first, and of two as common the first of the model's."""
        return Counter({label: self.named[label] for label in self.labels if self.named[label]}).most_common()

    def _add_bins(self, numbers: Any) -> None:
        if self.edges is None:
            low, high = float(numbers.min()), float(numbers.max())
            self.edges = np.linspace(low, high if high > low else low + 1, BINS + 1)
        ends = self.edges[[0, -1]]
        self.histogram += np.histogram(np.clip(numbers, *ends), BINS, tuple(ends))[0]

    def _add_extremes(self, piece: Piece, added: pl.DataFrame, numbers: Any, places: pl.Series) -> None:
        for kept, sign in ((self.highest, -1), (self.lowest, 1)):
            for at in find_least(sign * numbers, EXTREMES):
                row = int(places[at])
                whole = piece.frame.row(row), added.row(row)[:-1]
                kept.append(Extreme(sign * float(numbers[at]), int(piece.numbers[row]), *whole))
            kept.sort(key=lambda one: (one.rank, one.line))
            del kept[EXTREMES:]

    def _add_groups(self, column: Column, codes: Codes, numbers: Any) -> None:
        """Each answer has a code, so that what has the same one is added up as numbers."""
        asked, rows = column.asked, np.bincount(codes)
        sums = np.array([np.bincount(codes, own) for own in numbers])
        groups, names = self.groups[asked.name], self.names[asked.name]
        for code in np.flatnonzero(rows).tolist():
            name = names[column.answers[code]]
            group = groups.setdefault(name, Group(name))
            group.rows += int(rows[code])
            group.sums = group.sums + sums[:, code]

    def _add_faults(self, piece: Piece, faults: Faults) -> None:
        for message, asked, rows, texts in faults.groups():
            key = first_upper(message.removeprefix(f"{QUOTED} is "))
            if key not in self.faults and len(self.faults) >= MOST_FAULTS:
                self.other_faults += len(rows)
                continue
            group = self.faults.setdefault(key, FaultGroup(key, first=int(piece.numbers[rows[0]])))
            group.rows += len(rows)
            if not (asked and asked.choices and len(texts)):
                continue
            if room := MOST_TEXTS - len(group.texts):
                different = texts.unique(maintain_order=True)
                for text in different.filter(~different.is_in([*group.texts])).head(room):
                    group.texts[text], group.meant[text] = 0, guess_choice(asked, text)
            known = texts.filter(texts.is_in([*group.texts]))
            group.texts.update(dict(known.value_counts().iter_rows()))

    @property
    def faults_by_number(self) -> list[FaultGroup]:
        return sorted(self.faults.values(), key=lambda group: (-group.rows, group.first))

    def groups_of(self, asked: Input) -> list[Group]:
        """The groups by one input in the form's order, those not recorded and not known last."""
        groups = self.groups[asked.name]
        if isinstance(asked, NumberInput):
            order = [name for name, _, _ in bands_of(asked)]
        else:
            order = list(asked.choices.values())
        return [groups[name] for name in [*order, asked.not_recorded, "Not known"] if name in groups]


def find_least(numbers: Any, most: int) -> list[int]:
    """Where the least of them stand, the first ones where several are alike."""
    last = np.partition(numbers, most - 1)[most - 1] if len(numbers) > most else numbers.max()
    among = np.flatnonzero(numbers <= last)
    found: list[int] = among[np.argsort(numbers[among], kind="stable")][:most].tolist()
    return found


def name_group(asked: Input, answer: Any) -> str:
    """The group that an answer belongs to: itself, or the part of a number's range that it lies in."""
    if answer is None:
        return "Not known"
    return band_of(asked, answer) if isinstance(asked, NumberInput) and is_known(answer) else asked.words(answer)


def guess_choice(asked: Input, text: str) -> str:
    """The choice that a text is near to."""
    words = {word.casefold(): label for pair in asked.choices.items() for word in pair for label in [pair[1]]}
    # “Asian” is the start of one; “Privat” is nearly one.
    begins = [word for word in words if text and word.startswith(text.casefold())]
    near = begins or get_close_matches(text.casefold(), words, n=1, cutoff=0.5)
    return words[near[0]] if near else ""


def bands_of(asked: NumberInput) -> list[tuple[str, float, float]]:
    """About so many parts of a number's range, with round ends."""
    width = (asked.highest - asked.lowest) / BANDS
    power = 10 ** math.floor(math.log10(width))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= width - 1e-9)
    step = max(step, 1) if asked.whole else step
    first = math.floor(asked.lowest / step)
    ends = [step * n for n in range(first, math.ceil((asked.highest + (1 if asked.whole else 0)) / step - 1e-9) + 1)]
    bands = []
    for start, end in pairwise(ends):
        least = max(start, asked.lowest)
        last = min(end - 1, asked.highest) if asked.whole else min(end, asked.highest)
        text = (
            f"{least:g}"
            if least == last
            else f"{least:g} to {last:g}"
            if asked.whole
            else f"{least:g} to under {last:g}"
        )
        bands.append((written(text), start, end))
    if not asked.whole:
        text, start, end = bands[-1]
        bands[-1] = (text.replace("under ", ""), start, end)
    return bands


def band_of(asked: NumberInput, answer: float) -> str:
    bands = bands_of(asked)
    return next((text for text, start, end in bands if start <= answer < end), bands[-1][0])
