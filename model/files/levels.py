"""The inputs of a model in a few groups, and for each what any answers to its inputs add to the score.

A term of the score belongs to one group. So a score is a sum over groups instead of over terms,
looked up by one number a group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod
from typing import Any

import numpy as np

from model.declare.inputs import ChoiceInput, Input, NumberInput
from model.predict.tables import Score, Term, Vector

Array = np.ndarray[Any, np.dtype[Any]]
# Small enough that what two groups have to do with one another stays in a processor's cache.
MOST_LEVELS = 1_500
# What is no answer has no level: whatever is added to it stays below zero.
NO_LEVEL = -(1 << 40)


def list_answers(asked: Input) -> Sequence[Any] | None:
    """Every answer an input can have, if they can be counted."""
    if isinstance(asked, ChoiceInput):
        return list(asked.choices)
    if isinstance(asked, NumberInput) and asked.whole and asked.highest - asked.lowest < MOST_LEVELS:
        return range(int(asked.lowest), int(asked.highest) + 1)
    return None


@dataclass(frozen=True)
class Intercept:
    """What every row has, as a term of no inputs."""

    score: Score
    inputs: tuple[str, ...] = ()

    def points(self, answers: Mapping[str, Any]) -> float:
        return self.score.intercept[0]

    def spread(self, answers: Mapping[str, Any]) -> Sequence[Vector]:
        return self.score.intercept_spread


@dataclass(frozen=True)
class Group:
    """Inputs with their answers, and the terms of these inputs; a level is a set of answers to all of them."""

    answers: Mapping[str, Sequence[Any]]
    terms: Sequence[Term | Intercept]

    @cached_property
    def size(self) -> int:
        return prod(map(len, self.answers.values()))

    @cached_property
    def strides(self) -> dict[str, int]:
        """How far apart two levels are whose answers to an input are neighbours."""
        sizes = [len(answers) for answers in self.answers.values()]
        return {name: prod(sizes[at + 1 :]) for at, name in enumerate(self.answers)}

    def level(self, answers: Mapping[str, Any]) -> int:
        """What those of these answers that are to the group's inputs count together."""
        return sum(
            stride * self.answers[name].index(answers[name]) for name, stride in self.strides.items() if name in answers
        )

    def numbers(self, name: str, answers: Sequence[Any]) -> Array:
        """What each of these answers to one of the inputs counts in a level, which is their sum."""
        known = {answer: at * self.strides[name] for at, answer in enumerate(self.answers[name])}
        return np.array([known.get(answer, NO_LEVEL) for answer in answers])

    def points(self) -> Array:
        """What each level adds to the score."""
        return self._summed(lambda term, answers: [term.points(answers)])[:, 0]

    def spread(self) -> Array:
        """What each level adds to the vector whose squared length is the score's variance."""
        return self._summed(lambda term, answers: term.spread(answers)[0])

    def _summed(self, of: Any) -> Array:
        shape = tuple(map(len, self.answers.values()))
        total: Any = 0
        for term in self.terms:
            rows = [
                of(term, dict(zip(term.inputs, known, strict=True)))
                for known in product(*(self.answers[name] for name in term.inputs))
            ]
            total = total + self._over_all_levels(term, np.array(rows))
        return np.broadcast_to(total, (*shape, np.shape(total)[-1])).reshape(self.size, -1)

    def _over_all_levels(self, term: Term | Intercept, rows: Array) -> Array:
        """The rows of a term with an axis for each input of the group, of length 1 where it does not matter."""
        own = rows.reshape(*(len(self.answers[name]) for name in term.inputs), -1)
        names = [name for name in self.answers if name in term.inputs]
        ordered = np.moveaxis(own, [term.inputs.index(name) for name in names], range(len(names)))
        shape = [len(known) if name in names else 1 for name, known in self.answers.items()]
        return ordered.reshape(*shape, -1)


def group_inputs(inputs: Sequence[Input], score: Score) -> list[Group] | None:
    """As few groups as may be; none where an input has no end of answers or a group would be too large."""
    answers = {asked.name: list_answers(asked) for asked in inputs}
    if None in answers.values():
        return None
    groups = [Group({name: known}, []) for name, known in answers.items() if known is not None]
    for term in score.terms:
        touched = [group for group in groups if set(term.inputs) & set(group.answers)]
        whole = join_groups(touched)
        groups = [
            *(group for group in groups if group not in touched),
            Group(whole.answers, [*whole.terms, term]),
        ]
    groups = pack_groups([*groups, Group({}, [Intercept(score)])])
    fit = all(group.terms and group.size <= MOST_LEVELS for group in groups)
    return groups if fit else None


def join_groups(groups: Sequence[Group]) -> Group:
    answers = {name: known for group in groups for name, known in group.answers.items()}
    return Group(answers, [term for group in groups for term in group.terms])


def pack_groups(groups: Sequence[Group]) -> list[Group]:
    """Two groups or more, joined as far as they stay small."""
    found = sorted(groups, key=get_size)
    while len(found) > 2 and found[0].size * found[1].size <= MOST_LEVELS:
        found = sorted([join_groups(found[:2]), *found[2:]], key=get_size)
    return found


def get_size(group: Group) -> int:
    return group.size
