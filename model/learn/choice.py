"""Which of a recipe's candidates does best on rows that it has not seen: chosen anew wherever a model is fitted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.declare.model import Model
from model.declare.recipe import Blend, Boosted, Candidate, Trees, Way
from model.evaluate.paired import LOSSES

from .distinct import is_plain
from .kinds import Kind, Predicted, kind_of
from .newton import NEAR
from .rows import Rows
from .trees import fit_as_is, trees_of

# Learns from the first rows, and says what it predicts of the second.
Learn = Callable[[Rows, Rows], Predicted]
# Boosting takes most of the time. To choose, a few of its bags will do; and where it loses so many times as much as the
# best curves on the first fold, neither it nor a blend with it will be chosen.
BAGS_TO_CHOOSE = 2
# How wide a range is hangs on how far the fits to a machine's bags lie apart: of fewer than these mostly by luck.
BAGS_FOR_RANGES = 8
HOPELESS = 1.15
# What can be shown as a sum may lose so many times as much as trees, which cannot.
WORTH_A_SUM = 1.02
# To choose, coefficients need no more digits than these.
NEAR_ENOUGH = 1e-3


def fit(model: Model, candidate: Way, rows: Rows) -> Any:
    if isinstance(candidate, Trees):
        return fit_as_is(trees_of(model, candidate), rows)
    return kind_of(model).estimator(model, candidate).fit(rows.answers, rows.y, rows.weights)


def with_bags_for_ranges(way: Way) -> Way:
    if isinstance(way, Blend):
        return replace(way, second=with_enough_bags(way.second))
    return with_enough_bags(way) if isinstance(way, Boosted) else way


def with_enough_bags(boosted: Boosted) -> Boosted:
    return replace(boosted, bags=max(boosted.bags, BAGS_FOR_RANGES))


def predict(model: Model, candidate: Way, inside: Rows, outside: Rows, near: float = NEAR) -> Predicted:
    """What a candidate that learns from some rows says of others."""
    if inside.distinct is not None and isinstance(candidate, Candidate) and is_plain(candidate):
        return inside.distinct.predict(candidate, inside.places, outside.places, near)
    return kind_of(model).predict(fit(model, candidate, inside), outside.table)


def unseen(learn: Learn, rows: Rows, folds: int, seed: int, at_a_time: int = 1) -> Iterator[tuple[Any, Predicted]]:
    """For each fold its rows, and what is predicted of them by what learnt from the others."""

    def work(parts: tuple[Any, Any]) -> tuple[Any, Predicted]:
        inside, outside = parts
        return outside, learn(rows.take(inside), rows.take(outside))

    if at_a_time == 1:
        yield from map(work, rows.folds(folds, seed))
        return
    # The sums of a fit are made outside Python, so that threads share the processors.
    with ThreadPoolExecutor(at_a_time) as pool:
        yield from pool.map(work, rows.folds(folds, seed))


@dataclass(frozen=True)
class Trial:
    """One way to learn, and what it predicts of some rows when it learns from the others."""

    kind: Kind
    way: Any
    told: Sequence[tuple[Rows, Predicted]]

    @cached_property
    def of_rows(self) -> list[NDArray[np.float64]]:
        """The loss of each row, fold by fold."""
        loss = LOSSES[self.kind.columns[0]]
        return [loss(rows.truth, said) for rows, said in self.told]

    @cached_property
    def losses(self) -> list[float]:
        """The mean loss of each fold's rows."""
        each = zip(self.of_rows, self.told, strict=True)
        return [float(np.average(own, weights=rows.weights)) for own, (rows, _) in each]

    @property
    def loss(self) -> float:
        return sum(self.losses)

    def is_better_than(self, other: Trial) -> bool:
        """Whether it loses less by more than a standard error, over the same rows."""
        less = np.concatenate(other.of_rows) - np.concatenate(self.of_rows)
        own = [rows.weights for rows, _ in self.told if rows.weights is not None]
        weights = np.concatenate(own) if own else np.ones(len(less))
        mean = np.average(less, weights=weights)
        error = np.sqrt(np.sum((weights * (less - mean)) ** 2)) / np.sum(weights)
        return bool(mean > error)


def choose(model: Model, rows: Rows) -> Way:
    """The candidate that does best on folds of these rows alone, or the best blend of two.

    Of so many tries some do well by luck. So the blend with the least share of curves is taken where there is one, unless
    another is better than it by more than luck. Trees are taken only if they are better than the best by much more.
    """
    kind, candidates = kind_of(model), model.learns.candidates
    if len(candidates) == 1:
        return candidates[0]
    # An amount's loss is the square of its error.
    hopeless, worth_a_sum = (HOPELESS, WORTH_A_SUM) if kind.is_counted else (HOPELESS**2, WORTH_A_SUM**2)
    curves = [try_out(model, way, rows) for way in candidates if not isinstance(way, Boosted | Trees)]
    if all(isinstance(way, Trees) for way in candidates):
        return min([try_out(model, way, rows) for way in candidates], key=lambda trial: trial.loss).way
    most = [
        min(trial.losses[at] for trial in curves) * hopeless for at in range(model.learns.inner_folds if curves else 0)
    ]
    machines = [try_out(model, way, rows, most) for way in candidates if isinstance(way, Boosted)]
    machines = [trial for trial in machines if not curves or len(trial.told) == len(curves[0].told)]
    blends = []
    if curves and machines and model.learns.blends:
        one, other = (min(some, key=lambda trial: trial.loss) for some in (curves, machines))
        pairs = [(tested, own, also) for (tested, own), (_, also) in zip(one.told, other.told, strict=True)]
        for share in model.learns.blends:
            said = [(tested, kind.blend(own, also, share)) for tested, own, also in pairs]
            blends.append(Trial(kind, Blend(one.way, other.way, share), said))
    best = min([*curves, *machines, *blends], key=lambda trial: trial.loss)
    usual = min(blends, key=lambda trial: trial.way.share, default=best)
    shown = best if best.is_better_than(usual) else usual
    trees = [try_out(model, way, rows, shown.losses) for way in candidates if isinstance(way, Trees)]
    whole = [trial for trial in trees if len(trial.told) == len(shown.told)]
    ahead = [trial for trial in whole if trial.loss * worth_a_sum < shown.loss and trial.is_better_than(shown)]
    return min(ahead, key=lambda trial: trial.loss, default=shown).way


def try_out(model: Model, way: Way, rows: Rows, most: Sequence[float] = ()) -> Trial:
    """One candidate on the inner folds; if it loses more than this on the first, on no others."""
    quick = replace(way, bags=min(way.bags, BAGS_TO_CHOOSE)) if isinstance(way, Boosted) else way
    kind, told = kind_of(model), []

    def learn(inside: Rows, outside: Rows) -> Predicted:
        return predict(model, quick, inside, outside, NEAR_ENOUGH)

    for at, predicted in unseen(learn, rows, model.learns.inner_folds, seed=1):
        told.append((rows.take(at), predicted))
        if len(told) == 1 and most and Trial(kind, way, told).loss > most[0]:
            break
    return Trial(kind, way, told)
