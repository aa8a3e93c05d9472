"""What is worked out for many answers at once where points add up: with NumPy, which the first result loads.

Everybody is the few rows that stand for all people in the data, as columns of points. The lists are, for every answer
that an input could have, the points that each term would add.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from model.declare.inputs import Input

from .changes import MOST_VALUES, Sized, measure
from .tables import Answers, Memory, Score

Array = np.ndarray[Any, np.dtype[Any]]

# What an answer adds to each row is kept for so many of a model's answers, and pairs of them.
MOST_LINES = 2_000
# So many tables have a row for each value of an input and a column for each level.
MOST_GRIDS = 50
# Of two long lists together so many values each are tried, evenly spread.
MOST_OF_TWO = 200
# What hangs on one answer and has a number for each value is kept for so many.
MOST_NEAR = 500
# Of two answers equally far, the one that changes the score less comes first.
NUDGE = 1e-9


class Everybody:
    """The rows that stand for everybody, and what an answer in place of their own adds to their scores."""

    def __init__(self, rows: Sequence[Answers], weights: Sequence[float], score: Score) -> None:
        self.rows, self.weights, self.terms = rows, np.array(weights), score.terms
        self.weight = float(self.weights.sum())
        self.points = [np.array([term.points(row) for row in rows]) for term in score.terms]
        self.scores: Array = np.array([score.one(row) for row in rows])
        # For each input the terms of two inputs that have it: which term, its two inputs, and the other one of them.
        self.pairs = {
            name: [
                (at, *term.inputs, term.inputs[term.inputs[0] == name])
                for at, term in enumerate(score.terms)
                if len(term.inputs) == 2 and name in term.inputs
            ]
            for name in rows[0]
        }
        self.lines = Memory(lambda key: self._line(*key), MOST_LINES)
        self.moves = Memory(lambda key: self._move(*key), MOST_LINES)
        self.both = Memory(lambda key: self._both(*key), MOST_LINES)

    def _with(self, name: str) -> list[int]:
        return [at for at, term in enumerate(self.terms) if name in term.inputs]

    def average(self, sums: Array) -> Array:
        found: Array = sums @ self.weights
        return found

    def average_chances(self, sums: Array) -> Array:
        # A sigmoid is a hyperbolic tangent of half the sum, which has no number that is too large.
        found: Array = (np.tanh(sums / 2) @ self.weights + self.weight) / 2
        return found

    def moved(self, answers: Answers) -> Array:
        """By how much each of these answers moves each row's score: a line for each."""
        moves = [self.moves[one] for one in answers.items()]
        return np.concatenate(moves or [np.empty(0)]).reshape(len(moves), len(self.rows))

    def _line(self, at: int, name: str, answer: Any) -> Array:
        """The points of a term with this answer in place of each row's own, less those that it had."""
        term = self.terms[at]
        return np.array([term.points({**row, name: answer}) for row in self.rows]) - self.points[at]

    def _move(self, name: str, answer: Any) -> Array:
        """By how much an answer moves each row's score where no other is in place."""
        return sum([self.lines[at, name, answer] for at in self._with(name)], np.zeros(len(self.rows)))

    def _both(self, at: int, first: Any, second: Any) -> Array:
        """By how much two answers of a term together move each row's score further than each of them alone."""
        term = self.terms[at]
        one, other = term.inputs
        alone = self.lines[at, one, first] + self.lines[at, other, second]
        return term.table[first, second] - self.points[at] - alone


