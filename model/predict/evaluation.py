"""What a card says of how good its model is: what training measured on people that it had not seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from model.declare.inputs import is_known


@dataclass(frozen=True)
class Bin:
    """People held back for testing who were given a chance between two ends, and of what share it was so."""

    start: float
    end: float
    people: int
    estimated: float
    observed: float
    low: float
    high: float


@dataclass(frozen=True)
class Group:
    """People with one answer in common: a choice, or a number from one edge to under another."""

    input: str
    group: str
    people: int
    observed: float
    estimated: float
    gap: float
    right: float
    right_low: float
    right_high: float
    # No range where the group is too small to have one.
    gap_low: float | None = None
    gap_high: float | None = None
    value: str | None = None
    start: float | None = None
    end: float | None = None

    def holds(self, answer: Any) -> bool:
        if not is_known(answer) or self.value is not None:
            return bool(is_known(answer) and answer == self.value)
        return (self.start is None or answer >= self.start) and (self.end is None or answer < self.end)


@dataclass(frozen=True)
class Ranged:
    """A figure with its 95 % range."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Line:
    """What turns the logit of an estimate into that of what was so; 0 and 1 where estimates keep their word."""

    intercept: Ranged
    slope: Ranged


@dataclass(frozen=True)
class CurvePoint:
    """At one height of the estimate what was so, on a smooth curve with its band."""

    estimated: float
    observed: float
    low: float
    high: float


@dataclass(frozen=True)
class BrierParts:
    """Reliability less resolution, and uncertainty, add up to the Brier score."""

    reliability: float
    resolution: float
    uncertainty: float


@dataclass(frozen=True)
class Decision:
    """What acting above a threshold is worth: by the model, on everybody, and what the model gains on the better of
    acting on everybody and on nobody."""

    above: float
    benefit: Ranged
    everybody: float
    gain: Ranged


@dataclass(frozen=True)
class Weighted:
    """The figures where each row counts for as many people as it speaks for; base_rate and estimated among them."""

    by: str
    figures: Mapping[str, float]
    line: Line | None = None
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True)
class Spread:
    """A figure over several seeds of folds."""

    mean: float
    least: float
    most: float


@dataclass(frozen=True)
class Contest:
    """The model's figures beside those of what it is measured against, on the same folds."""

    # The column by whose values rows are kept together in a fold; none where any rows may be parted.
    kept: str
    seeds: int
    other_seeds: int
    own: Mapping[str, Spread]
    others: Mapping[str, Mapping[str, Spread]]
    # By how much the model is better than each other in each figure; below 0 where the other is.
    ahead: Mapping[str, Mapping[str, Ranged]]

    def winner(self, figure: str) -> str | None:
        """Who is better than all that the range of the difference tells apart: "" is the model; None where it is a tie."""
        apart = {name: figures[figure] for name, figures in self.ahead.items() if figure in figures}
        if apart and all(one.low > 0 for one in apart.values()):
            return ""
        behind = [name for name, one in apart.items() if one.high < 0]
        return min(behind, key=lambda name: apart[name].value) if behind else None


@dataclass(frozen=True)
class Band:
    """People whose estimate begins here, up to the next: how far those of refits lie from it."""

    start: float
    estimated: float
    # Between these ends lie 95 % of the refits' estimates, less the model's own.
    low: float
    high: float
    moves: float
    moves_most: float


@dataclass(frozen=True)
class Stability:
    """How far single estimates move when the model is fitted to resamples of its table, on average and for one in 20."""

    refits: int
    moves: float
    moves_most: float
    bands: tuple[Band, ...] = ()

    def around(self, value: float) -> Band:
        return next((band for band in reversed(self.bands) if value >= band.start), self.bands[0])


@dataclass(frozen=True)
class Pair:
    """People who have both answers; gap and reach are per person, and is_sure whether it is beyond luck."""

    inputs: list[str]
    groups: list[str]
    people: int
    estimated: float
    observed: float
    gap: float
    reach: float
    is_sure: bool


@dataclass(frozen=True)
class Pairs:
    """Groups two by two: how many were looked at, and whose range leaves out 0, of how many by luck and of how many surely."""

    looked_at: int
    outside: int
    by_luck: float
    sure: int
    # Those that are furthest off for their number.
    worst: tuple[Pair, ...] = ()


@dataclass(frozen=True)
class Evaluation:
    """How good the model is on rows that it had not seen; what its kind has no use for is empty."""

    # The single numbers by their names: log_loss, auc, r2, range_holds …
    figures: Mapping[str, float]
    source: str = ""
    # Beside others on the model's own folds, and on other folds after that.
    contests: tuple[Contest, ...] = ()
    # The settings of those that were tuned.
    tuned: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    chosen_in_folds: Mapping[str, int] = field(default_factory=dict)
    calibration: tuple[Bin, ...] = ()
    groups: tuple[Group, ...] = ()
    confusion: tuple[tuple[int, ...], ...] = ()
    roc: tuple[tuple[float, float], ...] = ()
    base_rates: tuple[float, ...] = ()
    quantiles: tuple[float, ...] = ()
    # Of one chance: whether estimates keep their word, and what acting on them is worth.
    line: Line | None = None
    curve: tuple[CurvePoint, ...] = ()
    brier_parts: BrierParts | None = None
    decisions: tuple[Decision, ...] = ()
    weighted: Weighted | None = None
    # Where rows have weights: how many were drawn by them, of which all but the figures tells; 0 where it tells of all.
    drawn: int | None = None
    stability: Stability | None = None
    pairs: Pairs | None = None
    # What is told of the people where they themselves are not kept: parts by estimate, cuts, and the like.
    told: Mapping[str, Any] = field(default_factory=dict)
