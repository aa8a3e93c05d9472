"""The sum behind an estimate: an intercept and the points of each term."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from operator import mul
from typing import Any

from .card import Term, Vector, added


@dataclass(frozen=True)
class Contribution:
    """The points that one term of the sum got from the answers."""

    inputs: tuple[str, ...]
    points: tuple[float, ...]


class Score:
    """An intercept and terms: answers in, one score or several out."""

    def __init__(self, compiled: Mapping[str, Any]) -> None:
        self.terms = [Term(term) for term in compiled["terms"]]
        self.intercept = tuple(compiled["intercept"])
        self.intercept_spread = [tuple(vector) for vector in compiled.get("intercept_spread", ())]
        self._points = [term.points for term in self.terms]

    def one(self, answers: Mapping[str, Any]) -> float:
        total: float = self.intercept[0]
        for points in self._points:
            total += points(answers)
        return total

    def several(self, answers: Mapping[str, Any]) -> tuple[float, ...]:
        if len(self.intercept) == 1:
            return (self.one(answers),)
        return added([self.intercept, *(points(answers) for points in self._points)])

    def spread(self, answers: Mapping[str, Any]) -> list[Vector]:
        """For each score the vector whose squared length is the score's variance."""
        parts = [self.intercept_spread, *(term.spread(answers) for term in self.terms)]
        return [added(vectors) for vectors in zip(*parts, strict=True)]

    def contributions(self, answers: Mapping[str, Any]) -> list[Contribution]:
        found = []
        for term in self.terms:
            points = term.points(answers)
            found.append(Contribution(term.inputs, points if isinstance(points, tuple) else (points,)))
        return found


def length(vector: Vector) -> float:
    return math.sqrt(sum(map(mul, vector, vector)))
