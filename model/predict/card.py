"""A scorecard: tables of points that add up to a score, as training compiled them.

This is all the serving process knows of a model. A file whose checksum does not match is refused.
"""

from __future__ import annotations

import hashlib
import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

FIRST_LINE = re.compile(rb'\{"checksum": "([0-9a-f]{64})",\n')
Vector = tuple[float, ...]


class Tampered(ValueError):
    """A scorecard or a pickle that is not the one that training wrote."""


class NotTrained(FileNotFoundError):
    """A model whose files are not there yet; the text says how to make them."""


def write_scorecard(path: Path, content: Mapping[str, Any]) -> None:
    """Write the content as text that a person can compare line by line, under its checksum."""
    body = render(content)
    digest = hashlib.sha256(body.encode()).hexdigest()
    path.write_bytes(f'{{"checksum": "{digest}",\n{body}'.encode())


def render(content: Mapping[str, Any]) -> str:
    """JSON with a line for each short list: neither one endless line nor a line for each number."""
    text = json.dumps(content, indent=1, ensure_ascii=False)
    short = re.compile(r"\[\s+([^\[\]{}]*?)\s+\]")
    compact = short.sub(lambda found: "[" + re.sub(r"\s*\n\s*", " ", found[1]) + "]", text)
    if json.loads(compact) != content:
        raise ValueError("A scorecard's text must not have brackets with space beside them")
    return compact[2:] + "\n"


def read_trained(path: Path) -> bytes:
    """The bytes of a file that training writes."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise NotTrained(
            f"{path.stem} is not trained: there is no {path.name}. Run: python run.py train {path.stem}"
        ) from None


def tampered(path: Path) -> Tampered:
    return Tampered(
        f"{path.name} was changed after training: its checksum does not match. "
        f"Train it again: python run.py train {path.stem}"
    )


def read_scorecard(path: Path) -> dict[str, Any]:
    raw = read_trained(path)
    first = FIRST_LINE.match(raw)
    if not first or hashlib.sha256(raw[first.end() :]).hexdigest().encode() != first[1]:
        raise tampered(path)
    content: dict[str, Any] = json.loads(raw)
    return content


class Term:
    """The points of one input, or of two inputs together, for every answer they can have."""

    def __init__(self, compiled: Mapping[str, Any]) -> None:
        self.inputs: tuple[str, ...] = tuple(compiled["inputs"])
        self.compiled = compiled
        self.points = counted(compiled, lookup(compiled, compiled["points"]))
        self._spread: Any = None

    def spread(self, answers: Mapping[str, Any]) -> Sequence[Vector]:
        if self._spread is None:
            self._spread = remembered(self.inputs, lookup(self.compiled, self.compiled["spread"]))
        found: Sequence[Vector] = self._spread(answers)
        return found


Lookup = Callable[[Mapping[str, Any]], Any]
# Curves of numbers that need not be whole have no end of answers; those seen lately are enough.
MOST_REMEMBERED = 2_000


def lookup(compiled: Mapping[str, Any], rows: Sequence[Any]) -> Lookup:
    """A function from answers to their row; rows of a single number are handed out as that number."""
    single = len(rows[0]) == 1 and not isinstance(rows[0][0], list)
    values = [row[0] if single else tuple(map(frozen, row)) for row in rows]
    names, levels, between = compiled["inputs"], compiled["levels"], compiled["between"]
    table = dict(zip(product(*levels), values, strict=True))
    if not between:
        return listed(names, table)
    if len(names) == 1:
        return along(names[0], tuple(levels[0]), values)
    return along_pair(names, levels, between, table)


def counted(compiled: Mapping[str, Any], find: Lookup) -> Lookup:
    """The same, with every answer looked up beforehand where the answers can be counted."""
    if set(compiled["between"]) != set(compiled["whole"]) or not compiled["whole"]:
        return find
    names = compiled["inputs"]
    answers = [
        range(int(levels[0]), int(levels[-1]) + 1) if name in compiled["whole"] else levels
        for name, levels in zip(names, compiled["levels"], strict=True)
    ]
    keys = product(*answers)
    return listed(names, {key: find(dict(zip(names, key, strict=True))) for key in keys})


def remembered(names: Sequence[str], find: Lookup) -> Lookup:
    known: dict[Any, Any] = {}

    def recall(answers: Mapping[str, Any]) -> Any:
        key = tuple([answers[name] for name in names])
        found = known.get(key)
        if found is None:
            if len(known) >= MOST_REMEMBERED:
                known.clear()
            found = known[key] = find(answers)
        return found

    return recall


def frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def listed(names: Sequence[str], table: Mapping[tuple[Any, ...], Any]) -> Lookup:
    if len(names) == 1:
        (name,) = names
        single = {key[0]: value for key, value in table.items()}
        return lambda answers: single[answers[name]]
    first, second = names
    return lambda answers: table[answers[first], answers[second]]


def along(name: str, knots: Sequence[float], values: Sequence[Any]) -> Lookup:
    """Straight lines between the knots."""
    last = len(knots) - 2

    def find(answers: Mapping[str, Any]) -> Any:
        number = answers[name]
        left = min(max(bisect_right(knots, number) - 1, 0), last)
        share = (number - knots[left]) / (knots[left + 1] - knots[left])
        return mixed(values[left], values[left + 1], share)

    return find


def along_pair(names: Sequence[str], levels: Sequence[Any], between: Sequence[str], table: Mapping[Any, Any]) -> Lookup:
    """One line for each answer of the other input."""
    if len(between) == 2:
        raise ValueError("Only one input of a pair may be a number that need not be whole")
    along_first = between[0] == names[0]
    knots = tuple(levels[0] if along_first else levels[1])
    others = levels[1] if along_first else levels[0]
    other_name = names[1] if along_first else names[0]
    lines = {}
    for other in others:
        values = [table[(knot, other) if along_first else (other, knot)] for knot in knots]
        lines[other] = along(between[0], knots, values)
    return lambda answers: lines[answers[other_name]](answers)


def mixed(left: Any, right: Any, share: float) -> Any:
    if not isinstance(left, tuple):
        return left + (right - left) * share
    if isinstance(left[0], tuple):
        return tuple([mixed(a, b, share) for a, b in zip(left, right, strict=True)])
    # Vectors have dozens of numbers, so these are not asked one by one what they are.
    return tuple([a + (b - a) * share for a, b in zip(left, right, strict=True)])


def added(vectors: Iterable[Vector]) -> Vector:
    return tuple(map(sum, zip(*vectors, strict=True)))
