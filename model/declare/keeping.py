"""How long a kept case stays, when its outcome is due, and how many are drawn to be followed up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Keeping:
    """What holds for the cases that people keep of a model."""

    # For so many days a case is kept; then it is deleted.
    days: int = 730
    # After so many days it is known what really happened; 0 where it may be known at once.
    due_after: int = 0
    # Of so many out of 100 cases the outcome shall be found out in any case: drawn by lot, they show what the others hide.
    followed: int = 20

    @property
    def contradictions(self) -> Iterator[str]:
        if not 1 <= self.days <= 36_500:
            yield f"keeping: days must be from 1 to 36500, and is {self.days}"
        if not 0 <= self.due_after < self.days:
            yield f"keeping: due_after must be from 0 to less than days ({self.days}), and is {self.due_after}"
        if not 0 <= self.followed <= 100:
            yield f"keeping: followed must be from 0 to 100, and is {self.followed}"
