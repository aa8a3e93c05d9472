"""How far scores move with a model's coefficients: vectors whose squared length is a score's variance.

Each row of a term's table has a vector for each score, and what the answers come to adds them up. A vector's last number
is no part of the variance: so far did the penalty pull the score back. The first range that is asked for loads this
module, and NumPy with it.
"""

from __future__ import annotations

import math
from base64 import b64decode
from collections.abc import Sequence
from functools import partial
from itertools import accumulate
from typing import Any

import numpy as np

from .tables import Answers, Memory, Parts, Term
from .unknown import Ways

Array = np.ndarray[Any, np.dtype[Any]]
# Of a term it is remembered where so many answers lie.
MOST_PLACES = 1_000


class Spreads:
    def __init__(self, terms: Sequence[Term], intercept: Sequence[Sequence[float]]) -> None:
        self.scores = len(intercept)
        # The intercept's vectors stand before those of the terms, one row after the other.
        self.vectors = np.concatenate([np.reshape(intercept, (1, -1)), *map(vectors_of, terms)])
        starts = accumulate([len(term.rows) for term in terms], initial=1)
        self.terms = [
            (term, Memory(partial(find, term, start), MOST_PLACES)) for term, start in zip(terms, starts, strict=False)
        ]

    def of(self, answers: Answers) -> Array:
        """For each score its vector."""
        rows, parts = [0], [1.0]
        for term, places in self.terms:
            own_rows, own_parts = places[term.key(answers)]
            rows += own_rows
            parts += own_parts
        return self._mix(rows, parts)

    def averaged(self, answers: Answers, ways: Ways, weights: Sequence[float]) -> Array:
        """The same of each way to fill in what is unknown, times the way's weight, added up."""
        rows, parts = [0], [math.fsum(weights)]
        for term, places in self.terms:
            own = ways.parts_of(term, places, answers, weights)
            rows += own.keys()
            parts += own.values()
        return self._mix(rows, parts)

    def _mix(self, rows: list[int], parts: list[float]) -> Array:
        mixed: Array = np.array(parts) @ self.vectors.take(rows, axis=0)
        return mixed.reshape(self.scores, -1)


def find(term: Term, start: int, key: Any) -> Parts:
    """Where a term's answers lie among all vectors, where its own begin at the start."""
    rows, parts = zip(*term.place(key), strict=True)
    return tuple([start + row for row in rows]), parts


def vectors_of(term: Term) -> Array:
    """A row for each of the term's, with the vectors of all scores one after the other."""
    return np.frombuffer(b64decode(term.packed), "<f4").reshape(len(term.rows), -1).astype(float)
