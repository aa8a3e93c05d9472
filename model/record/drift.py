"""Whether the people who are asked about have changed since the first that were kept.

Who fills a form in is no sample of the table that the model learnt from. So nobody is alarmed by a difference from
that table; what is watched is whether later cases still look like the first 500.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

FIRST = 500
# So many parts has a number, cut where the first cases have their tenths.
PARTS = 10
# How far a change is expected to go: as far as the shares of this many people differ by chance.
AS_OF = 50.0


def code_choices(answers: Sequence[Any]) -> NDArray[np.int64]:
    """Each different answer as a number; an unknown one is an answer too. What comes late is all one part."""
    known = {answer: code for code, answer in enumerate(dict.fromkeys(answers[:FIRST]))}
    return np.array([known.get(answer, len(known)) for answer in answers], np.int64)


def code_numbers(answers: Sequence[float | None]) -> NDArray[np.int64]:
    """Each number as the tenth of the first cases that it lies in; an unknown one is a part of its own."""
    numbers = np.array([math.nan if answer is None else answer for answer in answers], float)
    first = numbers[:FIRST]
    first = first[~np.isnan(first)]
    cuts = np.unique(np.quantile(first, np.linspace(0, 1, PARTS + 1)[1:-1])) if len(first) else np.empty(0)
    return np.where(np.isnan(numbers), len(cuts) + 1, np.searchsorted(cuts, numbers, side="right"))


def changed(codes: NDArray[np.int64], weeks: NDArray[np.int64]) -> float:
    """How strong the evidence is that later answers are drawn otherwise than the first: 20 is strong, 1 is nothing.

    A bet as in `growth`, against shares that are known as well as 500 cases tell them, by shares that are known as
    well as 50 would, begun in an unknown week.
    """
    if len(codes) <= FIRST:
        return 1.0
    parts = int(codes.max()) + 1
    shares = (np.bincount(codes[:FIRST], minlength=parts) + 0.5).astype(np.float64)
    loose = shares / shares.sum() * AS_OF
    rows, when = codes[FIRST:], weeks[FIRST:]
    starts = np.unique(when, return_index=True)[1]
    before = np.zeros((len(starts) + 1, parts))
    for week, (start, end) in enumerate(zip(starts, [*starts[1:], len(rows)], strict=True)):
        before[week + 1] = before[week] + np.bincount(rows[start:end], minlength=parts)
    total = before[-1]
    same = [chance_of(counts, shares) for counts in before]
    stakes = [
        chance_of(total - counts, loose) - (same[-1] - same[week - 1]) - math.log(week * (week + 1))
        for week, counts in enumerate(before[:-1], start=1)
    ]
    return float(np.exp(min(np.logaddexp.reduce([*stakes, -math.log(len(stakes) + 1)]), 500.0)))


def chance_of(counts: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """The logarithm of the chance of a row of answers with these counts, if shares are spread as Dirichlet's."""
    each = sum(math.lgamma(w + c) - math.lgamma(w) for c, w in zip(counts, weights, strict=True) if c)
    return each + math.lgamma(weights.sum()) - math.lgamma(weights.sum() + counts.sum())


def together(evidence: Sequence[float]) -> float:
    """The evidence of several inputs as one, by their average."""
    return float(np.mean(evidence)) if len(evidence) else 1.0
