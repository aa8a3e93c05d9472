"""Print what one prediction takes within a process: python bench/predict.py

Each row is timed over 500 people of the census, of whom all answers are known, as microseconds of
processor time; the median of the rounds is printed. Beside it stands scikit-learn's own way: the
pickled pipeline's predict_proba on a DataFrame of one row.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.servers import people
from model.declare.reading import read_answers
from model.predict.catalog import Catalog
from model.predict.explain import explain_moves

ROUNDS = 15
PEOPLE = 500
PREDICTOR = Catalog().predictor("census")
CENSUS = PREDICTOR.model
Person = Mapping[str, Any]


def predict(person: Person) -> None:
    PREDICTOR.values(person)


def validated(person: Person) -> None:
    answers, faults = read_answers(CENSUS.inputs, person)
    assert not faults
    PREDICTOR.values(answers)


def explained(person: Person) -> None:
    PREDICTOR.estimates(person)
    explain_moves(PREDICTOR, person)


def microseconds(work: Callable[[Person], None], asked: list[Person]) -> float:
    """The processor's microseconds that one of them takes."""
    rounds = []
    for _ in range(ROUNDS):
        started = time.process_time()
        for person in asked:
            work(person)
        rounds.append(time.process_time() - started)
    return statistics.median(rounds) / len(asked) * 1e6


def by_scikit_learn(asked: list[Person]) -> float:
    import joblib
    import pandas as pd

    pipeline = joblib.load(CENSUS.pickle_path)
    return microseconds(lambda person: pipeline.predict_proba(pd.DataFrame([person])), asked[:20])


def main() -> None:
    asked: list[Person] = list(people(PEOPLE))
    typed = [{name: CENSUS.input[name].text(answer) for name, answer in person.items()} for person in asked]
    rows = (
        ("the sum alone", microseconds(predict, asked), 2.0),
        ("with the answers read and checked", microseconds(validated, typed), 15.0),
        ("with the range and what moved the number", microseconds(explained, asked), 150.0),
    )
    for name, taken, target in rows:
        print(f"{name:40} {taken:8.1f} µs   to reach: {target:.0f}")
    print(f"{'scikit-learn on a DataFrame of one row':40} {by_scikit_learn(asked):8.1f} µs")
    sys.exit(0 if all(taken <= target for _, taken, target in rows) else 1)


if __name__ == "__main__":
    main()
