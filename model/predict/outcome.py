"""What really happened: yes, no, a class or an amount; or that it cannot be known."""

from __future__ import annotations

import math
from dataclasses import dataclass

from model.declare.choice import NO, YES
from model.declare.numerals import plain, read_number

# As the page, the API and files say it.
CANNOT_BE_KNOWN = "cannot be known"
LONGEST = 200


class NoOutcome(ValueError):
    """Text that says no outcome of this model; the message says what would."""


@dataclass(frozen=True)
class Outcome:
    # 1 for yes, 0 for no, or the amount.
    value: float | None = None
    class_name: str | None = None

    @property
    def is_known(self) -> bool:
        return self.value is not None or self.class_name is not None


UNKNOWABLE = Outcome()


def says_unknowable(text: str) -> bool:
    return simplify(text) in ("cannot be known", "cannot know", "unknown", "unknowable")


def simplify(text: str) -> str:
    return " ".join(plain(text[:LONGEST]).casefold().replace("_", " ").replace("-", " ").split())


def read_yes_or_no(text: str) -> Outcome:
    # 1.0 is what a table that was saved again makes of 1.
    said = simplify(text).removesuffix(".0")
    if said in YES or said in NO:
        return Outcome(1.0 if said in YES else 0.0)
    raise NoOutcome(f"What happened must be yes, no or “{CANNOT_BE_KNOWN}”, not “{text[:60]}”")


def read_class(text: str, classes: list[str]) -> Outcome:
    known = {simplify(name): name for name in classes}
    if (name := known.get(simplify(text))) is None:
        raise NoOutcome(f"What happened must be one of {', '.join(classes)} or “{CANNOT_BE_KNOWN}”, not “{text[:60]}”")
    return Outcome(class_name=name)


def read_amount(text: str) -> Outcome:
    value = read_number(text[:LONGEST])
    if not math.isfinite(value):
        raise NoOutcome(f"What happened must be a number, like 31.4, or “{CANNOT_BE_KNOWN}”, not “{text[:60]}”")
    return Outcome(value)
