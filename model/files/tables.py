"""Estimates of many rows at once, for a probability all of whose answers can be counted.

The inputs lie in a few groups, so that no term of the score has inputs of two of them. A level is a set of
answers to a group's inputs. The score of a row is a sum over its levels, and so is the vector whose squared
length is its variance. That square is a sum over pairs of groups, and each pair has a table of its own. So
an estimate takes a few look-ups, however long the vectors are.

An unknown answer is averaged over what the people in the data answered. As the predictor has it for one row,
the estimate is the mean of the chances, and its range follows from the length of a weighted sum of the
people's vectors. With weights w that add up to W, the square of that length is W times the sum of w·|v|²,
less w·w′·|v − v′|² for each two of the people. Where all that is unknown belongs to one group, such a
difference depends on that group alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache, reduce
from itertools import combinations, product
from math import prod
from typing import Any

import numpy as np

from model.declare.inputs import Input
from model.predict.engine import ChanceTables
from model.predict.predictor import Predictor
from model.predict.tables import Score, Term
from model.predict.unknown import Ways

from .cells import MOST_BITS, Cells
from .covers import Covers, add_range, build_covers, list_answers, mix_vectors

Array = np.ndarray[Any, np.dtype[Any]]
Answers = Mapping[str, Sequence[Any]]
# Small enough that what two groups have to do with one another stays in a processor's cache.
MOST_LEVELS = 1_500
# Each two of the people cost a look-up; for more of them, one row at a time is no slower.
MOST_PEOPLE = 30
# Rows at a time, so that what is in the making stays in a processor's cache.
ROWS = 1 << 14


class Group:
    """Inputs with all their answers, and what each level of them adds to the score and to its vector."""

    def __init__(self, answers: Answers, score: Score) -> None:
        self.answers = answers
        self.terms = [term for term in score.terms if answers.keys() & set(term.inputs)]
        self.points = self._add_terms(lambda term, keys: np.array([[term.table[key]] for key in keys]), 1)[:, 0]
        vectors = self._add_terms(mix_vectors, len(score.intercept_spread[0]))
        # How far the penalty pulled a score back adds up as its points do.
        self.vectors, self.pulls = vectors[:, :-1], vectors[:, -1]

    def _add_terms(self, of: Callable[[Term, Sequence[Any]], Array], width: int) -> Array:
        total = np.zeros((*map(len, self.answers.values()), width))
        for term in self.terms:
            # An axis for each input of the group, of length 1 where it does not matter.
            axes = [known if name in term.inputs else [None] for name, known in self.answers.items()]
            keys = [term.key(dict(zip(self.answers, known, strict=True))) for known in product(*axes)]
            total += of(term, keys).reshape((*map(len, axes), width))
        return total.reshape(-1, width)

    def count(self, name: str, answers: Sequence[Any]) -> Array:
        """What each of these answers to one of the inputs counts in a level, which is their sum."""
        names = list(self.answers)
        stride = prod(len(self.answers[after]) for after in names[names.index(name) + 1 :])
        numbers = {answer: at * stride for at, answer in enumerate(self.answers[name])}
        return np.array([numbers.get(answer, 0) for answer in answers])

    @cached_property
    def squares(self) -> Array:
        return np.einsum("ij,ij->i", self.vectors, self.vectors)

    @cached_property
    def distances(self) -> Array:
        """The squared length of the difference between the vectors of each two levels."""
        return (self.squares[:, None] + self.squares - 2 * self.vectors @ self.vectors.T).ravel()


@lru_cache(16)
def build_tables(predictor: Predictor) -> Tables | Covers | None:
    """Tables, for a model whose estimate is one chance with a range from its coefficients."""
    engine, inputs = predictor.engine, predictor.model.inputs
    if not isinstance(engine, ChanceTables) or not engine.score.intercept_spread or predictor.model.features:
        return None
    groups = group_answers(inputs, engine) if len(inputs) <= MOST_BITS else None
    if groups:
        return Tables(engine, [Group(answers, engine.score) for answers in groups])
    # Where pairs tie too many inputs together, no such groups lie apart.
    return build_covers(inputs, engine) if len(inputs) <= MOST_BITS else None


def group_answers(inputs: Sequence[Input], engine: ChanceTables) -> list[Answers] | None:
    """As few groups as may be, yet two; none where an input has no end of answers or a group would be too large."""
    answers = list_answers(inputs, engine, MOST_LEVELS)
    if answers is None:
        return None
    groups: list[dict[str, Sequence[Any]]] = [{}, *({name: own} for name, own in answers.items())]
    for term in engine.score.terms:
        touched = [group for group in groups if group.keys() & set(term.inputs)]
        groups = [*(group for group in groups if group not in touched), reduce(dict.__or__, touched)]
    groups.sort(key=get_size)
    while len(groups) > 2 and get_size(groups[0] | groups[1]) <= MOST_LEVELS:
        groups = sorted([groups[0] | groups[1], *groups[2:]], key=get_size)
    return list(groups) if get_size(groups[-1]) <= MOST_LEVELS else None


def get_size(answers: Answers) -> int:
    return prod(map(len, answers.values()))


class Tables:
    def __init__(self, engine: ChanceTables, groups: Sequence[Group]) -> None:
        self.engine, self.groups = engine, groups
        groups[0].points += engine.score.intercept[0]
        *vector, pull = engine.score.intercept_spread[0]
        groups[0].vectors += vector
        groups[0].pulls += pull
        self.pairs = [(*pair, self._pair_up(*pair)) for pair in combinations(range(len(groups)), 2)]

    def _pair_up(self, one: int, two: int) -> Array:
        """What two groups have to do with one another in the variance; each group's own part is shared out."""
        first, second, others = self.groups[one], self.groups[two], len(self.groups) - 1
        own = first.squares[:, None] / others + second.squares / others
        return (2 * first.vectors @ second.vectors.T + own).ravel()

    def estimate(self, cells: Cells, unknown: tuple[str, ...]) -> Array | None:
        """The estimate, low and high of rows that lack just these answers; None where there is no quick way."""
        unknown = tuple([name for name in unknown if name in self.engine.averaged])
        touched = [at for at, group in enumerate(self.groups) if group.answers.keys() & set(unknown)]
        if len(touched) > 1:
            return None
        ways = self.engine.recorded.ways(unknown)
        if unknown and len(ways) > MOST_PEOPLE:
            return None
        answered = {column.asked.name: (column.answers, codes) for column, codes in cells.pairs()}
        lookups = [
            [(group.count(name, answered[name][0]), answered[name][1]) for name in group.answers if name not in unknown]
            for group in self.groups
        ]
        estimates = np.empty((3, cells.height))
        for start in range(0, cells.height, ROWS):
            part = slice(start, min(start + ROWS, cells.height))
            none = np.zeros(part.stop - start, dtype=int)
            levels = [
                total([none.copy(), *(counts.take(codes[part], mode="clip") for counts, codes in own)])
                for own in lookups
            ]
            if unknown:
                estimates[:, part] = self._average(levels, touched[0], ways)
            else:
                odds = np.exp(-self._add_points(levels))
                estimates[:, part] = add_range(odds, self._add_variances(levels), self._add_pulls(levels))
        return estimates

    def _average(self, levels: Sequence[Array], group: int, ways: Ways) -> Array:
        own, moved = self.groups[group], []
        for way in range(len(ways)):
            step = sum(own.count(name, [answer])[0] for name, answer in ways.answers(way).items())
            moved.append([*levels[:group], levels[group] + step, *levels[group + 1 :]])
        chances = [1 / (1 + np.exp(-self._add_points(one))) for one in moved]
        chance = total(share * one for share, one in zip(ways.shares, chances, strict=True))
        weights = [share * one * (1 - one) for share, one in zip(ways.shares, chances, strict=True)]
        lengths = total(weight * self._add_variances(one) for weight, one in zip(weights, moved, strict=True))
        variance = lengths * sum(weights)
        for one, two in combinations(range(len(ways)), 2):
            places = moved[one][group] * len(own.squares) + moved[two][group]
            variance -= weights[one] * weights[two] * own.distances.take(places, mode="clip")
        pull = total(weight * self._add_pulls(one) for weight, one in zip(weights, moved, strict=True))
        slope = chance * (1 - chance)
        return add_range((1 - chance) / chance, variance / slope**2, pull / slope)

    def _add_points(self, levels: Sequence[Array]) -> Array:
        return total(group.points.take(level, mode="clip") for group, level in zip(self.groups, levels, strict=True))

    def _add_pulls(self, levels: Sequence[Array]) -> Array:
        return total(group.pulls.take(level, mode="clip") for group, level in zip(self.groups, levels, strict=True))

    def _add_variances(self, levels: Sequence[Array]) -> Array:
        sizes = [len(group.squares) for group in self.groups]
        return total(table.take(levels[one] * sizes[two] + levels[two], mode="clip") for one, two, table in self.pairs)


def total(parts: Iterable[Array]) -> Array:
    """The sum, made in the first of the parts."""
    return reduce(np.ndarray.__iadd__, parts)
