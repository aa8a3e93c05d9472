"""Estimates of many rows at once, for a sum whose terms tie all inputs together in pairs.

The score is a sum over terms of two inputs at most, and so is the vector whose squared length is its variance. That square
is a sum over pairs of terms, each of which has to do with four inputs at most. A cover is a set of inputs with a
table of all their answers, into which the pairs go that it covers. So an estimate takes a look-up in each of a few
covers, however long the vectors are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations_with_replacement, zip_longest
from math import prod
from typing import Any

import numpy as np

from model.declare.inputs import NOT_RECORDED, Input
from model.declare.number import NumberInput
from model.predict.engine import ChanceTables
from model.predict.logistic import NORMAL_95
from model.predict.spreads import vectors_of
from model.predict.tables import Score, Term

from .cells import Cells, Column

Array = np.ndarray[Any, np.dtype[Any]]
Answers = Mapping[str, Sequence[Any]]
Inputs = frozenset[str]
# What one cover may hold, and all of them together: eight bytes each.
MOST_CELLS, MOST_IN_ALL = 2_000_000, 8_000_000
# Rows at a time, so that what is in the making stays in a processor's cache.
ROWS = 1 << 14


def list_answers(inputs: Sequence[Input], engine: ChanceTables, most: int = MOST_CELLS) -> Answers | None:
    """Every answer to each input; none where one has no end of them, or as a number more than so many."""
    found: dict[str, Sequence[Any]] = {}
    for asked in inputs:
        # An unknown answer that is not averaged has points of its own.
        unknown: list[Any] = [None] if asked.may_be_unknown and asked.name not in engine.averaged else []
        unknown += [NOT_RECORDED] if asked.not_recorded else []
        if asked.choices:
            found[asked.name] = [*asked.choices, *unknown]
        elif isinstance(asked, NumberInput) and asked.whole and asked.highest - asked.lowest < most:
            found[asked.name] = [*range(int(asked.lowest), int(asked.highest) + 1), *unknown]
        else:
            return None
    return found


class Unit:
    """The terms of one input or two: their points and their vectors, with an axis for each input."""

    def __init__(self, names: Sequence[str], terms: Sequence[Term], answers: Answers, width: int) -> None:
        self.names = list(names)
        shape = [len(answers[name]) for name in names]
        # How far the penalty pulled a score back adds up as its points do; a vector has it last.
        self.points, self.pulls, self.vectors = np.zeros(shape), np.zeros(shape), np.zeros((*shape, width - 1))
        for term in terms:
            axes = [answers[name] for name in term.inputs]
            keys = axes[0] if len(axes) == 1 else [(one, two) for one in axes[0] for two in axes[1]]
            points = np.array([term.table[key] for key in keys]).reshape([len(axis) for axis in axes])
            vectors = mix_vectors(term, keys).reshape([*map(len, axes), width])
            self.points += lie_along(points, list(term.inputs), self.names)
            whole = lie_along(vectors, list(term.inputs), self.names)
            self.vectors += whole[..., :-1]
            self.pulls += whole[..., -1]


def mix_vectors(term: Term, keys: Sequence[Any]) -> Array:
    """The vectors of all these answers at once; a matrix product's last digits would hang on how many threads share it."""
    whole = vectors_of(term)
    mixed = np.zeros((len(keys), whole.shape[1]))
    for places in zip_longest(*map(term.place, keys), fillvalue=(0, 0.0)):
        rows, parts = zip(*places, strict=True)
        mixed += np.array(parts)[:, None] * whole[list(rows)]
    return mixed


def lie_along(table: Array, names: Sequence[str], wanted: Sequence[str]) -> Array:
    """A table with an axis for each of its inputs, turned so that it can be added to one with these axes."""
    rest = list(range(len(names), table.ndim))
    order = [names.index(name) for name in wanted if name in names]
    turned = table.transpose([*order, *rest])
    shape = iter(turned.shape)
    return turned.reshape([next(shape) if name in names else 1 for name in wanted] + [table.shape[at] for at in rest])


def multiply(one: Unit, two: Unit) -> tuple[Array, list[str]]:
    """The product of the vectors of each two answers, and the inputs of its axes: those of both units first."""
    shared = [name for name in one.names if name in two.names]
    rest = [[name for name in unit.names if name not in shared] for unit in (one, two)]
    sides = []
    for unit, own in zip((one, two), rest, strict=True):
        order = [unit.names.index(name) for name in (*shared, *own)]
        turned = unit.vectors.transpose([*order, len(order)])
        sides.append(turned.reshape(*turned.shape[: len(shared)], -1, turned.shape[-1]))
    product = sides[0] @ np.swapaxes(sides[1], -1, -2)
    shape = [
        *(one.vectors.shape[one.names.index(name)] for name in (*shared, *rest[0])),
        *(two.vectors.shape[two.names.index(name)] for name in rest[1]),
    ]
    return product.reshape(shape), [*shared, *rest[0], *rest[1]]


def units_of(score: Score, answers: Answers) -> list[Unit]:
    """One for each pair of inputs that has a term; a term of one input goes into a unit that has it."""
    sets = sorted({frozenset(term.inputs) for term in score.terms}, key=lambda own: (-len(own), sorted(own)))
    homes: dict[Inputs, list[Term]] = {}
    for own in sets:
        home = next((other for other in homes if own <= other), own)
        homes.setdefault(home, []).extend(term for term in score.terms if frozenset(term.inputs) == own)
    width = len(score.intercept_spread[0])
    units = [Unit(sorted(home, key=list(answers).index), terms, answers, width) for home, terms in homes.items()]
    *vector, pull = score.intercept_spread[0]
    units[0].points += score.intercept[0]
    units[0].vectors += vector
    units[0].pulls += pull
    return units


