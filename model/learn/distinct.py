"""The different answers in a table, each once, and how many rows have them: what hundreds of fits to parts of it share."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack

from model.declare.model import Model
from model.declare.recipe import Candidate, Curve, Slope, Way, parts_of

from .design import columns
from .estimators import DECIMALS
from .newton import NEAR, Fits, Numbers, sigmoid

Places = NDArray[np.intp]


@dataclass
class Distinct:
    """Answers of a model whose target is yes or no; places are those of the table's rows."""

    model: Model
    answers: pd.DataFrame
    # For each row of the table which of the answers it has, whether it was so, and how much it counts.
    codes: Places
    so: Numbers
    weights: Numbers
    fits: dict[str, Fits] = field(default_factory=dict)
    lock: Any = field(default_factory=Lock, repr=False)

    def counts(self, at: Places) -> tuple[Numbers, Numbers]:
        """How many of these rows have each of the answers, and of how many of them it was so."""
        codes, weights = self.codes[at], self.weights[at]
        size = len(self.answers)
        people, yes = (np.bincount(codes, own, size) for own in (weights, weights * self.so[at]))
        return people.astype(float), yes.astype(float)

    def fits_of(self, way: Candidate) -> Fits:
        """The fits of a candidate, all of which begin at the one to all rows, so that their order is of no matter."""
        with self.lock:
            # By what it says of itself, since whoever declares it may give lists.
            if (key := repr(way)) not in self.fits:
                fits = Fits(self.design(way), way.C)
                fits.begin(*self.counts(np.arange(len(self.codes))))
                self.fits[key] = fits
            return self.fits[key]

    def design(self, way: Candidate) -> csr_array:
        """The candidate's columns for each of the answers, after a column of ones."""
        prepared = np.asarray(columns(way.blocks, self.model.input).fit_transform(self.answers), dtype=float)
        return csr_array(hstack([csr_array(np.ones((len(prepared), 1))), csr_array(prepared)]).tocsr())

    def predict(self, way: Candidate, inside: Places, outside: Places, near: float = NEAR) -> Numbers:
        """The two chances of some rows by a fit to others."""
        fits = self.fits_of(way)
        # Rounded as what is pickled is.
        found = np.round(fits.fit(*self.counts(inside), near), DECIMALS)
        chances = sigmoid(fits.design @ found)[self.codes[outside]]
        return np.column_stack([1 - chances, chances])


def count_distinct(model: Model, answers: pd.DataFrame, so: Any, weights: Numbers | None = None) -> Distinct:
    codes = answers.astype(object).where(answers.notna(), "").groupby([*answers], sort=False).ngroup().to_numpy()
    first = np.unique(codes, return_index=True)[1]
    each = np.ones(len(answers)) if weights is None else weights
    return Distinct(model, answers.iloc[first], codes, np.asarray(so, dtype=float), each)


def is_plain(way: Way) -> bool:
    """Whether a candidate's columns are the same whichever rows it learns from."""
    if not isinstance(way, Candidate):
        return False
    parts = [part for block in way.blocks for part in parts_of(block)]
    return not any(
        (isinstance(part, Slope) and part.scaled) or (isinstance(part, Curve) and part.straight) for part in parts
    )
