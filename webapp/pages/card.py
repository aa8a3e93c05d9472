"""Everything that a model's card tells, as values ready for the template."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from itertools import groupby
from typing import Any

from model.declare.inputs import Input
from model.declare.model import Model
from model.declare.recipe import Given
from model.evaluate.confusion import MatrixRow, given_shares, matrix_rows, spread, told_right
from model.evaluate.groups import (
    Band,
    Group,
    Kind,
    band_of,
    bands_by_answer,
    fifths_of,
    gap_of,
    groups_of,
    kinds_of,
    named_bins,
)
from model.evaluate.shares import Bin, Cut, Share, cut
from model.predict.explain import reference_answers
from model.predict.neighbours import People
from model.predict.predictor import Predictor, get_predictor
from webapp.text.charts import Gap, Plot, Rows, amount_plot, calibration_plot, gaps_plot, roc_plot

from .equation import Sum, Worked, labels_of, sums_of, worked_of

# The chances above which the card says what saying yes would mean.
CUTS = (0.1, 0.25, 0.5, 0.75, 0.9)
MORE_IS_BETTER = frozenset({"accuracy", "auc", "r2"})


@dataclass(frozen=True)
class Figure:
    """One measure of the model and of those it is compared with."""

    name: str
    values: list[float]
    more_is_better: bool

    def is_best(self, value: float) -> bool:
        best = max(self.values) if self.more_is_better else min(self.values)
        return f"{value:.4f}" == f"{best:.4f}"


@dataclass(frozen=True)
class Reach:
    """How far apart two numbers may be and still count as close."""

    input: Input
    distance: float


@dataclass(frozen=True, eq=False)
class Card:
    predictor: Predictor

    @property
    def model(self) -> Model:
        return self.predictor.model

    @property
    def evaluation(self) -> dict[str, Any]:
        return self.predictor.evaluation

    @property
    def crowd(self) -> People | None:
        return self.predictor.crowd

    @property
    def made(self) -> dict[str, Any]:
        """The scorecard's own words on its files: data, pickle, libraries, recipe."""
        return dict(self.predictor.card)

    @property
    def given(self) -> Given | None:
        """The recipe of a model whose coefficients were fitted elsewhere."""
        return self.model.recipe if isinstance(self.model.recipe, Given) else None

    @property
    def labels(self) -> list[str]:
        return labels_of(self.predictor)

    @property
    def everybody(self) -> Share | None:
        """Of how many of everybody it was so."""
        if "base_rate" not in self.evaluation:
            return None
        rows = self.made["data"]["rows"]
        return Share(round(self.evaluation["base_rate"] * rows), rows)

    # -- how good is it ------------------------------------------------------------------------------

    @property
    def compared(self) -> dict[str, dict[str, float]]:
        return dict(self.evaluation.get("compared", {}))

    @property
    def figures(self) -> list[Figure]:
        names = next(iter(self.compared.values()), {})
        rivals = self.compared.values()
        return [
            Figure(name, [self.evaluation[name], *(one[name] for one in rivals)], name in MORE_IS_BETTER)
            for name in names
        ]

    @property
    def given_shares(self) -> list[Share]:
        return given_shares(self.given) if self.given else []

    # -- is 20 out of 100 really 20 out of 100 -----------------------------------------------------------

    @cached_property
    def bins(self) -> list[Bin]:
        """By the chance; of several classes by the chance of the one named, in parts of equally many."""
        if self.model.kind == "classes" and self.crowd:
            return list(named_bins(self.crowd))
        return [
            Bin(b["from"], b["to"], b["estimated"], Share(round(b["observed"] * b["people"]), b["people"]))
            for b in self.evaluation.get("calibration", [])
        ]

    @cached_property
    def furthest_bin(self) -> Bin:
        return max(self.bins, key=lambda one: abs(one.estimated - one.observed.value))

    @cached_property
    def calibration_plot(self) -> Plot:
        return calibration_plot(self.bins)

    # -- yes from no, and where it would be wrong --------------------------------------------------------

    @cached_property
    def cuts(self) -> list[Cut]:
        if self.model.kind != "probability" or self.crowd is None:
            return []
        return [cut(self.crowd.chances[0], self.crowd.outcomes, above) for above in CUTS]

    @cached_property
    def roc_plot(self) -> Plot:
        return roc_plot(self.evaluation["roc"], self.cuts)

    @cached_property
    def matrix(self) -> list[MatrixRow]:
        """Yes before no; classes in their order."""
        if self.model.kind == "classes":
            return matrix_rows(self.labels, self.evaluation["confusion"])
        words = (self.model.words.yes, self.model.words.no)
        if "confusion" in self.evaluation:
            return matrix_rows(words, [row[::-1] for row in self.evaluation["confusion"][::-1]])
        return matrix_rows(words, [spread(share, number) for number, share in enumerate(self.given_shares)])

    @property
    def told_right(self) -> list[Share]:
        """For each thing that the model can say: how often it is right when it says so."""
        return told_right(self.matrix)

    # -- an amount ---------------------------------------------------------------------------------------

    @cached_property
    def fifths(self) -> list[Band]:
        """Cases in five parts of equally many, by their estimates."""
        if self.model.kind != "amount" or self.crowd is None:
            return []
        return fifths_of(self.crowd)

    @property
    def inside(self) -> Share:
        rows = self.made["data"]["rows"]
        return Share(round(self.evaluation["range_holds"] * rows), rows)

    @cached_property
    def amount_plot(self) -> Plot:
        assert self.crowd is not None
        return amount_plot(self.crowd.chances[0], self.crowd.outcomes)

    @property
    def highest(self) -> Band:
        """The cases at the highest amount there is, which may be where the data was cut off."""
        assert self.crowd is not None
        top = max(self.crowd.outcomes)
        return band_of(self.crowd, [row for row, amount in enumerate(self.crowd.outcomes) if amount == top], top, top)

    @cached_property
    def bands(self) -> list[Band]:
        """Cases by the first answer that the range's low end is made of."""
        if not self.fifths or self.crowd is None:
            return []
        return bands_by_answer(self.crowd, self.banded_by, self.bends)

    @property
    def banded_by(self) -> Input:
        return self.model.input[self.lowest_term["inputs"][0]]

    @property
    def bends(self) -> list[float]:
        """Where the line of the range's low end bends; what has points for each answer is no line."""
        return self.lowest_term["levels"][0][1:-1] if self.lowest_term["between"] else []

    @property
    def lowest_term(self) -> dict[str, Any]:
        found: dict[str, Any] = self.made["score"]["low"]["terms"][0]
        return found

    # -- who it is wrong about -------------------------------------------------------------------------------

    @cached_property
    def groups(self) -> list[Group]:
        return groups_of(self.predictor)

    @property
    def grouped(self) -> list[tuple[Input, list[Group]]]:
        found = groupby(self.groups, key=lambda group: group.input.name)
        return [(self.model.input[name], list(groups)) for name, groups in found]

    @property
    def largest_gap(self) -> Group:
        return max(self.groups, key=lambda group: abs(group.gap.value))

    @property
    def sure_gaps(self) -> list[Group]:
        return [group for group in self.groups if group.sure]

    @property
    def largest_band(self) -> Band:
        return max(self.bands, key=lambda band: abs(band.gap.value))

    @cached_property
    def gaps_plot(self) -> Rows:
        return gaps_plot([gap_of(group) for group in self.groups], 100)

    @cached_property
    def band_gaps_plot(self) -> Rows:
        name = getattr(self.banded_by, "named", self.banded_by.label)
        return gaps_plot([Gap(f"{name}: {b.name}", b.gap.value, b.gap.low, b.gap.high) for b in self.bands], 1)

    @cached_property
    def kinds(self) -> list[Kind]:
        if self.model.kind != "classes" or self.crowd is None:
            return []
        return kinds_of(self.labels, self.evaluation["confusion"], self.crowd)

    @property
    def hardest_kind(self) -> Kind:
        return min(self.kinds, key=lambda kind: kind.right.value)

    @property
    def kinds_overlap(self) -> bool:
        """Whether one share could be that of every kind."""
        return max(kind.right.low for kind in self.kinds) <= min(kind.right.high for kind in self.kinds)

    # -- how things are counted ------------------------------------------------------------------------------

    @property
    def reaches(self) -> list[Reach]:
        columns = self.crowd.columns if self.crowd else []
        return [Reach(self.model.input[one.name], one.reach) for one in columns if one.kind == "number"]

    @property
    def has_choices(self) -> bool:
        return any(asked.kind == "choice" for asked in self.model.inputs)

    @property
    def references(self) -> list[tuple[Input, str]]:
        found = reference_answers(self.predictor)
        return [(self.model.input[name], self.model.input[name].words(answer)) for name, answer in found.items()]

    @property
    def unknowable(self) -> list[Input]:
        return [asked for asked in self.model.inputs if asked.may_be_unknown]

    # -- the equation ------------------------------------------------------------------------------------------

    @cached_property
    def sums(self) -> list[Sum]:
        return sums_of(self.predictor)

    @property
    def worked(self) -> Worked:
        return worked_of(self.predictor)


@cache
def card_of(predictor: Predictor) -> Card:
    """Counted once for each scorecard that was read."""
    return Card(predictor)


def card_for(model: Model) -> Card:
    return card_of(get_predictor(model.name))
