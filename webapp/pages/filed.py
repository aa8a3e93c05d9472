"""What the page about a scored file shows: its estimates drawn, averages by group, faults, and rows with their results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from model.declare.inputs import Input
from model.declare.model import Model
from model.predict.challenger import Challenger
from model.predict.predictor import Predictor
from webapp.http.addresses import address_of
from webapp.text.bars import Bars, draw_bars
from webapp.text.kinds import Chance, kind_of

if TYPE_CHECKING:
    from model.files.scoring import Scoring, Shown
    from model.files.summary import Group, Summary


@dataclass(frozen=True)
class Row:
    """A row to look at, and the address of its result."""

    shown: Shown
    address: str


@dataclass(frozen=True)
class Filed:
    predictor: Predictor
    scoring: Scoring
    summary: Summary
    # What was chosen in the form that sent the file.
    fields: Mapping[str, str]

    @property
    def model(self) -> Model:
        return self.predictor.model

    @property
    def kind(self) -> Chance:
        return kind_of(self.model)

    @property
    def own(self) -> str:
        """The heading of the file's own first column that is no input."""
        place = self.scoring.own
        return "" if place is None else self.scoring.reader.header[place]

    @property
    def tables(self) -> list[tuple[str, list[Row]]]:
        """The first rows, and those with the highest and the lowest estimates."""
        found = [("The first rows", [self.row(one) for one in self.scoring.counts.first])]
        if self.scoring.counts.scored > len(self.scoring.counts.first):
            for name, rows in (("The highest", self.summary.highest), ("The lowest", self.summary.lowest)):
                shown = [self.scoring.show(one.line, one.cells, one.estimates) for one in rows]
                found.append((name, [self.row(one) for one in shown]))
        return [(name, rows) for name, rows in found if rows]

    def row(self, shown: Shown) -> Row:
        from model.files.cells import read_cell

        read = {asked.name: read_cell(asked, cell) for asked, cell in zip(self.model.inputs, shown.cells, strict=True)}
        answers = {name: answer for name, (answer, _) in read.items()}
        return Row(shown, "" if any(fault for _, fault in read.values()) else address_of(self.model, answers))

    @cached_property
    def bars(self) -> Bars | None:
        """The histogram of the estimates; of several classes there is a count of each instead."""
        summary = self.summary
        if summary.labels or summary.edges is None or not summary.rows:
            return None
        return draw_bars(summary.histogram.tolist(), [self.kind.tick(float(edge)) for edge in summary.edges])

    @property
    def average(self) -> list[tuple[str, str]]:
        """The average estimate; of several classes one for each."""
        return self.averages(self.summary.total)

    @property
    def challenger(self) -> Challenger | None:
        """Another kind of model, where the file was asked to have what it says."""
        return self.predictor.challenger if self.summary.has_challenger else None

    @property
    def challenger_columns(self) -> list[str]:
        added = list(self.scoring.added)
        return [added[at] for at in self.summary.challengers]

    @property
    def challenger_average(self) -> list[tuple[str, str]]:
        return self.averages(self.summary.challenger_total)

    def averages(self, totals: Sequence[float]) -> list[tuple[str, str]]:
        values = [float(total) / max(self.summary.rows, 1) for total in totals]
        names = self.summary.labels or [""]
        return [(name, self.kind.number(value)) for name, value in zip(names, values, strict=True)]

    @property
    def groups(self) -> list[tuple[Input, Sequence[Group]]]:
        """The groups of each input by which there are several."""
        found = [(asked, self.summary.groups_of(asked)) for asked in self.model.inputs]
        return [(asked, groups) for asked, groups in found if len(groups) > 1]

    def place(self, value: float) -> Any:
        """How far along a line a group's average lies, from 0 to 100."""
        low, high = (0.0, 1.0) if self.summary.edges is None else self.summary.edges[[0, -1]]
        return round(100 * min(max((value - low) / ((high - low) or 1), 0), 1), 1)
