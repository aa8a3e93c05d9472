"""Reading a sum off a model: what each answer adds to its score, and what two answers add together.

The model is asked, and not taken apart: so it is all one how it scales, codes, fills in, bends or breaks its columns,
as long as its score is a sum of parts with one input each, or two. Whether it is one is seen by asking as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.declare.inputs import MOST_LISTED

from .asking import Ask, Asked, before, clean, find_cuts, find_owners
from .curves import drop_straight, halves, misfits, nodes, simplify_steps
from .original import CannotWrap, Numbers, Rows

# Scores that differ by no more than this part of their size are the same but for rounding.
SAME = 1e-11
DRAWS, MOST_ROWS = 12, 100_000
# Curves are drawn by pieces of this degree, which are halved until they fit, so many at most.
DEGREE = 16
MOST_PIECES = 300
# Where a line's points at 0 are larger, it is not drawn through 0, since that would cost digits.
FAR_FROM_ZERO = 100


class NotASum(CannotWrap):
    """A score that is no sum of parts with one or two inputs each."""


@dataclass(frozen=True)
class Levels:
    """At which answers an input's points are listed, and how those between them follow."""

    values: list[Any]
    # On straight lines, as the one before, or on curves of this degree.
    between: bool = False
    steps: bool = False
    degree: int = 0


@dataclass
class Sum:
    """A score in the making: the model that is asked, and what is known of it."""

    ask: Ask
    inputs: Sequence[Asked]
    cuts: Mapping[str, list[Any]]
    scale: float = 1.0
    levels: dict[str, Levels] = field(default_factory=dict)

    def at(self, answers: Mapping[str, Sequence[Any]]) -> Numbers:
        """The scores with these answers in place of the usual ones."""
        length = max(map(len, answers.values()))
        return self.ask({one.name: answers.get(one.name, [one.usual] * length) for one in self.inputs})


def read_sum(
    ask: Ask, inputs: Sequence[Asked], X: pd.DataFrame, cuts: Mapping[str, list[Any]], name: str
) -> dict[str, Any]:
    """The score as a card has it: an intercept, and a table of points for each term."""
    made = Sum(ask, inputs, cuts)
    pairs = find_pairs(made, X)
    usual = made.at({inputs[0].name: [inputs[0].usual]})[0]
    intercept, terms = usual.copy(), []
    for one in inputs:
        paired = [other for pair in pairs if one in pair for other in pair if other is not one]
        made.levels[one.name] = lay_out(made, one, paired, name)
        term = single(made, one, usual)
        if np.abs(term["points"]).max() > SAME * made.scale:
            intercept += turn_through_zero(term)
            terms.append(term)
    terms += [pair_term(made, *pair, usual, name) for pair in pairs]
    return {"intercept": intercept.tolist(), "terms": [listed(term) for term in terms]}


def listed(term: dict[str, Any]) -> dict[str, Any]:
    return {**term, "points": np.asarray(term["points"]).tolist()}


