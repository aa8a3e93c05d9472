"""How far a model's chances would lie elsewhere if it had learnt from other people: what fits to made-up samples show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.predict.ranges import LEAST

from .errors import parts_of

Numbers = NDArray[np.float64]
Places = NDArray[Any]
# Learns from rows at these places, each with a class by its number, and says the chances of those at others; None where
# it cannot.
Refit = Callable[[Places, NDArray[Any], Places], Numbers | None]
# Any two of so many fits show how far apart two may be.
SAMPLES = 5
# So many rows say how far apart two fits are.
MOST_ROWS = 4_000
# The parts, of equally many rows, for which a range is measured by itself.
PARTS = 10
HELD = 0.95


def reach_of_samples(predicted: Numbers, refit: Refit) -> list[dict[str, Any]] | None:
    """How far apart the logits of two models are that learnt from two samples of the same people, by the estimate.

    Each sample has rows drawn from the table with what the out-of-fold chances let happen to them; so a range holds
    what a model of other people of the same kind would give, in 95 of 100 cases at every height of the estimate.
    """
    some = np.random.default_rng(0).choice(len(predicted), min(MOST_ROWS, len(predicted)), replace=False)
    fits = [sample(predicted, refit, some, seed) for seed in range(SAMPLES)]
    found = [chances for chances in fits if chances is not None]
    if len(found) < 2:
        return None
    # Of two chances the second says all.
    columns = range(1 if predicted.shape[1] == 2 else 0, predicted.shape[1])
    return [reach_by_estimate([one[:, column] for one in found]) for column in columns]


def sample(predicted: Numbers, refit: Refit, some: Places, seed: int) -> Numbers | None:
    dice, classes = np.random.default_rng(seed), predicted.shape[1]
    at = dice.integers(len(predicted), size=len(predicted))
    drawn = (predicted[at].cumsum(axis=1) < dice.random(len(at))[:, None]).sum(axis=1).clip(max=classes - 1)
    return refit(at, drawn, some) if len(set(drawn.tolist())) == classes else None


def reach_by_estimate(models: Sequence[Numbers]) -> dict[str, Any]:
    held = [np.clip(one, LEAST, 1 - LEAST) for one in models]
    logits = [np.log(one / (1 - one)) for one in held]
    pairs = [*permutations(range(len(models)), 2)]
    estimates = np.concatenate([models[one] for one, _ in pairs])
    apart = np.concatenate([np.abs(logits[one] - logits[two]) for one, two in pairs])
    edges, parts = parts_of(estimates, PARTS)
    return {"edges": edges, "reach": [float(np.quantile(apart[part], HELD)) for part in parts]}
