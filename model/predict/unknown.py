"""What stands in for an unknown answer: what the people in the data of whom it is recorded answered.

Several unknown answers are filled in together from the same person, so that a child is not paired with
somebody else's spouse. Memory is bounded: the ways of the patterns asked for lately are kept, as codes.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any

from .tables import Answers, Parts, Term

# Patterns of unknown answers whose ways are kept; each is some ten thousand bytes.
MOST_PATTERNS = 64
# So many estimates are made to say how far an unknown answer could move the number.
MOST_TRIED = 300


class Ways:
    """The ways to fill in some unknown answers, each with its share."""

    def __init__(
        self,
        levels: Mapping[str, Sequence[Any]],
        codes: Mapping[str, Sequence[int]],
        shares: Sequence[float],
    ) -> None:
        # For each unknown name its possible answers, and which of them each way has.
        self.levels, self.codes, self.shares = levels, codes, shares

    def __len__(self) -> int:
        return len(self.shares)

    def answers(self, way: int) -> dict[str, Any]:
        return {name: self.levels[name][codes[way]] for name, codes in self.codes.items()}

    def add_points(self, scores: list[float], terms: Sequence[Term], answers: Answers) -> list[float]:
        """The score of each way, with what these terms add to it."""
        for term in terms:
            keys, which = self._fill_in(term, answers)
            points = [term.table[key] for key in keys]
            if which is None:
                scores = [score + points[0] for score in scores]
            else:
                scores = [score + points[code] for score, code in zip(scores, which, strict=True)]
        return scores

    def parts_of(
        self, term: Term, places: Mapping[Any, Parts], answers: Answers, weights: Sequence[float]
    ) -> Mapping[int, float]:
        """For each row where a term's answers lie the part that it has in the sum of the ways, each with its weight."""
        keys, which = self._fill_in(term, answers)
        masses = [0.0] * len(keys)
        if which is None:
            masses = [sum(weights)]
        else:
            for code, weight in zip(which, weights, strict=True):
                masses[code] += weight
        parts: dict[int, float] = {}
        for key, mass in zip(keys, masses, strict=True):
            for row, part in zip(*places[key], strict=True) if mass else ():
                parts[row] = parts.get(row, 0.0) + mass * part
        return parts

    def _fill_in(self, term: Term, answers: Answers) -> tuple[Sequence[Any], Sequence[int] | None]:
        """The different keys that the ways give a term, and which of them each way has; None where there is one."""
        unknown = [name for name in term.inputs if name in self.codes]
        if not unknown:
            return [term.key(answers)], None
        if len(term.inputs) == 1:
            return self.levels[unknown[0]], self.codes[unknown[0]]
        first, second = term.inputs
        if len(unknown) == 2:
            pairs = list(zip(self.codes[first], self.codes[second], strict=True))
            different = {pair: at for at, pair in enumerate(dict.fromkeys(pairs))}
            keys = [(self.levels[first][one], self.levels[second][other]) for one, other in different]
            return keys, [different[pair] for pair in pairs]
        if unknown == [first]:
            return [(level, answers[second]) for level in self.levels[first]], self.codes[first]
        return [(answers[first], level) for level in self.levels[second]], self.codes[second]


class Recorded:
    """What the people in the data answered to the inputs that may be unknown, and how many did."""

    def __init__(self, compiled: Mapping[str, Any]) -> None:
        self.names: tuple[str, ...] = tuple(compiled["inputs"])
        self.counts: list[int] = compiled["counts"]
        columns = zip(*compiled["answers"], strict=True) if self.names else ()
        self.levels: dict[str, list[Any]] = {}
        self.codes: dict[str, array[int]] = {}
        for name, column in zip(self.names, columns, strict=True):
            codes = {answer: code for code, answer in enumerate(dict.fromkeys(column)) if answer is not None}
            self.levels[name] = [None] * (max(codes.values(), default=-1) + 1)
            for answer, code in codes.items():
                self.levels[name][code] = answer
            self.codes[name] = array("l", [codes.get(answer, -1) for answer in column])
        self._ways: OrderedDict[tuple[str, ...], Ways] = OrderedDict()
        self._lock = Lock()

    def ways(self, unknown: tuple[str, ...]) -> Ways:
        """The ways to fill these in as the people in the data have them."""
        with self._lock:
            ways = self._ways.get(unknown)
            if ways is None:
                ways = self._ways[unknown] = self._count(unknown)
                if len(self._ways) > MOST_PATTERNS:
                    self._ways.popitem(last=False)
            else:
                self._ways.move_to_end(unknown)
            return ways

    def _count(self, unknown: tuple[str, ...]) -> Ways:
        counts: dict[tuple[int, ...], int] = {}
        columns = [self.codes[name] for name in unknown]
        keys = zip(*columns, strict=True) if columns else [()] * len(self.counts)
        for key, count in zip(keys, self.counts, strict=True):
            if -1 not in key:
                counts[key] = counts.get(key, 0) + count
        total = sum(counts.values())
        codes = dict(zip(unknown, [array("l", column) for column in zip(*counts, strict=True)], strict=True))
        shares = array("d", [count / total for count in counts.values()])
        return Ways({name: self.levels[name] for name in unknown}, codes, shares)

    def seen(self, name: str, most: int) -> list[Any]:
        """The answers that people gave to this input; of very many numbers some that are evenly spread."""
        ways = self.ways((name,))
        seen = [ways.levels[name][code] for code in ways.codes[name]]
        if len(seen) <= most:
            return seen
        ordered = sorted(seen)
        return [ordered[round(at * (len(ordered) - 1) / (most - 1))] for at in range(most)]
