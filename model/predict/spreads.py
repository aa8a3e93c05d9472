"""How far scores move with a model's coefficients: vectors whose squared length is a score's variance.

Each row of a term's table has a vector for each score, and what the answers come to adds them up. A vector's last number
is no part of the variance: so far did the penalty pull the score back. The first range that is asked for loads this
module, and NumPy with it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from .tables import Answers, Term
from .unknown import Ways

Array = np.ndarray[Any, np.dtype[Any]]


class Spreads:
    def __init__(self, terms: Sequence[Term], intercept: Sequence[Sequence[float]]) -> None:
        self.terms, self.scores = terms, len(intercept)
        # The intercept's vectors stand before those of the terms, one row after the other.
        self.vectors = np.concatenate([np.reshape(intercept, (1, -1)), *map(vectors_of, terms)])
        self.starts = list(accumulate([len(term.rows) for term in terms], initial=1))

    def of(self, answers: Answers) -> Array:
        """For each score its vector."""
        parts = [(0, 1.0)]
        for start, term in zip(self.starts, self.terms, strict=False):
            parts += [(start + row, part) for row, part in term.places[term.key(answers)]]
        return self._mix(parts)

    def averaged(self, answers: Answers, ways: Ways, weights: Sequence[float]) -> Array:
        """The same of each way to fill in what is unknown, times the way's weight, added up."""
        parts = [(0, math.fsum(weights))]
        for start, term in zip(self.starts, self.terms, strict=False):
            parts += [(start + row, part) for row, part in ways.parts_of(term, answers, weights).items()]
        return self._mix(parts)

    def _mix(self, parts: Iterable[tuple[int, float]]) -> Array:
        rows, weights = zip(*parts, strict=True)
        mixed: Array = np.array(weights) @ self.vectors[list(rows)]
        return mixed.reshape(self.scores, -1)


def vectors_of(term: Term) -> Array:
    """A row for each of the term's, with the vectors of all scores one after the other."""
    return np.frombuffer(term.packed, "<f4").reshape(len(term.rows), -1).astype(float)
