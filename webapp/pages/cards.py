"""What the card of each kind of model tells: its figures, its pictures, and about whom it is wrong."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from model.declare.inputs import Input
from model.declare.number import NumberInput
from model.declare.recipe import Given
from model.evaluate.confusion import MatrixRow, given_shares, matrix_rows, told_right
from model.evaluate.figures import Figure, compared_figures
from model.evaluate.groups import Group, Kind, groups_of, not_recorded
from model.evaluate.record import Near, Record, nearest_of, record_of
from model.evaluate.shares import Bin, Cut, Share
from model.evaluate.told import bins_by_name, cuts_of, kinds_by_truth, nearest_line
from model.predict.evaluation import Contest
from model.predict.predictor import Predictor
from webapp.text.charts import Benefits, Plot, Rows, benefits_plot, calibration_plot, gaps_plot, roc_plot

from .equation import Sum, sums_of

# A gain that the decision curve's table shows as more than 0.00 right ones of 100.
LEAST_GAIN = 0.00005


@dataclass(frozen=True)
class Stretch:
    """The longest row of thresholds at each of which something holds, and whether it holds nowhere else."""

    low: float
    high: float
    only: bool


class Card:
    """What the card of every kind of model tells."""

    template: str

    def __init__(self, predictor: Predictor) -> None:
        self.predictor = predictor
        self.model = predictor.model
        self.crowd = predictor.crowd
        self.evaluation = predictor.card.evaluation
        self.rows = predictor.card.data.rows
        # What was declared of coefficients that were fitted elsewhere, where they were.
        self.given = self.model.recipe if isinstance(self.model.recipe, Given) else None

    @cached_property
    def record(self) -> Record | None:
        return record_of(self.model.kind, self.crowd)

    def cut(self, above: float) -> Cut | None:
        """What follows from saying yes above this chance; for models of yes or no."""
        return None

    def near(self, estimate: float) -> Near | None:
        """What came of those, held back for testing, whose estimate was nearest to this one."""
        if self.record:
            return self.record.near(estimate)
        return nearest_of(self.evaluation.told.get("record", ()), estimate)

    @property
    def figures(self) -> list[Figure]:
        return compared_figures(self.contest)

    @property
    def contest(self) -> Contest | None:
        """The model beside others on its own folds."""
        return next(iter(self.evaluation.contests), None)

    @property
    def everybody(self) -> Share:
        """Of how many of everybody it was so."""
        return Share(round(self.evaluation.figures["base_rate"] * self.rows), self.rows)

    @cached_property
    def not_recorded(self) -> dict[str, Group]:
        """For each input those in the data of whom it is not recorded."""
        return {}

    @property
    def reaches(self) -> list[tuple[Input, float]]:
        """How far apart two numbers may be and still count as close."""
        columns = self.crowd.columns if self.crowd else []
        found = [(self.model.input[one.name], one.reach) for one in columns]
        # Of whole numbers none are 0.8 apart.
        return [
            (asked, math.floor(reach) if asked.whole else reach)
            for asked, reach in found
            if isinstance(asked, NumberInput)
        ]

    @property
    def references(self) -> list[tuple[Input, str]]:
        inputs = self.model.input
        return [(inputs[name], inputs[name].words(answer)) for name, answer in self.predictor.references.items()]

    @property
    def unknowable(self) -> list[Input]:
        return [asked for asked in self.model.inputs if asked.may_be_unknown]

    @property
    def changeable(self) -> list[Input]:
        return [asked for asked in self.model.inputs if asked.changeable]

    @cached_property
    def sums(self) -> list[Sum]:
        return sums_of(self.predictor)


class ChanceCard(Card):
    """The card of a model that answers with one chance."""

    template = "card_probability.html"

    @cached_property
    def bins(self) -> list[Bin]:
        counted = self.evaluation.calibration
        return [Bin(b.start, b.end, b.estimated, Share(round(b.observed * b.people), b.people)) for b in counted]

    @property
    def furthest_bin(self) -> Bin:
        return max(self.bins, key=lambda one: abs(one.estimated - one.observed.value))

    @property
    def calibration_plot(self) -> Plot:
        return calibration_plot(self.bins, self.evaluation.curve)

    @property
    def benefits_plot(self) -> Benefits:
        return benefits_plot(self.evaluation.decisions)

    @property
    def useful(self) -> Stretch | None:
        """Where acting on the estimates is worth more than acting on everybody or on nobody, as the table shows it."""
        decisions = self.evaluation.decisions
        runs = [
            [one.above for one in run]
            for worth, run in groupby(decisions, lambda one: one.gain.low >= LEAST_GAIN)
            if worth
        ]
        longest = max(runs, key=len, default=None)
        return Stretch(longest[0], longest[-1], len(runs) == 1) if longest else None

    @cached_property
    def cuts(self) -> list[Cut]:
        return cuts_of(self.predictor)

    def cut(self, above: float) -> Cut | None:
        return self.record.cut(above) if self.record else nearest_line(self.predictor, above)

    @property
    def roc_plot(self) -> Plot:
        return roc_plot(self.evaluation.roc, self.cuts)

    @cached_property
    def matrix(self) -> list[MatrixRow]:
        """Yes before no."""
        words, counts = (self.model.words.yes, self.model.words.no), self.evaluation.confusion
        return matrix_rows(words, [row[::-1] for row in counts[::-1]]) if counts else []

    @property
    def told_right(self) -> list[Share]:
        """For each thing that the model can say: how often it is right when it says so."""
        return told_right(self.matrix)

    @cached_property
    def not_recorded(self) -> dict[str, Group]:
        return not_recorded(self.predictor)

    @cached_property
    def groups(self) -> list[Group]:
        return groups_of(self.predictor, self.not_recorded)

    @property
    def grouped(self) -> list[tuple[Input, list[Group]]]:
        found = groupby(self.groups, key=lambda group: group.input.name)
        return [(self.model.input[name], list(groups)) for name, groups in found]

    @property
    def largest_gap(self) -> Group:
        return max(self.groups, key=lambda group: abs(group.gap.value))

    @property
    def sure_gaps(self) -> list[Group]:
        return [group for group in self.groups if group.gap.sure]

    @property
    def gaps_plot(self) -> Rows:
        return gaps_plot([(group.full_name, group.gap) for group in self.groups], 100)


class ClassesCard(ChanceCard):
    """The card of a model that tells several classes apart."""

    def cut(self, above: float) -> Cut | None:
        return None

    template = "card_classes.html"

    @cached_property
    def bins(self) -> list[Bin]:
        """By the chance of the class that was named, in parts of equally many."""
        return bins_by_name(self.predictor)

    @cached_property
    def matrix(self) -> list[MatrixRow]:
        counts = self.evaluation.confusion
        return matrix_rows(self.predictor.kind.labels, counts) if counts else []

    @cached_property
    def kinds(self) -> list[Kind]:
        return kinds_by_truth(self.predictor)

    @property
    def hardest_kind(self) -> Kind:
        return min(self.kinds, key=lambda kind: kind.right.value)

    @property
    def kinds_overlap(self) -> bool:
        """Whether one share could be that of every kind."""
        return max(kind.right.low for kind in self.kinds) <= min(kind.right.high for kind in self.kinds)


@dataclass(frozen=True)
class KeptKind:
    """Whether cases of a kind are so, and of how many of them that was told rightly."""

    so: bool
    share: Share


class GivenCard(Card):
    """The card of a model whose coefficients were fitted elsewhere."""

    template = "card_given.html"

    given: Given

    @property
    def shares(self) -> list[Share]:
        return given_shares(self.given)

    @property
    def kinds(self) -> list[tuple[str, KeptKind]]:
        """The kinds of cases that were kept from the fit."""
        return [
            (name, KeptKind(so, Share(yes if so else many - yes, many))) for name, many, so, yes in self.given.kinds
        ]

    @property
    def matrix(self) -> list[MatrixRow]:
        yes, no = self.shares
        counts = [[yes.yes, yes.people - yes.yes], [no.people - no.yes, no.yes]]
        return matrix_rows((self.model.words.yes, self.model.words.no), counts)

    @property
    def told_right(self) -> list[Share]:
        return told_right(self.matrix)


class UnmeasuredCard(Card):
    """The card of a model of which nobody knows how good it is."""

    template = "card_unmeasured.html"