def cover(wanted: Sequence[Inputs], answers: Answers) -> list[Inputs] | None:
    """Few sets of inputs, so that each that is wanted lies in one of them; none where they would be too large."""

    def cells(names: Inputs) -> int:
        return prod(len(answers[name]) for name in names)

    # In one order in every process, since sums in another one differ in their last digits.
    covers = sorted({own for own in wanted if not any(own < other for other in wanted)}, key=sorted)
    if any(cells(own) > MOST_CELLS for own in covers):
        return None
    while True:
        # The two that grow least by being joined.
        pairs = [(cells(one | two) - cells(one) - cells(two), one, two) for one, two in combine(covers)]
        pairs = [pair for pair in pairs if cells(pair[1] | pair[2]) <= MOST_CELLS]
        best = min(pairs, key=lambda pair: (pair[0], sorted(pair[1] | pair[2])), default=None)
        if best is None or best[0] > MOST_CELLS // 20:
            break
        covers = [own for own in covers if own not in best[1:]]
        covers = [own for own in covers if not own <= best[1] | best[2]] + [best[1] | best[2]]
    return covers if sum(map(cells, covers)) <= MOST_IN_ALL else None


def combine(covers: Sequence[Inputs]) -> list[tuple[Inputs, Inputs]]:
    return [(one, two) for one, two in combinations_with_replacement(covers, 2) if one is not two]


class Cover:
    """Some inputs, and for all their answers together what goes to the score and to its variance."""

    def __init__(self, names: Sequence[str], answers: Answers) -> None:
        self.names = list(names)
        shape = [len(answers[name]) for name in names]
        self.strides = [prod(shape[at + 1 :]) for at in range(len(shape))]
        self.points: Array | None = None
        self.pulls: Array = np.zeros(shape)
        self.variances: Array = np.zeros(shape)


class Covers:
    """Tables for a model whose inputs lie in covers."""

    def __init__(self, engine: ChanceTables, answers: Answers, units: Sequence[Unit], covers: Sequence[Inputs]) -> None:
        self.engine = engine
        order = list(answers)
        # For each input where an answer lies among all there are.
        self.places = {name: {answer: at for at, answer in enumerate(own)} for name, own in answers.items()}
        self.covers = [
            Cover(sorted(own, key=order.index), answers)
            for own in sorted(covers, key=lambda own: (len(own), sorted(own)))
        ]
        for unit in units:
            home = self._home(set(unit.names))
            if home.points is None:
                home.points = np.zeros(home.variances.shape)
            home.points += lie_along(unit.points, unit.names, home.names)
            home.pulls += lie_along(unit.pulls, unit.names, home.names)
        for one, two in combinations_with_replacement(units, 2):
            product, names = multiply(one, two)
            home = self._home(set(names))
            home.variances += (1 if one is two else 2) * lie_along(product, names, home.names)

    def _home(self, names: set[str]) -> Cover:
        """The smallest cover that has all of these inputs."""
        fitting = [one for one in self.covers if names <= set(one.names)]
        return min(fitting, key=lambda one: one.variances.size)

    def estimate(self, cells: Cells, unknown: tuple[str, ...]) -> Array | None:
        """The estimate, low and high of rows with these cells; None where an unknown answer is averaged over."""
        if any(name in self.engine.averaged for name in unknown):
            return None
        answered = [(column.asked.name, self._place(column), codes) for column, codes in cells.pairs()]
        estimates = np.empty((3, cells.height))
        for start in range(0, cells.height, ROWS):
            part = slice(start, min(start + ROWS, cells.height))
            score, pull, variance = np.zeros((3, part.stop - start))
            levels = {name: places.take(codes[part], mode="clip") for name, places, codes in answered}
            for one in self.covers:
                place = sum([levels[name] * stride for name, stride in zip(one.names, one.strides, strict=True)])
                variance += one.variances.ravel().take(place, mode="clip")
                if one.points is not None:
                    score += one.points.ravel().take(place, mode="clip")
                    pull += one.pulls.ravel().take(place, mode="clip")
            estimates[:, part] = add_range(np.exp(-score), variance, pull)
        return estimates

    def _place(self, column: Column) -> Array:
        """Where each of the answers that a column has seen lies among all there are; of one that is none, anywhere."""
        places = self.places[column.asked.name]
        return np.array([places.get(answer, 0) for answer in column.answers])


def add_range(odds: Array, variance: Array, pull: Array) -> Array:
    """The chance for these odds against it, with its range's ends, as the engine has them for one row."""
    down, up = (np.exp(NORMAL_95 * np.sqrt(variance + one**2)) for one in (np.minimum(pull, 0), np.maximum(pull, 0)))
    return np.array([1 / (1 + odds), 1 / (1 + odds * down), 1 / (1 + odds / up)])


def build_covers(inputs: Sequence[Input], engine: ChanceTables) -> Covers | None:
    answers = list_answers(inputs, engine)
    if answers is None:
        return None
    units = units_of(engine.score, answers)
    wanted = [frozenset(one.names) | frozenset(two.names) for one, two in combinations_with_replacement(units, 2)]
    covers = cover(wanted, answers)
    return Covers(engine, answers, units, covers) if covers else None
