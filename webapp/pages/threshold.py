"""The line that a reader of a card draws: above which estimate to say yes, read as the forms read a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from model.declare.faults import Fault, sentence
from model.declare.inputs import Refused
from model.declare.number import NumberInput

# Stands in the kept card where the line that was asked for goes.
THRESHOLD_PLACE = "{the threshold}"
ABOVE = NumberInput(
    "above",
    "Say yes above",
    "the line above which to say yes",
    lowest=1,
    highest=99,
    like="50",
    beyond="Above 0 everyone is called yes, and above 100 no one",
    subject="The line above which to say yes",
)
USUAL = "50"


@dataclass(frozen=True)
class Threshold:
    typed: str
    above: float
    message: str = ""


def read_threshold(given: Sequence[str]) -> Threshold:
    """What the address asks for; the usual line where it asks for none, and a message where it is no number."""
    typed = given[-1] if given else USUAL
    try:
        above = ABOVE.read(typed)
        assert isinstance(above, float | int)
        return Threshold(typed, above / 100)
    except Refused as refused:
        return Threshold(typed[:60], float(USUAL) / 100, sentence(Fault.of(ABOVE, refused), {ABOVE.name: ABOVE}))
