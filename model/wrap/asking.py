"""What a model can be asked: every answer that its form takes, and between which of them something changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.declare.inputs import Input
from model.declare.model import Model
from model.declare.number import NumberInput

from .original import Numbers, Rows

Ask = Callable[[Rows], Numbers]
# So many answers of a number are tried to see where something changes, before it is looked for exactly.
MOST_TRIED = 1_500
# To see which inputs a column depends on, so many answers of each are tried, from so many rows.
TRIES, MOST_BASES = 20, 60


@dataclass(frozen=True)
class Asked:
    """One input, with the answers that are tried first: all choices, or numbers from end to end; unknown last."""

    input: Input
    tried: list[Any]
    usual: Any

    @property
    def name(self) -> str:
        return self.input.name

    @property
    def is_number(self) -> bool:
        return self.input.is_number

    @property
    def whole(self) -> bool:
        return self.input.whole

    @property
    def unknown(self) -> list[None]:
        return [None] if self.input.may_be_unknown else []

    @property
    def known(self) -> list[Any]:
        return [one for one in self.tried if one is not None]


def list_asked(model: Model, X: pd.DataFrame) -> list[Asked]:
    return [asked_of(one, X[one.name].dropna()) for one in model.inputs]


def asked_of(asked: Input, seen: pd.Series) -> Asked:
    unknown: list[Any] = [None] if asked.may_be_unknown else []
    if asked.choices:
        return Asked(asked, [*asked.choices, *unknown], seen.mode().iloc[0])
    assert isinstance(asked, NumberInput)
    spread = np.linspace(asked.lowest, asked.highest, MOST_TRIED // 2)
    own = np.quantile(seen, np.linspace(0, 1, MOST_TRIED // 2), method="nearest")
    tried = np.unique(np.concatenate([spread, own, [asked.lowest, asked.highest]]))
    usual: Any = float(seen.quantile(0.5, interpolation="nearest"))
    if asked.whole:
        return Asked(asked, [*map(int, np.unique(tried.round())), *unknown], int(usual))
    return Asked(asked, [*map(float, tried), *unknown], usual)


def vary_all(inputs: Sequence[Asked], answers: Mapping[str, Sequence[Any]]) -> Rows:
    """Rows in which every input runs through its own answers at once; one that runs out stays at its last."""
    length = max(len(own) for own in answers.values())
    return {
        one.name: [*answers[one.name], *[answers[one.name][-1]] * (length - len(answers[one.name]))]
        if one.name in answers
        else [one.usual] * length
        for one in inputs
    }


def find_owners(ask: Ask, inputs: Sequence[Asked], X: pd.DataFrame) -> list[list[str]]:
    """For each column of an answer the inputs that it depends on: one, most often."""
    tries = [[*own[:: max(len(own) // TRIES, 1)], *one.unknown] for one in inputs for own in [one.known]]
    starts = np.cumsum([0, *map(len, tries)])
    owners = None
    for base in bases(inputs, X):
        rows = {
            one.name: [v for at, own in enumerate(tries) for v in (own if at == place else [base[one.name]] * len(own))]
            for place, one in enumerate(inputs)
        }
        found = np.nan_to_num(ask(rows), nan=-1.23e300)
        changed = np.array([(found[a:b] != found[a]).any(axis=0) for a, b in pairwise(starts)])
        owners = changed if owners is None else owners | changed
    assert owners is not None
    # A column that never changes may be anybody's.
    return [[one.name for one, own in zip(inputs, its, strict=True) if own] or [inputs[0].name] for its in owners.T]


def bases(inputs: Sequence[Asked], X: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Rows from which one answer at a time is changed: every choice, and every gap, stands in one of them.

    Some steps mix their columns only where one of them is missing, or has one answer of many.
    """
    some = [{one.name: clean(row[one.name]) for one in inputs} for _, row in X.sample(3, random_state=0).iterrows()]
    yield from some
    rare = [{one.name: own} for one in inputs for own in (one.unknown if one.is_number else one.tried)]
    for at, changed in enumerate(rare[:: max(len(rare) // MOST_BASES, 1)]):
        yield some[at % len(some)] | changed


def clean(value: Any) -> Any:
    return None if value is None or value != value else value


def before(number: Any, whole: bool) -> Any:
    """The number before this one, of whole ones or of all that a computer has."""
    return int(number) - 1 if whole else float(np.nextafter(number, -np.inf))


# -- where something changes ------------------------------------------------------------------------------


def keys(numbers: NDArray[Any]) -> NDArray[np.int64]:
    """Numbers in floating point as whole numbers in the same order, one for each."""
    bits = (np.asarray(numbers, dtype=np.float64) + 0.0).view(np.int64)
    return np.where(bits < 0, np.int64(-(2**63)) - bits, bits)


def numbers_of(keys: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.where(keys < 0, np.int64(-(2**63)) - keys, keys).view(np.float64)


def find_cuts(
    ask: Ask, inputs: Sequence[Asked], owners: Sequence[list[str]], thresholds: Mapping[int, Numbers], beyond: Any
) -> dict[str, list[Any]]:
    """For each number the answers from which a column of what it becomes lies beyond a threshold, or no longer does.

    They are looked for between the answers that were tried, by halving, until two neighbours in floating point lie on
    either side: so scaling, casting and rounding need not be known.
    """
    numbers = [one for one in inputs if one.is_number]
    found: dict[str, set[Any]] = {one.name: set() for one in numbers}
    grid = ask(vary_all(inputs, {one.name: one.known for one in numbers})) if numbers else np.empty((0, 0))
    jobs: dict[str, list[NDArray[Any]]] = {}
    for one in numbers:
        tried = np.array(one.known, dtype=float)
        jobs[one.name] = []
        for column, cuts in thresholds.items():
            if owners[column] != [one.name] or not len(cuts):
                continue
            values = grid[: len(tried), column]
            plain = np.array_equal(values, tried)
            for start in range(0, len(cuts), 4096):
                some = cuts[start : start + 4096]
                side = beyond(values[:, None], some[None, :])
                at, which = np.nonzero(side[1:] != side[:-1])
                job = np.array([tried[at], tried[at + 1], np.full(len(at), column), some[which], side[at, which]])
                if plain:
                    found[one.name] |= set(halve(lambda mid, job: mid, job, one.whole, beyond).tolist())
                else:
                    jobs[one.name].append(job)
    left = {name: np.hstack(own) for name, own in jobs.items() if own and np.hstack(own).size}
    if left:
        for name, cuts in halve_all(ask, inputs, left, beyond).items():
            found[name] |= set(cuts.tolist())
    whole = {one.name: one.whole for one in numbers}
    return {name: [int(cut) if whole[name] else cut for cut in sorted(own)] for name, own in found.items()}


def middle(low: NDArray[Any], high: NDArray[Any], whole: bool) -> NDArray[Any]:
    if whole:
        return np.floor((low + high) / 2)
    a, b = keys(low), keys(high)
    return numbers_of(a + (b - a) // 2)


def halve(value: Callable[[Any, Any], Any], job: NDArray[Any], whole: bool, beyond: Any) -> NDArray[Any]:
    low, high = job[0].copy(), job[1].copy()
    for _ in range(64):
        mid = middle(low, high, whole)
        same = beyond(value(mid, job), job[3]) == job[4]
        low, high = np.where(same, mid, low), np.where(same, high, mid)
    return high


def halve_all(ask: Ask, inputs: Sequence[Asked], jobs: Mapping[str, NDArray[Any]], beyond: Any) -> dict[str, Any]:
    """The same where the model has to be asked: all inputs at once."""
    whole = {one.name: one.whole for one in inputs}
    ends = {name: (job[0].copy(), job[1].copy()) for name, job in jobs.items()}
    for _ in range(64):
        mids = {name: middle(low, high, whole[name]) for name, (low, high) in ends.items()}
        done = all(bool(((mids[n] == low) | (mids[n] == high)).all()) for n, (low, high) in ends.items())
        if done:
            break
        asked = {n: [int(m) if whole[n] else m for m in mid.tolist()] for n, mid in mids.items()}
        values = ask(vary_all(inputs, asked))
        for name, (low, high) in ends.items():
            job = jobs[name]
            own = values[np.arange(job.shape[1]), job[2].astype(int)]
            same = beyond(own, job[3]) == job[4]
            ends[name] = np.where(same, mids[name], low), np.where(same, high, mids[name])
    return {name: high for name, (_, high) in ends.items()}
