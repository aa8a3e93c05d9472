"""From scores to chances, and back."""

from __future__ import annotations

import math
from collections.abc import Sequence


def sigmoid(score: float) -> float:
    if score >= 0:
        return 1 / (1 + math.exp(-score))
    grown = math.exp(score)
    return grown / (1 + grown)


def logit(chance: float) -> float:
    return math.log(chance / (1 - chance))


def softmax(scores: Sequence[float]) -> tuple[float, ...]:
    highest = max(scores)
    grown = [math.exp(score - highest) for score in scores]
    total = math.fsum(grown)
    return tuple(value / total for value in grown)
