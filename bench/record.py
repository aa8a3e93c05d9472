"""Whether a model's record tells the truth, by simulated years that are looked at daily.

    python bench/record.py [--years 400]

The chances are those that the census model gives to people of its table; what happens is drawn with them, or with
others where the model is to be wrong. Each line says how often an alarm came, or after how many days.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from model.learn.check import records
from model.learn.table import read_table
from model.predict.catalog import Catalog
from model.record.cases import Cases
from model.record.record import read_record

YEAR = 365
POOL = 4000
FOLLOWED = 0.1


def pool() -> np.ndarray:
    """What the census model says of people of its table."""
    catalog = Catalog()
    model = catalog["census"]
    X, _ = read_table(model)
    people = X[list(model.input)].sample(POOL, random_state=0)
    return np.array(catalog.predictor("census").predict(records(people))[0])


Truth = Callable[[np.ndarray, np.ndarray], np.ndarray]


def honest(chances: np.ndarray, days: np.ndarray) -> np.ndarray:
    return chances


def wrong_after(good: int, points: float) -> Truth:
    """The truth leaves the model by so many points on average, all log-odds being moved by the same."""

    def truth(chances: np.ndarray, days: np.ndarray) -> np.ndarray:
        odds = chances / (1 - chances)
        shifts = np.linspace(0, 1, 1001)
        moved = np.array([(odds * np.exp(s) / (1 + odds * np.exp(s))).mean() for s in shifts])
        shift = shifts[np.argmin(np.abs(moved - chances.mean() - points))]
        return np.where(days > good, odds * np.exp(shift) / (1 + odds * np.exp(shift)), chances)

    return truth


def year(
    dice: np.random.Generator,
    chances: np.ndarray,
    a_day: int,
    truth: Truth = honest,
    marked: tuple[float, float] = (1, 1),
    days: int = YEAR,
) -> Cases:
    """Cases of a year, marked with these chances where it was no and where it was yes."""
    when = np.repeat(np.arange(1, days + 1), a_day)
    said = dice.choice(chances, len(when))
    happened = (dice.random(len(when)) < truth(said, when)).astype(float)
    known = dice.random(len(when)) < np.where(happened == 1, marked[1], marked[0])
    return Cases(said, np.where(known, happened, np.nan), when, dice.random(len(when)) < FOLLOWED)


def plain_alarm(cases: Cases) -> bool:
    """Whether a plain 95 % range of observed less expected ever left out 0, looked at daily: the usual way."""
    ends = np.flatnonzero(np.diff(cases.days, append=cases.days[-1] + 1))
    gap = np.cumsum(cases.happened - cases.chances)[ends]
    spread = np.sqrt(np.cumsum(cases.chances * (1 - cases.chances))[ends])
    return bool((np.abs(gap) > 1.96 * spread).any())


def told(alarms: list[bool]) -> str:
    share = float(np.mean(alarms))
    return f"{share:.1%} (± {1.96 * np.sqrt(max(share * (1 - share), 1 / len(alarms)) / len(alarms)):.1%})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--years", type=int, default=400)
    years = parser.parse_args().years
    dice = np.random.default_rng(2026)
    chances = pool()
    print(f"{years} years each, looked at daily; the average chance is {chances.mean():.1%}")

    for a_day in (200, 20, 3):
        lives = [year(dice, chances, a_day) for _ in range(years)]
        alarms = [read_record(cases) for cases in lives]
        strong = told([record.evidence >= 20 for record in alarms])
        print(f"unchanged, {a_day:3} a day: alarms in {told([bool(record.alarm) for record in alarms])} of years,")
        print(f"    evidence of 20 or more on the last day {strong}; a plain range {told([*map(plain_alarm, lives)])}")

    for a_day, good in ((200, 0), (20, 0), (3, 0), (200, 180)):
        waits = []
        for _ in range(years // 2):
            alarm = read_record(year(dice, chances, a_day, wrong_after(good, 0.05))).alarm
            waits.append(alarm.day - good if alarm else np.inf)
        early = sum(wait <= 0 for wait in waits)
        print(
            f"+5 points after {good} good days, {a_day:3} a day: seen after {np.median(waits):g} days"
            f" (90 of 100: {np.quantile(waits, 0.9, method='higher'):g}; {early} too early)"
        )

    for a_day in (200, 20):
        records_ = [read_record(year(dice, chances, a_day, marked=(0.6, 0.9))) for _ in range(years // 2)]
        print(
            f"unchanged, 90 % of yes and 60 % of no marked, {a_day:3} a day: strong alarms in"
            f" {told([bool(record.alarm) for record in records_])} of years"
        )

    print(f"early yes, only cases that are due count: observed to expected {early_yes(dice, chances):.3f}")
    print(f"    and where all that is known counts: {early_yes(dice, chances, due=False):.3f}")
    print(ranges(dice, chances, years))


def early_yes(dice: np.random.Generator, chances: np.ndarray, due: bool = True) -> float:
    """Observed to expected on day 60, where cases are due after 30 days and a yes is often known earlier."""
    found = []
    for _ in range(200):
        made = np.repeat(np.arange(1, 61), 20)
        said = dice.choice(chances, len(made))
        happened = dice.random(len(made)) < said
        known_on = made + np.where(happened, dice.integers(1, 31, len(made)), 30)
        counts = (made + 30 <= 60) if due else (known_on <= 60)
        cases = Cases(said, np.where(known_on <= 60, happened, np.nan), made + 30, np.zeros(len(made), bool))
        part = read_record(cases.only(counts)).all
        found.append(part.yes / (part.expected or 1))
    return float(np.mean(found))


def ranges(dice: np.random.Generator, chances: np.ndarray, years: int) -> str:
    """How often the range of the share ever leaves the true share out, where the model is off by 5 points."""
    truth = wrong_after(0, 0.05)
    left_out = []
    for _ in range(min(years, 100)):
        cases = year(dice, chances, 5, truth, days=100)
        ever = False
        for day in range(10, 101, 2):
            seen = cases.due(day)
            part = read_record(seen).all
            true = float(truth(seen.chances, seen.days).mean())
            ever |= part.range is not None and not part.range.low <= true <= part.range.high
        left_out.append(ever)
    widths = []
    for number in (100, 500, 5000):
        part = read_record(year(dice, chances, number, days=1)).all
        widths.append(f"{(part.range.high - part.range.low) * 50:.1f} at {number}" if part.range else "none")
    return f"a range that ever left the truth out: {told(left_out)}; half-widths in points: {', '.join(widths)}"


if __name__ == "__main__":
    main()
