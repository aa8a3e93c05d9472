"""What moved the number, in words: each answer's are put together once, since they are the same on every result."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from model.declare.model import Model
from webapp.http.cache import MOST_KEPT


@dataclass(frozen=True)
class Told:
    """What one answer did: the start of a sentence that ends with two numbers, and the line of a table."""

    label: str
    answer: str
    reference: str
    begins: str
    # The number that it would be instead, in words and on the drawn line.
    instead: str
    place: str


@lru_cache(maxsize=MOST_KEPT)
def say(model: Model, name: str, answer: Any, reference: Any, raised: bool) -> tuple[str, str, str, str]:
    """What does not change with the other answers: the label, both answers, and how the sentence begins."""
    asked = model.input[name]
    with_reference = model.words.instead.format(reference=asked.named_answer(reference))
    begins = f"{asked.phrased(answer)} {'raised' if raised else 'lowered'} it. {with_reference}"
    return asked.label, asked.words(answer), asked.words(reference), begins
