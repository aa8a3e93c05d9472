"""From scores to chances, and back; and how far a range reaches."""

from __future__ import annotations

import math
from collections.abc import Sequence

# 95 % of a normal distribution lies within so many standard errors.
NORMAL_95 = 1.959963984540054


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
    return tuple([value / total for value in grown])
