"""The rows that a model learns from, with what keeps some of them together, in order or heavier than others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold, KFold, StratifiedGroupKFold, StratifiedKFold, TimeSeriesSplit

from .distinct import Distinct, Places

# Above this share of the weights none counts for more where rows are drawn by them: one alone could leave few others.
HEAVIEST = 0.99


@dataclass(frozen=True)
class Rows:
    # The inputs' columns, and whether the target has answers to count.
    names: Sequence[str]
    counted: bool
    # The whole table, of which these rows may be a part.
    whole: pd.DataFrame
    y: pd.Series
    weights: NDArray[np.float64] | None = None
    # What rows that stay in one fold have in common, and the place of each row in time.
    groups: NDArray[Any] | None = None
    order: NDArray[Any] | None = None
    # What fits to parts of the table share, where there is such.
    distinct: Distinct | None = None
    # Where these rows stand in the whole table; None where they are all of it.
    at: Places | None = None

    @property
    def places(self) -> Places:
        return np.arange(len(self.whole)) if self.at is None else self.at

    @cached_property
    def table(self) -> pd.DataFrame:
        """The rows themselves; what only counts them does without."""
        return self.whole if self.at is None else self.whole.iloc[self.at]

    @property
    def answers(self) -> pd.DataFrame:
        return self.table[list(self.names)]

    @property
    def truth(self) -> NDArray[Any]:
        return self.y.to_numpy()

    def __len__(self) -> int:
        return len(self.y)

    def take(self, at: Places) -> Rows:
        weights, groups, order = (None if own is None else own[at] for own in (self.weights, self.groups, self.order))
        parts: dict[str, Any] = {"weights": weights, "groups": groups, "order": order}
        return replace(self, y=self.y.iloc[at], at=self.places[at], **parts)

    def drawn(self) -> Places:
        """Some of the rows, each the likelier the more it counts; none is among them twice, so the heaviest are no likelier
        than the lightest of these."""
        assert self.weights is not None
        share = self.weights / np.quantile(self.weights, HEAVIEST)
        return np.flatnonzero(np.random.default_rng(0).random(len(self)) < share)

    def folds(self, number: int, seed: int) -> Iterator[tuple[Places, Places]]:
        """Which rows to learn from and which to test on, so many times."""
        if self.order is not None:
            # Each part is foretold from all that came before it; the first is only learnt from.
            place = np.argsort(self.order, kind="stable")
            for before, after in TimeSeriesSplit(number).split(place):
                yield place[before], place[after]
        elif self.groups is not None:
            grouped = StratifiedGroupKFold if self.counted else GroupKFold
            number = min(number, len(pd.unique(self.groups)))
            yield from grouped(number, shuffle=True, random_state=seed).split(self.y, self.y, self.groups)
        else:
            folds = StratifiedKFold if self.counted else KFold
            yield from folds(number, shuffle=True, random_state=seed).split(self.y, self.y)
