"""The cases that a record is read from: what the model said of each, when it was due, and what happened."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# An estimate is kept this far from 0 and 1, so that one surprise does not end every doubt.
NEAREST = 1e-6


@dataclass(frozen=True, eq=False)
class Cases:
    """Cases in the order in which they fell due, a row each."""

    # The chance that the model gave: of yes, of the class that it named, or of an amount within the range it gave.
    chances: NDArray[np.float64]
    # 1 where it came true, 0 where it did not, NaN where nobody has said or nobody can know.
    happened: NDArray[np.float64]
    # The day on which the case was due, as a number that goes up by one a day.
    days: NDArray[np.int64]
    # Whether the case was drawn by lot, when it was kept, for the list that somebody follows up.
    followed: NDArray[np.bool_]

    def __post_init__(self) -> None:
        if (np.diff(self.days) < 0).any():
            raise ValueError("Cases must come in the order in which they fell due.")
        object.__setattr__(self, "chances", np.clip(self.chances, NEAREST, 1 - NEAREST))

    def __len__(self) -> int:
        return len(self.chances)

    @property
    def marked(self) -> NDArray[np.bool_]:
        return ~np.isnan(self.happened)

    def only(self, rows: NDArray[np.bool_] | slice) -> Cases:
        return Cases(self.chances[rows], self.happened[rows], self.days[rows], self.followed[rows])

    def due(self, today: int) -> Cases:
        """The cases that count today: what is known early comes mostly from those to whom it happened early."""
        return self.only(self.days <= today)
