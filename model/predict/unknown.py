"""The average over what is unknown: every way in which the people in the data would fill it in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .card import Term, Vector, added

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """One term, and the few different answers that the ways of filling in give it."""

    term: Term
    fillings: list[Answers]
    # For each way, which of the fillings it has.
    which: list[int]


class Ways:
    """The ways to fill in some unknown answers, each with its share.

    A term depends on few of the unknown answers. So its points are looked up once for each of
    these, and not once for each of the hundreds of ways.
    """

    def __init__(self, terms: Sequence[Term], unknown: Sequence[str], people: Sequence[tuple[Answers, float]]) -> None:
        self.shares = [share for _, share in people]
        self.parts = [part_of(term, [name for name in unknown if name in term.inputs], people) for term in terms]

    def scores(self, intercept: float, answers: Answers) -> list[float]:
        """The score of each way."""
        totals = [intercept] * len(self.shares)
        for part in self.parts:
            points = [part.term.points({**answers, **filling}) for filling in part.fillings]
            if len(points) == 1:
                totals = [total + points[0] for total in totals]
            else:
                totals = [total + points[which] for total, which in zip(totals, part.which, strict=True)]
        return totals

    def spread(self, weights: Sequence[float], intercept_spread: Vector, answers: Answers) -> Vector:
        """The ways' spreads, each times its weight, added up."""
        vectors = [scaled(sum(weights), intercept_spread)]
        for part in self.parts:
            masses = [0.0] * len(part.fillings)
            for which, weight in zip(part.which, weights, strict=True):
                masses[which] += weight
            vectors += [
                scaled(mass, part.term.spread({**answers, **filling})[0])
                for mass, filling in zip(masses, part.fillings, strict=True)
            ]
        return added(vectors)


def part_of(term: Term, names: Sequence[str], people: Sequence[tuple[Answers, float]]) -> Part:
    numbers: dict[tuple[Any, ...], int] = {}
    which = [numbers.setdefault(tuple(person[name] for name in names), len(numbers)) for person, _ in people]
    return Part(term, [dict(zip(names, key, strict=True)) for key in numbers], which)


def scaled(factor: float, vector: Vector) -> Vector:
    return tuple([factor * value for value in vector])
