"""Steps, lines and curves by a few of their points: whether those are enough, and which are not needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .original import Numbers

Curve = Callable[[Sequence[Any]], Numbers]


def misfits(curve: Curve, spans: Sequence[tuple[Any, Any]], degree: int, limit: float, whole: bool) -> list[Any]:
    """The spans on which a polynomial of this degree misses the curve, at numbers that it was not drawn by."""
    asked, tests = [], []
    for low, high in spans:
        own = np.linspace(low, high, 2 * degree + 7)[1:-1]
        test = np.unique(own.round()).astype(int).tolist() if whole and degree < 2 else own.tolist()
        test = [x for x in test if low <= x <= high]
        tests.append(test)
        asked += [*nodes((low, high), degree), *test]
    heights, bad, start = curve(asked), [], 0
    for span, test in zip(spans, tests, strict=True):
        own = heights[start : start + degree + 1]
        truth = heights[start + degree + 1 : start + degree + 1 + len(test)]
        start += degree + 1 + len(test)
        if len(test) and not np.abs(interpolate(nodes(span, degree), own, test) - truth).max() <= limit:
            bad.append(span)
    return bad


def nodes(span: tuple[Any, Any], degree: int) -> list[Any]:
    """Chebyshev's points from end to end; of degree 1 both ends, of degree 0 the first."""
    low, high = span
    if degree < 2:
        return [low, high][: degree + 1]
    cosines = np.cos(np.pi * np.arange(degree, -1, -1) / degree)
    inner = [float(x) for x in (low + high) / 2 + (high - low) / 2 * cosines]
    return [low, *inner[1:-1], high]


def interpolate(at: Sequence[Any], heights: Numbers, asked: Sequence[Any]) -> Numbers:
    if len(at) == 1 or at[0] == at[-1]:
        return np.repeat(heights[:1], len(asked), axis=0)
    weights = np.array([(-1) ** k * (0.5 if k in (0, len(at) - 1) else 1.0) for k in range(len(at))])
    apart = np.asarray(asked, dtype=float)[:, None] - np.array(at, dtype=float)
    exact = apart == 0
    shares = weights / np.where(exact, 1.0, apart)
    shares[exact.any(axis=1)] = exact[exact.any(axis=1)]
    return shares @ heights / shares.sum(axis=1, keepdims=True)


def halves(span: tuple[Any, Any]) -> list[tuple[Any, Any]]:
    middle = (span[0] + span[1]) / 2
    return [(span[0], float(np.nextafter(middle, span[0]))), (middle, span[1])]


def simplify_steps(starts: list[Any], heights: Numbers, limit: float) -> list[Any]:
    kept = [at for at in range(len(starts)) if not at or (np.abs(heights[at] - heights[at - 1]) > limit).any()]
    return [starts[at] for at in kept]


def drop_straight(levels: list[Any], heights: Numbers, limit: float) -> list[Any]:
    """The levels without those that lie on a straight line between the last one kept and the next."""
    kept = [0]
    for at in range(1, len(levels) - 1):
        ends = [kept[-1], at + 1]
        line = interpolate([levels[e] for e in ends], heights[ends], [levels[at]])[0]
        if not (np.abs(line - heights[at]) <= limit).all():
            kept.append(at)
    return [levels[at] for at in [*kept, len(levels) - 1]]