def find_pairs(made: Sum, X: pd.DataFrame) -> list[tuple[Asked, Asked]]:
    """The inputs that matter together: where changing both is not the sum of changing each."""
    inputs = made.inputs
    all_pairs = list(combinations(range(len(inputs)), 2))
    found: list[tuple[Asked, Asked]] = []
    draws = max(min(DRAWS, MOST_ROWS // (len(all_pairs) + 1)), 2)
    columns: dict[str, list[Any]] = {one.name: [] for one in inputs}
    for draw in range(draws):
        here, there = ([clean(X[one.name].iloc[at]) for one in inputs] for at in rows_of(X, draw))
        for changed in [(), *((at,) for at in range(len(inputs))), *all_pairs]:
            for at, one in enumerate(inputs):
                columns[one.name].append(there[at] if at in changed else here[at])
    scores = made.ask(columns).reshape(draws, 1 + len(inputs) + len(all_pairs), -1)
    made.scale = max(1.0, float(np.abs(scores[np.isfinite(scores)]).max(initial=0)))
    base, alone, both = scores[:, :1], scores[:, 1 : 1 + len(inputs)], scores[:, 1 + len(inputs) :]
    for at, (first, second) in enumerate(all_pairs):
        together = both[:, at] - alone[:, first] - alone[:, second] + base[:, 0]
        if not np.abs(together).max() <= SAME * made.scale * 10:
            found.append((inputs[first], inputs[second]))
    return found


def rows_of(X: pd.DataFrame, draw: int) -> tuple[int, int]:
    here, there = np.random.default_rng(draw).choice(len(X), 2, replace=len(X) < 2).tolist()
    return here, there


# -- how an input's points are listed ---------------------------------------------------------------------


def lay_out(made: Sum, one: Asked, paired: Sequence[Asked], name: str) -> Levels:
    if not one.is_number:
        return Levels(one.known)
    # What is drawn must be right whatever the answers are with which it makes a pair.
    slices = [{}, *({other.name: value} for other in paired for value in spread(other))]

    def curve(values: Sequence[Any]) -> Numbers:
        length = len(values)
        answers = {
            asked.name: [own.get(asked.name, asked.usual) for own in slices for _ in range(length)]
            for asked in made.inputs
        }
        answers[one.name] = [*values] * len(slices)
        found = made.ask(answers).reshape(len(slices), length, -1)
        return np.concatenate([*found], axis=1)

    ends = [one.known[0], one.known[-1]]
    marks = [ends[0], *[c for c in made.cuts.get(one.name, ()) if ends[0] < c < ends[1]], ends[1]]
    spans = [(a, before(b, one.whole) if at < len(marks) - 2 else b) for at, (a, b) in enumerate(pairwise(marks))]
    limit = SAME * made.scale / 10
    heights = curve([x for span in spans for x in (*span, (span[0] + span[1]) // 2 if one.whole else sum(span) / 2)])
    heights = heights.reshape(len(spans), 3, -1)
    if all((np.abs(own - own[0]) <= limit).all() for own in heights) and not misfits(curve, spans, 0, limit, one.whole):
        return Levels(simplify_steps([a for a, _ in spans], heights[:, 0], limit), steps=True)
    if not misfits(curve, spans, 1, limit, one.whole):
        joined = all((np.abs(heights[at, 1] - heights[at + 1, 0]) <= limit * 10).all() for at in range(len(spans) - 1))
        if joined or one.whole:
            own = marks if joined else sorted({x for span in spans for x in span})
            return Levels(drop_straight(own, curve(own), limit), between=True)
        return Levels([x for span in spans for x in span], degree=1)
    every = (
        Levels(list(range(ends[0], ends[1] + 1)), between=True)
        if one.whole and ends[1] - ends[0] < MOST_LISTED
        else None
    )
    if every and not paired:
        return every
    for degree in (2, 3, DEGREE):
        left, done = spans, list[Any]()
        while left and len(left) + len(done) <= MOST_PIECES:
            bad = misfits(curve, left, degree, limit, one.whole)
            done += [span for span in left if span not in bad]
            left = [half for span in bad for half in halves(span)] if degree == DEGREE else bad
            if degree != DEGREE:
                break
        if not left:
            pieces = sorted(done)
            return Levels([x for span in pieces for x in nodes(span, degree)], degree=degree)
    if every:
        return every
    raise NotASum(f"{name}: what {one.name} adds to the score bends too often to be listed")


def spread(one: Asked) -> list[Any]:
    """A few answers from all over."""
    if not one.is_number:
        return one.tried
    return [one.known[round(at * (len(one.known) - 1) / 4)] for at in range(5)] + one.unknown


# -- terms ------------------------------------------------------------------------------------------------


def axis_of(made: Sum, one: Asked) -> dict[str, Any]:
    """What a term says of one of its inputs."""
    levels, name = made.levels[one.name], [one.name]
    return {
        "between": name if levels.between else [],
        "steps": name if levels.steps else [],
        "degrees": {one.name: levels.degree} if levels.degree else {},
        "unknown": [one.name] if one.unknown else [],
    }


def single(made: Sum, one: Asked, usual: Numbers) -> dict[str, Any]:
    levels = made.levels[one.name].values
    points = made.at({one.name: [*levels, *one.unknown]}) - usual
    return {"inputs": [one.name], "levels": [levels], **axis_of(made, one), "points": points}


def turn_through_zero(term: dict[str, Any]) -> Any:
    """Make a straight line's points those of its number, as a coefficient has them; what is left is the intercept's."""
    (levels,), points = term["levels"], term["points"]
    if len(levels) != 2 or not term["between"] or levels[0] == levels[1]:
        return 0.0
    slope = (points[1] - points[0]) / (levels[1] - levels[0])
    rest = points[0] - slope * levels[0]
    if np.abs(rest).max() > FAR_FROM_ZERO:
        return 0.0
    points[:] = points - rest
    points[:2] = np.outer(levels, slope)
    return rest


def pair_term(made: Sum, one: Asked, two: Asked, usual: Numbers, name: str) -> dict[str, Any]:
    own = [[*made.levels[asked.name].values, *asked.unknown] for asked in (one, two)]
    if len(own[0]) * len(own[1]) > MOST_LISTED:
        raise NotASum(f"{name}: {one.name} and {two.name} matter together in more than {MOST_LISTED:,} ways")
    grid = made.at({one.name: [a for a in own[0] for _ in own[1]], two.name: [b for _ in own[0] for b in own[1]]})
    first, second = made.at({one.name: own[0]}), made.at({two.name: own[1]})
    both = grid.reshape(len(own[0]), len(own[1]), -1) - first[:, None] - second[None] + usual
    axes = [axis_of(made, asked) for asked in (one, two)]
    joined = {key: axes[0][key] + axes[1][key] for key in ("between", "steps", "unknown")}
    levels = [made.levels[asked.name].values for asked in (one, two)]
    return {
        "inputs": [one.name, two.name],
        "levels": levels,
        **joined,
        "degrees": axes[0]["degrees"] | axes[1]["degrees"],
        "points": both.reshape(len(own[0]) * len(own[1]), -1),
    }


def find_bends(bends: Callable[[Rows], Mapping[str, Any]], inputs: Sequence[Asked], X: pd.DataFrame) -> dict[str, Any]:
    """Where a model's own steps bend or break, as answers."""
    about = bends({one.name: [one.usual] for one in inputs})
    if not about["cuts"]:
        return {}

    def ask(rows: Rows) -> NDArray[Any]:
        return np.asarray(bends(rows)["columns"])

    # Columns of several inputs bend nowhere in particular.
    owners = find_owners(ask, inputs, X)
    thresholds = {at: np.array(cuts) for at, cuts in enumerate(about["cuts"])}
    return find_cuts(ask, inputs, owners, thresholds, lambda values, cuts: values >= cuts)
