"""Ridge logistic regressions over rows that are counted, many of them one after another.

scikit-learn's own solver fits what is pickled. Folds, resamples and simulations fit the same thing hundreds of times to
nearly the same rows, so here each begins at the fit to all rows and uses its curvature until that no longer helps.
The penalised likelihood has one optimum, so both end at the same coefficients; a test holds them equal.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_array

Numbers = NDArray[np.float64]
# Steps are taken until one moves no coefficient by more than this.
NEAR = 1e-7
STEPS = 200
# Where a step with old curvature is longer than this part of the one before, the curvature is worked out anew.
SLOW = 0.6


def sigmoid(scores: Numbers) -> Numbers:
    return np.asarray(1 / (1 + np.exp(-np.clip(scores, -700, 700))))


def curvature_of(design: csr_array, weights: Numbers, penalty: Numbers) -> Numbers:
    dense = (design.T @ (design.multiply(weights[:, None]).tocsr())).toarray()
    return np.asarray(dense + np.diag(penalty))


@dataclass
class Fits:
    """Fits of one design: rows x (1 + columns), the first of which is all ones and is not penalised."""

    design: csr_array
    C: float
    # Where each fit begins, and the curvature a person there, of the likelihood alone, that it uses first.
    start: Numbers | None = None
    curvature: Numbers | None = field(default=None, repr=False)

    @cached_property
    def transposed(self) -> csr_array:
        return self.design.T.tocsr()

    @cached_property
    def penalty(self) -> Numbers:
        return np.append(0.0, np.full(self.design.shape[1] - 1, 1 / self.C))

    def begin(self, people: Numbers, yes: Numbers) -> Numbers:
        """Fit, and let every later fit begin there."""
        found = self.fit(people, yes)
        chances = sigmoid(self.design @ found)
        self.curvature = curvature_of(self.design, people * chances * (1 - chances), 0 * self.penalty) / people.sum()
        self.start = found
        return found

    def fit(self, people: Numbers, yes: Numbers, near: float = NEAR) -> Numbers:
        """The coefficients where so many people gave each row's answers and it was so of so many of them."""
        found = np.zeros(self.design.shape[1]) if self.start is None else self.start.copy()
        factor, last = None, np.inf
        if self.curvature is not None:
            factor = cho_factor(self.curvature * people.sum() + np.diag(self.penalty))
        for _ in range(STEPS):
            chances = sigmoid(self.design @ found)
            slope = self.transposed @ (people * chances - yes) + self.penalty * found
            if factor is None:
                factor = cho_factor(curvature_of(self.design, people * chances * (1 - chances), self.penalty))
            step = cho_solve(factor, slope)
            longest = float(np.abs(step).max())
            if longest > SLOW * last and longest > near:
                factor = cho_factor(curvature_of(self.design, people * chances * (1 - chances), self.penalty))
                step = cho_solve(factor, slope)
                longest = float(np.abs(step).max())
                # Far from the optimum a whole step may go too far.
                step *= min(1.0, 5 / longest)
            found, last = found - step, longest
            if longest < near:
                break
        return found
