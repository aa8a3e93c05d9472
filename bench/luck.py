"""How often three figures of a card are wrong by luck where all is right: python bench/luck.py

The gain of acting above a line: how often the lower end of its range lies above the true gain, which 2.5 % of tables may,
by the range of a plain mean and by the one that cards have (model/evaluate/decisions.py), where about half are a yes and
where 3 % are. Groups two by two: in how many tables something is called beyond luck, which 5 % may, by bell curves and as
cards call it (model/evaluate/pairs.py); and by how much the chance of a miss differs from the exact one in groups large
enough for the saddlepoint, for misses that luck makes at least once in ten million. Two models of an amount that do equally
well: how often the lower or the higher one is called ahead (model/evaluate/paired.py), which each may be in 2.5 %, by how
long the tail of the amounts is.
"""

from __future__ import annotations

import argparse
import math
import sys
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from model.evaluate.decisions import at_threshold
from model.evaluate.paired import ahead, squares
from model.evaluate.pairs import chance_of_miss, count_sure
from model.predict.logistic import NORMAL_95

Numbers = NDArray[np.float64]

LINES = (0.05, 0.2, 0.5, 0.8, 0.9, 0.95)
ROWS = (600, 5_000)
# Where a yes is rare, what counts are the lowest lines.
RARE_LINES, RARE_ROWS = (0.01, 0.05), (600, 1_300, 5_000)
# Tables of so many pairs, each of so many rows, of whom so few are a yes.
PAIRS, MEMBERS, RARE = 100, 250, 0.016
# Groups of so many rows have their counts' chances from the saddlepoint; so many of them are looked at.
LARGE, GROUPS = 1_500, 40
# Amounts are drawn whose logarithm has these standard deviations; two estimates lie by such a part of the mean to either
# side of it.
TAILS, AMOUNTS, APART = (0.5, 1.0, 1.5, 2.0), (300, 1_200), 0.15


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=int, default=2_000)
    tables = parser.parse_args().tables
    dice = np.random.default_rng(2026)
    half, rare = (1 / (1 + np.exp(-dice.normal(*law, 200_000))) for law in ((0.0, 2.0), (-4.0, 1.0)))
    print(f"The lower end of a gain lies above the truth, of {tables:,} tables (2.5 % may):")
    for everybody, sizes, lines in ((half, ROWS, LINES), (rare, RARE_ROWS, RARE_LINES)):
        for rows, line in product(sizes, lines):
            plain, ours = gains(dice, everybody, line, rows, tables)
            told = f"  {everybody.mean():3.0%} a yes, {rows:5,} rows, line at {100 * line:2.0f}:"
            print(f"{told} a plain range {plain:6.1%}, the card's {ours:6.1%}")
    print(f"Something is beyond luck, of {tables:,} tables of {PAIRS} pairs with {RARE:.1%} a yes (5 % may):")
    bell, ours = pairs(dice, tables)
    print(f"  by bell curves {bell:.1%}, as cards call it {ours:.1%}")
    print(f"The chance of a miss is {furthest_off(dice):.1%} off the exact one at most")
    print(f"Of two models that do equally well one is called ahead, of {tables:,} tables (2.5 % may):")
    for tail, rows in product(TAILS, AMOUNTS):
        lower, higher = ties(dice, tail, rows, tables)
        print(
            f"  {rows:5,} rows, tail {tail}: the one with lower estimates {lower:6.1%}, with higher ones {higher:6.1%}"
        )


def gains(dice: np.random.Generator, everybody: Numbers, line: float, rows: int, tables: int) -> tuple[float, float]:
    """How often the lower end lies above the truth: of the plain range, and of the card's."""

    def gained(so: Numbers, chance: Numbers) -> Numbers:
        worth = so - (1 - so) * line / (1 - line)
        own = worth * (chance > line)
        return own - worth if worth.mean() > 0 else own

    truth, plain, ours = float(gained(everybody, everybody).mean()), 0, 0
    for _ in range(tables):
        chance = dice.choice(everybody, rows)
        so = (dice.random(rows) < chance).astype(float)
        each = gained(so, chance)
        plain += each.mean() - NORMAL_95 * each.std() / math.sqrt(rows) > truth
        ours += at_threshold(so, chance, np.ones(rows), line)["gain"]["low"] > truth
    return plain / tables, ours / tables


def pairs(dice: np.random.Generator, tables: int) -> tuple[float, float]:
    """In how many tables bell curves find something, and cards do."""
    bell = ours = 0
    for _ in range(tables):
        estimates = draw_rare(dice, (PAIRS, MEMBERS))
        counts = (dice.random(estimates.shape) < estimates).sum(axis=1)
        errors = np.sqrt((estimates * (1 - estimates)).sum(axis=1))
        misses = abs(counts - estimates.sum(axis=1)) / errors
        bell += count_sure(sorted(math.erfc(miss / math.sqrt(2)) for miss in misses)) > 0
        chances = [chance_of_miss(own, float(count)) for own, count in zip(estimates, counts, strict=True)]
        ours += count_sure(sorted(chances)) > 0
    return bell / tables, ours / tables


def furthest_off(dice: np.random.Generator) -> float:
    """By what part of it a chance is off the exact one, where that is less than one in ten, and at most."""
    furthest = 0.0
    for _ in range(GROUPS):
        own = draw_rare(dice, (LARGE,))
        counts = np.ones(1)
        for one in own:
            counts = np.convolve(counts, [1 - one, one])
        for count in range(LARGE + 1):
            exact = 2 * float((counts[count:] if count > own.sum() else counts[: count + 1]).sum())
            if 1e-7 <= exact <= 0.1:
                furthest = max(furthest, abs(chance_of_miss(own, float(count)) / exact - 1))
    return furthest


def ties(dice: np.random.Generator, tail: float, rows: int, tables: int) -> tuple[float, float]:
    """How often the typical error of lower estimates is called less than that of higher ones, and more."""
    mean, lower, higher = math.exp(tail**2 / 2), 0, 0
    below, above = (np.full((rows, 1), mean * (1 + way * APART)) for way in (-1, 1))
    for _ in range(tables):
        amounts = np.exp(dice.normal(0.0, tail, rows))
        found = ahead("rmse", amounts, squares(amounts, below), squares(amounts, above))
        lower += found["low"] > 0
        higher += found["high"] < 0
    return lower / tables, higher / tables


def draw_rare(dice: np.random.Generator, shape: tuple[int, ...]) -> Numbers:
    return dice.beta(0.5, 0.5 * (1 / RARE - 1), shape)


if __name__ == "__main__":
    main()
