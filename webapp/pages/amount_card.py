"""What the card of a model tells that estimates an amount: whether its ranges hold, and how far off it is."""

from __future__ import annotations

from functools import cached_property

from model.declare.inputs import Input
from model.evaluate.groups import Band, band_of, bands_by_answer
from model.evaluate.shares import Share
from model.evaluate.told import fifths_by_estimate
from model.predict.tables import Axis
from webapp.text.charts import Plot, Rows, amount_plot, gaps_plot

from .cards import Card


class AmountCard(Card):
    """The card of a model that estimates an amount."""

    template = "card_amount.html"

    @property
    def inside(self) -> Share:
        """Of how many cases the amount fell in the range."""
        rows = self.evaluation.drawn or self.rows
        return Share(round(self.evaluation.figures["range_holds"] * rows), rows)

    @cached_property
    def fifths(self) -> list[Band]:
        """Cases in five parts of equally many, by their estimates."""
        return fifths_by_estimate(self.predictor)

    @property
    def amount_plot(self) -> Plot:
        assert self.crowd is not None
        return amount_plot(self.crowd.chances[0], self.crowd.outcomes)

    @property
    def outside(self) -> tuple[float, float] | None:
        """Which shares of the amounts lie below and above the ranges of models that had not seen them."""
        if self.crowd is None:
            return None
        _, lows, highs = self.crowd.chances
        each = list(zip(lows, self.crowd.outcomes, highs, strict=True))
        below, above = sum(amount < low for low, amount, _ in each), sum(amount > high for _, amount, high in each)
        return below / len(each), above / len(each)

    @property
    def highest(self) -> Band:
        """The cases at the highest amount there is, which may be where the data was cut off."""
        assert self.crowd is not None
        top = max(self.crowd.outcomes)
        return band_of(self.crowd, [row for row, amount in enumerate(self.crowd.outcomes) if amount == top], top, top)

    @property
    def band_axis(self) -> Axis | None:
        """The first answer that the range's low end is made of, where that is a sum."""
        low = getattr(self.predictor.engine, "scores", {}).get("low")
        return low.terms[0].axes[0] if low and low.terms else None

    @property
    def banded_by(self) -> Input:
        return self.model.input[self.band_axis.name] if self.band_axis else self.model.inputs[0]

    @property
    def bends(self) -> list[float]:
        """Where the line of the range's low end bends; what has points for each answer is no line."""
        return list(self.band_axis.levels[1:-1]) if self.band_axis and self.band_axis.between else []

    @cached_property
    def bands(self) -> list[Band]:
        """Cases by that answer."""
        return bands_by_answer(self.crowd, self.banded_by, self.bends) if self.crowd else []

    @property
    def largest_band(self) -> Band:
        return max(self.bands, key=lambda band: abs(band.gap.value))

    @property
    def band_gaps_plot(self) -> Rows:
        name = getattr(self.banded_by, "named", self.banded_by.label)
        return gaps_plot([(f"{name}: {band.name}", band.gap) for band in self.bands], 1)
