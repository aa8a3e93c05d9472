"""How often the stated ranges hold what they are to hold.

    python bench/coverage.py [census titanic iris housing] [--refits 200] [--people 500]

Chances: the model is refitted on bootstrap resamples of its table, and the share of refitted
estimates that fall inside the 95 % range stated by the model is counted, at people drawn from
the table; the goal is 93 to 97 %. Amounts: ten-fold cross-validation over five seeds counts the
share of prices inside the 80 % range of a model that had not seen them.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from sklearn.model_selection import KFold

from model.declare.model import Model
from model.declare.recipe import Candidate
from model.learn.check import records
from model.learn.kinds import kind_of
from model.learn.table import read_table
from model.predict.catalog import Catalog
from model.predict.predictor import Predictor

SEEDS = 5
CATALOG = Catalog()


def chosen(model: Model, predictor: Predictor) -> Candidate:
    """The candidate that the card was compiled from."""
    wanted = predictor.card.recipe.chosen
    return next(candidate for candidate in model.learns.candidates if candidate.name == wanted)


def bootstrap_coverage(model: Model, refits: int, people: int) -> float:
    predictor = CATALOG.predictor(model.name)
    X, y = read_table(model)
    X = X[list(model.input)]
    random = np.random.default_rng(0)
    asked = X.iloc[random.choice(len(X), size=min(people, len(X)), replace=False)]
    ranges = [predictor.estimates(answers) for answers in records(asked)]
    low = np.array([[one.low for one in row] for row in ranges])
    high = np.array([[one.high for one in row] for row in ranges])
    inside = []
    for _ in range(refits):
        resampled = random.integers(0, len(X), len(X))
        kind = kind_of(model)
        fitted = kind.estimator(model, chosen(model, predictor)).fit(X.iloc[resampled], y.iloc[resampled])
        refitted = kind.answers(kind.predict(fitted, asked))
        inside.append((low <= refitted) & (refitted <= high))
    return float(np.mean(inside))


def amount_coverage(model: Model) -> list[float]:
    X, y = read_table(model)
    X = X[list(model.input)]
    held = []
    for seed in range(SEEDS):
        inside = np.zeros(len(X), bool)
        for known, unseen in KFold(10, shuffle=True, random_state=seed).split(X):
            fitted: Any = kind_of(model).estimator(model, model.learns.candidates[0])
            predicted = fitted.fit(X.iloc[known], y.iloc[known]).predict(X.iloc[unseen])
            price = y.iloc[unseen].to_numpy()
            inside[unseen] = (predicted[:, 1] <= price) & (price <= predicted[:, 2])
        held.append(float(inside.mean()))
    return held


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", default=["titanic", "iris", "housing", "census"])
    parser.add_argument("--refits", type=int, default=200)
    parser.add_argument("--people", type=int, default=500)
    asked = parser.parse_args()
    for name in asked.models:
        model = CATALOG[name]
        if model.kind == "amount":
            held = amount_coverage(model)
            ends = f"{min(held):.1%} to {max(held):.1%}"
            print(f"{name}: the 80 % range holds {np.mean(held):.1%} of cases out of fold ({ends} over {SEEDS} seeds)")
        else:
            share = bootstrap_coverage(model, asked.refits, asked.people)
            print(f"{name}: the 95 % range holds {share:.1%} of the estimates of {asked.refits} refits")


if __name__ == "__main__":
    main()