class Lists:
    """The other answers that each input could have, and the points that every term has for them."""

    def __init__(self, inputs: Sequence[Input], score: Score) -> None:
        self.score = score
        self.inputs = {asked.name: asked for asked in inputs if asked.changeable}
        self.values = {name: asked.list_values(MOST_VALUES) for name, asked in self.inputs.items()}
        # For each input its terms, and the other input of each that has two.
        self.terms = {
            name: [
                (at, next((other for other in term.inputs if other != name), ""))
                for at, term in enumerate(score.terms)
                if name in term.inputs
            ]
            for name in self.inputs
        }
        self.weights = Memory(lambda key: self._weights(*key), MOST_GRIDS)
        self.points = Memory(lambda key: self._points(*key), MOST_NEAR)
        self.lines = Memory(lambda key: self._line(*key), MOST_NEAR)
        self.near = Memory(lambda key: self._near(*key), MOST_NEAR)

    def _weights(self, at: int, name: str) -> Array:
        """For each value the part that it takes of each of the term's levels."""
        term = self.score.terms[at]
        axis = term.inputs.index(name)
        found = np.zeros((len(self.values[name]), len(term.axes[axis])))
        for row, value in enumerate(self.values[name]):
            for level, part in term.finders[axis](value):
                found[row, level] += part
        return found

    def _points(self, at: int, name: str) -> Array:
        """A term's points for each value of an input of it, and for each level of its other one."""
        term = self.score.terms[at]
        if len(term.inputs) == 1:
            return np.array([term.table[value] for value in self.values[name]])
        whole = np.array(term.rows).reshape([len(axis) for axis in term.axes])
        return self.weights[at, name] @ (whole if name == term.inputs[0] else whole.T)

    def _line(self, at: int, name: str, beside: Any) -> Array:
        """What a term adds with each value of an input, beside this answer to its other one."""
        term, points = self.score.terms[at], self.points[at, name]
        if len(term.inputs) == 1:
            return points
        levels, parts = zip(*term.finders[1 - term.inputs.index(name)](beside), strict=True)
        return points[:, levels[0]].copy() if len(parts) == 1 else points[:, list(levels)] @ np.array(parts)

    def _near(self, name: str, now: Any) -> tuple[Array, Array]:
        """The values that an answer could become: their places in the list, and how far they are."""
        asked = self.inputs[name]
        places = [at for at, value in enumerate(self.values[name]) if asked.could_become(now, value)]
        return np.array(places, dtype=np.intp), np.array([measure(asked, now, self.values[name][at]) for at in places])


class Sums:
    """The smallest changes that take a sum of points across nought, found among all there are."""

    def __init__(self, lists: Lists, answers: Answers) -> None:
        self.lists, self.answers, self.points = lists, answers, lists.score.points(answers)
        self.score = sum(self.points, lists.score.intercept[0])
        # What the score comes to with each value of one input.
        self.sums = Memory(self._sums, MOST_LINES)

    def find(self, group: Sequence[Input], most: int) -> Sized | None:
        """The smallest change of just these answers, one or two, that crosses one half, if any does."""
        names = [asked.name for asked in group]
        near = [self.lists.near[name, self.answers[name]] for name in names]
        if len(names) == 1:
            sums = self.sums[names[0]].take(near[0][0])
        else:
            near = [thinned(self.lists.values[name], *one) for one, name in zip(near, names, strict=True)]
            (first, _), (second, _) = near
            sums = self.sums[names[0]].take(first)[:, None] + self.sums[names[1]].take(second) - self.score
            for at, beside in self.lists.terms[names[0]]:
                if beside == names[1]:
                    sums += self._together(at, (names[0], first), (names[1], second))
        crosses = (sums <= 0 if self.score > 0 else sums > 0).nonzero()
        if not len(crosses[0]):
            return None
        sizes = sum([own[ats] for (_, own), ats in zip(near, crosses, strict=True)])
        best = (sizes + NUDGE * abs(sums[crosses] - self.score)).argmin()
        found = [places[ats[best]] for (places, _), ats in zip(near, crosses, strict=True)]
        return float(sizes[best]), {name: self.lists.values[name][at] for name, at in zip(names, found, strict=True)}

    def _sums(self, name: str) -> Array:
        lists, answers = self.lists, self.answers
        rest: float = self.score
        lines: list[Array] = []
        for at, beside in lists.terms[name]:
            rest -= self.points[at]
            lines.append(lists.lines[at, name, answers[beside] if beside else None])
        # A list even where no term has this input, as of a wrapped model that takes no notice of it.
        return sum(lines[1:], lines[0] + rest) if lines else np.full(len(lists.values[name]), rest)

    def _together(self, at: int, one: tuple[str, Array], two: tuple[str, Array]) -> Array:
        """By how much a term moves further with each two values than with each of them alone."""
        lists, ((first, places), (second, others)) = self.lists, (one, two)
        both = lists.weights[at, first][places] @ lists.points[at, second][others].T
        one_alone = lists.lines[at, first, self.answers[second]][places]
        alone = one_alone[:, None] + lists.lines[at, second, self.answers[first]][others]
        together: Array = both - alone + self.points[at]
        return together


def thinned(values: Sequence[Any], places: Array, sizes: Array) -> tuple[Array, Array]:
    """Of a long list each so manieth value."""
    step = -(-len(values) // MOST_OF_TWO)
    if step == 1:
        return places, sizes
    kept = places % step == 0
    return places[kept], sizes[kept]
